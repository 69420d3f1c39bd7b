import assert from 'node:assert/strict';
import { test } from 'node:test';
import { list, openPlaylist, songs } from './support/playlist.mjs';
import { doc } from './support/server.mjs';

const ROW_PX = 44;
const COUNT = 10_000;
const page = (url) => {
  const from = Number(new URL(url, 'http://x').searchParams.get('cursor')) + 1;
  return list(songs(from, Math.min(100, COUNT - from)));
};
const open = () => openPlaylist([doc({ job_id: 'p1', children_counts: { queued: COUNT } })], page);

test('it has only the rows in view in the document, of ten thousand', async () => {
  const { clock, rows, scroller } = await open();
  await clock.advance(100);
  const [space] = scroller.children;
  assert.deepEqual([space.style.height, rows().length], [`${COUNT * ROW_PX}px`, Math.ceil(400 / ROW_PX) + 5]);
});

test('it reads the page at any position, not those before it', async () => {
  const { clock, rows, reads, scroller, scrollTo } = await open();
  await clock.advance(100);
  scrollTo(5000 * ROW_PX);
  await clock.advance(0);
  assert.deepEqual([rows()[0][0], rows().at(-1)[0]], ['Song 4995', 'Song 5014']);
  assert.equal(scroller.children[0].style.paddingTop, `${4995 * ROW_PX}px`);
  assert.deepEqual(reads(), ['/api/jobs/p1/children?limit=100&cursor=-1', '/api/jobs/p1/children?limit=100&cursor=4994']);
});

test('it reads one page at a time, and skips those that were only passed', async () => {
  const { clock, reads, scrollTo, rows } = await open();
  await clock.advance(100);
  for (const position of [1000, 2000, 3000, 9990]) scrollTo(position * ROW_PX);
  await clock.advance(0);
  assert.deepEqual([reads().length, rows().at(-1)[0]], [3, 'Song 9999']);
});

test('it reads nothing again that it knows', async () => {
  const { clock, reads, scrollTo } = await open();
  await clock.advance(100);
  for (const position of [20, 40, 60, 0]) {
    scrollTo(position * ROW_PX);
    await clock.advance(0);
  }
  assert.equal(reads().length, 1);
});

test('it forgets what is far, so that memory stays flat', async () => {
  const { clock, reads, scrollTo, box } = await open();
  for (let position = 0; position < COUNT; position += 100) {
    scrollTo(position * ROW_PX);
    await clock.advance(0);
  }
  const readings = reads().length;
  scrollTo(0);
  await clock.advance(0);
  assert.equal(reads().length, readings + 1);
  assert.ok(box.querySelectorAll('.progress-child').length < 30);
});

test('it tells assistive technology how many rows there are, and which these are', async () => {
  const { clock, scroller, scrollTo } = await open();
  await clock.advance(100);
  scrollTo(100 * ROW_PX);
  await clock.advance(0);
  const row = scroller.querySelector('.progress-child');
  assert.deepEqual(['role', 'aria-setsize', 'aria-posinset'].map(row.getAttribute), ['listitem', '10000', '96']);
  assert.deepEqual(['role', 'tabindex', 'aria-label'].map(scroller.getAttribute), ['list', '0', 'Parts']);
});
