import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePoller, recorder } from './support/poller.mjs';
import { HANG, doc, refusal } from './support/server.mjs';

const idsOf = (url) => new URL(url, 'http://x').searchParams.get('ids').split(',');
const batch = (url, make = (id) => doc({ job_id: id, version: 1 })) => ({
  success: true,
  progress: Object.fromEntries(idsOf(url).map((id) => [id, make(id)])),
  missing: [],
});

test('it asks for all bars of a page in one request', async () => {
  const { clock, server, poller } = makePoller((url) => batch(url));
  const told = recorder();
  for (const id of ['a', 'b', 'c/d']) poller.startPolling(id, told);
  await clock.advance(5000);
  assert.equal(server.urls[0], '/api/progress?ids=a,b,c%2Fd');
  assert.deepEqual([new Set(server.urls).size, server.requests.length, told.log.progress.length], [1, 6, 3]);
});

test('it asks for one alone by its own address', async () => {
  const { clock, server, poller } = makePoller(() => doc());
  poller.startPolling('a/b');
  await clock.advance(100);
  assert.deepEqual(server.urls, ['/api/progress/a%2Fb']);
});

test('it lets a bar that came later fall in step', async () => {
  const { clock, server, poller } = makePoller((url) => (url.includes('?') ? batch(url) : doc()));
  poller.startPolling('a');
  await clock.advance(600);
  poller.startPolling('b');
  await clock.advance(5000);
  assert.ok(server.urls.slice(2).every((url) => url.includes('?ids=')), server.urls.join(' '));
});

test('it asks for very many in portions that fit a request line', async () => {
  const { clock, server, poller } = makePoller((url) => batch(url));
  for (let n = 0; n < 250; n += 1) poller.startPolling(`0190a5c0-0000-7000-8000-${String(n).padStart(12, '0')}`);
  await clock.advance(100);
  assert.deepEqual(server.urls.map((url) => idsOf(url).length), [100, 100, 50]);
  assert.ok(server.urls.every((url) => url.length < 4000));
});

test('it ends what is over and goes on with the rest', async () => {
  const { clock, server, poller } = makePoller((url) =>
    url.includes('?') ? batch(url, (id) => doc({ job_id: id, status: id === 'a' ? 'finished' : 'started' })) : doc(),
  );
  const told = recorder();
  poller.startPolling('a', told);
  poller.startPolling('b', told);
  await clock.advance(1500);
  assert.deepEqual(told.log.complete.map((progress) => progress.job_id), ['a']);
  assert.deepEqual(server.urls, ['/api/progress?ids=a,b', '/api/progress/b']);
});

test('it takes a missing id as final and the others as they are', async () => {
  const { clock, poller } = makePoller((url) => (url.includes('?') ? { success: true, progress: { b: doc() }, missing: ['a'] } : doc()));
  const [gone, there] = [recorder(), recorder()];
  poller.startPolling('a', gone);
  poller.startPolling('b', there);
  await clock.advance(500);
  assert.deepEqual(gone.log.errors.map((error) => [error.final, error.code]), [[true, 'job_missing']]);
  assert.deepEqual([there.log.errors.length, Object.keys(poller.getActivePolls())], [0, ['b']]);
});

test('it counts an id that the answer forgot as an error of that job', async () => {
  const { clock, poller } = makePoller(() => ({ success: true, progress: { b: doc() } }));
  poller.startPolling('a');
  poller.startPolling('b');
  await clock.advance(500);
  assert.deepEqual(Object.values(poller.getActivePolls()).map((poll) => poll.errorCount), [1, 0]);
});

test('it does not take a 404 of the batch address for missing jobs', async () => {
  const { clock, poller } = makePoller(() => refusal(404));
  const told = recorder();
  poller.startPolling('a', told);
  poller.startPolling('b', told);
  await clock.advance(500);
  assert.deepEqual(told.log.errors.map((error) => error.final), [false, false]);
});

test('it ends a batch request only when nobody waits for it any more', async () => {
  const { clock, server, poller } = makePoller(() => HANG);
  const stops = ['a', 'b'].map((id) => poller.startPolling(id));
  await clock.advance(100);
  stops[0]();
  assert.equal(server.requests[0].aborted, false);
  stops[1]();
  await clock.advance(100);
  assert.deepEqual([server.requests[0].aborted, clock.pendingCount], [true, 0]);
});
