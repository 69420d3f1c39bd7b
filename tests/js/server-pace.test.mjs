import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePoller, recorder } from './support/poller.mjs';
import { doc, json, refusal } from './support/server.mjs';

async function run(answer, ms, ids = ['j1']) {
  const parts = makePoller(answer);
  const told = recorder();
  for (const id of ids) parts.poller.startPolling(id, told);
  await parts.clock.advance(ms);
  return { ...parts, ...told.log };
}

test('it keeps to poll_after_ms, also beyond maxInterval', async () => {
  const { server } = await run(() => doc({ poll_after_ms: 12_000 }), 30_000);
  assert.deepEqual(server.gaps, [12_000, 12_000]);
});

test('it keeps to Retry-After in seconds on a good answer', async () => {
  const { server } = await run(() => json(doc(), { headers: { 'Retry-After': '8' } }), 20_000);
  assert.deepEqual(server.gaps, [8000, 8000]);
});

for (const status of [429, 503]) {
  test(`it takes ${status} with Retry-After as a pace, not as a failure`, async () => {
    const { server, retries, errors } = await run(() => refusal(status, 'Busy.', { 'Retry-After': '7' }), 36_000);
    assert.deepEqual(server.gaps, [7000, 7000, 7000, 7000, 7000]);
    assert.deepEqual(new Set(retries), new Set([0]));
    assert.ok(errors.every((error) => !error.final && error.retryAfterMs === 7000));
  });
}

test('it counts a 503 without Retry-After', async () => {
  const { retries } = await run(() => refusal(503), 60_000);
  assert.deepEqual(retries, [1, 2, 3]);
});

test('it holds the pace of a batch, and asks no job earlier because another is due', async () => {
  const slow = doc({ job_id: 'slow', poll_after_ms: 10_300 });
  const { server } = await run((url) => (url.includes('?') ? { success: true, progress: { slow, quick: doc() }, missing: [] } : doc()), 10_200, ['slow', 'quick']);
  assert.equal(server.urls.filter((url) => url.includes('slow')).length, 1);
  assert.ok(server.urls.filter((url) => url.endsWith('/quick')).length >= 9);
});

test('it keeps to the pace of a whole answer before that of one job', async () => {
  const near = { near: doc({ job_id: 'near', poll_after_ms: 1000 }), other: doc({ job_id: 'other' }) };
  const { server } = await run(() => ({ success: true, progress: near, missing: [], poll_after_ms: 9000 }), 8000, ['near', 'other']);
  assert.equal(server.urls.length, 1);
});

test('it does not ask before the server allows, even when the page wakes', async () => {
  const { server, page, clock } = await run(() => doc({ poll_after_ms: 10_000 }), 1000);
  page.wake();
  await clock.advance(5000);
  assert.equal(server.requests.length, 1);
});

test('it sends the ETag back and takes 304 as a good answer', async () => {
  const { server, progress, errors, poller } = await run(
    (_url, init) => (init.headers['If-None-Match'] ? new Response(null, { status: 304 }) : json(doc({ version: 7 }), { headers: { ETag: '"1-7"' } })),
    3500,
  );
  assert.deepEqual(server.requests.map((request) => request.headers['If-None-Match']), [undefined, '"1-7"', '"1-7"', '"1-7"']);
  assert.deepEqual([progress.length, errors.length, poller.getActivePolls().j1.pollCount], [1, 0, 4]);
});
