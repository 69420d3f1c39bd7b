// A part of a page to drop files on: static/js/drop-zone.mjs.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { dropZone } from '../../static/js/drop-zone.mjs';

let zone, isOver, dropped;

beforeEach(() => {
  [isOver, dropped] = [false, []];
  zone = Object.assign(new EventTarget(), { classList: { toggle: (_, on) => (isOver = on) } });
  dropZone(zone, (files) => dropped.push(files));
});

function send(name, more = {}) {
  const event = Object.assign(new Event(name, { cancelable: true }), more);
  zone.dispatchEvent(event);
  return event.defaultPrevented;
}

test('it shows what is dragged over it until that has left its last part', () => {
  send('dragenter');
  send('dragenter');
  send('dragleave');
  assert.equal(isOver, true);
  send('dragleave');
  assert.equal(isOver, false);
});

test('it keeps the browser from opening the file itself', () => {
  assert.deepEqual(['dragenter', 'dragover', 'drop'].map((name) => send(name)), [true, true, true]);
});

test('it gives what was dropped, and can be dragged over again', () => {
  send('dragenter');
  send('dragenter');
  send('drop', { dataTransfer: 'the files' });
  assert.equal(isOver, false);
  assert.deepEqual(dropped, ['the files']);
  send('dragenter');
  send('dragleave');
  assert.equal(isOver, false);
});
