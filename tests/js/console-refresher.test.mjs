// When the console's pages are read again: static/js/console/refresher.mjs under a clock of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pauseMs, Refresher } from '../../static/js/console/refresher.mjs';

const QUIET = { rateSeconds: 5, failures: 0, retryAfterSeconds: 0, random: 0 };

/** A browser whose answers and timers are the test's. */
function scripted() {
  const told = [];
  const waiting = [];
  const timers = [];
  const browser = {
    fetch: (init) => new Promise((answer, fail) => waiting.push({ init, answer, fail })),
    setTimeout: (run, ms) => timers.push({ run, ms }),
    clearTimeout: () => timers.splice(0),
    random: () => 0,
    isHidden: () => false,
  };
  const listener = {
    onPage: (html) => told.push(html),
    onSame: () => told.push('same'),
    onTrouble: (message, isFinal) => told.push(isFinal ? 'over' : 'trouble'),
    onSignedOut: () => told.push('signed out'),
  };
  return { refresher: new Refresher(browser, listener), browser, told, waiting, timers };
}

const page = (status, body = '', headers = {}) => new Response(status === 304 ? null : body, { status, headers });

test('it waits as long as was chosen, and jitter only lengthens that', () => {
  assert.equal(pauseMs(QUIET), 5000);
  assert.equal(pauseMs({ ...QUIET, random: 1 }), 5500);
});

test('it asks ever more rarely while nobody answers, once a minute at the least', () => {
  assert.deepEqual([1, 2, 3, 4, 9].map((failures) => pauseMs({ ...QUIET, failures })), [10_000, 20_000, 40_000, 60_000, 60_000]);
});

test('the server may ask for more quiet', () => {
  assert.equal(pauseMs({ ...QUIET, retryAfterSeconds: 90 }), 90_000);
});

test('it never asks twice at once', async () => {
  const { refresher, waiting, timers } = scripted();
  refresher.setRate(5);
  const first = refresher.now();
  void refresher.now();
  assert.equal(waiting.length, 1);
  waiting[0].answer(page(200, 'one'));
  await first;
  assert.deepEqual(timers.map(({ ms }) => ms), [5000]);
});

test('it asks by the ETag of what it has', async () => {
  const { refresher, waiting, told } = scripted();
  const first = refresher.now();
  waiting[0].answer(page(200, 'one', { ETag: 'W/"1"' }));
  await first;
  const second = refresher.now();
  assert.equal(waiting[1].init.headers['If-None-Match'], 'W/"1"');
  waiting[1].answer(page(304));
  await second;
  assert.deepEqual(told, ['one', 'same']);
});

test('it goes on after trouble, at the old rate once there is an answer', async () => {
  const { refresher, waiting, told, timers } = scripted();
  refresher.setRate(5);
  const first = refresher.now();
  waiting[0].fail(new TypeError('no network'));
  await first;
  assert.deepEqual(timers.map(({ ms }) => ms), [10_000]);
  const second = refresher.now();
  waiting[1].answer(page(200, 'back'));
  await second;
  assert.deepEqual([told, timers.map(({ ms }) => ms)], [['trouble', 'back'], [5000]]);
});

/** What is told, and planned, after such an answer. */
async function toldOf(answer) {
  const { refresher, waiting, told, timers } = scripted();
  refresher.setRate(5);
  const asked = refresher.now();
  waiting[0].answer(answer);
  await asked;
  return [told, timers];
}

/** An answer to which the browser was led. */
const ledTo = (url) => Object.defineProperties(page(200), { redirected: { value: true }, url: { value: url } });

test('it stops for good where the page is gone, or leads elsewhere', async () => {
  for (const answer of [page(403), page(404), ledTo('http://x.test/admin/queues')]) assert.deepEqual(await toldOf(answer), [['over'], []]);
});

test('it stops for good when the sign-in is over, and says so', async () => {
  for (const answer of [page(401), ledTo('http://x.test/sign-in?next=/admin/jobs')]) assert.deepEqual(await toldOf(answer), [['signed out'], []]);
});

test('it plans nothing while the page is hidden', async () => {
  const { refresher, browser, waiting, timers } = scripted();
  browser.isHidden = () => true;
  refresher.setRate(5);
  assert.deepEqual([waiting, timers], [[], []]);
});

test('it takes a page that refuses its filter for a page, not for trouble', async () => {
  const { refresher, waiting, told } = scripted();
  const asked = refresher.now();
  waiting[0].answer(page(422, 'what is allowed'));
  await asked;
  assert.deepEqual(told, ['what is allowed']);
});
