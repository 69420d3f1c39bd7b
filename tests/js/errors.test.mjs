import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePoller, recorder } from './support/poller.mjs';
import { HANG, doc, json, refusal } from './support/server.mjs';

const html = (status) => new Response('<html>Bad gateway</html>', { status });

async function run(answer, { ms = 120_000, ...options } = {}) {
  const parts = makePoller(answer, options);
  const told = recorder();
  parts.poller.startPolling('j1', told);
  await parts.clock.advance(ms);
  return { ...parts, ...told.log };
}

test('it backs off, and gives up after three errors in a row, saying what to do', async () => {
  const { server, errors, retries, poller, clock } = await run(() => new TypeError('network'));
  assert.deepEqual(server.gaps, [2000, 4000]);
  assert.deepEqual(retries, [1, 2, 3]);
  assert.deepEqual(errors.map((error) => error.final), [false, false, true]);
  assert.match(errors[2].message, /does not answer.*after 3 tries.*try again/);
  assert.deepEqual([poller.getActivePolls(), clock.pendingCount], [{}, 0]);
});

test('it never backs off beyond maxInterval', async () => {
  const { server } = await run(() => html(502), { maxErrorRetries: 6, errorBackoffMultiplier: 3 });
  assert.deepEqual(server.gaps, [3000, 5000, 5000, 5000, 5000]);
});

test('it starts the count over after a good answer', async () => {
  const { retries, server } = await run((_url, _init, count) => (count % 3 === 0 ? doc({ version: count }) : html(502)), { ms: 30_000 });
  assert.ok(server.requests.length > 9);
  assert.deepEqual(new Set(retries), new Set([1, 2]));
});

test('it repeats what is known after trouble, so that the page can say so', async () => {
  const answers = [doc({ version: 1 }), new TypeError('network'), doc({ version: 1 })];
  const { progress } = await run((_url, _init, count) => answers[count - 1] ?? answers[2], { ms: 4000 });
  assert.deepEqual(progress.map(({ version }) => version), [1, 1]);
});

test('it gives each request a time limit', async () => {
  const { server, errors } = await run(() => HANG, { requestTimeout: 3000, ms: 3500 });
  assert.equal(server.requests[0].aborted, true);
  assert.deepEqual(errors.map((error) => [error.status, error.message]), [[0, 'The server does not answer.']]);
});

for (const [name, answer, pattern] of [
  ['an HTML page instead of JSON', () => html(200), /no usable answer \(200\)/],
  ['a 502 of a proxy', () => html(502), /no usable answer \(502\)/],
  ['an answer that is no document', () => ({}), /no usable answer/],
  ['null', () => json(null), /no usable answer/],
  ['success: false', () => ({ success: false, error: 'odd', message: 'Not now.' }), /Not now\./],
  ["the server's own words", () => refusal(500, 'The disk is full.'), /The disk is full\./],
]) {
  test(`it treats as an error: ${name}`, async () => {
    const { errors } = await run(answer, { ms: 500 });
    assert.match(errors[0].message, pattern);
    assert.equal(errors[0].final, false);
  });
}

test('it takes a 404 as final at once', async () => {
  const { server, errors, retries, page } = await run(() => refusal(404, 'No such job.'));
  assert.equal(server.requests.length, 1);
  assert.deepEqual(errors.map((error) => [error.final, error.code, error.message]), [[true, 'job_missing', 'This job does not exist.']]);
  assert.deepEqual([retries, page.listeners.size], [[1], 0]);
});

test('it asks a signed-out person to sign in, and tries again when the page wakes', async () => {
  let isSignedIn = false;
  const { server, errors, page, clock, poller } = await run(() => (isSignedIn ? doc() : refusal(401)));
  assert.equal(server.requests.length, 1);
  assert.match(errors[0].message, /Sign in again/);
  isSignedIn = true;
  page.wake();
  await clock.advance(100);
  assert.equal(poller.getActivePolls().j1.errorCount, 0);
});

test('it carries the code and the details of a refusal', async () => {
  const body = { success: false, error: 'bad_id', message: 'Bad.', details: { job_id: 'too long' } };
  const { errors } = await run(() => json(body, { status: 400 }), { ms: 500 });
  assert.deepEqual([errors[0].status, errors[0].code, errors[0].details], [400, 'bad_id', { job_id: 'too long' }]);
});

test('it goes on when somebody starts a job again that was given up', async () => {
  let isUp = false;
  const { poller, clock } = await run(() => (isUp ? doc() : html(502)));
  isUp = true;
  const told = recorder();
  poller.startPolling('j1', told);
  await clock.advance(100);
  assert.equal(told.log.progress.length, 1);
});
