// Finding words in a transcript: static/js/episodes/find.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { around, countText, findAll, folded } from '../../static/js/episodes/find.mjs';

const TEXTS = ['The river is wide.', 'Rivers, rivers.', 'Été à Zürich'].map(folded);

test('it finds all, in order, whatever their case', () => {
  assert.deepEqual(findAll(TEXTS, 'RIVER', 10), [
    { passage: 0, start: 4, end: 9 },
    { passage: 1, start: 0, end: 5 },
    { passage: 1, start: 8, end: 13 },
  ]);
});

test('it finds words by their plain letters, and by their accents', () => {
  assert.deepEqual(findAll(TEXTS, 'zurich', 10), [{ passage: 2, start: 6, end: 12 }]);
  assert.deepEqual(findAll(TEXTS, 'e\u0301te\u0301', 10), [{ passage: 2, start: 0, end: 3 }]);
});

test('a folded text is as long as it was', () => {
  for (const text of ['İstanbul ß ﬁ', 'naïve 🎬 café', 'it’s', '']) assert.equal(folded(text).length, text.length);
  assert.equal(folded('It’s'), "it's");
});

test('it takes blanks as they come', () => {
  assert.equal(findAll(TEXTS, '  is   wide ', 10).length, 1);
});

test('it finds nothing for nothing', () => {
  assert.deepEqual([findAll(TEXTS, '', 10), findAll(TEXTS, '   ', 10), findAll([], 'a', 10)], [[], [], []]);
});

test('it finds no more than it may', () => {
  assert.equal(findAll([folded('na'.repeat(5000))], 'na', 1000).length, 1000);
});

test('behind the last comes the first, and before the first the last', () => {
  assert.deepEqual([around(2, 1, 3), around(0, -1, 3), around(0, 1, 3), around(-1, 1, 0)], [0, 2, 1, -1]);
});

test('it counts for people', () => {
  assert.deepEqual([countText(-1, 0, 10), countText(1, 7, 10), countText(0, 10, 10)], ['None found', '2 of 7', '1 of the first 10']);
});
