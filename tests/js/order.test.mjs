import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, makePoller, recorder } from './support/poller.mjs';
import { doc } from './support/server.mjs';

const merge = client.mergeProgress;
const known = doc({ attempt: 2, version: 10, progress: 0.6 });

for (const [name, raw, expected] of [
  ['takes a newer version', { attempt: 2, version: 11, progress: 0.7 }, 0.7],
  ['never falls within an attempt', { attempt: 2, version: 11, progress: 0.4 }, 0.6],
  ['ignores an older version', { attempt: 2, version: 9, progress: 0.9 }, null],
  ['ignores the same version', { attempt: 2, version: 10, progress: 0.9 }, null],
  ['ignores an older attempt', { attempt: 1, version: 50, progress: 0.9 }, null],
  ['ignores the end of an older attempt', { attempt: 1, version: 50, status: 'failed' }, null],
  ['starts over with a new attempt', { attempt: 3, version: 1, progress: 0.1 }, 0.1],
  ['believes an end at an older version', { attempt: 2, version: 3, status: 'finished', progress: 1 }, 1],
  ['keeps the bar of a failed job', { attempt: 2, version: 11, status: 'failed', progress: 0 }, 0.6],
  ['takes garbage for no progress', { attempt: 2, version: 11, progress: 'x' }, 0.6],
  ['keeps to the range', { attempt: 2, version: 11, progress: 7 }, 1],
  ['does without versions', { attempt: undefined, version: undefined, progress: 0.8 }, 0.8],
]) {
  test(`it ${name}`, () => {
    assert.equal(merge(known, doc(raw))?.progress ?? null, expected);
  });
}

test('it never shows a poll that came back out of order', async () => {
  const answers = [doc({ version: 5, progress: 0.5 }), doc({ version: 4, progress: 0.4 }), doc({ version: 6, progress: 0.3 })];
  const { clock, poller } = makePoller((_url, _init, count) => answers[count - 1] ?? answers[2]);
  const told = recorder();
  poller.startPolling('j1', told);
  await clock.advance(5000);
  assert.deepEqual(told.log.progress.map(({ version, progress }) => [version, progress]), [[5, 0.5], [6, 0.5]]);
});

test('it tells the same version once', async () => {
  const { clock, poller } = makePoller(() => doc({ version: 1 }));
  const told = recorder();
  poller.startPolling('j1', told);
  await clock.advance(5000);
  assert.equal(told.log.progress.length, 1);
});
