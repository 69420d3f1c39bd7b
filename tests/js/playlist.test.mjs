import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './support/dom.mjs';
import { openPage } from './support/page.mjs';
import { doc, json, refusal } from './support/server.mjs';

const song = (n, status = 'queued', progress = 0) => ({ job_id: `s${n}`, title: `Song ${n}`, status, progress, position: n });
const songs = (count, status, progress) => Array.from({ length: count }, (_, index) => song(index + 1, status, progress));
const list = (children, next_cursor = null) => ({ success: true, children, next_cursor });

/** A page with a playlist; `documents` and `lists` are answered in turn, the last one again and again. */
async function attach(documents, lists, { start } = {}) {
  const box = build('section');
  const [polls, reads] = [[...documents], [...lists]];
  const take = (queue) => (queue.length > 1 ? queue.shift() : queue[0]);
  const answer = (url) => {
    if (url.endsWith('/analyze')) return json({ success: true, job_id: 'p1', status: 'queued' }, { status: 202 });
    const next = take(url.includes('/children') ? reads : polls);
    return typeof next === 'function' ? next(url) : next;
  };
  const page = await openPage(answer, { elements: [box] });
  const ended = start ? start(page.window, box) : page.window.attachPlaylistProgress('p1', box);
  const lines = () => box.querySelectorAll('li').map((line) => [line.children[0].textContent, line.querySelector('.progress-bar').style.width, line.children[2].textContent]);
  const reads_ = () => page.server.urls.filter((url) => url.includes('/children'));
  return { ...page, box, ended, lines, listUrls: reads_ };
}

test('it builds an overall bar and a line for each song', async () => {
  const { clock, box, lines, server } = await attach(
    [doc({ progress: 0.25, step_label: 'Analyzing', children: [song(2, 'started', 0.4)], children_counts: { queued: 1, started: 1, finished: 1, failed: 0, canceled: 0 } })],
    [list([song(1, 'finished', 1), song(2), song(3)])],
    { start: (window, element) => window.analyzePlaylistWithProgress(5, element) },
  );
  await clock.advance(100);
  assert.equal(server.urls[0], '/api/playlists/5/analyze');
  assert.deepEqual(lines(), [['Song 1', '100%', 'Done'], ['Song 2', '40%', 'Running'], ['Song 3', '0%', 'Waiting in line']]);
  assert.equal(box.querySelector('.progress-bar').style.width, '25%');
  assert.equal(box.querySelector('.playlist-progress-text').textContent, 'Analyzing');
  assert.equal(box.querySelector('.playlist-progress-counts').textContent, '1 of 3 done');
});

test('it keeps the order of the list, and puts what appears later below', async () => {
  const counts = (queued) => ({ queued, started: 1 });
  const { clock, lines } = await attach(
    [doc({ version: 1, children: [song(2, 'started', 0.5)], children_counts: counts(1) }), doc({ version: 2, children: [song(9, 'queued')], children_counts: counts(2) })],
    [list(songs(2))],
  );
  await clock.advance(1500);
  assert.deepEqual(lines().map(([title]) => title), ['Song 1', 'Song 2', 'Song 9']);
});

test('it lets no line fall back while its song runs', async () => {
  const counts = { started: 1 };
  const answers = [0.2, 0.6, 0.4].map((progress, version) => doc({ version, children: [song(1, 'started', progress)], children_counts: counts }));
  const { clock, lines } = await attach(answers, [list(songs(1))]);
  await clock.advance(5000);
  assert.deepEqual(lines(), [['Song 1', '60%', 'Running']]);
});

test('it shows a failed song in red and in words', async () => {
  const { clock, box, lines } = await attach([doc({ children: [song(1, 'failed', 0.3)], children_counts: { failed: 1, queued: 1 } })], [list(songs(2))]);
  await clock.advance(100);
  assert.deepEqual(lines()[0], ['Song 1', '30%', 'Failed']);
  assert.ok(box.querySelector('li').querySelector('.progress-bar').classList.contains('error'));
  assert.equal(box.querySelector('.playlist-progress-counts').textContent, '1 of 2 done, 1 failed');
});

test('it reads the list page by page, up to 200 lines, and counts the rest', async () => {
  const pages = [list(songs(100), 'c/1'), list(songs(200).slice(100), 'c2')];
  const { clock, box, lines, listUrls } = await attach([doc({ children: [song(777, 'started')], children_counts: { queued: 9_999, started: 1 } })], pages);
  await clock.advance(30_000);
  assert.equal(lines().length, 200);
  assert.equal(box.querySelector('.playlist-progress-more').textContent, 'and 9800 more');
  assert.deepEqual(listUrls(), ['/api/jobs/p1/children?limit=100', '/api/jobs/p1/children?limit=100&cursor=c%2F1']);
});

test('it reads the list again when songs were added after the first reading', async () => {
  const { clock, lines, listUrls } = await attach(
    [doc({ version: 1, children_counts: {} }), doc({ version: 2, children_counts: { queued: 3 } })],
    [list([]), list(songs(3))],
  );
  await clock.advance(10_000);
  assert.deepEqual([lines().length, listUrls().length], [3, 2]);
});

test('it reads the list again at the end when lines and counts disagree', async () => {
  const end = doc({ status: 'finished', version: 2, children: [], children_counts: { finished: 2 } });
  const { clock, lines, listUrls, ended } = await attach([doc({ version: 1, children_counts: { queued: 2 } }), end], [list(songs(2)), list(songs(2, 'finished', 1))]);
  await clock.advance(10_000);
  assert.equal((await ended).status, 'finished');
  assert.deepEqual(lines().map(([, width]) => width), ['100%', '100%']);
  assert.deepEqual([listUrls().length, clock.pendingCount], [2, 0]);
});

test('it does not read the list again when they agree', async () => {
  const end = doc({ status: 'finished', children: songs(2, 'finished', 1), children_counts: { finished: 2 } });
  const { clock, listUrls } = await attach([end], [list(songs(2))]);
  await clock.advance(10_000);
  assert.equal(listUrls().length, 1);
});

test('it does not read for ever when the server contradicts itself', async () => {
  const { clock, listUrls } = await attach([doc({ status: 'finished', children_counts: { finished: 5 } })], [list(songs(2))]);
  await clock.advance(600_000);
  assert.ok(listUrls().length <= 3, `${listUrls().length} readings`);
});

test('it shows what it knows when the list cannot be read', async () => {
  const { clock, lines, box } = await attach([doc({ children: [song(4, 'started', 0.5)], children_counts: { started: 1 } })], [() => refusal(500, 'No list today.')]);
  await clock.advance(100);
  assert.deepEqual(lines(), [['Song 4', '50%', 'Running']]);
  assert.equal(box.querySelector('.playlist-progress-more').textContent, 'No list today.');
});

test('it announces the playlist, not each song', async () => {
  const end = doc({ status: 'finished', version: 2, children: songs(2, 'finished', 1), children_counts: { finished: 2 } });
  const { clock, news } = await attach([doc({ version: 1, step_label: 'Analyzing', children: songs(2, 'started', 0.1), children_counts: { started: 2 } }), end], [list(songs(2))]);
  await clock.advance(10_000);
  assert.deepEqual(news(), ['Analyzing', 'Done']);
});

test('it treats titles as text', async () => {
  const hostile = { ...song(1), title: '<script>alert(1)</script>' };
  const { clock, lines } = await attach([doc()], [list([hostile])]);
  await clock.advance(100);
  assert.equal(lines()[0][0], hostile.title);
});

test('it shows why a playlist could not be started', async () => {
  const box = build('section');
  const { window, clock } = await openPage(() => refusal(409, 'The playlist is empty.'), { elements: [box] });
  await assert.rejects(window.analyzePlaylistWithProgress(5, box), /The playlist is empty/);
  assert.equal(box.querySelector('.playlist-progress-text').textContent, 'The playlist is empty.');
  assert.equal(clock.pendingCount, 0);
});
