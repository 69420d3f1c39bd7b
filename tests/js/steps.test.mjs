import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './support/dom.mjs';
import { makeBar, openPage } from './support/page.mjs';
import { doc } from './support/server.mjs';

const steps = [
  { name: 'starting', label: 'Starting', status: 'done', seconds: 1.8 },
  { name: 'analyzing', label: 'Analyzing', status: 'running', seconds: 130 },
  { name: 'complete', label: '<b>Complete</b>', status: 'waiting', seconds: null },
];

test('it shows the steps with their times where the page asks for them', async () => {
  const list = build('ol', { id: 'steps' });
  const { elements } = makeBar({ 'data-job-id': 'j1', 'data-progress': 'song', 'data-progress-steps': 'steps' });
  const { clock } = await openPage(() => doc({ steps }), { elements: [...elements, list] });
  await clock.advance(100);
  assert.deepEqual(list.children.map((line) => [line.tag, line.className, line.textContent]), [
    ['li', 'progress-step-done', 'Starting: 2 s'],
    ['li', 'progress-step-running', 'Analyzing: 2 min'],
    ['li', 'progress-step-waiting', '<b>Complete</b>'],
  ]);
});

test('it changes the lines in place', async () => {
  const list = build('ol');
  const { bar, text, elements } = makeBar();
  let now = doc({ version: 1, steps });
  const { clock, window } = await openPage(() => now, { elements: [...elements, list] });
  window.attachSongProgress('j1', bar, text, { steps: list }).catch(() => {});
  await clock.advance(100);
  const [first, second] = list.children;
  const { writes } = first;
  now = doc({ version: 2, steps: [steps[0], { ...steps[1], status: 'done', seconds: 140 }] });
  await clock.advance(3000);
  assert.deepEqual([list.children.length, list.children[1] === second, second.className, first.writes], [2, true, 'progress-step-done', writes]);
});
