/**
 * A transcript that follows what plays: the word that is spoken, the words that were searched for, and which word was
 * clicked. Words have no elements of their own, so that two hours of talk stay light: highlights are ranges of text
 * (CSS Custom Highlight API; without it the passage alone is marked), and one listener serves all clicks.
 */
import { countText, findAll, folded, around } from './find.mjs';
import { lastAtOrBelow, timeline, wordSpans } from './words.mjs';

const MOST_FOUND = 1000;
const SPOKEN = 'spoken';
const FOUND = 'found';
const FOUND_HERE = 'found-here';

const canHighlight = typeof Highlight !== 'undefined' && 'highlights' in CSS;
const isCalm = matchMedia('(prefers-reduced-motion: reduce)');

export class Transcript {
  #paragraphs;
  #timeline;
  #word = -1;
  #passage = -1;
  /** @type {string[] | null} */
  #texts = null;
  /** @type {{passage: number, start: number, end: number}[]} */
  #found = [];
  #here = -1;

  /** @param {HTMLElement} box what scrolls */
  constructor(box) {
    this.box = box;
    this.version = box.dataset.transcript;
    this.#paragraphs = /** @type {HTMLElement[]} */ ([...box.querySelectorAll('p[data-words]')]);
    this.#timeline = timeline(this.#paragraphs.map(({ dataset }) => ({ start: Number(dataset.start), offsets: dataset.words ?? '' })));
  }

  /** Marks the word that is spoken then. @param {number} seconds @param {boolean} follows whether it is to be in sight */
  show(seconds, follows) {
    const { starts, firsts } = this.#timeline;
    const word = lastAtOrBelow(starts, seconds + 0.01);
    if (word === this.#word) return;
    this.#word = word;
    const passage = word < 0 ? -1 : lastAtOrBelow(firsts, word);
    if (passage !== this.#passage) this.#markPassage(passage, follows);
    mark(SPOKEN, passage < 0 ? [] : [this.#wordRange(passage, word - firsts[passage])]);
  }

  /** The page was read again: what it marks itself is to be marked anew. */
  restore() {
    this.#paragraphs[this.#passage]?.parentElement?.classList.add('is-spoken');
  }

  /** @param {number} passage @param {boolean} follows */
  #markPassage(passage, follows) {
    this.#paragraphs[this.#passage]?.parentElement?.classList.remove('is-spoken');
    this.#passage = passage;
    this.#paragraphs[passage]?.parentElement?.classList.add('is-spoken');
    if (follows && passage >= 0) this.#reveal(() => this.#paragraphs[passage].getBoundingClientRect());
  }

  /** Brings to where it is read well, without moving the page. @param {() => DOMRect} place */
  #reveal(place, isAgain = false) {
    const [top, height] = [place().top - this.box.getBoundingClientRect().top, this.box.clientHeight];
    const isNear = Math.abs(top) < 2 * height;
    this.box.scrollBy({ top: top - height / 3, behavior: isNear && !isCalm.matches ? 'smooth' : 'instant' });
    // What was never in sight has a guessed height until it is.
    if (!isNear && !isAgain) requestAnimationFrame(() => this.#reveal(place, true));
  }

  /** When the word at this point is spoken, undefined where there is none. @param {MouseEvent} event */
  secondsAt({ clientX, clientY, target }) {
    const paragraph = target instanceof Element ? target.closest('p[data-words]') : null;
    const passage = this.#paragraphs.indexOf(/** @type {HTMLElement} */ (paragraph));
    const offset = passage < 0 ? undefined : offsetAt(clientX, clientY);
    if (offset === undefined) return undefined;
    const begins = wordSpans(paragraph.textContent).map(([start]) => start);
    return this.#timeline.starts[this.#timeline.firsts[passage] + Math.max(0, lastAtOrBelow(begins, offset))];
  }

  /** Finds all, and shows the first that is not before what is spoken. @param {string} query */
  find(query) {
    this.#texts ??= this.#paragraphs.map((paragraph) => folded(paragraph.textContent));
    this.#found = findAll(this.#texts, query, MOST_FOUND);
    const next = this.#found.findIndex(({ passage }) => passage >= this.#passage);
    this.#here = this.#found.length ? Math.max(0, next) : -1;
    mark(FOUND, this.#found.map((match) => this.#range(match)));
    this.#showFound();
    return query.trim() ? countText(this.#here, this.#found.length, MOST_FOUND) : '';
  }

  get hasFound() {
    return this.#found.length > 0;
  }

  /** Goes on to the next, or with -1 the one before. @param {number} by */
  step(by) {
    this.#here = around(this.#here, by, this.#found.length);
    this.#showFound();
    return countText(this.#here, this.#found.length, MOST_FOUND);
  }

  #showFound() {
    const match = this.#found[this.#here];
    const range = match && this.#range(match);
    mark(FOUND_HERE, range ? [range] : []);
    if (!range) return;
    this.#reveal(() => range.getBoundingClientRect());
    if (!canHighlight) getSelection()?.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  }

  /** @param {number} passage @param {number} place of the word in it */
  #wordRange(passage, place) {
    const [start, end] = wordSpans(this.#paragraphs[passage].textContent)[place] ?? [0, 0];
    return this.#range({ passage, start, end });
  }

  /** @param {{passage: number, start: number, end: number}} match */
  #range({ passage, start, end }) {
    const range = document.createRange();
    range.setStart(this.#paragraphs[passage].firstChild, start);
    range.setEnd(this.#paragraphs[passage].firstChild, end);
    return range;
  }
}

/** @param {string} name @param {Range[]} ranges */
function mark(name, ranges) {
  if (canHighlight) CSS.highlights.set(name, new Highlight(...ranges));
}

/** Where in its text a point is. @param {number} x @param {number} y */
function offsetAt(x, y) {
  if (document.caretPositionFromPoint) return document.caretPositionFromPoint(x, y)?.offset;
  return document.caretRangeFromPoint?.(x, y)?.startOffset;
}
