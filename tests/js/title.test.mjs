import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBar, openPage } from './support/page.mjs';
import { doc, refusal } from './support/server.mjs';

async function open(answers, settings) {
  const { bar, text, elements } = makeBar();
  let now = answers;
  const page = await openPage(() => now, { elements, ...settings });
  page.window.attachSongProgress('j1', bar, text).catch(() => {});
  await page.clock.advance(100);
  return { ...page, answer: (next) => (now = next) };
}

test('it shows how far it is in the title, and restores it at the end', async () => {
  const { document, answer, clock } = await open(doc({ version: 1, progress: 0.42 }));
  assert.equal(document.title, '42 % · Library');
  answer(doc({ version: 2, status: 'finished' }));
  await clock.advance(3000);
  assert.equal(document.title, 'Library');
});

test('it keeps the end in the title of a hidden page until it is seen', async () => {
  const { document, answer, clock } = await open(doc({ version: 1, progress: 0.42 }));
  document.hidden = true;
  answer(doc({ version: 2, status: 'failed' }));
  await clock.advance(60_000);
  assert.equal(document.title, 'Failed · Library');
  document.hidden = false;
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(document.title, 'Library');
});

test('it restores the title when it gives up', async () => {
  const { document, answer, clock } = await open(doc({ version: 1, progress: 0.42 }));
  answer(refusal(502));
  await clock.advance(60_000);
  assert.equal(document.title, 'Library');
});

test('it leaves the title alone where the page says so', async () => {
  const { document } = await open(doc({ progress: 0.42 }), { html: { 'data-progress-title': 'off' } });
  assert.equal(document.title, 'Library');
});
