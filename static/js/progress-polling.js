/**
 * Backbeat's browser client: polls long jobs and shows them. Types and the public functions' documentation are in
 * progress-polling.d.ts, a guide in docs/progress-polling.md.
 */
(() => {
  'use strict';

  // ---- 1. Constants ----

  const YOUNG_JOB_MS = 10_000;
  const EARLY_FRACTION = 0.1;
  const LATE_FRACTION = 0.9;
  const MIDDLE_INTERVAL_MS = 2000;
  const MIDDLE_SPREAD_MS = 1000;
  const SLOW_INTERVAL_MS = 5000;
  const HIDDEN_INTERVAL_MS = 30_000;
  const DASHBOARD_INTERVAL_MS = 3000;
  const BATCH_WINDOW_MS = 500; // what is due this soon joins a request
  const JITTER_FRACTION = 0.1;
  const MIN_SERVER_DELAY_MS = 250;
  const MAX_SERVER_DELAY_MS = 300_000;
  const MAX_IDS_PER_REQUEST = 100; // gunicorn's request line ends at 4094 bytes
  const MAX_LINES = 200;
  const MAX_NEWS = 5;
  const JOB_MISSING = 'job_missing';
  const STORAGE_KEY = 'backbeat.background-jobs';
  const ENDED = ['finished', 'failed', 'canceled'];
  const WAITING = ['queued', 'scheduled', 'deferred'];
  const STATUSES = [...WAITING, 'started', ...ENDED];

  // ---- 2. Texts ----

  const TEXTS = {
    progress: 'Progress',
    starting: 'Starting…',
    queued: 'Waiting in line',
    scheduled: 'Waiting for its time',
    deferred: 'Waiting for another job',
    started: 'Running',
    finished: 'Done',
    failed: 'Failed',
    canceled: 'Canceled',
    failedBecause: 'Failed: {reason}',
    attempt: 'Attempt {n}: {what}',
    attemptOf: 'Attempt {n} of {total}: {what}',
    almostDone: 'almost done',
    secondsRemaining: 'about {n} seconds remaining',
    minuteRemaining: 'about 1 minute remaining',
    minutesRemaining: 'about {n} minutes remaining',
    reconnecting: 'Reconnecting… {reason}',
    unreachable: 'The server cannot be reached.',
    timedOut: 'The server did not answer in time.',
    serverError: 'The server answered with an error ({status}).',
    notUnderstood: 'The answer of the server could not be read.',
    signedOut: 'You are signed out. Sign in again, then reload this page.',
    jobMissing: 'This job does not exist (any more).',
    gaveUp: '{reason} Updates stopped after {n} tries; the job may still run. Check your connection, then reload this page.',
    childrenDone: '{done} of {total} done',
    childrenFailed: '{done} of {total} done, {failed} failed',
    moreChildren: 'and {n} more',
    background: 'Background analysis',
    backgroundStarted: 'It runs in the background. You can leave this page.',
    close: 'Close',
    healthy: 'Healthy',
    degraded: 'Degraded',
    down: 'Down',
    queues: 'Queues',
    workers: 'Workers',
    nothing: 'None at present.',
    true: 'yes',
    false: 'no',
    queueColumns: {
      name: 'Name',
      queued: 'Queued',
      started: 'Running',
      deferred: 'Deferred',
      scheduled: 'Scheduled',
      failed: 'Failed',
      finished_last_hour: 'Finished in the last hour',
      oldest_wait_seconds: 'Oldest wait',
      jobs_per_minute: 'Jobs a minute',
      paused: 'Paused',
    },
    workerColumns: {
      name: 'Name',
      host: 'Host',
      pid: 'PID',
      state: 'State',
      queues: 'Queues',
      current_job: 'Current job',
      heartbeat_age_seconds: 'Last heartbeat',
      jobs_done: 'Done',
      jobs_failed: 'Failed',
    },
  };

  // ---- 3. Pure rules ----

  /** @param {string} text @param {Record<string, unknown>} values */
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

  /** @param {string} key */
  const textOf = (key) => /** @type {any} */ (TEXTS)[key] ?? key;

  /** @param {unknown} value @param {number} low @param {number} high */
  const clamp = (value, low, high) => Math.min(high, Math.max(low, Number(value) || 0));

  /** @param {{status: string}} job */
  const isEnded = (job) => ENDED.includes(job.status);

  /** Jitter shortens our own pauses, so that maxInterval holds, and lengthens the server's. @param {ProgressDelayFacts} facts */
  function nextDelayMs(facts) {
    const shorten = 1 - JITTER_FRACTION * facts.random;
    const quiet = facts.hidden ? HIDDEN_INTERVAL_MS * shorten : 0;
    if (facts.serverDelayMs !== null) {
      const wish = clamp(facts.serverDelayMs, MIN_SERVER_DELAY_MS, MAX_SERVER_DELAY_MS);
      return Math.max(quiet, wish * (1 + JITTER_FRACTION * facts.random));
    }
    const backoff = facts.errorBackoffMultiplier ** facts.errors;
    return quiet || Math.min(facts.maxInterval, rhythmMs(facts) * backoff) * shorten;
  }

  /** @param {ProgressDelayFacts} facts */
  function rhythmMs({ progress, ageMs, background, random, initialInterval }) {
    if (background) return SLOW_INTERVAL_MS;
    if (ageMs < YOUNG_JOB_MS || progress < EARLY_FRACTION) return initialInterval;
    const slower = progress > LATE_FRACTION ? SLOW_INTERVAL_MS : MIDDLE_INTERVAL_MS + MIDDLE_SPREAD_MS * random;
    return Math.max(initialInterval, slower);
  }

  /**
   * What to believe after `raw`, null when it is old. An end counts at any version: the database may lag behind.
   * @param {ProgressDocument | null} known @param {ProgressDocument} raw @returns {ProgressDocument | null}
   */
  function mergeProgress(known, raw) {
    const progress = clamp(raw.progress, 0, 1);
    if (!known || (raw.attempt ?? 0) > (known.attempt ?? 0)) return { ...raw, progress };
    if ((raw.attempt ?? Infinity) < (known.attempt ?? 0)) return null;
    if (!isEnded(raw) && (raw.version ?? Infinity) <= (known.version ?? -1)) return null;
    return { ...raw, progress: Math.max(progress, known.progress) };
  }

  /** @param {number | null} [seconds] */
  function formatRemaining(seconds) {
    if (typeof seconds !== 'number' || !(seconds >= 0)) return '';
    if (seconds < 10) return TEXTS.almostDone;
    if (seconds < 57.5) return fill(TEXTS.secondsRemaining, { n: Math.round(seconds / 5) * 5 });
    const minutes = Math.round(seconds / 60);
    return minutes > 1 ? fill(TEXTS.minutesRemaining, { n: minutes }) : TEXTS.minuteRemaining;
  }

  /** Without numbers that tick. @param {ProgressDocument} progress */
  function describeStep({ status, message, step_label: label, error, attempt: n = 1, max_attempts: total }) {
    if (status === 'failed' && error) return fill(TEXTS.failedBecause, { reason: error });
    if (isEnded({ status })) return (status === 'finished' && message) || textOf(status);
    const what = (WAITING.includes(status) ? message : label || message) || textOf(status);
    return n > 1 ? fill(total ? TEXTS.attemptOf : TEXTS.attempt, { n, total, what }) : what;
  }

  /** @param {ProgressDocument} progress */
  function describeProgress(progress) {
    const remaining = progress.status === 'started' && formatRemaining(progress.eta_seconds);
    return describeStep(progress) + (remaining ? `, ${remaining}` : '');
  }

  // ---- 4. Requests ----

  /** @implements {ProgressApiError} */
  class ApiError extends Error {
    status = 0;
    code = 'unreachable';
    details = undefined;
    /** @type {number | null} */
    retryAfterMs = null;
    final = false;

    /** @param {string} message @param {Partial<ProgressApiError>} facts */
    constructor(message, facts) {
      super(message);
      Object.assign(this, facts);
    }
  }

  const jobMissing = () => new ApiError(TEXTS.jobMissing, { status: 404, code: JOB_MISSING });

  /** Seconds or a date: RFC 9110, 10.2.3. @param {string | null} value */
  function parseRetryAfterMs(value) {
    const ms = Number(value) * 1000 || Date.parse(value ?? '') - Date.now();
    return ms >= 0 ? ms : null;
  }

  /** @param {number} status @param {any} body */
  function refusalText(status, body) {
    if (status === 401) return TEXTS.signedOut;
    if (body?.message) return String(body.message);
    return status < 400 ? TEXTS.notUnderstood : fill(TEXTS.serverError, { status });
  }

  /** @param {Response} response @returns {Promise<ProgressAnswer>} */
  async function readAnswer(response) {
    const { status, headers } = response;
    const retryAfterMs = parseRetryAfterMs(headers.get('Retry-After'));
    const answer = { status, body: null, etag: headers.get('ETag'), retryAfterMs };
    if (status === 304) return answer;
    const body = await response.json().catch((error) => {
      if (error.name !== 'SyntaxError') throw error; // else it is a proxy's HTML page
    });
    if (response.ok && body && body.success !== false) return { ...answer, body };
    const code = body?.error ?? 'bad_answer';
    throw new ApiError(refusalText(status, body), { status, code, details: body?.details, retryAfterMs });
  }

  /** @param {ProgressPollerOptions} options @param {string} url @param {RequestInit} [init] @param {AbortController} [controller] */
  async function send(options, url, init = {}, controller = new AbortController()) {
    let reason = TEXTS.unreachable;
    const timer = options.setTimeout(() => {
      reason = TEXTS.timedOut;
      controller.abort();
    }, options.requestTimeout);
    const headers = { Accept: 'application/json', ...init.headers };
    try {
      return await readAnswer(await options.fetch(url, { cache: 'no-store', ...init, headers, signal: controller.signal }));
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError(reason, { details: error });
    } finally {
      options.clearTimeout(timer);
    }
  }

  /** @param {string} jobId @param {any} body @param {boolean} isSingle */
  function pickProgress(jobId, body, isSingle) {
    const found = isSingle ? body : body.progress?.[jobId];
    if (typeof found?.status === 'string') return found;
    const isMissing = !isSingle && body.missing?.includes(jobId);
    return isMissing ? jobMissing() : new ApiError(TEXTS.notUnderstood, { code: 'bad_answer' });
  }

  // ---- 5. ProgressPoller: speaks in callbacks and events ----

  /** @type {ProgressPageState} */
  const browserPage = {
    isHidden: () => document.hidden,
    subscribe(wake) {
      const wakeIfVisible = () => document.hidden || wake();
      document.addEventListener('visibilitychange', wakeIfVisible);
      window.addEventListener('online', wake);
      return () => {
        document.removeEventListener('visibilitychange', wakeIfVisible);
        window.removeEventListener('online', wake);
      };
    },
  };

  /** @type {ProgressPollerOptions} */
  const DEFAULT_OPTIONS = {
    initialInterval: 1000, // ms
    maxInterval: 5000, // ms
    maxErrorRetries: 3,
    errorBackoffMultiplier: 2,
    requestTimeout: 10_000, // ms
    background: false,
    debug: false,
    fetch: (url, init) => fetch(url, init),
    setTimeout: (run, delayMs) => setTimeout(run, delayMs),
    clearTimeout: (timer) => clearTimeout(timer),
    now: () => performance.now(),
    random: () => Math.random(),
    page: browserPage,
  };

  class Poll {
    /** @type {Set<ProgressCallbacks>} */
    subscribers = new Set();
    /** @type {ProgressDocument | null} */
    lastProgress = null;
    /** @type {{polls: Set<Poll>, controller: AbortController} | null} */
    request = null;
    etag = '';
    pollCount = 0;
    errorCount = 0;
    isTroubled = false; // the last try brought no answer
    notBefore = 0; // the server asked for quiet until then

    /** @param {string} jobId @param {ProgressPoller} poller */
    constructor(jobId, poller) {
      this.jobId = jobId;
      this.poller = poller;
      this.interval = poller.options.initialInterval;
      this.bornAt = poller.options.now();
      this.dueAt = this.bornAt; // Infinity: given up
    }

    resume() {
      if (this.dueAt === Infinity) this.errorCount = 0;
      this.dueAt = Math.max(this.poller.options.now(), this.notBefore);
    }

    /** @param {any} outcome @param {boolean} isSingle @param {number} random */
    digest(outcome, isSingle, random) {
      const { status, body, etag, retryAfterMs } = outcome;
      let found = outcome;
      if (isSingle && status === 404) found = jobMissing();
      else if (status === 304 && this.lastProgress) found = this.lastProgress;
      else if (!(outcome instanceof ApiError)) found = pickProgress(this.jobId, body ?? {}, isSingle);
      if (found instanceof ApiError) return this.#stumble(found, random);
      if (isSingle && body) this.etag = etag;
      this.#advance(mergeProgress(this.lastProgress, found), found.poll_after_ms ?? body?.poll_after_ms ?? retryAfterMs, random);
    }

    /** @param {ProgressDocument | null} news @param {number | null} serverDelayMs @param {number} random */
    #advance(news, serverDelayMs, random) {
      const isTold = news || this.isTroubled; // trouble overwrote the text
      const progress = news ?? this.lastProgress;
      if (news?.elapsed_seconds) this.bornAt = this.poller.options.now() - news.elapsed_seconds * 1000;
      this.lastProgress = progress;
      this.errorCount = 0;
      this.isTroubled = false;
      this.#plan(serverDelayMs, random);
      const isOver = progress && isEnded(progress);
      if (isOver) this.poller.stopPolling(this.jobId);
      if (isTold) this.#tell('progress', { progress }, (to) => to.onProgress, progress);
      if (isOver) this.#tell('complete', { progress }, (to) => to.onComplete, progress);
    }

    /** @param {ApiError} error @param {number} random */
    #stumble(error, random) {
      const { status, code, message, retryAfterMs } = error;
      const isBusy = (status === 429 || status === 503) && retryAfterMs !== null; // a pace, no failure
      const isRefused = status === 401 || status === 403 || code === JOB_MISSING;
      if (!isBusy) this.errorCount += 1;
      const retryCount = this.errorCount;
      const final = isRefused || (!isBusy && retryCount >= this.poller.options.maxErrorRetries);
      const advice = final && !isRefused ? fill(TEXTS.gaveUp, { reason: message, n: retryCount }) : message;
      const told = Object.assign(new ApiError(advice, error), { final }); // a batch shares `error`
      this.isTroubled = true;
      this.#plan(retryAfterMs, random);
      if (final) this.dueAt = Infinity;
      if (code === JOB_MISSING) this.poller.stopPolling(this.jobId);
      this.#tell('error', { error: told, retryCount }, (to) => to.onError, told, retryCount);
    }

    /** @param {number | null} serverDelayMs @param {number} random */
    #plan(serverDelayMs, random) {
      const { options } = this.poller;
      const now = options.now();
      const delayMs = nextDelayMs({
        ...options,
        progress: this.lastProgress?.progress ?? 0,
        ageMs: now - this.bornAt,
        background: options.background || [...this.subscribers].every((subscriber) => subscriber.background),
        errors: this.errorCount,
        hidden: options.page.isHidden(),
        serverDelayMs,
        random,
      });
      this.interval = Math.round(delayMs);
      this.dueAt = now + delayMs;
      this.notBefore = serverDelayMs === null ? now : now + clamp(serverDelayMs, MIN_SERVER_DELAY_MS, MAX_SERVER_DELAY_MS);
      if (options.debug) console.debug(`Job ${this.jobId}: asking again in ${this.interval} ms`);
    }

    /** @param {string} type @param {object} news @param {(to: ProgressCallbacks) => any} pick @param {any[]} values */
    #tell(type, news, pick, ...values) {
      for (const subscriber of [...this.subscribers]) {
        try {
          if (this.subscribers.has(subscriber)) pick(subscriber)?.(...values);
        } catch (error) {
          console.error(`The callback for ${type} failed:`, error);
        }
      }
      this.poller.dispatchEvent(new CustomEvent(type, { detail: { jobId: this.jobId, ...news } }));
    }
  }

  class ProgressPoller extends EventTarget {
    /** @type {Map<string, Poll>} */
    #polls = new Map();
    /** @type {unknown} */
    #timer;
    /** @type {(() => void) | undefined} */
    #leavePage;

    /** @param {Partial<ProgressPollerOptions>} [options] */
    constructor(options) {
      super();
      this.options = { ...DEFAULT_OPTIONS, ...options };
    }

    /** @param {string} jobId @param {ProgressCallbacks} [callbacks] */
    startPolling(jobId, callbacks) {
      if (!jobId) throw new TypeError(`A job id is needed, got ${jobId}. Take job_id from the answer to the POST.`);
      const id = String(jobId);
      const poll = this.#polls.get(id) ?? new Poll(id, this);
      const subscriber = { ...callbacks };
      const { lastProgress } = poll;
      if (lastProgress) queueMicrotask(() => poll.subscribers.has(subscriber) && subscriber.onProgress?.(lastProgress));
      this.#polls.set(id, poll);
      poll.subscribers.add(subscriber);
      if (poll.dueAt === Infinity) poll.resume();
      this.#arrange();
      return () => {
        poll.subscribers.delete(subscriber);
        if (!poll.subscribers.size) this.#drop(poll);
      };
    }

    /** @param {string} jobId */
    stopPolling(jobId) {
      this.#drop(this.#polls.get(String(jobId)));
    }

    stopAllPolling() {
      this.#polls.forEach((poll) => this.#drop(poll));
    }

    getActivePolls() {
      const active = [...this.#polls.values()].filter((poll) => poll.dueAt < Infinity);
      return Object.fromEntries(
        active.map(({ jobId, interval, pollCount, errorCount, lastProgress }) => [
          jobId,
          { interval, pollCount, errorCount, lastProgress },
        ]),
      );
    }

    /** @param {Poll} [poll] */
    #drop(poll) {
      if (!poll || this.#polls.get(poll.jobId) !== poll) return;
      this.#polls.delete(poll.jobId);
      poll.request?.polls.delete(poll);
      if (poll.request?.polls.size === 0) poll.request.controller.abort();
      this.#arrange();
    }

    #wake = () => {
      this.#polls.forEach((poll) => poll.resume());
      this.#arrange();
    };

    /** One timer and the page's listeners, as long as somebody needs them. */
    #arrange() {
      const { options } = this;
      options.clearTimeout(this.#timer);
      const dueAt = Math.min(...this.#idlePolls().map((poll) => poll.dueAt));
      if (dueAt < Infinity) this.#timer = options.setTimeout(() => this.#askDue(), Math.max(0, dueAt - options.now()));
      if (this.#polls.size) {
        this.#leavePage ??= options.page.subscribe(this.#wake);
      } else {
        this.#leavePage?.();
        this.#leavePage = undefined;
      }
    }

    #idlePolls() {
      return [...this.#polls.values()].filter((poll) => !poll.request);
    }

    #askDue() {
      const now = this.options.now();
      const due = this.#idlePolls().filter((poll) => poll.dueAt - BATCH_WINDOW_MS <= now && poll.notBefore <= now);
      while (due.length) void this.#ask(due.splice(0, MAX_IDS_PER_REQUEST));
      this.#arrange();
    }

    /** @param {Poll[]} polls */
    async #ask(polls) {
      const request = { polls: new Set(polls), controller: new AbortController() };
      for (const poll of polls) {
        poll.request = request;
        poll.pollCount += 1;
      }
      const isSingle = polls.length === 1;
      const etag = isSingle && polls[0]?.etag;
      const url = `/api/progress${isSingle ? '/' : '?ids='}${polls.map((poll) => encodeURIComponent(poll.jobId))}`;
      const init = etag ? { headers: { 'If-None-Match': etag } } : {};
      const outcome = await send(this.options, url, init, request.controller).catch((error) => error);
      const random = this.options.random(); // one for all, so that bars stay in step
      for (const poll of request.polls) {
        poll.request = null;
        poll.digest(outcome, isSingle, random);
      }
      this.#arrange();
    }
  }

  const globalPoller = new ProgressPoller();

  /** @type {Window['pollJobProgress']} */
  function pollJobProgress(jobId, { onProgress, onComplete, onError, background, ...options } = {}) {
    /** @type {any} */
    const known = globalPoller.options;
    const isShared = Object.entries(options).every(([name, value]) => known[name] === value);
    const poller = isShared ? globalPoller : new ProgressPoller({ ...globalPoller.options, ...options });
    return poller.startPolling(jobId, { onProgress, onComplete, onError, background });
  }

  // ---- 6. The page: bars and news ----

  /** @param {string} url @param {RequestInit} [init] */
  const request = async (url, init) => (await send(globalPoller.options, url, init)).body;

  /** @param {string} url @returns {Promise<string>} */
  async function startJob(url) {
    const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content');
    const headers = { 'Content-Type': 'application/json', ...(token && { 'X-CSRFToken': token }) };
    return (await request(url, { method: 'POST', body: '{}', headers })).job_id;
  }

  /** @param {string} tag @param {string} className @param {(Node | string)[]} content */
  function make(tag, className, ...content) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...content);
    return element;
  }

  /** A selection survives where nothing changed. @param {Element | null} element @param {string} text */
  function setText(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  /** It must be there before its first news to be heard. @param {string} id @param {string} className */
  function ensureRegion(id, className) {
    const known = document.getElementById(id);
    if (known) return known;
    const region = make('div', className);
    region.id = id;
    region.setAttribute('role', 'log');
    region.setAttribute('aria-live', 'polite');
    document.body.append(region);
    return region;
  }

  const newsRegion = () => ensureRegion('progress-news', 'visually-hidden');
  const toastRegion = () => ensureRegion('progress-toasts', 'toast-container position-fixed bottom-0 end-0 p-3');

  /** For news that matters, never for a tick. @param {string} text */
  function announce(text) {
    const region = newsRegion();
    if (region.lastElementChild?.textContent === text) return;
    region.append(make('p', '', text));
    if (region.children.length > MAX_NEWS) region.firstElementChild?.remove();
  }

  /** @type {Record<string, string[]>} */
  const BAR_CLASSES = { finished: ['success', 'bg-success'], failed: ['error', 'bg-danger'], canceled: [] };

  /** @param {HTMLElement} bar @param {string} label */
  function prepareBar(bar, label) {
    bar.setAttribute('role', 'progressbar');
    bar.setAttribute('aria-valuemin', '0');
    bar.setAttribute('aria-valuemax', '100');
    if (!bar.hasAttribute('aria-label') && !bar.hasAttribute('aria-labelledby')) bar.setAttribute('aria-label', label);
  }

  /** @param {string} label */
  function makeBar(label) {
    const bar = make('div', 'progress-bar');
    prepareBar(bar, label);
    return { bar, track: make('div', 'progress', bar) };
  }

  /** @param {HTMLElement} bar @param {{status: string, progress: number}} job @param {string} words */
  function paintBar(bar, { status, progress }, words) {
    const percent = status === 'finished' ? 100 : Math.floor(clamp(progress, 0, 1) * 100);
    bar.style.width = `${percent}%`;
    bar.setAttribute('aria-valuenow', String(percent));
    bar.setAttribute('aria-valuetext', `${percent} %, ${words}`);
    bar.classList.remove('active', ...Object.values(BAR_CLASSES).flat());
    bar.classList.add(...(BAR_CLASSES[status] ?? ['active']));
  }

  /** @implements {ProgressView} */
  class BarView {
    #news = '';

    /** @param {HTMLElement} bar @param {HTMLElement | null} text */
    constructor(bar, text) {
      this.bar = bar;
      this.text = text;
      prepareBar(bar, TEXTS.progress);
      text?.setAttribute('aria-live', 'off'); // it ticks
      newsRegion();
    }

    /** @param {ProgressDocument} progress */
    show(progress) {
      this.#paint(progress, describeProgress(progress));
      this.#tell(`${progress.status} ${progress.attempt} ${progress.current_step}`, describeStep(progress));
    }

    /** @param {ProgressApiError} error */
    trouble({ final, message }) {
      setText(this.text, final ? message : fill(TEXTS.reconnecting, { reason: message }));
      this.bar.classList.toggle('active', !final);
      if (final) this.#tell(message, message);
    }

    /** @param {string} url */
    async start(url) {
      this.#paint({ status: 'queued', progress: 0 }, TEXTS.starting);
      try {
        return await startJob(url);
      } catch (error) {
        const { message } = /** @type {Error} */ (error);
        this.#paint({ status: 'failed', progress: 0 }, message);
        this.bar.style.width = '100%'; // else no colour shows
        this.#tell(message, message);
        throw error;
      }
    }

    /** @param {{status: string, progress: number}} job @param {string} words */
    #paint(job, words) {
      paintBar(this.bar, job, words);
      setText(this.text, words);
    }

    /** @param {string} key @param {string} words */
    #tell(key, words) {
      const label = this.bar.getAttribute('aria-label');
      if (key !== this.#news) announce(label && label !== TEXTS.progress ? `${label}: ${words}` : words);
      this.#news = key;
    }
  }

  /** @param {string} jobId @param {ProgressView} view @returns {Promise<ProgressDocument>} */
  function follow(jobId, view) {
    return new Promise((resolve, reject) => {
      pollJobProgress(jobId, {
        onProgress: (progress) => view.show(progress),
        onComplete: resolve,
        onError(error) {
          view.trouble(error);
          if (error.final) reject(error);
        },
      });
    });
  }

  // ---- 7. Songs ----

  /** @type {Window['attachSongProgress']} */
  const attachSongProgress = (jobId, bar, text = null) => follow(jobId, new BarView(bar, text));

  /** @type {Window['analyzeSongWithProgress']} */
  async function analyzeSongWithProgress(songId, progressBarElement, statusTextElement = null) {
    const view = new BarView(progressBarElement, statusTextElement);
    return follow(await view.start(`/api/songs/${encodeURIComponent(songId)}/analyze`), view);
  }

  // ---- 8. Playlists ----

  class ChildLine {
    /** @param {ProgressChild} child */
    constructor(child) {
      const { bar, track } = makeBar(child.title);
      this.bar = bar;
      this.text = make('span', 'playlist-progress-status');
      this.element = make('li', 'playlist-progress-line', make('span', 'playlist-progress-title', child.title), track, this.text);
      this.child = child;
      this.#paint();
    }

    /** @param {ProgressChild} child */
    update(child) {
      const { status, progress } = this.child;
      this.child = child.status === status ? { ...child, progress: Math.max(child.progress, progress) } : child;
      this.#paint();
    }

    #paint() {
      const words = textOf(this.child.status);
      paintBar(this.bar, this.child, words);
      setText(this.text, words);
    }
  }

  class PlaylistView extends BarView {
    /** @type {Map<string, ChildLine>} */
    #lines = new Map();
    /** @type {Map<string, number>} */
    #counts = new Map();
    /** Changes wait for the list, whose order the lines keep. @type {ProgressChild[] | null} */
    #held = null;
    #jobId = '';
    #totalAtRead = -1;
    #isOver = false;

    /** @param {HTMLElement} container */
    constructor(container) {
      const { bar, track } = makeBar(TEXTS.progress);
      const text = make('p', 'playlist-progress-text');
      super(bar, text);
      this.summary = make('p', 'playlist-progress-counts');
      this.list = make('ul', 'playlist-progress-list list-unstyled');
      this.more = make('p', 'playlist-progress-more');
      container.replaceChildren(track, text, this.summary, this.list, this.more);
    }

    /** @param {string} jobId */
    follow(jobId) {
      this.#jobId = jobId;
      void this.#readList();
      return follow(jobId, this);
    }

    /** @param {ProgressDocument} progress */
    show(progress) {
      super.show(progress);
      const counts = Object.entries(progress.children_counts ?? {});
      if (counts.length) this.#counts = new Map(counts.filter(([status]) => STATUSES.includes(status)));
      const done = ENDED.reduce((sum, status) => sum + (this.#counts.get(status) ?? 0), 0);
      const failed = this.#counts.get('failed');
      const text = failed ? TEXTS.childrenFailed : TEXTS.childrenDone;
      setText(this.summary, this.#total ? fill(text, { done, total: this.#total, failed }) : '');
      this.#isOver = isEnded(progress);
      const { children = [] } = progress;
      if (this.#held) this.#held.push(...children);
      else this.#showLines(children, true);
      this.#check();
    }

    get #total() {
      return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    }

    /** Reads the list again when songs are missing, or when at the end the lines contradict the counts. */
    #check() {
      if (this.#held) return;
      const isShort = this.#lines.size < Math.min(this.#total, MAX_LINES) && this.#total !== this.#totalAtRead;
      if (isShort || (this.#isOver && this.#disagrees())) void this.#readList();
    }

    #disagrees() {
      const statuses = [...this.#lines.values()].map((line) => line.child.status);
      const agreements = [...this.#counts].map(([name, n]) => statuses.filter((status) => status === name).length === n);
      return this.#total > MAX_LINES || agreements.includes(false);
    }

    async #readList() {
      const isLast = this.#isOver;
      /** @type {ProgressChild[]} */
      const held = [];
      this.#held = held;
      this.#totalAtRead = this.#total;
      try {
        this.#showLines(await fetchChildren(this.#jobId), isLast);
        if (this.#total <= MAX_LINES) setText(this.more, '');
      } catch (error) {
        setText(this.more, /** @type {Error} */ (error).message);
      }
      this.#held = null;
      this.#showLines(held, true);
      if (!isLast) this.#check();
    }

    /** @param {ProgressChild[]} children @param {boolean} isNews a list may be older than the lines */
    #showLines(children, isNews) {
      for (const child of children) {
        const line = this.#lines.get(child.job_id);
        if (line && isNews) line.update(child);
        else if (!line && this.#lines.size < MAX_LINES) this.#addLine(child);
      }
      const n = this.#total - MAX_LINES;
      if (n > 0) setText(this.more, fill(TEXTS.moreChildren, { n }));
    }

    /** @param {ProgressChild} child */
    #addLine(child) {
      const line = new ChildLine(child);
      this.#lines.set(child.job_id, line);
      this.list.append(line.element);
    }
  }

  /** @param {string} jobId */
  async function fetchChildren(jobId) {
    /** @type {ProgressChild[]} */
    const children = [];
    let cursor = '';
    do {
      const after = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const page = await request(`/api/jobs/${encodeURIComponent(jobId)}/children?limit=100${after}`);
      children.push(...page.children);
      cursor = page.children.length ? page.next_cursor : '';
    } while (cursor && children.length < MAX_LINES);
    return children;
  }

  /** @type {Window['attachPlaylistProgress']} */
  const attachPlaylistProgress = (jobId, container) => new PlaylistView(container).follow(jobId);

  /** @type {Window['analyzePlaylistWithProgress']} */
  async function analyzePlaylistWithProgress(playlistId, containerElement) {
    const view = new PlaylistView(containerElement);
    return view.follow(await view.start(`/api/playlists/${encodeURIComponent(playlistId)}/analyze`));
  }

  // ---- 9. The dashboard ----

  /** @type {Record<string, string>} */
  const HEALTH_CLASSES = { healthy: 'text-bg-success', degraded: 'text-bg-warning', down: 'text-bg-danger' };

  /** @param {string} field @param {unknown} value */
  function formatCell(field, value) {
    if (Array.isArray(value)) return value.join(', ');
    if (typeof value === 'boolean') return textOf(String(value));
    if (typeof value !== 'number') return String(value ?? '–');
    if (!field.endsWith('_seconds')) return String(Math.round(value * 10) / 10);
    if (value < 60) return `${Math.round(value)} s`;
    const minutes = Math.floor(value / 60);
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }

  /** @param {HTMLElement} cell @param {any} job */
  function paintJob(cell, job) {
    if (!job) return setText(cell, '–');
    const title = job.title || job.job_type;
    if (!cell.firstElementChild) cell.replaceChildren(make('span', ''), makeBar(title).track);
    const bar = /** @type {HTMLElement} */ (cell.querySelector('.progress-bar'));
    setText(cell.firstElementChild, title);
    bar.setAttribute('aria-label', title);
    paintBar(bar, { status: 'started', progress: job.progress }, title);
  }

  /** Its cells change in place, so that focus and selection stay. */
  class LiveTable {
    /** @type {Map<string, HTMLElement>} */
    #rows = new Map();
    #body = make('tbody', '');
    #empty = make('p', 'queue-dashboard-empty', TEXTS.nothing);

    /** @param {string} caption @param {Record<string, string>} columns */
    constructor(caption, columns) {
      this.fields = Object.keys(columns);
      const head = make('tr', '', ...Object.values(columns).map((text) => this.#heading('col', text)));
      const table = make('table', 'table table-sm caption-top', make('caption', '', caption), make('thead', '', head), this.#body);
      this.element = make('div', 'table-responsive', table, this.#empty);
    }

    /** @param {any[]} items */
    update(items) {
      const names = items.map((item) => item.name);
      for (const [name, row] of this.#rows) {
        if (names.includes(name)) continue;
        row.remove();
        this.#rows.delete(name);
      }
      for (const item of items) this.#paint(this.#rows.get(item.name) ?? this.#addRow(item.name), item);
      this.#empty.hidden = items.length > 0;
    }

    /** @param {string} scope @param {string} [text] */
    #heading(scope, text = '') {
      const cell = make('th', '', text);
      cell.setAttribute('scope', scope);
      return cell;
    }

    /** @param {string} name */
    #addRow(name) {
      const row = make('tr', '', this.#heading('row'), ...this.fields.slice(1).map(() => make('td', '')));
      this.#rows.set(name, row);
      this.#body.append(row);
      return row;
    }

    /** @param {HTMLElement} row @param {any} item */
    #paint(row, item) {
      this.fields.forEach((field, index) => {
        const cell = /** @type {HTMLElement} */ (row.children[index]);
        if (field === 'current_job') paintJob(cell, item[field]);
        else setText(cell, formatCell(field, item[field]));
      });
    }
  }

  class QueueDashboard {
    /** @type {unknown} */
    #timer;
    /** @type {AbortController | null} */
    #controller = null;
    #health = '';
    #isStopped = false;

    /** @param {HTMLElement} container */
    constructor(container) {
      this.options = globalPoller.options;
      this.badge = make('span', 'badge');
      this.reason = make('span', 'queue-dashboard-reason ms-2');
      this.trouble = make('p', 'queue-dashboard-trouble');
      this.queues = new LiveTable(TEXTS.queues, TEXTS.queueColumns);
      this.workers = new LiveTable(TEXTS.workers, TEXTS.workerColumns);
      const health = make('p', 'queue-dashboard-health', this.badge, this.reason);
      container.replaceChildren(health, this.trouble, this.queues.element, this.workers.element);
      newsRegion();
      this.leavePage = this.options.page.subscribe(() => void this.#refresh());
      void this.#refresh();
    }

    stop() {
      this.#isStopped = true;
      this.options.clearTimeout(this.#timer);
      this.#controller?.abort();
      this.leavePage();
    }

    async #refresh() {
      if (this.#controller) return;
      const controller = new AbortController();
      this.#controller = controller;
      this.options.clearTimeout(this.#timer);
      const answers = await Promise.allSettled([
        send(this.options, '/api/queue/status', {}, controller).then(({ body }) => this.queues.update(body.queues)),
        send(this.options, '/api/worker/health', {}, controller).then(({ body }) => this.#showWorkers(body)),
      ]);
      this.#controller = null;
      if (!this.#isStopped) this.#conclude(answers.find((answer) => answer.status === 'rejected')?.reason);
    }

    /** @param {ApiError | undefined} failure */
    #conclude(failure) {
      setText(this.trouble, failure ? fill(TEXTS.reconnecting, { reason: failure.message }) : '');
      if (this.options.page.isHidden()) return; // becoming visible goes on
      const pauseMs = failure ? clamp(failure.retryAfterMs, SLOW_INTERVAL_MS, MAX_SERVER_DELAY_MS) : DASHBOARD_INTERVAL_MS;
      this.#timer = this.options.setTimeout(() => void this.#refresh(), pauseMs);
    }

    /** @param {{workers: any[], health: string, reason: string}} answer */
    #showWorkers({ workers, health, reason }) {
      this.workers.update(workers);
      setText(this.badge, textOf(health));
      setText(this.reason, reason);
      if (health === this.#health) return;
      this.badge.className = `badge ${HEALTH_CLASSES[health] ?? 'text-bg-secondary'}`;
      if (this.#health) announce(`${textOf(health)}: ${reason}`);
      this.#health = health;
    }
  }

  /** @type {Window['createQueueStatusDashboard']} */
  const createQueueStatusDashboard = (containerElement) => new QueueDashboard(containerElement);

  // ---- 10. Background analysis ----

  /** @type {string[]} */
  let memory = [];

  /** Reads, after writing `jobIds`; where the browser refuses storage, until the page closes. @param {string[]} [jobIds] @returns {string[]} */
  function rememberedJobs(jobIds) {
    try {
      if (jobIds) localStorage.setItem(STORAGE_KEY, JSON.stringify(jobIds));
      return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    } catch (error) {
      console.warn('No storage:', error);
      memory = jobIds ?? memory;
      return memory;
    }
  }

  /** @param {string} jobId */
  const forget = (jobId) => rememberedJobs(rememberedJobs().filter((id) => id !== jobId));

  /** @param {string} text */
  function showToast(text) {
    const close = make('button', 'btn-close');
    close.setAttribute('type', 'button');
    close.setAttribute('aria-label', TEXTS.close);
    const header = make('div', 'toast-header', make('b', 'me-auto', TEXTS.background), close);
    const toast = make('div', 'toast show', header, make('div', 'toast-body', text));
    close.addEventListener('click', () => toast.remove());
    toastRegion().append(toast);
  }

  /** @param {string} body @param {string} tag several tabs, one notification */
  function notify(body, tag) {
    showToast(body);
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    try {
      new Notification(TEXTS.background, { body, tag });
    } catch (error) {
      console.warn('No desktop notification:', error); // Chrome on Android
    }
  }

  /** @type {Map<string, Promise<ProgressDocument>>} */
  const followed = new Map();

  /** @param {string} jobId */
  function followInBackground(jobId) {
    pollJobProgress(jobId)(); // wakes what was given up
    const ended = followed.get(jobId) ?? tellAtEnd(jobId);
    followed.set(jobId, ended);
    return ended;
  }

  /** @param {string} jobId @returns {Promise<ProgressDocument>} */
  function tellAtEnd(jobId) {
    return new Promise((resolve, reject) => {
      pollJobProgress(jobId, {
        background: true,
        onComplete(progress) {
          forget(jobId);
          notify([progress.title, describeStep(progress)].filter(Boolean).join(': '), jobId);
          resolve(progress);
        },
        onError(error) {
          if (error.final) showToast(error.message);
          if (error.code !== JOB_MISSING) return;
          forget(jobId);
          reject(error);
        },
      });
    });
  }

  /** @type {Window['startBackgroundAnalysisWithNotification']} */
  async function startBackgroundAnalysisWithNotification(userId) {
    // Browsers ask only during a click, so before any waiting.
    if (typeof Notification !== 'undefined' && Notification.permission === 'default') void Notification.requestPermission();
    toastRegion();
    try {
      const jobId = await startJob(`/api/users/${encodeURIComponent(userId)}/analyze`);
      rememberedJobs([...forget(jobId), jobId]);
      showToast(TEXTS.backgroundStarted);
      return followInBackground(jobId);
    } catch (error) {
      showToast(/** @type {Error} */ (error).message);
      throw error;
    }
  }

  // ---- 11. Start and exports ----

  /** The page shows a rejection. @param {Promise<unknown>} shown */
  const leaveToPage = (shown) => void shown.catch(console.debug);

  /** @param {HTMLElement} element */
  function attachElement(element) {
    const { jobId, progress: kind, progressText, attachedJob } = element.dataset;
    if (!jobId || attachedJob === jobId) return;
    element.dataset.attachedJob = jobId;
    if (kind === 'playlist') return leaveToPage(attachPlaylistProgress(jobId, element));
    /** @type {HTMLElement} */
    const bar = element.querySelector('.progress-bar') ?? element;
    /** @type {HTMLElement | null} */
    const text = progressText ? document.getElementById(progressText) : element.querySelector('.progress-text');
    leaveToPage(attachSongProgress(jobId, bar, text));
  }

  /** @type {Window['attachProgressElements']} */
  function attachProgressElements(root = document) {
    /** @type {NodeListOf<HTMLElement>} */
    const elements = root.querySelectorAll('[data-job-id][data-progress]');
    elements.forEach(attachElement);
  }

  function startPage() {
    attachProgressElements();
    for (const jobId of rememberedJobs()) leaveToPage(followInBackground(jobId));
  }

  const api = {
    ProgressPoller,
    globalPoller,
    pollJobProgress,
    analyzeSongWithProgress,
    analyzePlaylistWithProgress,
    createQueueStatusDashboard,
    startBackgroundAnalysisWithNotification,
    attachSongProgress,
    attachPlaylistProgress,
    attachProgressElements,
    progressTexts: TEXTS,
  };

  if (typeof window !== 'undefined') {
    Object.assign(window, api);
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', startPage, { once: true });
    else startPage();
  }
  // @ts-ignore: Node alone has a module
  if (typeof module === 'object') module.exports = { ...api, nextDelayMs, mergeProgress, formatRemaining, describeProgress };
})();
