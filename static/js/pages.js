/**
 * What the pages do beyond links and forms, which work without it: live bars behind the Analyze buttons, results that
 * appear without a reload, times in the reader's own words. Works on data attributes; docs/progress-polling.md has the
 * client's own. The pages' attributes:
 *   data-analyze-song="<id>", data-analyze-playlist="<id>" + data-slot="<element id>"   forms that start a job
 *   data-analyze-library="<user id>"                                                    a form that starts one in the background
 *   data-refresh[="<url>"]    when a job inside ends, its data-part elements are read again (from this page by default)
 *   data-job-strip="<type>"   shown with links once a job of that type is seen
 *   data-cancel="<job id>"    a form that cancels in place
 * Other scripts take `csrfHeaders()` from here for what they post, and tell by the event `signed-out` on `document` that
 * an answer was 401.
 */
(() => {
  'use strict';

  const MINUTE_SECONDS = 60;
  const HOUR_SECONDS = 3600;
  const DAY_SECONDS = 86_400;
  const TIMES_AGAIN_MS = 30_000;
  const REFRESH_PAUSE_MS = 4000;
  const RECOUNT_PAUSE_MS = 400;
  const ENDED = ['finished', 'failed', 'canceled'];

  // ---- Who is signed in ----

  window.csrfHeaders = () => {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    return token ? { 'X-CSRF-Token': token } : {};
  };

  /** Once, with a link to this page: the server asks for a sign-in on the way. */
  function sayIsSignedOut() {
    if (document.querySelector('[data-signed-out]')) return;
    const link = Object.assign(document.createElement('a'), { href: location.pathname + location.search, textContent: 'Sign in' });
    const notice = Object.assign(document.createElement('div'), { className: 'notice tone-warm' });
    const words = document.createElement('div');
    words.append('You have been signed out. ', link, ' to go on.');
    notice.append(words);
    notice.dataset.signedOut = '';
    notice.setAttribute('role', 'alert');
    document.getElementById('main').prepend(notice);
  }

  document.addEventListener('signed-out', sayIsSignedOut);
  window.globalPoller?.addEventListener('error', ({ detail: { error } }) => error.status === 401 && sayIsSignedOut());

  // ---- Starting jobs ----

  /** @param {HTMLFormElement} form @param {boolean} isRunning */
  function setRunning(form, isRunning) {
    form.toggleAttribute('data-running', isRunning);
    for (const button of form.querySelectorAll('button')) button.disabled = isRunning;
  }

  /**
   * Shows the bar while the job runs. The client has put a refusal on the page already.
   * @param {HTMLFormElement} form @param {() => Promise<unknown>} start
   */
  async function run(form, start) {
    setRunning(form, true);
    try {
      await start();
      await refresh(form.closest('[data-refresh]'));
    } catch (error) {
      console.debug(error);
    }
    setRunning(form, false);
  }

  /** @param {HTMLFormElement} form */
  function analyzeSong(form) {
    const slot = document.getElementById(form.dataset.slot);
    slot.hidden = false;
    const [bar, text] = [slot.querySelector('.progress-bar'), slot.querySelector('.progress-text')];
    void run(form, () => window.analyzeSongWithProgress(form.dataset.analyzeSong, bar, text));
  }

  /** @param {HTMLFormElement} form */
  function analyzePlaylist(form) {
    const container = document.getElementById(form.dataset.slot);
    container.closest('[data-job-strip]').hidden = false;
    void run(form, () => window.analyzePlaylistWithProgress(form.dataset.analyzePlaylist, container));
  }

  /** @param {HTMLFormElement} form */
  function analyzeLibrary(form) {
    void run(form, () => window.startBackgroundAnalysisWithNotification(form.dataset.analyzeLibrary));
  }

  /** @param {HTMLFormElement} form */
  async function cancelInPlace(form) {
    const button = form.querySelector('button');
    button.disabled = true;
    const response = await fetch(`/api/jobs/${encodeURIComponent(form.dataset.cancel)}/cancel`, { method: 'POST', headers: window.csrfHeaders() }).catch(() => null);
    button.disabled = Boolean(response?.ok);
    if (!response?.ok) form.submit(); // the page that answers, or the browser itself, says why
  }

  const STARTERS = [
    ['analyzeSong', analyzeSong],
    ['analyzePlaylist', analyzePlaylist],
    ['analyzeLibrary', analyzeLibrary],
    ['cancel', cancelInPlace],
  ];

  document.addEventListener('submit', (event) => {
    const form = event.target;
    const starter = STARTERS.find(([name]) => form.dataset[name]);
    if (!starter || event.defaultPrevented) return;
    event.preventDefault();
    void starter[1](form);
  });

  // ---- Following jobs ----

  /** Shows the strip of a job's type, with its links, and its bar if it has none yet. @param {any} progress */
  function showStrip({ job_id: jobId, job_type: type, status }) {
    const strip = document.querySelector(`[data-job-strip="${CSS.escape(type ?? '')}"]`);
    if (!strip || strip.dataset.seen === jobId || ENDED.includes(status)) return;
    strip.dataset.seen = jobId;
    strip.hidden = false;
    for (const link of strip.querySelectorAll('[data-job-link]')) link.href = `/jobs/${jobId}`;
    for (const form of strip.querySelectorAll('[data-cancel]')) {
      form.dataset.cancel = jobId;
      form.action = `/jobs/${jobId}/cancel`;
      form.querySelector('button').disabled = false;
      form.hidden = false;
    }
    const slot = strip.querySelector('.slot[data-progress]');
    if (!slot || slot.dataset.jobId === jobId) return;
    slot.hidden = false;
    slot.dataset.jobId = jobId;
    window.attachProgressElements(strip);
  }

  window.globalPoller?.addEventListener('progress', ({ detail }) => showStrip(detail.progress));

  // ---- Results without a reload ----

  let recountTimer = 0;

  /** @param {string} url */
  async function readPage(url) {
    const response = await fetch(url, { headers: { Accept: 'text/html' } });
    if (!response.ok || response.redirected) throw new Error(`${url} answered ${response.status} from ${response.url}`);
    return new DOMParser().parseFromString(await response.text(), 'text/html');
  }

  /** Reads the parts of a region again. @param {HTMLElement | null} region */
  async function refresh(region) {
    if (region) replaceParts(region, await readPage(region.dataset.refresh || location.href));
  }

  /** @param {ParentNode} region @param {ParentNode} source */
  function replaceParts(region, source) {
    for (const old of region.querySelectorAll('[data-part]')) {
      const part = source.querySelector(`[data-part="${CSS.escape(old.dataset.part)}"]`);
      if (part) replacePart(old, document.importNode(part, true));
    }
  }

  /** @param {HTMLElement} old @param {HTMLElement} part */
  function replacePart(old, part) {
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(part);
    localiseTimes(part);
    if (hadFocus) (part.matches('button, a') ? part : part.querySelector('button, a'))?.focus();
  }

  /** A job that the server put on the page has ended. @param {HTMLElement} element */
  function settle(element) {
    const region = element.closest('[data-refresh]');
    for (const form of region?.querySelectorAll('[data-running]') ?? []) setRunning(form, false);
    return refresh(region);
  }

  /** Each song on the page as the server now shows it, and how many bear each rating. */
  async function refreshLibrary() {
    const fresh = await readPage(location.href);
    for (const row of document.querySelectorAll('tr[id]')) {
      const freshRow = fresh.getElementById(row.id);
      if (freshRow) replaceParts(row, freshRow);
    }
    recount(fresh);
  }

  /** The chips' numbers change in place, so that focus stays. @param {Document} fresh */
  function recount(fresh) {
    const freshNumbers = fresh.querySelectorAll('.chips b');
    document.querySelectorAll('.chips b').forEach((number, index) => {
      number.textContent = freshNumbers[index]?.textContent ?? number.textContent;
    });
  }

  /** Once for all the songs that end within a moment. */
  function recountSoon() {
    if (!document.querySelector('.chips')) return;
    clearTimeout(recountTimer);
    recountTimer = setTimeout(() => orSay(readPage(location.href).then(recount)), RECOUNT_PAUSE_MS);
  }

  /** @param {Promise<unknown>} work */
  const orSay = (work) => void work.catch((error) => console.debug('Not refreshed:', error));

  window.globalPoller?.addEventListener('complete', ({ detail: { jobId, progress } }) => {
    const strip = document.querySelector(`[data-seen="${CSS.escape(jobId)}"]`);
    for (const form of strip?.querySelectorAll('[data-cancel]') ?? []) form.hidden = true;
    for (const element of document.querySelectorAll(`[data-job-id="${CSS.escape(jobId)}"]`)) orSay(settle(element));
    if (progress.job_type === 'analyze_library' && strip) orSay(refreshLibrary());
    if (progress.job_type === 'analyze_song') recountSoon();
  });

  // While a playlist runs, its songs get their ratings every few seconds, unless the reader is at them just now.
  let refreshedAt = 0;
  let endedThen = 0;
  window.globalPoller?.addEventListener('progress', ({ detail: { progress } }) => {
    const counts = progress.children_counts;
    const strip = document.querySelector('[data-job-strip="analyze_playlist"]');
    if (!counts || !strip || ENDED.includes(progress.status)) return;
    const ended = ENDED.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
    const region = strip.closest('[data-refresh]');
    const isBusy = region.querySelector('[data-part="content"]')?.matches(':focus-within, :hover');
    if (ended === endedThen || isBusy || performance.now() - refreshedAt < REFRESH_PAUSE_MS) return;
    [refreshedAt, endedThen] = [performance.now(), ended];
    orSay(refresh(region));
  });

  // ---- Times ----

  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
  const dayOnly = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

  /** @param {number} ageSeconds @param {Date} instant */
  function wordsFor(ageSeconds, instant) {
    if (ageSeconds < 45) return 'just now';
    if (ageSeconds < HOUR_SECONDS) return relative.format(-Math.round(ageSeconds / MINUTE_SECONDS), 'minute');
    if (ageSeconds < DAY_SECONDS) return relative.format(-Math.round(ageSeconds / HOUR_SECONDS), 'hour');
    return dayOnly.format(instant);
  }

  /** @param {number} seconds from now @param {Date} instant */
  function wordsAhead(seconds, instant) {
    if (seconds < MINUTE_SECONDS) return relative.format(Math.round(seconds), 'second');
    if (seconds < HOUR_SECONDS) return relative.format(Math.round(seconds / MINUTE_SECONDS), 'minute');
    return seconds < DAY_SECONDS ? relative.format(Math.round(seconds / HOUR_SECONDS), 'hour') : absolute.format(instant);
  }

  /** What is to come is told by the clock, but for `data-when="soon"`. @param {ParentNode} root */
  function localiseTimes(root = document) {
    for (const element of root.querySelectorAll('time[data-when]')) {
      const instant = new Date(element.dateTime);
      const ageSeconds = (Date.now() - instant.getTime()) / 1000;
      const toCome = element.dataset.when === 'soon' ? wordsAhead : (_, then) => absolute.format(then);
      const words = ageSeconds < -5 ? toCome(-ageSeconds, instant) : wordsFor(ageSeconds, instant);
      if (element.textContent !== words) element.textContent = words;
      element.title = absolute.format(instant);
    }
  }

  document.addEventListener('page:fresh', ({ detail }) => localiseTimes(detail));

  // ---- Start ----

  document.addEventListener('change', (event) => {
    if (event.target.matches('[data-submits]')) event.target.form.requestSubmit();
  });

  for (const tab of document.querySelectorAll('.tabs .is-here')) tab.scrollIntoView({ block: 'nearest', inline: 'center', behavior: 'instant' });
  for (const container of document.querySelectorAll('[data-queue-dashboard]')) window.createQueueStatusDashboard(container);
  localiseTimes();
  setInterval(() => document.hidden || localiseTimes(), TIMES_AGAIN_MS);
})();
