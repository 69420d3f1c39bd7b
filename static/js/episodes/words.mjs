/** When words are spoken, and where they stand in a text. Pure. */

/**
 * The place of the last value that is not above `value`, -1 if all are: by halves, since it is asked at every frame.
 * @param {ArrayLike<number>} sorted ascending @param {number} value
 */
export function lastAtOrBelow(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The words of all passages in one row: when each begins, in seconds, and the place of each passage's first word.
 * @param {{start: number, offsets: string}[]} passages offsets in hundredths of a second from `start`, parted by blanks
 */
export function timeline(passages) {
  const parts = passages.map(({ start, offsets }) => offsets.split(' ').filter(Boolean).map((offset) => start + Number(offset) / 100));
  const firsts = new Int32Array(parts.length);
  for (let place = 1; place < parts.length; place += 1) firsts[place] = firsts[place - 1] + parts[place - 1].length;
  return { starts: Float64Array.from(parts.flat()), firsts };
}

/** Where each word begins and ends in a text. @param {string} text @returns {[number, number][]} */
export function wordSpans(text) {
  return [...text.matchAll(/\S+/g)].map((match) => [match.index, match.index + match[0].length]);
}
