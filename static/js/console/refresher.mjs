/**
 * When a page is read again: one request at a time, none in a hidden tab, ever rarer while nobody answers. It knows no
 * DOM; what it uses of the browser is handed in.
 */

const MAX_PAUSE_SECONDS = 60;
const TIMEOUT_MS = 15_000;
const REFUSED_FILTER = 422; // still a page, that says what is wrong with the filter
const JITTER_FRACTION = 0.1;
const GONE_STATUSES = [404, 410];
const SIGNED_OUT_STATUS = 401;
const SIGN_IN_PATH = '/sign-in'; // where a page leads whoever is not signed in
const FINAL_STATUSES = [SIGNED_OUT_STATUS, 403, ...GONE_STATUSES];

/**
 * How long to wait before reading again. Jitter lengthens, so that the rate is never exceeded.
 * @param {{rateSeconds: number, failures: number, retryAfterSeconds: number, random: number}} facts
 */
export function pauseMs({ rateSeconds, failures, retryAfterSeconds, random }) {
  const backedOff = Math.min(Math.max(MAX_PAUSE_SECONDS, rateSeconds), rateSeconds * 2 ** failures);
  return Math.max(backedOff, retryAfterSeconds) * (1 + JITTER_FRACTION * random) * 1000;
}

/** @param {Response} response */
const isSignedOut = ({ status, redirected, url }) =>
  status === SIGNED_OUT_STATUS || (redirected && new URL(url).pathname === SIGN_IN_PATH);

/** @param {Error} error */
const reasonOf = ({ name }) => (name === 'TimeoutError' ? 'The server did not answer in time.' : 'The server cannot be reached.');

export class Refresher {
  rateSeconds = 0; // 0: only when asked
  #etag = '';
  #timer = undefined;
  #isAsking = false;
  #failures = 0;
  #retryAfterSeconds = 0;
  #isOver = false;

  /**
   * @param {object} browser `fetch`, `setTimeout`, `clearTimeout`, `random`, `isHidden`
   * @param {object} listener `onPage(html)`, `onSame()`, `onTrouble(message, isFinal)`, `onSignedOut()`
   */
  constructor(browser, listener) {
    this.browser = browser;
    this.listener = listener;
  }

  /** @param {number} seconds */
  setRate(seconds) {
    this.rateSeconds = seconds;
    this.#arrange();
  }

  /** The page can be seen again, or is on the network again. */
  wake() {
    if (this.rateSeconds) void this.now();
  }

  /** The page cannot be seen: nothing is asked until `wake`. */
  sleep() {
    this.browser.clearTimeout(this.#timer);
  }

  async now() {
    if (this.#isAsking || this.#isOver) return;
    this.#isAsking = true;
    this.browser.clearTimeout(this.#timer);
    const tell = await this.#ask().catch((error) => this.#stumble(reasonOf(error)));
    this.#isAsking = false;
    this.#arrange();
    tell();
  }

  /** @returns {Promise<() => void>} what to tell the listener */
  async #ask() {
    const headers = { Accept: 'text/html', 'X-Refresh': '1', ...(this.#etag && { 'If-None-Match': this.#etag }) };
    const response = await this.browser.fetch({ headers, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    this.#retryAfterSeconds = Number(response.headers.get('Retry-After')) || 0;
    const isSame = response.status === 304;
    const isPage = response.ok || isSame || response.status === REFUSED_FILTER;
    if (!isPage || response.redirected) return this.#refused(response);
    const html = await response.text();
    this.#failures = 0;
    if (isSame) return () => this.listener.onSame();
    this.#etag = response.headers.get('ETag') ?? '';
    return () => this.listener.onPage(html);
  }

  /** @param {Response} response */
  #refused(response) {
    const { status, redirected } = response;
    this.#isOver = redirected || FINAL_STATUSES.includes(status);
    if (isSignedOut(response)) return () => this.listener.onSignedOut();
    if (GONE_STATUSES.includes(status)) return this.#stumble('What this page shows is gone.');
    return this.#stumble(this.#isOver ? 'This page has to be loaded again.' : `The server answered with an error (${status}).`);
  }

  /** @param {string} message */
  #stumble(message) {
    this.#failures += 1;
    return () => this.listener.onTrouble(message, this.#isOver);
  }

  #arrange() {
    const { browser, rateSeconds } = this;
    browser.clearTimeout(this.#timer);
    if (!rateSeconds || this.#isAsking || this.#isOver || browser.isHidden()) return;
    const facts = { rateSeconds, failures: this.#failures, retryAfterSeconds: this.#retryAfterSeconds, random: browser.random() };
    this.#timer = browser.setTimeout(() => void this.now(), pauseMs(facts));
  }
}
