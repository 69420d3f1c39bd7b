import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client } from './support/poller.mjs';
import { doc } from './support/server.mjs';

const describe = (values) => client.progress(doc(values));

for (const [seconds, expected] of [
  [null, 'Running'],
  [undefined, 'Running'],
  [-1, 'Running'],
  [NaN, 'Running'],
  ['40', 'Running'],
  [0, 'Running, almost done'],
  [9.9, 'Running, almost done'],
  [10, 'Running, about 10 seconds remaining'],
  [41, 'Running, about 40 seconds remaining'],
  [57, 'Running, about 55 seconds remaining'],
  [58, 'Running, about 1 minute remaining'],
  [89, 'Running, about 1 minute remaining'],
  [90, 'Running, about 2 minutes remaining'],
  [600, 'Running, about 10 minutes remaining'],
  [7200, 'Running, about 120 minutes remaining'],
]) {
  test(`it words an estimate of ${seconds} seconds as "${expected}"`, () => {
    assert.equal(describe({ eta_seconds: seconds }), expected);
  });
}

for (const [low, high, expected] of [
  [110, 170, 'about 2 to 3 min remaining'],
  [110, 125, 'about 2 minutes remaining'],
  [21, 38, 'about 20 to 40 s remaining'],
  [31, 32, 'about 30 seconds remaining'],
  [2, 20, 'about 5 to 20 s remaining'],
  [40, 130, 'about 1 to 2 min remaining'],
  [3, 8, 'almost done'],
]) {
  test(`it words a range of ${low} to ${high} seconds as "${expected}"`, () => {
    assert.equal(describe({ eta_seconds: 999, eta_low_seconds: low, eta_high_seconds: high }), `Running, ${expected}`);
  });
}

for (const [n, wait, expected] of [
  [1, undefined, '1st in line'],
  [2, null, '2nd in line'],
  [3, [110, 170], '3rd in line, about 2 to 3 min'],
  [11, [20, 20], '11th in line, about 20 seconds'],
  [12, undefined, '12th in line'],
  [23, undefined, '23rd in line'],
  [null, [20, 20], 'Waiting in line'],
]) {
  test(`it says of a queued job at position ${n}: "${expected}"`, () => {
    assert.equal(describe({ status: 'queued', queue_position: n, queue_wait_seconds: wait }), expected);
  });
}

for (const [values, expected] of [
  [{ step_label: 'Reading the lyrics', eta_seconds: 120 }, 'Reading the lyrics, about 2 minutes remaining'],
  [{ step_label: 'Reading the lyrics', eta_seconds: null }, 'Reading the lyrics'],
  [{ step_label: 'Reading the lyrics', elapsed_seconds: 12 }, 'Reading the lyrics, 12 s so far'],
  [{ elapsed_seconds: 3900 }, 'Running, 1 h 5 min so far'],
  [{ elapsed_seconds: -0.4 }, 'Running'], // a Date header is in whole seconds
  [{ elapsed_seconds: 12, eta_seconds: 20 }, 'Running, about 20 seconds remaining'],
  [{ message: 'Line 3 of 9' }, 'Line 3 of 9'],
  [{}, 'Running'],
  [{ status: 'queued' }, 'Waiting in line'],
  [{ status: 'queued', message: 'Behind a long one', eta_seconds: 50 }, 'Behind a long one'],
  [{ status: 'queued', queue_position: 2, attempt: 2, max_attempts: 5 }, 'Attempt 2 of 5: 2nd in line'],
  [{ status: 'scheduled', attempt: 2, max_attempts: 3 }, 'Attempt 2 of 3: Waiting for its time'],
  [{ status: 'scheduled', due_in_seconds: 12, error: 'The disk is full.' }, 'The disk is full. Next try in 12 s'],
  [{ status: 'scheduled', due_in_seconds: 200 }, 'Starts in 3 min'],
  [{ status: 'scheduled', due_in_seconds: -1 }, 'Waiting for its time'],
  [{ step_label: 'Starting', attempt: 2, max_attempts: 3 }, 'Attempt 2 of 3: Starting'],
  [{ step_label: 'Starting', attempt: 2 }, 'Attempt 2: Starting'],
  [{ step_label: 'Reading', quiet_seconds: 39.9, eta_seconds: 50 }, 'Reading, about 50 seconds remaining'],
  [{ step_label: 'Reading', quiet_seconds: 40, eta_seconds: 50 }, 'Reading. No news for 40 s'],
  [{ step_label: 'Reading', cancel_requested: true, eta_seconds: 50 }, 'Canceling…'],
  [{ status: 'queued', cancel_requested: true, queue_position: 2 }, 'Canceling…'],
  [{ status: 'canceled', cancel_requested: true }, 'Canceled'],
  [{ status: 'deferred' }, 'Waiting for another job'],
  [{ status: 'finished', eta_seconds: 0 }, 'Done'],
  [{ status: 'finished', message: 'Rated teen', attempt: 2 }, 'Rated teen'],
  [{ status: 'failed', error: 'The file is empty.' }, 'Failed: The file is empty.'],
  [{ status: 'failed', step_label: 'Reading' }, 'Failed'],
  [{ status: 'canceled', message: 'x' }, 'Canceled'],
  [{ status: 'set_aside' }, 'Set aside'],
]) {
  test(`it describes ${JSON.stringify(values)} as "${expected}"`, () => {
    assert.equal(describe(values), expected);
  });
}

test('it takes its words from one table that can be translated', (t) => {
  const { progressTexts } = client;
  const before = { ...progressTexts };
  t.after(() => {
    for (const key of Object.keys(progressTexts)) delete progressTexts[key];
    Object.assign(progressTexts, before);
  });
  Object.assign(progressTexts, { language: 'de', finished: 'Fertig', failed: 'Misslungen', other: 'Platz {n}', remaining: '{what}, noch etwa {time}' });
  assert.equal(describe({ status: 'finished' }), 'Fertig');
  assert.equal(describe({ status: 'failed' }), 'Misslungen');
  assert.equal(describe({ status: 'queued', queue_position: 3 }), 'Platz 3');
  assert.equal(describe({ step_label: 'Lesen', eta_seconds: 120 }), 'Lesen, noch etwa 2 Minuten');
});
