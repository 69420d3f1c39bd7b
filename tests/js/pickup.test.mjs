import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './support/dom.mjs';
import { makeBar, openPage } from './support/page.mjs';
import { doc, refusal } from './support/server.mjs';

test('it picks up a bar of a reloaded page, with a text named by its id', async () => {
  const { bar, text, elements } = makeBar({ 'data-job-id': 'j1', 'data-progress': 'song', 'data-progress-text': 't1' });
  text.setAttribute('id', 't1');
  const { clock } = await openPage(() => doc({ step_label: 'Reading' }), { elements });
  await clock.advance(100);
  assert.deepEqual([bar.style.width, text.textContent], ['50%', 'Reading']);
});

test('it picks up a box with its bar and its text', async () => {
  const bar = build('div', { class: 'progress-bar' });
  const text = build('span', { class: 'progress-text' });
  const box = build('div', { 'data-job-id': 'j1', 'data-progress': 'job' }, build('div', { class: 'progress' }, bar), text);
  const { clock } = await openPage(() => doc(), { elements: [box] });
  await clock.advance(100);
  assert.deepEqual([bar.style.width, text.textContent], ['50%', 'Running']);
});

test('it picks up a playlist', async () => {
  const box = build('div', { 'data-job-id': 'p1', 'data-progress': 'playlist' });
  const { clock, server } = await openPage((url) => (url.includes('children') ? { success: true, children: [], next_cursor: null } : doc()), { elements: [box] });
  await clock.advance(100);
  assert.ok(box.querySelector('.progress-bar'));
  assert.deepEqual(server.urls, ['/api/progress/p1']);
});

test('it asks once for all bars of the page', async () => {
  const elements = ['a', 'b'].flatMap((id) => makeBar({ 'data-job-id': id, 'data-progress': 'song' }).elements);
  const { server, clock } = await openPage(() => ({ success: true, progress: { a: doc(), b: doc() }, missing: [] }), { elements });
  await clock.advance(100);
  assert.deepEqual(server.urls, ['/api/progress?ids=a,b']);
});

test('it attaches what is added later, and nothing twice', async () => {
  const first = makeBar({ 'data-job-id': 'a', 'data-progress': 'song' });
  const { server, clock, window, document } = await openPage((url) => (url.includes('?') ? { success: true, progress: { a: doc(), b: doc() } } : doc()), { elements: first.elements });
  const later = makeBar({ 'data-job-id': 'b', 'data-progress': 'song' });
  document.body.append(...later.elements);
  window.attachProgressElements();
  window.attachProgressElements();
  await clock.advance(100);
  assert.deepEqual([server.urls, later.bar.style.width], [['/api/progress?ids=a,b'], '50%']);
});

test('it shows that a job is gone, and leaves no rejection behind', async () => {
  const { text, elements } = makeBar({ 'data-job-id': 'j1', 'data-progress': 'song', 'data-progress-text': 't1' });
  text.setAttribute('id', 't1');
  const { clock } = await openPage(() => refusal(404), { elements });
  await clock.advance(100);
  assert.equal(text.textContent, 'This job does not exist.');
});
