// Which word is spoken when: static/js/episodes/words.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastAtOrBelow, timeline, wordSpans } from '../../static/js/episodes/words.mjs';

test('it finds the last value that is not above', () => {
  const sorted = [1, 2, 2, 5];
  assert.deepEqual([0.5, 1, 2, 4.9, 5, 99].map((value) => lastAtOrBelow(sorted, value)), [-1, 0, 2, 2, 3, 3]);
  assert.equal(lastAtOrBelow([], 1), -1);
});

test('it agrees with a search from the front, wherever one looks', () => {
  const sorted = Float64Array.from({ length: 257 }, (_, place) => (place * place) / 7);
  for (let value = -1; value < 10_000; value += 13.7) {
    assert.equal(lastAtOrBelow(sorted, value), sorted.findLastIndex((each) => each <= value));
  }
});

test('it puts the words of all passages in one row', () => {
  const { starts, firsts } = timeline([{ start: 10, offsets: '0 50 125' }, { start: 20.5, offsets: '' }, { start: 30, offsets: '0' }]);
  assert.deepEqual([...starts], [10, 10.5, 11.25, 30]);
  assert.deepEqual([...firsts], [0, 3, 3]);
});

test('it finds a passage of a word behind an empty one', () => {
  const { firsts } = timeline([{ start: 0, offsets: '0' }, { start: 5, offsets: '' }, { start: 9, offsets: '0 10' }]);
  assert.deepEqual([0, 1, 2].map((word) => lastAtOrBelow(firsts, word)), [0, 2, 2]);
});

test('it knows where words stand, whatever parts them', () => {
  assert.deepEqual(wordSpans(' So,  it’s\n48 °C '), [[1, 4], [6, 10], [11, 13], [14, 16]]);
  assert.deepEqual(wordSpans(''), []);
});

test('it is quick with two hours of talk', () => {
  const passages = Array.from({ length: 400 }, (_, place) => ({ start: place * 18, offsets: Array.from({ length: 50 }, (__, word) => word * 36).join(' ') }));
  const { starts } = timeline(passages);
  assert.equal(starts.length, 20_000);
  let steps = 0;
  const counting = new Proxy(starts, { get: (target, key) => ((steps += key !== 'length' ? 1 : 0), target[key]) });
  lastAtOrBelow(counting, 3600);
  assert.ok(steps <= 15, `${steps} looks`);
});
