/**
 * The operators' console, live without a fight: the page reads its own address again at the rate the operator chose and
 * brings its regions up to date. The frame's attributes:
 *   data-live="<name>"       a region that is kept up to date; its rows have ids
 *   data-live-keep           what a script of the page's own draws in a region
 *   data-live-apart          a form that, while it is being filled, holds its own region back and no other
 *   data-live-bar            the controls: data-live-rate, data-live-pause, data-live-now, data-live-state
 *   data-live-held           a button that shows what waits
 * On `document`: `page:fresh` (detail: the new page's body, before it is shown), `console:refreshed` (after).
 */
import { followSearch } from './console/further.mjs';
import { Refresher } from './console/refresher.mjs';
import { Regions } from './console/regions.mjs';

const RATE_KEY = 'backbeat.refresh-seconds';
const DEFAULT_SECONDS = 5;

const bar = document.querySelector('[data-live-bar]');
const [rate, pause, state] = ['rate', 'pause', 'state'].map((name) => bar.querySelector(`[data-live-${name}]`));
const heldButton = document.querySelector('[data-live-held]');
const regions = new Regions(document.getElementById('console-page'));
let isPaused = false;
/** @type {Date | null} */
let troubleSince = null;

const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

const refresher = new Refresher(
  {
    fetch: (init) => fetch(location.href, init),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    random: () => Math.random(),
    isHidden: () => document.hidden,
  },
  {
    onPage: (html) => showHeld(connected(regions.show(html))),
    onSame: () => showHeld(connected(regions.settle())),
    onTrouble: showTrouble,
    onSignedOut: showIsSignedOut,
  },
);

// ---- What the operator sees of it ----

/** @template T @param {T} result */
function connected(result) {
  if (troubleSince) say('');
  troubleSince = null;
  bar.classList.remove('is-troubled');
  return result;
}

/** @param {string} message @param {boolean} isFinal */
function showTrouble(message, isFinal) {
  troubleSince ??= new Date();
  bar.classList.add('is-troubled');
  say(isFinal ? message : `Reconnecting… since ${clockTime.format(troubleSince)}`);
  state.title = message;
}

/** The page itself says it, with the way in. */
function showIsSignedOut() {
  showTrouble('You have been signed out.', true);
  document.dispatchEvent(new Event('signed-out'));
}

/** It is read out, so only when it changes. @param {string} words */
function say(words) {
  if (state.textContent !== words) state.textContent = words;
}

/** @param {number | null} count */
function showHeld(count) {
  heldButton.hidden = count === null;
  heldButton.textContent = count ? `${count} new · show` : 'Changes waiting · show';
}

// ---- The rate ----

function keptRate() {
  try {
    const kept = localStorage.getItem(RATE_KEY);
    return [...rate.options].some(({ value }) => value === kept) ? Number(kept) : DEFAULT_SECONDS;
  } catch (error) {
    console.debug('No storage for the rate:', error);
    return DEFAULT_SECONDS;
  }
}

function keepRate() {
  try {
    localStorage.setItem(RATE_KEY, rate.value);
  } catch (error) {
    console.debug('The rate is not kept:', error);
  }
}

function applyRate() {
  refresher.setRate(isPaused ? 0 : Number(rate.value));
  pause.setAttribute('aria-pressed', String(isPaused));
  pause.disabled = rate.value === '0';
  bar.classList.toggle('is-paused', isPaused || rate.value === '0');
}

function readRate() {
  rate.value = String(keptRate());
  applyRate();
}

function togglePause() {
  if (pause.disabled) return;
  isPaused = !isPaused;
  applyRate();
  if (!isPaused) refresher.wake();
}

// ---- Wiring ----

rate.addEventListener('change', () => {
  isPaused = false;
  keepRate();
  applyRate();
  refresher.wake();
});
pause.addEventListener('click', togglePause);
bar.querySelector('[data-live-now]').addEventListener('click', () => void refresher.now());
heldButton.addEventListener('click', () => showHeld(regions.settle(true)));
document.addEventListener('shortcut', ({ detail }) => {
  if (detail === 'refresh') void refresher.now();
  if (detail === 'pause') togglePause();
});
document.addEventListener('visibilitychange', () => (document.hidden ? refresher.sleep() : refresher.wake()));
window.addEventListener('online', () => refresher.wake());
window.addEventListener('pageshow', ({ persisted }) => persisted && refresher.wake());
window.addEventListener('storage', ({ key }) => key === RATE_KEY && readRate());

bar.hidden = false;
readRate();
void followSearch(regions.root, (html) => showHeld(regions.show(html)));
