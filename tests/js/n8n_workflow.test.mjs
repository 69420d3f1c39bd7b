import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (name) => JSON.parse(readFileSync(new URL(`../../n8n_workflows/${name}`, import.meta.url), 'utf8'));
const flow = read('async_processing_workflow.json');
const { nodes: known } = read('nodes.json');
// What n8n reads by itself: a filter's conditions, and what is assigned.
const OPAQUE = /^(conditions|assignments)\./;
// What an expression may name: n8n's own, and JavaScript's.
const GIVEN = ['$', '$json', '$input', '$response', 'JSON'];

const byName = new Map(flow.nodes.map((node) => [node.name, node]));
const typeOf = (node) => known[`${node.type}@${node.typeVersion}`];
const outputsOf = (node) => typeOf(node).outputs + (node.onError === 'continueErrorOutput' ? 1 : 0);
const wires = Object.entries(flow.connections).flatMap(([from, { main }]) =>
  main.flatMap((targets, output) => targets.map((to) => ({ from, output, ...to }))),
);

/** Every value in a node's parameters with its place; lists are looked through. */
function* values(value, place = '') {
  if (value === null || typeof value !== 'object') return yield [place, value];
  if (place) yield [place, undefined];
  for (const [name, inner] of Object.entries(value)) {
    yield* values(inner, Array.isArray(value) ? place : place ? `${place}.${name}` : name);
  }
}

/** What n8n works out: the JavaScript between double braces of texts that begin with `=`. */
function expressions(node) {
  const texts = [...values(node.parameters)].map(([, value]) => value).filter((value) => String(value).startsWith('='));
  return texts.flatMap((text) => {
    const found = [...text.matchAll(/\{\{(.*?)\}\}/gs)].map(([, code]) => code.trim());
    assert.ok(found.length, `${node.name}: no expression in ${text}`);
    return found;
  });
}

/** A function of what n8n gives to an expression; a mistake of syntax throws here. */
const compile = (code) => new Function(...GIVEN, `"use strict"; return (${code});`);

/** Works an expression out as n8n would for one item, with the settings of the workflow; `linked` is what the item was
 * at an earlier node, null if none has come there. */
function work(code, item, items = [item], linked = null) {
  const settings = { base_url: 'http://backbeat', notice_url: 'http://notices' };
  const $ = (name) => {
    assert.ok(byName.has(name), `there is no node ${name}`);
    return { first: () => ({ json: settings }), isExecuted: linked !== null, item: { json: linked } };
  };
  const $input = { all: () => items.map((json) => ({ json })) };
  return compile(code)($, item, $input, { body: { next_cursor: null } }, JSON);
}

const resultOf = (name, parameter, item, items, linked) => {
  const text = byName.get(name).parameters[parameter];
  return text.slice(1).replace(/\{\{(.*?)\}\}/gs, (_, code) => work(code.trim(), item, items, linked));
};

test('it is made of nodes that n8n has, with parameters that they have', () => {
  for (const node of flow.nodes) {
    assert.ok(typeOf(node), `${node.type} ${node.typeVersion}`);
    for (const [place, value] of values(node.parameters)) {
      if (OPAQUE.test(place)) continue;
      const { parameters } = typeOf(node);
      assert.ok(place in parameters, `${node.name} has no parameter ${place}`);
      const fixed = parameters[place] && value !== undefined && !String(value).startsWith('=');
      assert.ok(!fixed || parameters[place].includes(value), `${node.name}: ${place} cannot be ${value}`);
    }
  }
});

test('it gives each node a name and an id of its own', () => {
  for (const of of ['id', 'name']) assert.equal(new Set(flow.nodes.map((node) => node[of])).size, flow.nodes.length);
});

test('it connects outputs that there are to nodes that take input', () => {
  for (const { from, output, node, type, index } of wires) {
    assert.ok(output < outputsOf(byName.get(from)), `${from} has no output ${output}`);
    assert.ok(index < typeOf(byName.get(node)).inputs, `${node} has no input ${index}`);
    assert.equal(type, 'main');
  }
});

test('it comes to every node from its trigger', () => {
  const reached = new Set(['Every day at 02:00']);
  for (const name of reached) wires.filter(({ from }) => from === name).forEach(({ node }) => reached.add(node));
  const notes = flow.nodes.filter((node) => node.type.endsWith('.stickyNote')).map((node) => node.name);
  assert.deepEqual([...byName.keys()].filter((name) => !reached.has(name)), notes);
});

test('it is written in expressions that can be worked out', () => {
  const item = { id: 'a', episode_id: 'a', clips: [], job_id: 'J1', stage: 'discovered', arrival: 'ready', status: 'completed', result: { episode_id: 'a', rendered: 6, clips: 1 } };
  for (const node of flow.nodes) for (const code of expressions(node)) assert.notEqual(work(code, item), undefined, code);
});

test('it begins at two in the morning', () => {
  const { interval } = byName.get('Every day at 02:00').parameters.rule;
  assert.deepEqual(interval, [{ field: 'days', daysInterval: 1, triggerAtHour: 2, triggerAtMinute: 0 }]);
});

test('it starts each episode of a batch, and asks after its job', () => {
  assert.equal(resultOf('Start processing', 'url', { episode_id: 'a-talk' }), 'http://backbeat/async/episodes/a-talk/process');
  assert.equal(JSON.parse(resultOf('Start processing', 'jsonBody', { episode_id: 'a-talk' })).episode_id, 'a-talk');
  assert.equal(resultOf('Check processing', 'url', { job_id: 'J1' }), 'http://backbeat/async/jobs/J1');
  const { amount, unit } = byName.get('Wait 30 s').parameters;
  assert.deepEqual([amount, unit], [30, 'seconds']);
});

test('it goes on once all jobs of a batch are over', () => {
  const [{ leftValue }] = byName.get('All over?').parameters.conditions.conditions;
  const over = (...statuses) => work(leftValue.slice(3, -2), {}, statuses.map((status) => ({ status })));
  assert.deepEqual([over('completed', 'failed', 'cancelled'), over('completed', 'running')], [true, false]);
});

/** Where an output of a node leads to. */
const leadsTo = (name, at) => wires.filter(({ from, output }) => from === name && output === at).map(({ node }) => node);

test('it takes up what is not rendered, and what lacks files of its clips', () => {
  const [{ leftValue }] = byName.get('Not all there').parameters.conditions.conditions;
  const isTaken = (stage, ...files) => work(leftValue.slice(3, -2), { stage, clips: files.map((n) => ({ files: Array(n) })) });
  assert.deepEqual([isTaken('enriched'), isTaken('rendered', 6, 5), isTaken('rendered', 0)], [true, true, true]);
  assert.deepEqual([isTaken('rendered', 6, 6), isTaken('rendered')], [false, false]);
  assert.equal(resultOf('Ask for its clips', 'url', { id: 'a-talk' }), 'http://backbeat/episodes/a-talk/clips');
  const { variants, aspect_ratios } = JSON.parse(resultOf('Render clips', 'jsonBody', { result: { episode_id: 'a' } }));
  assert.equal(variants.length * aspect_ratios.length, 6);
});

test('it tells of every request to Backbeat that fails', () => {
  const asking = flow.nodes.filter((node) => node.type.endsWith('.httpRequest') && !node.name.startsWith('Tell'));
  for (const node of asking) {
    assert.equal(node.onError, 'continueErrorOutput', node.name);
    assert.ok(leadsTo(node.name, typeOf(node).outputs).includes('Tell of failure'), node.name);
  }
});

test('it goes on with other episodes where one cannot be followed', () => {
  for (const name of ['Start processing', 'Check processing']) assert.ok(leadsTo(name, 1).includes('Batches of 5'), name);
});

test('it tells of an episode without clips too', () => {
  assert.deepEqual([leadsTo('Has clips', 0), leadsTo('Has clips', 1)], [['Render clips'], ['Tell of success']]);
  const { text } = JSON.parse(resultOf('Tell of success', 'jsonBody', { result: { episode_id: 'a-talk', clips: 0 } }));
  assert.equal(text, 'Backbeat: the episode a-talk is ready, and has no clips. http://backbeat/library/episodes/a-talk');
});

test('it takes no render for a success of which a file is missing', () => {
  const [, { leftValue }] = byName.get('Rendered?').parameters.conditions.conditions;
  assert.deepEqual([{ failed: 2 }, { failed: 0 }].map((result) => work(leftValue.slice(3, -2), { result })), [2, 0]);
});

const toldOf = (item, linked) => JSON.parse(resultOf('Tell of failure', 'jsonBody', item, undefined, linked)).text;

test('it tells of success', () => {
  const done = { status: 'completed', result: { episode_id: 'a-talk', rendered: 6 } };
  assert.match(JSON.parse(resultOf('Tell of success', 'jsonBody', done)).text, /a-talk is ready, with 6 files/);
});

for (const [what, item, linked, text] of [
  [
    'a job that fails',
    { job_id: 'J1', status: 'failed', result: null, error: 'The disk is full.' },
    { episode_id: 'a-talk' },
    'work on the episode a-talk (job J1) ended as failed. The disk is full. http://backbeat/library/episodes/a-talk',
  ],
  [
    'files that are missing',
    { job_id: 'J2', status: 'completed', error: null, result: { episode_id: 'a-talk', failed: 2 } },
    { episode_id: 'a-talk' },
    'work on the episode a-talk (job J2) left 2 files of clips out. http://backbeat/library/episodes/a-talk',
  ],
  [
    'a job that cannot be asked after',
    { job_id: 'J1', status: 'queued', message: 'Taken in.', error: { message: 'No answer.' } },
    { episode_id: 'a-talk' },
    'work on the episode a-talk (job J1) was refused or not answered. No answer. http://backbeat/library/episodes/a-talk',
  ],
  [
    'an episode that is refused',
    { episode_id: 'a-talk', stage: 'discovered', error: { message: 'Its file is gone.' } },
    null,
    'work on the episode a-talk was refused or not answered. Its file is gone. http://backbeat/library/episodes/a-talk',
  ],
  [
    'a list that is not had',
    { base_url: 'http://backbeat', error: { message: 'No answer.' } },
    null,
    'looking for episodes was refused or not answered. No answer. http://backbeat/library/episodes',
  ],
]) {
  test(`it tells of ${what}, with episode, job and where to look`, () => assert.equal(toldOf(item, linked), `Backbeat: ${text}`));
}
