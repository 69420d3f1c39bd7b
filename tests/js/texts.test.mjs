import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from './support/poller.mjs';
import { doc } from './support/server.mjs';

for (const [seconds, expected] of [
  [null, ''],
  [undefined, ''],
  [-1, ''],
  [NaN, ''],
  ['40', ''],
  [0, 'almost done'],
  [9.9, 'almost done'],
  [10, 'about 10 seconds remaining'],
  [41, 'about 40 seconds remaining'],
  [57, 'about 55 seconds remaining'],
  [58, 'about 1 minute remaining'],
  [89, 'about 1 minute remaining'],
  [90, 'about 2 minutes remaining'],
  [600, 'about 10 minutes remaining'],
  [7200, 'about 120 minutes remaining'],
]) {
  test(`it words ${seconds} seconds as "${expected}"`, () => {
    assert.equal(client.formatRemaining(seconds), expected);
  });
}

for (const [values, expected] of [
  [{ step_label: 'Reading the lyrics', eta_seconds: 120 }, 'Reading the lyrics, about 2 minutes remaining'],
  [{ step_label: 'Reading the lyrics', eta_seconds: null }, 'Reading the lyrics'],
  [{ message: 'Line 3 of 9' }, 'Line 3 of 9'],
  [{}, 'Running'],
  [{ status: 'queued' }, 'Waiting in line'],
  [{ status: 'queued', message: '3rd in line', eta_seconds: 50 }, '3rd in line'],
  [{ status: 'scheduled', attempt: 2, max_attempts: 3 }, 'Attempt 2 of 3: Waiting for its time'],
  [{ step_label: 'Starting', attempt: 2, max_attempts: 3 }, 'Attempt 2 of 3: Starting'],
  [{ step_label: 'Starting', attempt: 2 }, 'Attempt 2: Starting'],
  [{ status: 'deferred' }, 'Waiting for another job'],
  [{ status: 'finished', eta_seconds: 0 }, 'Done'],
  [{ status: 'finished', message: 'Rated teen', attempt: 2 }, 'Rated teen'],
  [{ status: 'failed', error: 'The file is empty.' }, 'Failed: The file is empty.'],
  [{ status: 'failed', step_label: 'Reading' }, 'Failed'],
  [{ status: 'canceled', message: 'x' }, 'Canceled'],
  [{ status: 'paused' }, 'paused'],
]) {
  test(`it describes ${JSON.stringify(values)} as "${expected}"`, () => {
    assert.equal(client.describeProgress(doc(values)), expected);
  });
}

test('it takes its words from one table that can be translated', (t) => {
  const { finished } = client.progressTexts;
  t.after(() => Object.assign(client.progressTexts, { finished }));
  Object.assign(client.progressTexts, { finished: 'Fertig' });
  assert.equal(client.describeProgress(doc({ status: 'finished' })), 'Fertig');
});
