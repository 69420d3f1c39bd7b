import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBar, openPage } from './support/page.mjs';
import { makePoller, recorder } from './support/poller.mjs';
import { doc, json } from './support/server.mjs';

const START = Date.parse('2026-01-01T12:00:00Z');
const iso = (seconds) => new Date(START + seconds * 1000).toISOString();
const dated = (body, seconds) => json(body, { headers: { Date: new Date(START + seconds * 1000).toUTCString() } });

/** The job wrote at `updated`; the server's clock runs on from there with ours. */
function run(make = () => ({})) {
  let clock;
  const parts = makePoller(() => {
    const seconds = Math.round((clock.now() - 1000) / 1000);
    return dated(doc({ version: 1, updated_at: iso(0), ...make(seconds) }), seconds);
  });
  clock = parts.clock;
  const told = recorder();
  parts.poller.startPolling('j1', told);
  return { ...parts, ...told.log };
}

test('it tells a standstill once, after 40 s of the server without news', async () => {
  const { clock, stalls, poller } = run();
  const events = [];
  poller.addEventListener('stall', ({ detail }) => events.push([detail.jobId, detail.progress.progress, detail.quietSeconds >= 40]));
  await clock.advance(39_000);
  assert.deepEqual(stalls, []);
  await clock.advance(60_000);
  assert.equal(stalls.length, 1);
  assert.ok(stalls[0] >= 40 && stalls[0] < 46, `${stalls}`);
  assert.deepEqual(events, [['j1', 0.5, true]]);
});

test('it tells the next standstill again', async () => {
  const { clock, stalls } = run((seconds) => (seconds > 60 ? { version: 2, updated_at: iso(60) } : {}));
  await clock.advance(120_000);
  assert.equal(stalls.length, 2);
});

for (const [name, make] of [
  ['a job that reports', (seconds) => ({ version: seconds, updated_at: iso(seconds) })],
  ['a job that waits', () => ({ status: 'queued' })],
  ['a document without a time', () => ({ updated_at: null })],
]) {
  test(`it sees no standstill in ${name}`, async () => {
    const { clock, stalls } = run(make);
    await clock.advance(120_000);
    assert.deepEqual(stalls, []);
  });
}

test('it sees none without the date of the server, whatever our clock says', async () => {
  const { clock, poller } = makePoller(() => doc({ version: 1, updated_at: '2001-01-01T00:00:00Z' }), { date: () => START });
  const told = recorder();
  poller.startPolling('j1', told);
  await clock.advance(120_000);
  assert.deepEqual(told.log.stalls, []);
});

test('it goes by the server when our own clock is wrong', async () => {
  const { clock, poller } = makePoller(() => dated(doc({ version: 1, updated_at: iso(0) }), 5), { date: () => START + 86_400_000 });
  const told = recorder();
  poller.startPolling('j1', told);
  await clock.advance(60_000);
  assert.deepEqual(told.log.stalls, []);
});

test('it says in the bar how long there was no news, keeps the value, and goes back to normal', async () => {
  const { bar, text, elements } = makeBar();
  let clock = { now: () => 1000 };
  const page = await openPage(() => {
    const seconds = Math.round((clock.now() - 1000) / 1000);
    const isBack = seconds > 70;
    return dated(doc({ version: isBack ? 2 : 1, step_label: 'Reading', updated_at: iso(isBack ? seconds : 0) }), seconds);
  }, { elements });
  clock = page.clock;
  void page.window.attachSongProgress('j1', bar, text);
  await clock.advance(46_000);
  assert.match(text.textContent, /^Reading\. No news for 4\d s$/);
  assert.equal(bar.style.width, '50%');
  const before = text.textContent;
  await clock.advance(6000);
  assert.notEqual(text.textContent, before);
  await clock.advance(25_000);
  assert.equal(text.textContent, 'Reading');
  assert.deepEqual(page.news().map((line) => line.replace(/\d+ s/, 'N s')), ['Reading', 'Reading. No news for N s', 'Reading']);
});

test('it counts a running job on by the time of the server', async () => {
  const { clock, poller } = run(() => ({ version: undefined, started_at: iso(-5), elapsed_seconds: 5 }));
  await clock.advance(8500);
  assert.equal(poller.getActivePolls().j1.lastProgress.elapsed_seconds, 13);
});

test('it counts down to the next try by the time of the server', async () => {
  const { clock, poller } = run(() => ({ status: 'scheduled', due_at: iso(30) }));
  await clock.advance(10_500);
  assert.equal(poller.getActivePolls().j1.lastProgress.due_in_seconds, 20);
});
