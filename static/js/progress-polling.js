/** Backbeat's browser client. Types and documentation: progress-polling.d.ts. */
(() => {
'use strict';

const YOUNG_JOB_MS = 10_000;
const MIDDLE_INTERVAL_MS = 2000;
const SLOW_INTERVAL_MS = 5000;
const HIDDEN_INTERVAL_MS = 30_000;
const DASHBOARD_INTERVAL_MS = 3000;
const BATCH_WINDOW_MS = 500;
const LEADER_GRACE_MS = 10_000;
const MIN_SERVER_DELAY_MS = 250;
const MAX_SERVER_DELAY_MS = 300_000;
const JITTER_FRACTION = 0.1;
const STALL_SECONDS = 40;
const MAX_IDS = 100;
const MAX_NEWS = 5;
const MAX_ROWS = 1000;
const ROW_PX = 44; // progress.css
const ROWS_BEYOND = 5;
const CHANNEL = 'backbeat-poller';
const TAB_LOCK = 'backbeat-tab-';
const STORAGE_KEY = 'backbeat.background-jobs';
const JOB_MISSING = 'job_missing';
const WAITING = ['queued', 'scheduled', 'deferred'];
const ENDED = ['finished', 'failed', 'canceled'];

/** @type {ProgressTexts} */
const texts = {
  language: 'en',
  starting: 'Starting…',
  queued: 'Waiting in line',
  scheduled: 'Waiting for its time',
  deferred: 'Waiting for another job',
  started: 'Running',
  finished: 'Done',
  canceling: 'Canceling…',
  failedBecause: 'Failed: {reason}',
  attempt: 'Attempt {n}: {what}',
  attemptOf: 'Attempt {n} of {total}: {what}',
  one: '{n}st in line',
  two: '{n}nd in line',
  few: '{n}rd in line',
  other: '{n}th in line',
  nextTry: '{reason} Next try in {time}',
  startsIn: 'Starts in {time}',
  soFar: '{what}, {time} so far',
  stalled: '{what}. No news for {time}',
  about: '{what}, about {time}',
  remaining: '{what}, about {time} remaining',
  almostDone: '{what}, almost done',
  range: '{low} to {high}',
  second: '{n} s',
  minute: '{n} min',
  hour: '{n} h {minutes} min',
  reconnecting: 'Reconnecting… since {time}. {reason}',
  unreachable: 'The server does not answer.',
  badAnswer: 'The server gave no usable answer ({status}).',
  signedOut: 'You are signed out. Sign in again.',
  jobMissing: 'This job does not exist.',
  gaveUp: '{reason} Updates stopped after {n} tries; the job may still run. Check the network and try again.',
  step: '{label}: {time}',
  childrenDone: '{done} of {total} done, {failed} failed',
  background: 'Background analysis',
  backgroundStarted: 'It runs in the background. You can leave this page.',
  queueColumns: 'name queued started deferred scheduled failed finished_last_hour oldest_wait_seconds jobs_per_minute paused',
  workerColumns: 'name host pid state queues current_job heartbeat_age_seconds jobs_done jobs_failed',
};

/** @type {ProgressSay} */
const say = (key, values = {}) => {
  const plain = key.charAt(0).toUpperCase() + key.slice(1).replace('_seconds', '').replaceAll('_', ' ');
  return (texts[key] ?? plain).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
};

/** @type {ProgressRules} */
const rules = {
  clamp: (value, low, high) => Math.min(high, Math.max(low, Number(value) || 0)),
  isEnded: (job) => ENDED.includes(job.status),
  isStalled: (job) => job.status === 'started' && (job.quiet_seconds ?? 0) >= STALL_SECONDS,
  percent: ({ status, progress }) => (status === 'finished' ? 100 : Math.floor(rules.clamp(progress, 0, 1) * 100)),
  serverPauseMs: (ms) => rules.clamp(ms, MIN_SERVER_DELAY_MS, MAX_SERVER_DELAY_MS),

  nextDelayMs(facts) {
    const jitter = JITTER_FRACTION * facts.random;
    const quiet = facts.hidden ? HIDDEN_INTERVAL_MS * (1 - jitter) : 0;
    if (facts.serverDelayMs !== null) return Math.max(quiet, rules.serverPauseMs(facts.serverDelayMs) * (1 + jitter));
    const backoff = facts.errorBackoffMultiplier ** facts.errorCount;
    return quiet || Math.min(facts.maxInterval, rules.rhythmMs(facts) * backoff) * (1 - jitter);
  },

  rhythmMs({ progress, ageMs, background, random, initialInterval }) {
    if (background) return SLOW_INTERVAL_MS;
    if (ageMs < YOUNG_JOB_MS || progress < 0.1) return initialInterval;
    return Math.max(initialInterval, progress > 0.9 ? SLOW_INTERVAL_MS : MIDDLE_INTERVAL_MS * (1 + random / 2));
  },

  mergeProgress(known, raw) {
    const progress = rules.clamp(raw.progress, 0, 1);
    if (!known || (raw.attempt ?? 0) > (known.attempt ?? 0)) return { ...raw, progress };
    if ((raw.attempt ?? Infinity) < (known.attempt ?? 0)) return null;
    if (!rules.isEnded(raw) && (raw.version ?? Infinity) <= (known.version ?? -1)) return null;
    return { ...raw, progress: Math.max(progress, known.progress) };
  },

  atServerTime(job, dateMs) {
    const age = (iso = '') => (dateMs - Date.parse(iso)) / 1000 || 0;
    if (!dateMs) return job;
    const elapsed_seconds = (job.status === 'started' && age(job.started_at)) || job.elapsed_seconds;
    return { ...job, elapsed_seconds, quiet_seconds: age(job.updated_at), due_in_seconds: -age(job.due_at) };
  },
};

/** @type {ProgressWords} */
const words = {
  duration(seconds) {
    const minutes = Math.floor(seconds / 60);
    if (!minutes) return say('second', { n: Math.round(seconds) });
    return minutes < 60 ? say('minute', { n: minutes }) : say('hour', { n: Math.floor(minutes / 60), minutes: minutes % 60 });
  },

  span(lowSeconds, highSeconds) {
    const [unit, size, step] = highSeconds < 57.5 ? ['second', 1, 5] : ['minute', 60, 1];
    const round = (n = 0) => Math.max(step, Math.round(n / size / step) * step);
    const [low, high] = [round(lowSeconds), round(highSeconds)];
    if (low !== high) return say('range', { low, high: say(unit, { n: high }) });
    return new Intl.NumberFormat(texts.language, { style: 'unit', unit, unitDisplay: 'long' }).format(high);
  },

  remaining(what, { eta_seconds: eta, eta_low_seconds: low, eta_high_seconds: high, elapsed_seconds: elapsed }) {
    const most = high ?? eta;
    if (typeof most === 'number' && most >= 0) {
      return say(most < 10 ? 'almostDone' : 'remaining', { what, time: words.span(low ?? most, most) });
    }
    return elapsed && elapsed >= 1 ? say('soFar', { what, time: words.duration(elapsed) }) : what;
  },

  waiting({ status, error: reason, queue_position: n, queue_wait_seconds: wait, due_in_seconds: due = 0 }) {
    if (status === 'scheduled' && due > 0) return say(reason ? 'nextTry' : 'startsIn', { reason, time: words.duration(due) });
    if (status !== 'queued' || !n) return '';
    const what = say(new Intl.PluralRules(texts.language, { type: 'ordinal' }).select(n), { n });
    return wait ? say('about', { what, time: words.span(...wait) }) : what;
  },

  step(job, waiting = '') {
    const { status, message, step_label: label, error: reason, attempt: n = 1, max_attempts: total } = job;
    if (status === 'failed' && reason) return say('failedBecause', { reason });
    if (rules.isEnded(job)) return (status === 'finished' && message) || say(status);
    if (job.cancel_requested) return say('canceling');
    const what = waiting || (WAITING.includes(status) ? message : label || message) || say(status);
    return n > 1 ? say(total ? 'attemptOf' : 'attempt', { n, total, what }) : what;
  },

  progress(job) {
    const what = words.step(job, words.waiting(job));
    if (job.status !== 'started' || job.cancel_requested) return what;
    if (rules.isStalled(job)) return say('stalled', { what, time: words.duration(job.quiet_seconds ?? 0) });
    return words.remaining(what, job);
  },

  reconnecting: (since, reason) =>
    say('reconnecting', { time: new Date(since).toLocaleTimeString([], { timeStyle: 'short' }), reason }),
};

/** @type {ProgressNet} */
const net = {
  error: (facts) =>
    Object.assign(new Error(facts.message), { status: 0, code: 'unreachable', retryAfterMs: null, final: false }, facts),

  async read(response) {
    const { status, headers } = response;
    const dateMs = Date.parse(headers.get('Date') ?? '') || 0;
    const after = Number(headers.get('Retry-After'));
    const facts = { status, etag: headers.get('ETag'), dateMs, retryAfterMs: after > 0 ? after * 1000 : null };
    const body = await response.json().catch(() => null); // a 304, or a proxy's page
    if (status === 304 || (response.ok && body && body.success !== false)) return { ...facts, body };
    const { error: code = 'bad_answer', details, message = say('badAnswer', facts) } = body ?? {};
    throw net.error({ ...facts, code, details, message: status === 401 ? say('signedOut') : message });
  },

  send(options, url, init = {}, controller = new AbortController()) {
    const timer = options.setTimeout(() => controller.abort(), options.requestTimeout);
    const headers = { Accept: 'application/json', ...init.headers };
    return options
      .fetch(url, { cache: 'no-store', ...init, headers, signal: controller.signal })
      .then(net.read)
      .catch((error) => Promise.reject('final' in error ? error : net.error({ message: say('unreachable') })))
      .finally(() => options.clearTimeout(timer));
  },

  async post(...path) {
    const token = document.querySelector('meta[name=csrf-token]')?.getAttribute('content');
    const headers = { 'Content-Type': 'application/json', ...(token && { 'X-CSRF-Token': token }) };
    const url = `/api/${path.map(encodeURIComponent).join('/')}`;
    return (await net.send(globalPoller.options, url, { method: 'POST', body: '{}', headers })).body;
  },
};

/** @type {JoinTabs} */
function joinTabs(poller, { locks, open }) {
  const id = crypto.randomUUID();
  const life = new AbortController();
  let candidacy = new AbortController();

  /** @type {ProgressTabs} */
  const self = {
    isLeader: false,
    channel: null,
    served: new Map(),

    hold: (name, signal, use, steal = false) =>
      locks
        .request(name, steal ? { steal } : { signal }, () => {
          if (signal.aborted) return;
          use();
          return new Promise((release) => signal.addEventListener('abort', release));
        }),

    async lead(steal) {
      if (self.isLeader) return;
      candidacy.abort();
      const { signal } = (candidacy = new AbortController());
      await self.hold(CHANNEL, signal, () => self.turn(true), steal).catch(console.debug);
      if (signal.aborted) return;
      self.turn(false);
      self.lead(false);
    },

    turn(isLeader) {
      self.isLeader = isLeader;
      for (const tab of self.served.keys()) self.serve(tab, {});
      self.served.clear();
      if (isLeader) self.say({ isNew: true });
      poller.arrange();
    },

    close() {
      candidacy.abort();
      life.abort();
      self.turn(false);
      self.channel?.close();
    },

    say: (message) => self.channel?.postMessage({ tab: id, ...message }),

    hear({ tab = '', outcome, wants, isNew, isHidden }) {
      if (outcome) poller.take(outcome);
      if (wants && self.isLeader) self.serve(tab, wants);
      if (isNew) poller.arrange();
      if (isHidden && !poller.options.page.isHidden()) self.lead(true);
    },

    serve(tab, wants) {
      const before = self.served.get(tab) ?? self.watch(tab);
      const after = new Map();
      for (const [jobId, background] of Object.entries(wants)) {
        const key = jobId + background;
        after.set(key, before.get(key) ?? poller.startPolling(jobId, { background, isRemote: true }));
      }
      before.forEach((stop, key) => after.has(key) || stop());
      self.served.set(tab, after);
    },

    watch(tab) {
      locks.request(TAB_LOCK + tab, { signal: candidacy.signal }, () => self.serve(tab, {})).catch(console.debug);
      return new Map();
    },
  };

  self.hold(TAB_LOCK + id, life.signal, () => {
    self.channel = open();
    self.channel.onmessage = (event) => self.hear(event.data);
    self.lead(!poller.options.page.isHidden());
    poller.arrange();
  }).catch(() => self.turn(true));
  return self;
}

/** @type {ProgressPollerOptions} */
const DEFAULT_OPTIONS = {
  initialInterval: 1000,
  maxInterval: 5000,
  maxErrorRetries: 3,
  errorBackoffMultiplier: 2,
  requestTimeout: 10_000,
  background: false,
  debug: false,
  fetch: async (url, init) => fetch(url, init),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer),
  now: () => performance.now(),
  date: () => Date.now(),
  random: () => Math.random(),
  share: null,
  page: {
    isHidden: () => document.hidden,
    subscribe(wake, hide) {
      const life = new AbortController();
      const { signal } = life;
      document.addEventListener('visibilitychange', () => (document.hidden ? hide?.() : wake()), { signal });
      addEventListener('online', wake, { signal });
      return () => life.abort();
    },
  },
};

/** @type {MakePolling} */
function makePolling(target, options) {
  /** @type {ProgressPolling} */
  const poller = {
    options,
    polls: new Map(),
    answers: new Map(),
    tabs: null,
    timer: null,
    leavePage: null,
    arranging: null,

    startPolling(jobId, callbacks = {}) {
      if (!jobId) throw new TypeError(`No job id: ${jobId}`);
      const id = String(jobId);
      const poll = poller.polls.get(id) ?? poller.make(id);
      const { lastProgress: progress } = poll;
      const subscriber = { ...callbacks };
      poll.subscribers.add(subscriber);
      if (progress) queueMicrotask(() => poller.call(poll, subscriber, 'progress', { progress }));
      if (callbacks.isRemote || poll.dueAt === Infinity) poller.resume(poll);
      poller.arrange();
      return () => poller.part(poll, [subscriber]);
    },

    stopPolling(jobId) {
      const poll = poller.polls.get(String(jobId));
      if (poll) poller.part(poll, poller.local(poll));
    },

    stopAllPolling: () => poller.polls.forEach((poll) => poller.stopPolling(poll.jobId)),

    getActivePolls() {
      return Object.fromEntries(
        poller.localPolls().filter((poll) => poll.dueAt < Infinity).map(({ jobId, interval, pollCount, errorCount, lastProgress }) => [
          jobId,
          { interval, pollCount, errorCount, lastProgress },
        ]),
      );
    },

    wake() {
      poller.polls.forEach(poller.resume);
      if (!options.page.isHidden()) poller.tabs?.lead(true);
      poller.arrange();
    },

    take(outcome) {
      for (const id of outcome.ids) {
        const poll = poller.polls.get(id);
        if (poll) poller.digest(poll, outcome);
      }
      poller.arrange();
    },

    arrange() {
      poller.arranging ??= Promise.resolve().then(poller.arrangeNow);
    },

    arrangeNow() {
      const wanted = poller.localPolls();
      poller.arranging = null;
      options.clearTimeout(poller.timer);
      if (!wanted.length) return poller.rest();
      poller.tabs ??= options.share && joinTabs(poller, options.share);
      poller.leavePage ??= options.page.subscribe(poller.wake, () => poller.tabs?.say({ isHidden: true }));
      const wants = Object.fromEntries(wanted.map((poll) => [poll.jobId, poller.isBackground(poll)]));
      poller.tabs?.say({ wants });
      const dueAt = Math.min(...poller.idle().map((poll) => poll.dueAt)) + poller.graceMs();
      if (dueAt < Infinity) poller.timer = options.setTimeout(poller.askDue, Math.max(0, dueAt - options.now()));
    },

    rest() {
      const { tabs, leavePage } = poller;
      Object.assign(poller, { tabs: null, leavePage: null, answers: new Map() });
      tabs?.close();
      leavePage?.();
    },

    graceMs: () => (poller.tabs?.isLeader === false ? LEADER_GRACE_MS : 0),
    idle: () => [...poller.polls.values()].filter((poll) => !poll.request),
    local: (poll) => [...poll.subscribers].filter((subscriber) => !subscriber.isRemote),
    localPolls: () => [...poller.polls.values()].filter((poll) => poller.local(poll).length),
    isBackground: (poll) => options.background || [...poll.subscribers].every((subscriber) => subscriber.background),

    make(jobId) {
      const counts = { pollCount: 0, errorCount: 0, downSince: 0, notBefore: 0, isStalled: false };
      const times = { interval: options.initialInterval, bornAt: options.now(), dueAt: options.now() };
      const poll = { jobId, ...counts, ...times, lastProgress: null, request: null, subscribers: new Set() };
      poller.polls.set(jobId, poll);
      return poll;
    },

    resume(poll) {
      if (poll.dueAt === Infinity) poll.errorCount = 0;
      poll.dueAt = Math.max(options.now(), poll.notBefore);
    },

    part(poll, subscribers) {
      for (const subscriber of subscribers) poll.subscribers.delete(subscriber);
      if (!poll.subscribers.size) poller.drop(poll);
      poller.arrange();
    },

    drop(poll) {
      if (poller.polls.get(poll.jobId) === poll) poller.polls.delete(poll.jobId);
      poll.request?.polls.delete(poll);
      if (poll.request?.polls.size === 0) poll.request.controller.abort();
    },

    askDue() {
      const now = options.now();
      const dueBy = now + BATCH_WINDOW_MS - poller.graceMs();
      const due = poller.idle().filter((poll) => poll.dueAt <= dueBy && poll.notBefore <= now);
      while (due.length) poller.ask(due.splice(0, MAX_IDS));
      poller.arrange();
    },

    async ask(due) {
      const request = { polls: new Set(due), controller: new AbortController() };
      for (const poll of due) {
        poll.request = request;
        poll.pollCount += 1;
      }
      const ids = due.map((poll) => poll.jobId);
      const answer = await poller.fetch(ids, request.controller);
      const outcome = { ...answer, ids, random: options.random() };
      if (!request.polls.size) return;
      poller.tabs?.say({ outcome });
      for (const poll of request.polls) poll.request = null;
      poller.take(outcome);
    },

    fetch(ids, controller) {
      const id = ids.length === 1 && ids[0];
      const url = `/api/progress${id ? '/' : '?ids='}${ids.map(encodeURIComponent)}`;
      const known = poller.answers.get(url);
      return net.send(options, url, known && { headers: { 'If-None-Match': known.etag } }, controller).then(
        ({ etag, ...answer }) => {
          const body = answer.status === 304 ? known?.body : answer.body;
          if (poller.answers.size > MAX_IDS) poller.answers.clear();
          if (etag) poller.answers.set(url, { etag, body });
          return { ...answer, body: id ? { progress: { [id]: body } } : body };
        },
        ({ message, ...error }) => {
          const body = id && error.status === 404 ? { missing: ids } : null;
          return { body, error: { ...error, message }, dateMs: 0, retryAfterMs: error.retryAfterMs };
        },
      );
    },

    digest(poll, outcome) {
      const { body, error = { code: 'bad_answer', message: say('badAnswer', outcome) } } = outcome;
      const found = body?.progress?.[poll.jobId];
      if (typeof found?.status === 'string') return poller.advance(poll, found, outcome);
      const isMissing = body?.missing?.includes(poll.jobId);
      const fault = isMissing ? { status: 404, code: JOB_MISSING, message: say('jobMissing') } : error;
      poller.stumble(poll, net.error(fault), outcome);
    },

    advance(poll, raw, { body, dateMs, retryAfterMs, random }) {
      const { downSince, isStalled, lastProgress } = poll;
      const news = rules.mergeProgress(lastProgress, raw);
      const progress = rules.atServerTime(news ?? lastProgress ?? raw, dateMs);
      if (news?.elapsed_seconds) poll.bornAt = options.now() - news.elapsed_seconds * 1000;
      Object.assign(poll, { lastProgress: progress, errorCount: 0, downSince: 0, isStalled: rules.isStalled(progress) });
      poller.plan(poll, body.poll_after_ms ?? raw.poll_after_ms ?? retryAfterMs, random);
      const isOver = rules.isEnded(progress);
      if (isOver) poller.drop(poll);
      if (downSince) poller.tell(poll, 'reconnect', { downMs: options.date() - downSince });
      poller.tell(poll, 'tick', { progress });
      if (news || downSince) poller.tell(poll, 'progress', { progress });
      if (poll.isStalled && !isStalled) poller.tell(poll, 'stall', { progress, quietSeconds: progress.quiet_seconds });
      if (isOver) poller.tell(poll, 'complete', { progress });
    },

    stumble(poll, error, { retryAfterMs, random }) {
      const { status, code, message: reason } = error;
      const isBusy = (status === 429 || status === 503) && retryAfterMs !== null;
      const isRefused = status === 401 || status === 403 || code === JOB_MISSING;
      if (!isBusy) poll.errorCount += 1;
      poll.downSince ||= options.date();
      const { errorCount: retryCount, downSince: since } = poll;
      const isGivenUp = !isRefused && !isBusy && retryCount >= options.maxErrorRetries;
      Object.assign(error, { since, final: isRefused || isGivenUp });
      if (isGivenUp) error.message = say('gaveUp', { reason, n: retryCount });
      poller.plan(poll, retryAfterMs, random);
      if (error.final) poll.dueAt = Infinity;
      if (code === JOB_MISSING) poller.drop(poll);
      poller.tell(poll, 'error', { error, retryCount });
    },

    plan(poll, serverDelayMs, random) {
      const now = options.now();
      const background = poller.isBackground(poll);
      const facts = { ageMs: now - poll.bornAt, background, hidden: options.page.isHidden(), serverDelayMs, random };
      const delayMs = rules.nextDelayMs({ ...options, ...poll, progress: poll.lastProgress?.progress ?? 0, ...facts });
      poll.interval = Math.round(delayMs);
      poll.dueAt = now + delayMs;
      poll.notBefore = serverDelayMs === null ? now : now + rules.serverPauseMs(serverDelayMs);
      if (options.debug) console.debug(`${poll.jobId}: ${poll.interval} ms`);
    },

    tell(poll, type, detail) {
      const listeners = poller.local(poll);
      for (const listener of listeners) poller.call(poll, listener, type, detail);
      const event = new CustomEvent(type, { detail: { jobId: poll.jobId, ...detail } });
      if (listeners.length) target.dispatchEvent(event);
    },

    call(poll, listener, type, detail) {
      const name = `on${type.charAt(0).toUpperCase()}${type.slice(1)}`;
      try {
        if (poll.subscribers.has(listener)) listener[name]?.(...Object.values(detail));
      } catch (error) {
        console.error(`${name} failed:`, error);
      }
    },
  };
  return poller;
}

class ProgressPoller extends EventTarget {
  static rules = rules;
  static words = words;

  /** @param {Partial<ProgressPollerOptions>} [options] */
  constructor(options) {
    super();
    Object.assign(this, makePolling(this, { ...DEFAULT_OPTIONS, ...options }));
  }
}

/** @type {any} */
const globalPoller = new ProgressPoller({
  share: globalThis.navigator?.locks && { locks: navigator.locks, open: () => new BroadcastChannel(CHANNEL) },
});

/** @type {Record<string, string[]>} */
const BAR_CLASSES = { finished: ['success', 'bg-success'], failed: ['error', 'bg-danger'], canceled: [] };

/** @type {ProgressDom} */
const dom = {
  make(tag, className, ...content) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...content);
    return element;
  },

  set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    return element;
  },

  button(className, run) {
    const button = dom.set(dom.make('button', className), { type: 'button' });
    button.addEventListener('click', run);
    return button;
  },

  write(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  },

  rows(parent, count, make) {
    while (parent.children.length > count) parent.lastElementChild?.remove();
    while (parent.children.length < count) parent.append(make());
    return [...parent.children];
  },

  region(id, className) {
    const known = document.getElementById(id);
    if (known) return known;
    const region = dom.set(dom.make('div', className), { id, role: 'log', 'aria-live': 'polite' });
    document.body.append(region);
    return region;
  },

  news: () => dom.region('progress-news', 'visually-hidden'),
  toasts: () => dom.region('progress-toasts', 'toast-container'),

  announce(text) {
    dom.news().append(dom.make('p', '', text));
    if (dom.news().children.length > MAX_NEWS) dom.news().firstElementChild?.remove();
  },

  bar(bar = dom.make('div', 'progress-bar')) {
    const label = bar.getAttribute('aria-label') ?? say('progress');
    return dom.set(bar, { role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-label': label });
  },

  paintBar(bar, job, text) {
    const percent = rules.percent(job);
    bar.style.width = `${percent}%`;
    dom.set(bar, { 'aria-valuenow': percent, 'aria-valuetext': `${percent} %, ${text}` });
    bar.classList.remove('active', ...Object.values(BAR_CLASSES).flat());
    bar.classList.add(...(BAR_CLASSES[job.status] ?? ['active']));
  },

  paintSteps(list, steps = []) {
    const lines = dom.rows(list, steps.length, () => dom.make('li', ''));
    steps.forEach(({ label, status, seconds }, index) => {
      lines[index].className = `progress-step-${status}`;
      dom.write(lines[index], seconds && seconds >= 1 ? say('step', { label, time: words.duration(seconds) }) : label);
    });
  },
};

const ownTitle = globalThis.document?.title;

/** @type {ShowTitle} */
function showTitle(what, bar) {
  if (!bar.closest('[data-progress-title="off"]')) document.title = what ? `${what} · ${ownTitle}` : ownTitle;
}

/** @type {ShowTitle} */
function endTitle(what, bar) {
  const { page } = globalPoller.options;
  showTitle(page.isHidden() ? what : '', bar);
  const leave = page.isHidden() && page.subscribe(() => (leave(), showTitle('', bar)));
}

/** @type {ProgressFollow} */
const follow = (jobId, callbacks) =>
  new Promise((resolve, reject) => {
    /** @type {ProgressCallbacks} */
    const all = {
      ...callbacks,
      onComplete: resolve,
      onError(error) {
        callbacks.onError?.(error);
        if (error.final) reject(error);
      },
    };
    globalPoller.startPolling(jobId, all);
  });

/** @type {MakeView} */
function makeView(bar, text, steps, onShow) {
  const note = dom.make('span', 'progress-refusal');
  const button = dom.button('btn btn-sm btn-outline-secondary', () => self.act());
  let [news, action, jobId, isCanceling] = ['', '', '', false];

  /** @type {ProgressView} */
  const self = {
    follow(id) {
      [jobId, isCanceling] = [id, false];
      return follow(id, { onTick: self.show, onProgress: self.show, onError: self.trouble });
    },

    async start(...path) {
      self.paint({ status: 'queued', progress: 0 }, say('starting'));
      const { job_id } = await net.post(...path).catch((error) => {
        self.paint({ status: 'failed', progress: 0 }, error.message);
        bar.style.width = '100%';
        self.tell(error.message);
        throw error;
      });
      return self.follow(job_id);
    },

    show(progress) {
      const isOver = rules.isEnded(progress);
      const job = { ...progress, cancel_requested: !isOver && (isCanceling || progress.cancel_requested) };
      const { status, attempt, current_step, cancel_requested } = job;
      const [what, isStalled] = [words.progress(job), rules.isStalled(job)];
      self.paint(job, what);
      self.tell(isStalled ? what : words.step(job), [status, attempt, current_step, isStalled, cancel_requested].join());
      if (isOver) endTitle(say(status), bar);
      else showTitle(`${rules.percent(job)} %`, bar);
      const next = { finished: '', failed: 'retry', canceled: 'retry' }[status] ?? (cancel_requested ? 'canceling' : 'cancel');
      self.offer(next, job.title);
      if (steps) dom.paintSteps(steps, job.steps);
      onShow?.(job);
    },

    trouble({ status, code, message, since, final }) {
      const what = final ? message : words.reconnecting(since, message);
      dom.write(text, what);
      bar.classList.toggle('active', !final);
      self.tell(what, final ? message : 'trouble');
      if (!final) return;
      showTitle('', bar);
      self.offer(code === JOB_MISSING ? '' : status === 401 ? 'sign_in' : 'try_again');
    },

    paint(job, what) {
      dom.paintBar(bar, job, what);
      dom.write(text, what);
    },

    tell(what, key = what) {
      const label = bar.getAttribute('aria-label');
      if (key !== news) dom.announce(label === say('progress') ? what : `${label}: ${what}`);
      news = key;
    },

    offer(key, about = bar.getAttribute('aria-label') ?? '') {
      if (key !== 'try_again' && bar.closest('[data-progress-controls="off"]')) key = '';
      if (key === action) return;
      if (!key && document.activeElement === button) dom.set(bar, { tabindex: -1 }).focus();
      action = key;
      button.hidden = !key;
      dom.write(note, '');
      dom.write(button, say(key));
      dom.set(button, { 'aria-label': `${say(key)}: ${about}`, 'aria-disabled': key.endsWith('ing') });
    },

    act() {
      const asked = action;
      if (asked === 'try_again') globalPoller.wake();
      if (asked === 'sign_in') location.reload();
      if (asked !== 'cancel' && asked !== 'retry') return;
      isCanceling = asked === 'cancel';
      self.offer(isCanceling ? 'canceling' : 'starting');
      net.post('jobs', jobId, asked).then(
        () => (isCanceling ? globalPoller.wake() : self.follow(jobId).catch(console.debug)),
        ({ message }) => {
          isCanceling = false;
          self.offer(asked);
          dom.write(note, message);
          dom.announce(message);
        },
      );
    },
  };

  dom.bar(bar);
  dom.news();
  button.hidden = true;
  text?.setAttribute('aria-live', 'off');
  if (!text) return self;
  if (text.nextElementSibling?.className === 'progress-controls') text.nextElementSibling.remove();
  text.after(dom.make('span', 'progress-controls', button, note));
  return self;
}

/** @type {MakeList} */
function makeList() {
  const summary = dom.make('p', 'playlist-progress-counts');
  const space = dom.set(dom.make('div', ''), { role: 'presentation' });
  const scroller = dom.set(dom.make('div', 'progress-children', space), { role: 'list', tabindex: 0, 'aria-label': say('parts') });
  let [total, counts, jobId, isOver, isReading] = [0, '', '', false, false];

  /** @type {ProgressList} */
  const self = {
    elements: [summary, scroller],
    rows: new Map(),

    show(job) {
      const { children = [], children_counts: count = {} } = job;
      const done = ENDED.reduce((sum, status) => sum + (count[status] ?? 0), 0);
      total = Object.values(count).reduce((sum, n) => sum + n, 0);
      [counts, jobId, isOver] = [JSON.stringify(count), job.job_id, rules.isEnded(job)];
      dom.write(summary, total ? say('childrenDone', { done, total, failed: count.failed ?? 0 }) : '');
      children.filter(({ position }) => self.rows.has(position)).forEach(self.note);
      self.render();
    },

    note(child) {
      const known = self.rows.get(child.position);
      const progress = known?.status === child.status ? Math.max(known.progress, child.progress) : child.progress;
      self.rows.set(child.position, { ...child, progress, counts, at: globalPoller.options.now() });
    },

    render() {
      const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_PX) - ROWS_BEYOND);
      const end = Math.min(total, Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW_PX) + ROWS_BEYOND);
      Object.assign(space.style, { height: `${total * ROW_PX}px`, paddingTop: `${first * ROW_PX}px` });
      const rows = dom.rows(space, end - first, self.makeRow);
      rows.forEach((row, index) => self.paint(row, first + index));
      const wanted = rows.findIndex((_, index) => self.isStale(first + index));
      if (wanted >= 0 && !isReading) self.read(first + wanted);
    },

    makeRow() {
      const [name, state] = [dom.make('span', 'playlist-progress-title'), dom.make('span', 'playlist-progress-status')];
      return dom.set(dom.make('div', 'progress-child', name, dom.make('div', 'progress', dom.bar()), state), { role: 'listitem' });
    },

    paint(row, position) {
      const { title, status, progress } = self.rows.get(position) ?? { title: '…', status: '', progress: 0 };
      const [name, track, state] = row.children;
      dom.set(row, { 'aria-setsize': total, 'aria-posinset': position + 1, title });
      dom.write(name, title);
      dom.write(state, say(status));
      dom.paintBar(dom.set(track.firstElementChild, { 'aria-label': title }), { status, progress }, say(status));
    },

    isStale(position) {
      const row = self.rows.get(position);
      return !row || (row.counts !== counts && (isOver || globalPoller.options.now() - row.at >= SLOW_INTERVAL_MS));
    },

    async read(position) {
      isReading = true;
      const url = `/api/jobs/${encodeURIComponent(jobId)}/children?limit=100&cursor=${position - 1}`;
      const answer = await net.send(globalPoller.options, url).catch(console.debug);
      if (self.rows.size > MAX_ROWS) self.rows.clear();
      answer?.body.children.forEach(self.note);
      isReading = false;
      if (self.rows.has(position)) self.render();
    },
  };
  scroller.addEventListener('scroll', self.render);
  return self;
}

/** @type {MakePlaylist} */
function makePlaylist(container) {
  const [bar, text, list] = [dom.bar(), dom.make('p', 'playlist-progress-text'), makeList()];
  container.replaceChildren(dom.make('div', 'progress', bar), text, ...list.elements);
  return makeView(bar, text, null, list.show);
}

/** @param {string} field @param {any} value */
function cellText(field, value) {
  if (value?.job_id) return `${value.title || value.job_type}, ${rules.percent(value)} %`;
  if (typeof value !== 'number') return String(value || '–');
  return field.endsWith('_seconds') ? words.duration(value) : String(Math.round(value * 10) / 10);
}

/** @type {MakeTable} */
function makeTable(caption, columns) {
  const body = dom.make('tbody', '');
  const table = dom.make('table', 'table table-sm caption-top', dom.make('caption', '', say(caption)), body);
  const fields = columns.split(' ');
  return {
    element: dom.make('div', 'table-responsive', table),
    update(items) {
      const lines = [fields.map((field) => say(field)), ...items.map((item) => fields.map((field) => cellText(field, item[field])))];
      dom.rows(body, lines.length, () => dom.make('tr', '')).forEach((row, y) => {
        const cells = dom.rows(row, fields.length, () => dom.make(y ? 'td' : 'th', ''));
        cells.forEach((cell, x) => dom.write(cell, lines[y]?.[x]));
      });
    },
  };
}

/** @type {MakeDashboard} */
function makeDashboard(container) {
  const { options } = globalPoller;
  const state = dom.set(dom.make('p', 'queue-dashboard-health'), { 'aria-live': 'polite' });
  const [queues, workers] = [makeTable('queues', texts.queueColumns), makeTable('workers', texts.workerColumns)];
  let [timer, downSince, isOver] = [0, 0, false];
  let life = /** @type {any} */ (null);

  /** @type {ProgressBoard} */
  const self = {
    show([queue, { body: { workers: items, health, reason } }]) {
      queues.update(queue.body.queues);
      workers.update(items);
      dom.write(state, `${say(health)}: ${reason}`);
      downSince = 0;
      return DASHBOARD_INTERVAL_MS;
    },

    excuse({ message, retryAfterMs }) {
      downSince ||= options.date();
      dom.write(state, words.reconnecting(downSince, message));
      return Math.max(SLOW_INTERVAL_MS, retryAfterMs ?? 0);
    },

    async refresh() {
      if (life) return;
      life = new AbortController();
      options.clearTimeout(timer);
      const reads = ['queue/status', 'worker/health'].map((path) => net.send(options, `/api/${path}`, {}, life));
      const pauseMs = await Promise.all(reads).then(self.show).catch((error) => (isOver ? 0 : self.excuse(error)));
      life = null;
      if (!isOver && !options.page.isHidden()) timer = options.setTimeout(self.refresh, pauseMs);
    },

    stop() {
      isOver = true;
      life?.abort();
      options.clearTimeout(timer);
      leavePage();
    },
  };

  container.replaceChildren(state, queues.element, workers.element);
  const leavePage = options.page.subscribe(self.refresh);
  self.refresh();
  return self;
}

/** @type {ProgressBackground} */
const background = {
  memory: [],

  jobs(jobIds) {
    try {
      if (jobIds) localStorage.setItem(STORAGE_KEY, JSON.stringify(jobIds));
      return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    } catch (error) {
      console.warn('No storage:', error);
      return (background.memory = jobIds ?? background.memory);
    }
  },

  forget(jobId) {
    const jobIds = background.jobs();
    background.jobs(jobIds.filter((id) => id !== jobId));
    return jobIds.includes(jobId);
  },

  toast(text) {
    const close = dom.set(dom.button('btn-close', () => toast.remove()), { 'aria-label': say('close') });
    const toast = dom.make('div', 'toast show d-flex', dom.make('div', 'toast-body me-auto', text), close);
    dom.toasts().append(toast);
  },

  tellEnd({ detail: { jobId, progress } }) {
    const body = [progress.title, words.step(progress)].filter(Boolean).join(': ');
    if (!background.forget(jobId)) return;
    background.toast(body);
    if (globalThis.Notification?.permission !== 'granted') return;
    try {
      new Notification(say('background'), { body, tag: jobId });
    } catch (error) {
      console.warn(error);
    }
  },

  tellTrouble({ detail: { jobId, error } }) {
    if (error.final && background.jobs().includes(jobId)) background.toast(error.message);
    if (error.code === JOB_MISSING) background.forget(jobId);
  },
};

/** @type {ProgressApi} */
const api = {
  ProgressPoller,
  globalPoller,
  progressTexts: texts,
  createQueueStatusDashboard: makeDashboard,

  pollJobProgress(jobId, settings = {}) {
    const known = globalPoller.options;
    const { background, ...own } = settings;
    const hasOwn = Object.entries(own).some(([name, value]) => name in known && known[name] !== value);
    const poller = hasOwn ? new ProgressPoller({ ...known, share: null, ...settings }) : globalPoller;
    return poller.startPolling(jobId, settings);
  },

  attachSongProgress: (jobId, bar, text = null, { steps } = {}) => makeView(bar, text, steps).follow(jobId),
  analyzeSongWithProgress: (songId, bar, text = null) => makeView(bar, text).start('songs', songId, 'analyze'),
  attachPlaylistProgress: (jobId, container) => makePlaylist(container).follow(jobId),
  analyzePlaylistWithProgress: (playlistId, container) => makePlaylist(container).start('playlists', playlistId, 'analyze'),

  async startBackgroundAnalysisWithNotification(userId) {
    if (globalThis.Notification?.permission === 'default') Notification.requestPermission();
    dom.toasts();
    const { job_id: jobId } = await net.post('users', userId, 'analyze').catch((error) => {
      background.toast(error.message);
      throw error;
    });
    background.forget(jobId);
    background.jobs([...background.jobs(), jobId]);
    background.toast(say('backgroundStarted'));
    return follow(jobId, { background: true });
  },

  attachProgressElements(root = document) {
    for (const element of root.querySelectorAll('[data-job-id][data-progress]')) {
      const { jobId, progress: kind, progressText, progressSteps, attachedJob } = element.dataset;
      if (!jobId || attachedJob === jobId) continue;
      element.dataset.attachedJob = jobId;
      const bar = element.querySelector('.progress-bar') ?? element;
      const text = progressText ? document.getElementById(progressText) : element.querySelector('.progress-text');
      const steps = document.getElementById(progressSteps);
      const isList = kind === 'playlist';
      const view = isList ? makePlaylist(element) : makeView(bar, text, steps);
      view.follow(jobId).catch(console.debug);
    }
  },
};

function start() {
  api.attachProgressElements();
  globalPoller.addEventListener('complete', background.tellEnd);
  globalPoller.addEventListener('error', background.tellTrouble);
  for (const jobId of background.jobs()) follow(jobId, { background: true }).catch(console.debug);
}

Object.assign(globalThis, api);
if (globalThis.document?.readyState === 'loading') document.addEventListener('DOMContentLoaded', start, { once: true });
else if (globalThis.document) start();
})();
