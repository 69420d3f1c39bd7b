import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, openPage } from './support/page.mjs';
import { doc, json, refusal } from './support/server.mjs';

const KEY = 'backbeat.background-jobs';
const STARTED = 'It runs in the background. You can leave this page.';

/** Notification as a browser has it, with a person who answers `answer`. */
function fakeNotification(permission, answer = permission) {
  return class FakeNotification {
    static shown = [];
    static asked = 0;
    static permission = permission;
    static async requestPermission() {
      this.asked += 1;
      this.permission = answer;
    }
    constructor(title, { body, tag }) {
      this.constructor.shown.push([title, body, tag]);
    }
  };
}

/** The job ends with `end` at its third poll. */
function makeAnswer(end) {
  let polls = 0;
  return (url) => {
    if (url === '/api/users/3/analyze') return json({ success: true, job_id: 'b1', status: 'queued' }, { status: 202 });
    polls += 1;
    return doc({ version: polls, ...(polls > 2 && end) });
  };
}

test('it starts, polls every 5 s, and tells the person at the end', async () => {
  const { window, clock, server, toasts, storage } = await openPage(makeAnswer({ status: 'finished', message: '40 songs analyzed.' }));
  const ended = window.startBackgroundAnalysisWithNotification(3);
  await clock.advance(100);
  assert.deepEqual([toasts(), storage.getItem(KEY)], [[STARTED], '["b1"]']);
  await clock.advance(20_000);
  assert.equal((await ended).status, 'finished');
  assert.deepEqual(server.gaps.slice(1), [5000, 5000]);
  assert.deepEqual([toasts(), storage.getItem(KEY), clock.pendingCount], [[STARTED, '40 songs analyzed.'], '[]', 0]);
});

test('it tells in a live region, by a notice that can be closed', async () => {
  const { window, clock, document, toasts } = await openPage(makeAnswer({}));
  void window.startBackgroundAnalysisWithNotification(3);
  await clock.advance(100);
  const toast = document.querySelector('.toast');
  assert.deepEqual([toast.parent.getAttribute('role'), toast.parent.getAttribute('aria-live')], ['log', 'polite']);
  const close = document.querySelector('.btn-close');
  assert.equal(close.getAttribute('aria-label'), 'Close');
  close.dispatchEvent(new Event('click'));
  assert.deepEqual(toasts(), []);
});

for (const [permission, answer, asked, shown] of [
  ['default', 'granted', 1, [['Background analysis', 'Failed: The disk is full.', 'b1']]],
  ['default', 'denied', 1, []],
  ['granted', 'granted', 0, [['Background analysis', 'Failed: The disk is full.', 'b1']]],
  ['denied', 'denied', 0, []],
]) {
  test(`it shows a desktop notification only with permission: ${permission}, then ${answer}`, async () => {
    const notification = fakeNotification(permission, answer);
    const { window, clock, toasts } = await openPage(makeAnswer({ status: 'failed', error: 'The disk is full.' }), { notification });
    void window.startBackgroundAnalysisWithNotification(3);
    assert.equal(notification.asked, asked);
    await clock.advance(20_000);
    assert.deepEqual([notification.shown, toasts().at(-1)], [shown, 'Failed: The disk is full.']);
  });
}

test('it stays with the notice where the browser builds no notification', async () => {
  class Illegal {
    static permission = 'granted';
    constructor() {
      throw new TypeError('Illegal constructor');
    }
  }
  const { window, clock, toasts, logs } = await openPage(makeAnswer({ status: 'canceled' }), { notification: Illegal });
  void window.startBackgroundAnalysisWithNotification(3);
  await clock.advance(20_000);
  assert.deepEqual([toasts().at(-1), logs.length], ['Canceled', 1]);
});

test('it still tells the person after a reload', async () => {
  const storage = new FakeStorage();
  storage.setItem(KEY, '["b1"]');
  const { clock, toasts, server } = await openPage(makeAnswer({ status: 'finished' }), { storage });
  await clock.advance(20_000);
  assert.deepEqual([server.urls[0], toasts(), storage.getItem(KEY)], ['/api/progress/b1', ['Done'], '[]']);
});

test('it tells once when the same job is started again', async () => {
  const { window, clock, toasts } = await openPage(makeAnswer({ status: 'finished' }));
  void window.startBackgroundAnalysisWithNotification(3);
  void window.startBackgroundAnalysisWithNotification(3);
  await clock.advance(20_000);
  assert.deepEqual(toasts(), [STARTED, STARTED, 'Done']);
});

for (const [name, broken] of [
  ['refuses storage', (storage) => { storage.isBroken = true; }],
  ['holds garbage', (storage) => storage.setItem(KEY, '{nonsense')],
]) {
  test(`it works, and warns, where the browser ${name}`, async () => {
    const storage = new FakeStorage();
    broken(storage);
    const { window, clock, toasts, logs } = await openPage(makeAnswer({ status: 'finished' }), { storage });
    void window.startBackgroundAnalysisWithNotification(3);
    await clock.advance(20_000);
    assert.deepEqual([toasts(), logs[0][0]], [[STARTED, 'Done'], 'No storage:']);
  });
}

test('it shows and rejects with the reason of a refused start', async () => {
  const { window, toasts, clock, storage } = await openPage(() => refusal(429, 'Too many at once.'));
  await assert.rejects(window.startBackgroundAnalysisWithNotification(3), /Too many at once/);
  assert.deepEqual([toasts(), clock.pendingCount, storage.getItem(KEY)], [['Too many at once.'], 0, null]);
});

test('it forgets a job that is gone, and keeps one that it could not reach', async () => {
  for (const [answer, left] of [[() => refusal(404), '[]'], [() => new TypeError('network'), '["b1"]']]) {
    const storage = new FakeStorage();
    storage.setItem(KEY, '["b1"]');
    const { clock, toasts } = await openPage(answer, { storage });
    await clock.advance(60_000);
    assert.deepEqual([storage.getItem(KEY), toasts().length], [left, 1]);
  }
});

test('it shows the notification once over all tabs', async () => {
  const notification = fakeNotification('granted');
  const storage = new FakeStorage();
  storage.setItem(KEY, '["b1"]');
  const answer = makeAnswer({ status: 'finished' });
  const pages = [await openPage(answer, { storage, notification }), await openPage(answer, { storage, notification })];
  for (let n = 0; n < 20; n += 1) for (const { clock } of pages) await clock.advance(1000);
  assert.deepEqual([notification.shown.length, pages.flatMap((page) => page.toasts())], [1, ['Done']]);
});
