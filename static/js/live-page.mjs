/**
 * A page outside the console that keeps itself up to date: it is read again while it is looked at, often while something
 * moves (`data-is-live` in it) and seldom otherwise, but never where it answers a refused form. In its root:
 *   data-live-trouble   what keeps it from being read, in words
 *   data-add            a `details` with a form for files, opened for whoever brings files over the page
 *   data-uploads        the lines of `uploads.js`; what becomes of one is read as it begins, and once it links to that
 */
import { Refresher } from './console/refresher.mjs';
import { Live } from './episodes/live.mjs';

const LIVE_SECONDS = 2.5;
const STILL_SECONDS = 15;

/** @param {HTMLElement} root @param {(fresh: Document) => void} [onFresh] after regions have changed @returns {Live} */
export function livePage(root, onFresh = () => {}) {
  const trouble = root.querySelector('[data-live-trouble]');
  const live = new Live(root, (fresh) => {
    onFresh(fresh);
    keepPace();
  });
  const refresher = new Refresher(
    {
      fetch: (init) => fetch(location.href, init),
      setTimeout: (run, ms) => setTimeout(run, ms),
      clearTimeout: (timer) => clearTimeout(timer),
      random: () => Math.random(),
      isHidden: () => document.hidden,
    },
    {
      onPage: (html) => {
        say('');
        live.show(html);
      },
      onSame: () => say(''),
      onTrouble: (message, isFinal) => say(isFinal ? message : `Reconnecting… ${message}`),
      onSignedOut: () => document.dispatchEvent(new Event('signed-out')),
    },
  );

  /** It is read out, so only when it changes. @param {string} words */
  function say(words) {
    if (trouble && trouble.textContent !== words) trouble.textContent = words;
  }

  function keepPace() {
    if (live.isAnswer) return;
    const seconds = root.querySelector('[data-is-live]') ? LIVE_SECONDS : STILL_SECONDS;
    if (refresher.rateSeconds !== seconds) refresher.setRate(seconds);
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? refresher.sleep() : refresher.wake()));
  window.addEventListener('online', () => refresher.wake());
  window.addEventListener('pageshow', ({ persisted }) => persisted && refresher.wake());
  document.addEventListener('shortcut', ({ detail }) => detail === 'refresh' && refresher.wake());
  keepPace();
  watchUploads(root, live);
  return live;
}

/** @param {HTMLElement} root @param {Live} live */
function watchUploads(root, live) {
  // Whoever brings files over the page finds where to let them go.
  const adding = root.querySelector('[data-add]');
  document.addEventListener('dragenter', ({ dataTransfer }) => {
    if (adding && dataTransfer?.types.includes('Files')) adding.open = true;
  });
  const uploads = root.querySelector('[data-uploads]');
  if (uploads) new MutationObserver(tellOfUploads).observe(uploads, { childList: true, subtree: true });

  function tellOfUploads() {
    const news = uploads.querySelectorAll(':is(li, a):not([data-told])');
    for (const each of news) each.dataset.told = '';
    if (news.length) live.readSoon();
  }
}
