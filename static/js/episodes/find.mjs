/** Finding words in passages, whatever their case and accents. Pure. */

/** As long as the text, so that places in it are places in the text. @param {string} text */
export function folded(text) {
  return Array.from({ length: text.length }, (_, place) => foldedUnit(text[place])).join('');
}

/** @param {string} unit a UTF-16 code unit */
function foldedUnit(unit) {
  if (unit === '’') return "'";
  return unit < '\u0080' ? unit.toLowerCase() : unit.normalize('NFD')[0].toLowerCase()[0];
}

/**
 * Where the words occur, in order, at most `limit` times.
 * @param {string[]} texts folded @param {string} query as typed @param {number} limit
 * @returns {{passage: number, start: number, end: number}[]}
 */
export function findAll(texts, query, limit) {
  const wanted = folded(query.normalize('NFC').trim().replace(/\s+/g, ' '));
  const found = [];
  if (!wanted) return found;
  for (let passage = 0; passage < texts.length; passage += 1) {
    for (let start = texts[passage].indexOf(wanted); start >= 0; start = texts[passage].indexOf(wanted, start + wanted.length)) {
      if (found.length === limit) return found;
      found.push({ passage, start, end: start + wanted.length });
    }
  }
  return found;
}

/** The next place, or with -1 the one before; behind the last comes the first. @param {number} place @param {number} by @param {number} count */
export const around = (place, by, count) => (count ? (place + by + count) % count : -1);

/** How many were found, for people. @param {number} place @param {number} count @param {number} limit */
export function countText(place, count, limit) {
  if (count === 0) return 'None found';
  return `${place + 1} of ${count < limit ? count : `the first ${count}`}`;
}
