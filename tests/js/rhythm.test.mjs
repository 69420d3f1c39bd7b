import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, makePoller } from './support/poller.mjs';
import { doc } from './support/server.mjs';

const FACTS = {
  progress: 0.5,
  ageMs: 60_000,
  background: false,
  errorCount: 0,
  hidden: false,
  random: 0,
  serverDelayMs: null,
  initialInterval: 1000,
  maxInterval: 5000,
  errorBackoffMultiplier: 2,
};
const delay = (facts) => client.nextDelayMs({ ...FACTS, ...facts });

for (const [name, facts, lowest, highest] of [
  ['a young job', { ageMs: 9999 }, 900, 1000],
  ['a young job near its end', { ageMs: 0, progress: 0.95 }, 900, 1000],
  ['an early job', { progress: 0.09 }, 900, 1000],
  ['from 10 %', { progress: 0.1 }, 2000, 3000],
  ['up to 90 %', { progress: 0.9 }, 2000, 3000],
  ['over 90 %', { progress: 0.91 }, 4500, 5000],
  ['background work', { background: true, ageMs: 0, progress: 0 }, 4500, 5000],
  ['one error', { progress: 0, errorCount: 1 }, 1800, 2000],
  ['two errors', { progress: 0, errorCount: 2 }, 3600, 4000],
  ['an error in the middle', { errorCount: 1 }, 3600, 5000],
  ['many errors', { errorCount: 30 }, 4500, 5000],
  ['a hidden page', { hidden: true, ageMs: 0 }, 27_000, 30_000],
  ['a low maxInterval', { maxInterval: 700, progress: 0.95 }, 630, 700],
  ['a high initialInterval', { initialInterval: 4000 }, 3600, 4000],
  ['the server asks for more', { serverDelayMs: 20_000 }, 20_000, 22_000],
  ['the server asks for less', { serverDelayMs: 500, progress: 0.95 }, 500, 550],
  ['the server asks for nothing', { serverDelayMs: 0 }, 250, 275],
  ['the server asks for a year', { serverDelayMs: 3e10 }, 300_000, 330_000],
  ['a hidden page and a quick server', { serverDelayMs: 500, hidden: true }, 27_000, 30_000],
]) {
  test(`it keeps the rhythm: ${name}`, () => {
    for (const random of [0, 0.5, 1]) {
      const ms = delay({ ...facts, random });
      assert.ok(ms >= lowest && ms <= highest, `${ms} is not within ${lowest} to ${highest} at random ${random}`);
    }
  });
}

test('it spreads pages by jitter', () => {
  assert.notEqual(delay({ random: 0 }), delay({ random: 0.7 }));
  assert.notEqual(delay({ ageMs: 0, random: 0 }), delay({ ageMs: 0, random: 0.7 }));
});

test('it polls at once, each second for ten seconds, then slower', async () => {
  const { clock, server, poller } = makePoller(() => doc());
  poller.startPolling('j1');
  await clock.advance(17_000);
  assert.equal(server.requests[0].at, 1000);
  assert.deepEqual(server.gaps, [...Array(10).fill(1000), 2000, 2000, 2000]);
});

test('it takes the age of a job from the server', async () => {
  const { clock, server, poller } = makePoller(() => doc({ elapsed_seconds: 60 }));
  poller.startPolling('j1');
  await clock.advance(6000);
  assert.deepEqual(server.gaps, [2000, 2000, 2000]);
});

test('it polls slowly for background subscribers alone', async () => {
  const { clock, server, poller } = makePoller(() => doc());
  poller.startPolling('j1', { background: true });
  await clock.advance(10_000);
  assert.deepEqual(server.gaps, [5000, 5000]);
  poller.startPolling('j1');
  await clock.advance(7000);
  assert.equal(server.gaps.at(-1), 2000);
});
