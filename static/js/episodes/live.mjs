/**
 * Keeps a page of episodes up to date: its `data-live` regions are read again when a job on it ends, comes to its next
 * step, or has finished some of its parts; every few seconds while something on it says `data-read-again="<seconds>"`;
 * and once more where a reading failed. Forms with `data-starts` start work without leaving the page, those with
 * `data-saves` keep what they hold. A page that answers a refused form (`data-answers-form`) does none of it: there is
 * no page at its address.
 */
import { makeDefaults, Regions } from '../console/regions.mjs';

const ENDED = ['finished', 'failed', 'canceled'];
const SOON_MS = 300;
const PAUSE_MS = 3000;
const SETTLE_MS = 1500;
const FAILED_MS = 5000;

export class Live {
  #regions;
  #timer = 0;
  #againTimer = 0;
  #settleTimer = 0;
  #readAt = -Infinity;
  /** What was last known of each job: its step, and how many of its parts are over. @type {Map<string, string>} */
  #known = new Map();

  /** @param {HTMLElement} root @param {(fresh: Document) => void} onFresh after regions have changed */
  constructor(root, onFresh) {
    this.root = root;
    this.onFresh = onFresh;
    this.isAnswer = root.dataset.answersForm !== undefined;
    this.#regions = new Regions(root);
    window.globalPoller?.addEventListener('complete', ({ detail }) => this.#isHere(detail.jobId) && this.readSoon(SOON_MS));
    window.globalPoller?.addEventListener('progress', ({ detail }) => this.#notice(detail));
    document.addEventListener('submit', (event) => this.#submitted(event));
    if (this.#hasMissedAnEnd()) this.readSoon();
    this.#readAgainLater();
  }

  /** The bars are followed before this script is here, and a job may have ended meanwhile. */
  #hasMissedAnEnd() {
    const followed = window.globalPoller?.getActivePolls() ?? {};
    return [...this.root.querySelectorAll('[data-attached-job]')].some(({ dataset }) => !(dataset.attachedJob in followed));
  }

  /** For what changes without a job that could be followed; not for a page that nobody looks at. */
  #readAgainLater() {
    clearTimeout(this.#againTimer);
    const seconds = Number(this.root.querySelector('[data-read-again]')?.dataset.readAgain);
    if (seconds) this.#againTimer = setTimeout(() => (document.hidden ? this.#readAgainLater() : this.readSoon()), seconds * 1000);
  }

  /** @param {string} jobId */
  #isHere(jobId) {
    return this.root.querySelector(`[data-job-id="${CSS.escape(jobId)}"]`) !== null;
  }

  /** @param {{jobId: string, progress: any}} detail */
  #notice({ jobId, progress }) {
    if (!this.#isHere(jobId) || ENDED.includes(progress.status)) return;
    const over = ENDED.reduce((sum, status) => sum + (progress.children_counts?.[status] ?? 0), 0);
    const known = `${progress.current_step} ${over}`;
    const before = this.#known.get(jobId);
    this.#known.set(jobId, known);
    if (before !== undefined && before !== known) this.readSoon(PAUSE_MS);
  }

  /** Once for all that happens meanwhile. @param {number} pauseMs the least time since the last reading */
  readSoon(pauseMs = SOON_MS) {
    clearTimeout(this.#timer);
    if (this.isAnswer) return;
    const rest = Math.max(SOON_MS, this.#readAt + pauseMs - performance.now());
    this.#timer = setTimeout(() => this.#read().catch((error) => this.#notRead(error)), rest);
  }

  /** The server may be away for a moment; whatever made us read is told only once. @param {Error & {status?: number}} error */
  #notRead(error) {
    console.debug('Not read again:', error);
    if (!error.status || error.status >= 500) this.readSoon(FAILED_MS);
  }

  async #read() {
    this.#readAt = performance.now();
    const response = await fetch(location.href, { headers: { Accept: 'text/html', 'X-Refresh': '1' } });
    if (response.status === 401 || response.redirected) return document.dispatchEvent(new Event('signed-out'));
    const { status } = response;
    if (!response.ok) throw Object.assign(new Error(`${location.pathname} answered ${status}`), { status });
    return this.show(await response.text());
  }

  /** @param {string} html */
  show(html) {
    const fresh = new DOMParser().parseFromString(html, 'text/html');
    const waits = this.#regions.show(html) !== null;
    this.#shown(fresh);
    if (waits) this.#settleSoon(fresh);
    this.#readAgainLater();
  }

  /** @param {Document} fresh */
  #shown(fresh) {
    this.onFresh(fresh);
    window.attachProgressElements?.(this.root);
  }

  /** What somebody is at is shown when they are done. @param {Document} fresh */
  #settleSoon(fresh) {
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => {
      if (this.#regions.settle() !== null) this.#settleSoon(fresh);
      this.#shown(fresh);
    }, SETTLE_MS);
  }

  // ---- Starting and saving ----

  /** @param {SubmitEvent & {target: HTMLFormElement}} event */
  #submitted(event) {
    if (this.isAnswer || !event.target.matches('[data-starts], [data-saves]') || event.defaultPrevented) return;
    event.preventDefault();
    void this.#start(event.target);
  }

  /** What was taken is never sent again. @param {HTMLFormElement} form */
  async #start(form) {
    const [answer, isSaved] = [post(form), form.dataset.saves !== undefined];
    if (isSaved) makeDefaults(form);
    const response = await answer.catch(() => null);
    if (!response?.ok && !response?.redirected) return form.submit(); // the page that answers says why
    if (!response.ok || !isThisPage(response.url)) return location.assign(response.url);
    form.closest('[popover]')?.hidePopover();
    if (isSaved) this.#regions.saved(form);
    else form.reset();
    const html = await response.text();
    showNews(new DOMParser().parseFromString(html, 'text/html'));
    this.show(html);
  }
}

/** @param {HTMLFormElement} form */
async function post(form) {
  const [body, button] = [new URLSearchParams(new FormData(form)), form.querySelector('button:not([type=button])')];
  button.disabled = true;
  try {
    return await fetch(form.action, { method: 'POST', body, headers: { Accept: 'text/html', ...window.csrfHeaders() } });
  } finally {
    button.disabled = false;
  }
}

/** Whether the page at an address is the one that is open, of the same library. @param {string} address */
function isThisPage(address) {
  const [there, here] = [new URL(address), new URL(location.href)];
  return there.pathname === here.pathname && there.searchParams.get('owner') === here.searchParams.get('owner');
}

/** What the server has to say, in front of what the page says already. @param {Document} fresh */
function showNews(fresh) {
  document.querySelector('.flashes')?.remove();
  const news = fresh.querySelector('.flashes');
  if (news) document.getElementById('main').prepend(document.importNode(news, true));
}
