import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './support/dom.mjs';
import { makeBar, openPage } from './support/page.mjs';
import { doc, refusal } from './support/server.mjs';

/** `job.now` is what a poll answers, `job.post(url)` what a button's request does. */
async function attach(job, { attributes, around } = {}) {
  const { bar, text, elements } = makeBar({ 'aria-label': 'A song', ...attributes });
  const meta = build('meta', { name: 'csrf-token', content: 'token-1' });
  const page = await openPage((url, init) => (init.method === 'POST' ? job.post(url) : job.now), { elements: [meta, ...(around ? [around(elements)] : elements)] });
  page.window.attachSongProgress('j/1', bar, text).catch(() => {});
  await page.clock.advance(100);
  const posts = () => page.server.requests.filter((request) => request.method === 'POST');
  const button = () => page.document.querySelector('.progress-controls')?.firstElementChild;
  const label = () => [button().textContent, button().hidden, button().getAttribute('aria-disabled')];
  return { ...page, bar, text, posts, button, label };
}

test('it cancels a live job, says so until the end, then offers to retry', async () => {
  const job = { now: doc({ version: 1, title: 'Auld Lang Syne' }), post: () => ({ success: true }) };
  const { clock, text, posts, button, label } = await attach(job);
  assert.deepEqual([label(), button().tag, button().getAttribute('type')], [['Cancel', false, 'false'], 'button', 'button']);
  assert.equal(button().getAttribute('aria-label'), 'Cancel: Auld Lang Syne');
  button().click();
  await clock.advance(0);
  assert.deepEqual(posts().map(({ url, headers }) => [url, headers['X-CSRF-Token']]), [['/api/jobs/j%2F1/cancel', 'token-1']]);
  assert.deepEqual([label(), text.textContent], [['Canceling…', false, 'true'], 'Canceling…']);
  await clock.advance(3000);
  assert.deepEqual([label(), text.textContent], [['Canceling…', false, 'true'], 'Canceling…']);
  job.now = doc({ version: 2, status: 'canceled' });
  await clock.advance(6000);
  assert.deepEqual([label(), text.textContent], [['Retry', false, 'false'], 'Canceled']);
});

test('it shows that somebody else asked to cancel', async () => {
  const { label, text } = await attach({ now: doc({ cancel_requested: true }) });
  assert.deepEqual([label(), text.textContent], [['Canceling…', false, 'true'], 'Canceling…']);
});

test('it cancels once, however often the button is clicked', async () => {
  const { clock, posts, button } = await attach({ now: doc(), post: () => ({ success: true }) });
  button().click();
  button().click();
  await clock.advance(0);
  button().click();
  await clock.advance(2000);
  assert.equal(posts().length, 1);
});

test('it says in words why it was refused, and offers it again', async () => {
  const { clock, document, news, button, label } = await attach({ now: doc(), post: () => refusal(403, 'Only operators may do this.') });
  button().click();
  await clock.advance(3000);
  assert.deepEqual(label(), ['Cancel', false, 'false']);
  assert.equal(document.querySelector('.progress-refusal').textContent, 'Only operators may do this.');
  assert.equal(news().at(-1), 'Only operators may do this.');
});

test('it retries a failed job and follows the new attempt', async () => {
  const job = {
    now: doc({ status: 'failed', error: 'The file is empty.', progress: 0.4 }),
    post() {
      job.now = doc({ attempt: 2, max_attempts: 3, progress: 0.1, step_label: 'Starting' });
      return { success: true, job_id: 'j/1', status: 'queued' };
    },
  };
  const { clock, bar, text, posts, button, label } = await attach(job);
  assert.deepEqual([label(), text.textContent], [['Retry', false, 'false'], 'Failed: The file is empty.']);
  button().click();
  await clock.advance(100);
  assert.equal(posts()[0].url, '/api/jobs/j%2F1/retry');
  assert.deepEqual([bar.style.width, text.textContent, label()], ['10%', 'Attempt 2 of 3: Starting', ['Cancel', false, 'false']]);
});

test('it has nothing to offer for a finished job, and does not lose the focus', async () => {
  const job = { now: doc({ version: 1 }) };
  const { clock, document, bar, button } = await attach(job);
  const before = button();
  button().focus();
  job.now = doc({ version: 2, status: 'finished' });
  await clock.advance(3000);
  assert.deepEqual([button().hidden, button() === before], [true, true]);
  assert.deepEqual([document.activeElement === bar, bar.getAttribute('tabindex')], [true, '-1']);
});

test('it stands right after the text, once, however often the bar is attached', async () => {
  const { document, window, clock, bar, text } = await attach({ now: doc({ status: 'finished' }) });
  window.attachSongProgress('j2', bar, text).catch(() => {});
  await clock.advance(100);
  assert.equal(document.querySelectorAll('.progress-controls').length, 1);
  assert.equal(text.nextElementSibling.className, 'progress-controls');
});

for (const [name, settings] of [
  ['the bar', { attributes: { 'data-progress-controls': 'off' } }],
  ['something around it', { around: (elements) => build('section', { 'data-progress-controls': 'off' }, ...elements) }],
]) {
  test(`it has no cancel and no retry where ${name} says so`, async () => {
    const { document } = await attach({ now: doc() }, settings);
    assert.equal(document.querySelector('.progress-controls').children[0].hidden, true);
  });
}
