/**
 * The pages of footage: they are read again while they are looked at, often while something moves (`data-is-live` in
 * them) and seldom otherwise, but never where they answer a refused form; a record's frames follow what plays.
 */
import { Refresher } from './console/refresher.mjs';
import { Watch } from './episodes/watch.mjs';
import { Live } from './episodes/live.mjs';

const LIVE_SECONDS = 2.5;
const STILL_SECONDS = 15;

const root = document.querySelector('[data-footage-page]');
const trouble = root.querySelector('[data-live-trouble]');
const isRecord = root.dataset.footagePage === 'record';
const watch = isRecord ? new Watch(root) : null;

const live = new Live(root, (fresh) => {
  watch?.renewPlayer(fresh.getElementById('player-box'));
  watch?.renew();
  markFrame();
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

// ---- The frame that plays ----

function markFrame() {
  const player = /** @type {HTMLVideoElement | null} */ (document.getElementById('player'));
  const seconds = player && (player.currentTime > 0 || !player.paused) ? player.currentTime : -1;
  for (const frame of root.querySelectorAll('.frame')) {
    const isNow = Number(frame.dataset.start) <= seconds && seconds < Number(frame.dataset.end);
    if (isNow === frame.hasAttribute('aria-current')) continue;
    if (isNow) frame.setAttribute('aria-current', 'true');
    else frame.removeAttribute('aria-current');
  }
}

// The events of media do not bubble.
for (const name of ['timeupdate', 'seeked']) {
  root.addEventListener(name, ({ target }) => target.id === 'player' && markFrame(), true);
}

// ---- Uploads ----

// Whoever brings files over the page finds where to let them go.
const adding = root.querySelector('[data-add]');
document.addEventListener('dragenter', ({ dataTransfer }) => {
  if (adding && dataTransfer?.types.includes('Files')) adding.open = true;
});

// An upload that has become footage has a link to it; then it is on the board too.
const uploads = root.querySelector('[data-uploads]');
if (uploads) new MutationObserver(tellOfUploads).observe(uploads, { childList: true, subtree: true });

function tellOfUploads() {
  const links = uploads.querySelectorAll('a:not([data-told])');
  for (const link of links) link.dataset.told = '';
  if (links.length) live.readSoon();
}
