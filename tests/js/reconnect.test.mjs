import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBar, openPage } from './support/page.mjs';
import { makePoller, recorder } from './support/poller.mjs';
import { doc, refusal } from './support/server.mjs';

test('it tells since when there is trouble, and for how long there was', async () => {
  const answers = [doc({ version: 1 }), new TypeError('network'), refusal(502), doc({ version: 1 })];
  const { clock, poller } = makePoller((_url, _init, count) => answers[count - 1] ?? answers[3]);
  const told = recorder();
  const events = [];
  poller.addEventListener('reconnect', ({ detail }) => events.push(detail));
  const start = clock.date();
  poller.startPolling('j1', told);
  await clock.advance(10_000);
  assert.deepEqual(told.log.errors.map((error) => error.since - start), [1000, 1000]);
  assert.deepEqual([told.log.downs, events], [[6000], [{ jobId: 'j1', downMs: 6000 }]]);
});

test('it tells no reconnection without trouble', async () => {
  const { clock, poller } = makePoller((_url, _init, count) => doc({ version: count }));
  const told = recorder();
  poller.startPolling('j1', told);
  await clock.advance(10_000);
  assert.deepEqual(told.log.downs, []);
});

async function attach(answer) {
  const { bar, text, elements } = makeBar();
  const page = await openPage(answer, { elements });
  page.window.attachSongProgress('j1', bar, text).catch(() => {});
  const button = () => page.document.querySelector('.progress-controls').firstElementChild;
  return { ...page, bar, text, button };
}

test('it offers to try again when it has given up, and goes on', async () => {
  let isUp = false;
  const { clock, text, button, bar } = await attach(() => (isUp ? doc({ step_label: 'Reading' }) : refusal(502)));
  await clock.advance(30_000);
  assert.deepEqual([button().textContent, button().hidden], ['Try again', false]);
  assert.match(text.textContent, /Updates stopped.*and try again/);
  isUp = true;
  button().click();
  await clock.advance(0);
  assert.deepEqual([text.textContent, bar.style.width, button().textContent], ['Reading', '50%', 'Cancel']);
});

test('it keeps the value and says so when the session ended, and goes on when the page is seen again', async () => {
  let isSignedIn = true;
  const { clock, text, bar, document, server } = await attach(() => (isSignedIn ? doc({ step_label: 'Reading' }) : refusal(401)));
  await clock.advance(500);
  isSignedIn = false;
  await clock.advance(60_000);
  assert.deepEqual([text.textContent, bar.style.width, server.requests.length], ['You are signed out. Sign in again.', '50%', 2]);
  isSignedIn = true;
  document.dispatchEvent(new Event('visibilitychange'));
  await clock.advance(0);
  assert.equal(text.textContent, 'Reading');
});

test('it offers to sign in when the session ended, by loading the page again', async () => {
  let isSignedIn = true;
  let reloads = 0;
  const { clock, button, window } = await attach(() => (isSignedIn ? doc() : refusal(401)));
  window.location = { reload: () => (reloads += 1) };
  isSignedIn = false;
  await clock.advance(60_000);
  assert.deepEqual([button().textContent, button().hidden], ['Sign in', false]);
  button().click();
  assert.equal(reloads, 1);
});

test('it does not offer to try again what does not exist', async () => {
  const { clock, button } = await attach(() => refusal(404));
  await clock.advance(500);
  assert.equal(button().hidden, true);
});
