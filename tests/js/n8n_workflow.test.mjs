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

/** Works an expression out as n8n would for one item, with the settings of the workflow. */
function work(code, item, items = [item]) {
  const settings = { base_url: 'http://backbeat', notice_url: 'http://notices' };
  const $ = (name) => {
    assert.ok(byName.has(name), `there is no node ${name}`);
    return { first: () => ({ json: settings }) };
  };
  const $input = { all: () => items.map((json) => ({ json })) };
  return compile(code)($, item, $input, { body: { next_cursor: null } }, JSON);
}

const resultOf = (name, parameter, item, items) => {
  const text = byName.get(name).parameters[parameter];
  return text.slice(1).replace(/\{\{(.*?)\}\}/gs, (_, code) => work(code.trim(), item, items));
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
  const item = { id: 'a', job_id: 'J1', stage: 'discovered', arrival: 'ready', status: 'completed', result: { episode_id: 'a', rendered: 6, clips: 1 } };
  for (const node of flow.nodes) for (const code of expressions(node)) assert.notEqual(work(code, item), undefined, code);
});

test('it begins at two in the morning', () => {
  const { interval } = byName.get('Every day at 02:00').parameters.rule;
  assert.deepEqual(interval, [{ field: 'days', daysInterval: 1, triggerAtHour: 2, triggerAtMinute: 0 }]);
});

test('it starts each episode of a batch, and asks after its job', () => {
  assert.equal(resultOf('Start processing', 'url', { id: 'a-talk' }), 'http://backbeat/async/episodes/a-talk/process');
  assert.equal(JSON.parse(resultOf('Start processing', 'jsonBody', { id: 'a-talk' })).episode_id, 'a-talk');
  assert.equal(resultOf('Check processing', 'url', { job_id: 'J1' }), 'http://backbeat/async/jobs/J1');
  const { amount, unit } = byName.get('Wait 30 s').parameters;
  assert.deepEqual([amount, unit], [30, 'seconds']);
});

test('it goes on once all jobs of a batch are over', () => {
  const [{ leftValue }] = byName.get('All over?').parameters.conditions.conditions;
  const over = (...statuses) => work(leftValue.slice(3, -2), {}, statuses.map((status) => ({ status })));
  assert.deepEqual([over('completed', 'failed', 'cancelled'), over('completed', 'running')], [true, false]);
});

test('it tells of success and of failure', () => {
  const done = { status: 'completed', result: { episode_id: 'a-talk', rendered: 6 } };
  assert.match(JSON.parse(resultOf('Tell of success', 'jsonBody', done)).text, /a-talk is ready, with 6 files/);
  const failed = { status: 'failed', error: 'The disk is full.' };
  assert.match(JSON.parse(resultOf('Tell of failure', 'jsonBody', failed)).text, /failed\. The disk is full\./);
});
