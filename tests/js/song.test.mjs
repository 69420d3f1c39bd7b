import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './support/dom.mjs';
import { makeBar, openPage } from './support/page.mjs';
import { doc, json, refusal } from './support/server.mjs';

const STARTED = () => json({ success: true, job_id: 'j1', status: 'queued' }, { status: 202 });

async function analyze(documents, attributes) {
  const { bar, text, elements } = makeBar(attributes);
  let polls = 0;
  const page = await openPage((url) => (url.endsWith('/analyze') ? STARTED() : documents[Math.min(polls++, documents.length - 1)]), { elements });
  const ended = page.window.analyzeSongWithProgress(7, bar, text);
  return { ...page, bar, text, ended };
}

test('it posts as the contract says, with the CSRF token of the page', async () => {
  const meta = build('meta', { name: 'csrf-token', content: 'token-1' });
  const { bar, text, elements } = makeBar();
  const { server, window, clock } = await openPage((url) => (url.endsWith('/analyze') ? STARTED() : doc()), { elements: [meta, ...elements] });
  void window.analyzeSongWithProgress('7/x', bar, text);
  await clock.advance(100);
  const { url, method, headers } = server.requests[0];
  assert.deepEqual([url, method], ['/api/songs/7%2Fx/analyze', 'POST']);
  assert.equal(headers.Accept, 'application/json');
  assert.equal(headers['Content-Type'], 'application/json');
  assert.equal(headers['X-CSRF-Token'], 'token-1');
});

test('it sends no token where there is none', async () => {
  const { server, clock } = await analyze([doc()]);
  await clock.advance(100);
  assert.equal('X-CSRF-Token' in server.requests[0].headers, false);
});

test('it drives the width, the value and the text', async () => {
  const { clock, bar, text } = await analyze([doc({ progress: 0.426, step_label: 'Reading the lyrics', eta_seconds: 40 })]);
  assert.equal(text.textContent, 'Starting…');
  await clock.advance(100);
  assert.equal(bar.style.width, '42%');
  assert.equal(text.textContent, 'Reading the lyrics, about 40 seconds remaining');
  const values = ['role', 'aria-valuemin', 'aria-valuemax', 'aria-valuenow', 'aria-valuetext', 'aria-label'].map(bar.getAttribute);
  assert.deepEqual(values, ['progressbar', '0', '100', '42', '42 %, Reading the lyrics, about 40 seconds remaining', 'Progress']);
  assert.ok(bar.classList.contains('active'));
});

for (const [status, has, hasNot, width] of [
  ['finished', ['success', 'bg-success'], ['active', 'error'], '100%'],
  ['failed', ['error', 'bg-danger'], ['active', 'success'], '30%'],
  ['canceled', [], ['active', 'success', 'error'], '30%'],
]) {
  test(`it shows a ${status} song, and resolves with its document`, async () => {
    const { clock, bar, ended } = await analyze([doc({ progress: 0.3, version: 1 }), doc({ status, progress: 0.3, version: 2 })]);
    await clock.advance(5000);
    assert.equal((await ended).status, status);
    assert.equal(bar.style.width, width);
    assert.deepEqual(has.filter((name) => !bar.classList.contains(name)), []);
    assert.deepEqual(hasNot.filter((name) => bar.classList.contains(name)), []);
    assert.equal(clock.pendingCount, 0);
  });
}

test('it shows and rejects with the reason of a refused start', async () => {
  const { bar, text, elements } = makeBar();
  const { window, news, clock } = await openPage(() => refusal(403, 'Only operators may do this.'), { elements });
  await assert.rejects(window.analyzeSongWithProgress(7, bar, text), (error) => error.status === 403 && /Only operators/.test(error.message));
  assert.equal(text.textContent, 'Only operators may do this.');
  assert.ok(bar.classList.contains('error'));
  assert.deepEqual([news(), clock.pendingCount], [['Only operators may do this.'], 0]);
});

test('it announces steps and the end, not each tick', async () => {
  const at = (version, progress, current_step, more) => doc({ version, progress, current_step, step_label: current_step, ...more });
  const { clock, news, text } = await analyze([at(1, 0.1, 'Starting'), at(2, 0.2, 'Reading'), at(3, 0.3, 'Reading'), at(4, 0.4, 'Reading'), at(5, 1, 'Complete', { status: 'finished' })]);
  await clock.advance(20_000);
  assert.deepEqual(news(), ['Starting', 'Reading', 'Done']);
  assert.equal(text.getAttribute('aria-live'), 'off');
});

test('it has a polite live region ready before its first news', async () => {
  const { document } = await analyze([doc()]);
  const region = document.querySelector('.visually-hidden');
  assert.deepEqual([region.getAttribute('aria-live'), region.children.length], ['polite', 0]);
});

test('it names the bar in the news when the page named it', async () => {
  const { clock, news, bar } = await analyze([doc({ status: 'finished' })], { 'aria-label': 'Auld Lang Syne' });
  await clock.advance(100);
  assert.deepEqual([news(), bar.getAttribute('aria-label')], [['Auld Lang Syne: Done'], 'Auld Lang Syne']);
});

test('it says so when a new attempt begins, and resets the bar', async () => {
  const { clock, bar, text } = await analyze([doc({ version: 9, progress: 0.8 }), doc({ version: 1, attempt: 2, max_attempts: 3, progress: 0.05, step_label: 'Starting' })]);
  await clock.advance(3000);
  assert.deepEqual([bar.style.width, text.textContent], ['5%', 'Attempt 2 of 3: Starting']);
});

test('it keeps the last value in trouble, says reconnecting, and comes back', async () => {
  const answers = [doc({ version: 1, step_label: 'Reading' }), new TypeError('network'), doc({ version: 1, step_label: 'Reading' })];
  const { clock, bar, text } = await analyze(answers);
  await clock.advance(1500);
  assert.match(text.textContent, /^Reconnecting… since .*2:02.* The server does not answer\.$/);
  assert.equal(bar.style.width, '50%');
  await clock.advance(3000);
  assert.deepEqual([text.textContent, bar.style.width], ['Reading', '50%']);
});

test('it says what to do when it gives up, and does not call the job failed', async () => {
  const { clock, bar, text, ended, news } = await analyze([new TypeError('network')]);
  const refused = assert.rejects(ended, /and try again/);
  await clock.advance(60_000);
  await refused;
  assert.match(text.textContent, /Updates stopped after 3 tries.*and try again/);
  assert.deepEqual([bar.classList.contains('error'), bar.classList.contains('active')], [false, false]);
  assert.deepEqual([news().length, news()[1]], [2, text.textContent]);
});

test('it treats titles and messages as text', async () => {
  const hostile = '<img src=x onerror=alert(1)>';
  const { clock, text, news } = await analyze([doc({ step_label: hostile, current_step: 'x' })]);
  await clock.advance(100);
  assert.deepEqual([text.textContent, news(), text.children.length], [hostile, [hostile], 0]);
});

test('it drives a bar without a text', async () => {
  const { bar, elements } = makeBar();
  const { window, clock } = await openPage(() => doc({ status: 'finished' }), { elements });
  await Promise.all([window.attachSongProgress('j1', bar), clock.advance(100)]);
  assert.equal(bar.style.width, '100%');
});
