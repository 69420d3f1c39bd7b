/**
 * "My jobs" on every page: what runs now with live bars, and how the last ones ended. It asks GET /api/jobs/mine once
 * when a page opens, and then only when something was started or has ended; the bars are progress-polling.js's. What
 * one tab learns the others hear through a BroadcastChannel. Markup: templates/_tray.html.
 */
(() => {
  'use strict';

  const CLEARED_KEY = 'backbeat.tray-cleared';
  const CHANNEL = 'backbeat-tray';
  const READ_AGAIN_MS = 300;
  const TRY_AGAIN_MS = 30_000;
  const ENDED = ['finished', 'failed', 'canceled'];
  const LONG_SECONDS = 20;

  const tray = document.querySelector('[data-tray]');
  const poller = window.globalPoller;
  const part = (name) => tray.querySelector(`[data-tray-${name}]`);
  const button = document.querySelector('[data-tray-button]');
  const count = document.querySelector('[data-tray-count]');
  const liveList = part('live');
  const endedList = part('ended');
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

  /** Jobs that the tray follows, by id, with what ends following. @type {Map<string, () => void>} */
  const followed = new Map();
  /** Jobs of other people, or children: not asked about again. @type {Set<string>} */
  const foreign = new Set();
  let mine = { live: [], live_count: 0, ended: [] };
  let readTimer = 0;
  let isStale = false;

  // ---- Reading ----

  /** Soon, and once for all that happens meanwhile. */
  function readSoon(delayMs = READ_AGAIN_MS) {
    clearTimeout(readTimer);
    readTimer = setTimeout(() => void read(), delayMs);
  }

  async function read() {
    isStale = document.hidden;
    if (isStale) return; // becoming visible reads
    try {
      const response = await fetch('/api/jobs/mine', { headers: { Accept: 'application/json' }, cache: 'no-store' });
      if (response.status === 401) return sayIsSignedOut();
      if (!response.ok) throw new Error(`/api/jobs/mine answered ${response.status}`);
      mine = await response.json();
      show();
    } catch (error) {
      console.debug('My jobs could not be read:', error);
      readSoon(TRY_AGAIN_MS);
    }
  }

  /** The page says it; becoming visible asks again. */
  function sayIsSignedOut() {
    isStale = true;
    document.dispatchEvent(new Event('signed-out'));
  }

  function show() {
    followAll(mine.live.map((job) => job.job_id));
    showCount(mine.live_count);
    showLive(mine.live);
    showEnded(mine.ended.filter((job) => job.ended_at > clearedUntil()));
    part('empty').hidden = mine.live.length > 0 || endedList.children.length > 0;
  }

  // ---- Following ----

  /** @param {string[]} jobIds */
  function followAll(jobIds) {
    for (const [jobId, leave] of followed) {
      if (jobIds.includes(jobId)) continue;
      leave();
      followed.delete(jobId);
    }
    for (const jobId of jobIds) {
      foreign.delete(jobId);
      if (!followed.has(jobId)) followed.set(jobId, poller.startPolling(jobId, { background: true }));
    }
  }

  /** A job that nobody here knew: somebody started it, or an operator watches it. */
  poller.addEventListener('progress', ({ detail: { jobId, progress } }) => {
    const isKnownEnd = ENDED.includes(progress.status) && mine.ended.some((job) => job.job_id === jobId);
    if (followed.has(jobId) || foreign.has(jobId) || isKnownEnd) return;
    foreign.add(jobId); // unless the answer says that it is ours
    readSoon();
    channel?.postMessage('changed');
  });

  poller.addEventListener('complete', ({ detail: { jobId, progress } }) => {
    if (!followed.delete(jobId)) return;
    notify(jobId, progress);
    readSoon();
    channel?.postMessage('changed');
  });

  channel?.addEventListener('message', () => readSoon());
  document.addEventListener('visibilitychange', () => document.hidden || (isStale && readSoon()));

  // ---- Showing ----

  /** @param {number} running */
  function showCount(running) {
    count.querySelector('.tray-count').textContent = running > 99 ? '99+' : String(running);
    count.hidden = running === 0;
    button.classList.toggle('is-busy', running > 0);
    const more = part('more');
    more.hidden = running <= mine.live.length;
    more.firstElementChild.textContent = `and ${running - mine.live.length} more`;
  }

  /** @param {string} kind @param {any} job */
  function makeRow(kind, job) {
    const row = tray.querySelector(`[data-tray-row="${kind}"]`).content.firstElementChild.cloneNode(true);
    const link = row.querySelector('[data-tray-link]');
    link.textContent = link.title = job.title || job.label;
    link.href = (job.status === 'finished' && job.result_url) || `/jobs/${encodeURIComponent(job.job_id)}`;
    row.querySelector('[data-tray-type]').textContent = job.label;
    row.dataset.trayJob = job.job_id;
    row.dataset.attempt = job.attempt;
    return row;
  }

  /** Rows that are there stay as they are, with focus and all. @param {any[]} jobs */
  function showLive(jobs) {
    const known = new Map([...liveList.children].map((row) => [`${row.dataset.trayJob} ${row.dataset.attempt}`, row]));
    const rows = jobs.map((job) => known.get(`${job.job_id} ${job.attempt}`) ?? makeLiveRow(job));
    arrange(liveList, rows);
    if (tray.matches(':popover-open')) window.attachProgressElements(liveList);
  }

  /** @param {any} job */
  function makeLiveRow(job) {
    const row = makeRow('live', job);
    row.querySelector('.slot').dataset.jobId = job.job_id;
    row.querySelector('.progress-bar').setAttribute('aria-label', job.title || job.label);
    return row;
  }

  /** @param {any[]} jobs */
  function showEnded(jobs) {
    const known = new Map([...endedList.children].map((row) => [`${row.dataset.trayJob} ${row.dataset.attempt}`, row]));
    arrange(endedList, jobs.map((job) => known.get(`${job.job_id} ${job.attempt}`) ?? makeEndedRow(job)));
    part('ended-part').hidden = jobs.length === 0;
    document.dispatchEvent(new CustomEvent('page:fresh', { detail: endedList })); // its times, in words
  }

  /** @param {any} job */
  function makeEndedRow(job) {
    const row = makeRow(job.status, job);
    row.querySelector('[data-tray-time]').dateTime = job.ended_at;
    const error = row.querySelector('[data-tray-error]');
    error.hidden = !job.error || job.status === 'canceled';
    error.textContent = error.title = job.error ?? '';
    row.querySelector('[data-tray-retry]')?.setAttribute('aria-label', `Retry ${job.title || job.label}`);
    return row;
  }

  /** @param {HTMLElement} list @param {HTMLElement[]} rows */
  function arrange(list, rows) {
    const hadFocus = list.contains(document.activeElement);
    for (const old of [...list.children]) if (!rows.includes(old)) old.remove();
    rows.forEach((row, index) => list.children[index] === row || list.insertBefore(row, list.children[index] ?? null));
    if (hadFocus && !tray.contains(document.activeElement)) tray.querySelector('h2').focus();
  }

  // ---- What the person does ----

  /** The end of the last result that was cleared away, as an ISO instant; empty if none was. */
  function clearedUntil() {
    try {
      return localStorage.getItem(CLEARED_KEY) ?? '';
    } catch (error) {
      console.debug('No storage for the tray:', error);
      return '';
    }
  }

  function clear() {
    try {
      localStorage.setItem(CLEARED_KEY, mine.ended[0]?.ended_at ?? '');
    } catch (error) {
      console.debug('Clearing is not kept:', error);
    }
    mine.ended = [];
    show();
    tray.querySelector('h2').focus();
    channel?.postMessage('changed');
  }

  /** @param {HTMLButtonElement} pressed */
  async function retry(pressed) {
    pressed.disabled = true;
    const jobId = pressed.closest('[data-tray-job]').dataset.trayJob;
    const response = await fetch(`/api/jobs/${encodeURIComponent(jobId)}/retry`, { method: 'POST', headers: window.csrfHeaders() }).catch(() => null);
    if (!response?.ok) return sayRefused(pressed, (await response?.json().catch(() => null))?.message);
    foreign.delete(jobId);
    channel?.postMessage('changed');
    return read();
  }

  /** @param {HTMLButtonElement} pressed @param {string} [message] */
  function sayRefused(pressed, message) {
    const error = pressed.closest('[data-tray-job]').querySelector('[data-tray-error]');
    error.hidden = false;
    error.textContent = message ?? 'The server cannot be reached.';
    pressed.disabled = false;
  }

  tray.addEventListener('click', ({ target }) => {
    if (target.closest('[data-tray-clear]')) clear();
    const pressed = target.closest('[data-tray-retry]');
    if (pressed) void retry(pressed);
    if (target.closest('[data-tray-notify]')) void askToNotify();
  });

  tray.addEventListener('toggle', ({ newState }) => {
    if (newState !== 'open') return;
    window.attachProgressElements(liveList);
    tray.querySelector('h2').focus({ preventScroll: true });
  });

  // ---- Notices on the desktop ----

  const canNotify = typeof Notification !== 'undefined';

  const NOTIFY_WORDS = {
    default: '',
    granted: 'You will be told on the desktop when long work ends.',
    denied: 'This browser blocks notices from this page; its settings for this site can allow them.',
  };

  function showNotify() {
    const permission = canNotify ? Notification.permission : 'denied';
    part('notify').hidden = permission !== 'default';
    part('notify-state').textContent = canNotify ? NOTIFY_WORDS[permission] : '';
  }

  async function askToNotify() {
    await Notification.requestPermission();
    showNotify();
  }

  /** Of long work only, and only where nobody looks; its tag makes one notice of several tabs'. */
  function notify(jobId, { title, status, elapsed_seconds: seconds }) {
    if (!canNotify || Notification.permission !== 'granted' || !document.hidden || !(seconds >= LONG_SECONDS)) return;
    try {
      new Notification(window.progressTexts[status] ?? status, { body: title, tag: jobId });
    } catch (error) {
      console.debug('No desktop notice:', error); // Chrome on Android
    }
  }

  button.hidden = false;
  showNotify();
  void read();
})();
