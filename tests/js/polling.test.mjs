import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, makePoller, recorder } from './support/poller.mjs';
import { HANG, doc } from './support/server.mjs';

test('it has the documented defaults', () => {
  const { initialInterval, maxInterval, maxErrorRetries, errorBackoffMultiplier, debug } = new client.ProgressPoller().options;
  assert.deepEqual(
    { initialInterval, maxInterval, maxErrorRetries, errorBackoffMultiplier, debug },
    { initialInterval: 1000, maxInterval: 5000, maxErrorRetries: 3, errorBackoffMultiplier: 2, debug: false },
  );
});

test('it refuses an empty job id, saying what to do', () => {
  assert.throws(() => makePoller(() => doc()).poller.startPolling(undefined), /job id.*undefined/);
});

test('it tells each news, then the end exactly once', async () => {
  const steps = [doc({ version: 1, progress: 0.2 }), doc({ version: 2, progress: 0.6 }), doc({ version: 3, status: 'finished', progress: 1 })];
  const { clock, server, poller } = makePoller((_url, _init, count) => steps[count - 1]);
  const told = recorder();
  poller.startPolling('j1', told);
  await clock.advance(60_000);
  assert.deepEqual(told.log.progress.map((progress) => progress.progress), [0.2, 0.6, 1]);
  assert.deepEqual(told.log.complete.map((progress) => progress.status), ['finished']);
  assert.equal(server.requests.length, 3);
  assert.deepEqual(told.log.errors, []);
});

for (const status of ['finished', 'failed', 'canceled']) {
  test(`it tells the end of a job that was ${status} before the first poll`, async () => {
    const { clock, server, page, poller } = makePoller(() => doc({ status }));
    const told = recorder();
    poller.startPolling('j1', told);
    await clock.advance(60_000);
    assert.deepEqual(told.log.complete.map((progress) => progress.status), [status]);
    assert.equal(server.requests.length, 1);
    assert.deepEqual([clock.pendingCount, page.listeners.size, poller.getActivePolls()], [0, 0, {}]);
  });
}

test('it lists what it polls', async () => {
  const { clock, poller } = makePoller(() => doc({ version: 4, progress: 0.3 }));
  poller.startPolling('j1');
  assert.deepEqual(poller.getActivePolls(), { j1: { interval: 1000, pollCount: 0, errorCount: 0, lastProgress: null } });
  await clock.advance(12_500);
  const { interval, pollCount, errorCount, lastProgress } = poller.getActivePolls().j1;
  assert.deepEqual([interval, pollCount, errorCount, lastProgress.progress], [2000, 12, 0, 0.3]);
});

test('it leaves no timer, listener or request when stopped', async () => {
  for (const stop of [
    (poller) => poller.stopPolling('j1'),
    (poller) => poller.stopAllPolling(),
    (_poller, stopPoll) => stopPoll(),
  ]) {
    const { clock, server, page, poller } = makePoller(() => HANG);
    const told = recorder();
    const stopPoll = poller.startPolling('j1', told);
    await clock.advance(100);
    assert.deepEqual([clock.pendingCount > 0, page.listeners.size], [true, 1]);
    stop(poller, stopPoll);
    await clock.advance(60_000);
    assert.deepEqual([clock.pendingCount, page.listeners.size, server.requests[0].aborted], [0, 0, true]);
    assert.deepEqual([server.requests.length, told.log.errors.length, poller.getActivePolls()], [1, 0, {}]);
  }
});

test('it keeps polling for the others when one subscriber stops', async () => {
  const { clock, poller } = makePoller((_url, _init, count) => doc({ version: count }));
  const [first, second] = [recorder(), recorder()];
  const stop = poller.startPolling('j1', first);
  poller.startPolling('j1', second);
  await clock.advance(500);
  stop();
  await clock.advance(1000);
  assert.deepEqual([first.log.progress.length, second.log.progress.length], [1, 2]);
});

test('it tells a late subscriber at once what is known, without a second request', async () => {
  const { clock, server, poller } = makePoller(() => doc({ version: 1 }));
  poller.startPolling('j1');
  await clock.advance(100);
  const late = recorder();
  poller.startPolling('j1', late);
  await clock.advance(100);
  assert.deepEqual([late.log.progress.length, server.requests.length], [1, 1]);
});

test('it never has two requests for one thing under way', async () => {
  const { clock, server, page, poller } = makePoller(() => HANG, { requestTimeout: 60_000 });
  poller.startPolling('j1');
  await clock.advance(5000);
  poller.startPolling('j1');
  page.wake();
  await clock.advance(5000);
  assert.deepEqual([server.requests.length, server.mostAtOnce], [1, 1]);
});

test('it speaks in events too', async () => {
  const answers = [doc({ version: 1 }), new TypeError('network'), doc({ version: 2, status: 'finished' })];
  const { clock, poller } = makePoller((_url, _init, count) => answers[count - 1]);
  const events = [];
  for (const type of ['progress', 'complete', 'error']) {
    poller.addEventListener(type, ({ detail }) => events.push([type, detail.jobId, detail.progress?.status ?? detail.retryCount]));
  }
  poller.startPolling('j1');
  await clock.advance(10_000);
  assert.deepEqual(events, [
    ['progress', 'j1', 'started'],
    ['error', 'j1', 1],
    ['progress', 'j1', 'finished'],
    ['complete', 'j1', 'finished'],
  ]);
});

test('it survives a callback that throws', async (t) => {
  const shown = t.mock.method(console, 'error', () => {});
  const { clock, server, poller } = makePoller((_url, _init, count) => doc({ version: count }));
  const told = recorder();
  poller.startPolling('j1', { onProgress: () => { throw new Error('mine'); } });
  poller.startPolling('j1', told);
  await clock.advance(1000);
  assert.deepEqual([told.log.progress.length, server.requests.length, shown.mock.callCount()], [2, 2, 2]);
});

test('it lets a callback stop the polling', async () => {
  const { clock, server, poller } = makePoller(() => doc());
  poller.startPolling('j1', { onProgress: () => poller.stopPolling('j1') });
  await clock.advance(60_000);
  assert.deepEqual([server.requests.length, clock.pendingCount], [1, 0]);
});

test('it logs its pauses on demand only', async (t) => {
  const logged = t.mock.method(console, 'debug', () => {});
  for (const debug of [false, true]) {
    const { clock, poller } = makePoller(() => doc(), { debug });
    poller.startPolling('j1');
    await clock.advance(100);
  }
  assert.deepEqual(logged.mock.calls.map((call) => call.arguments[0]), ['j1: 1000 ms']);
});
