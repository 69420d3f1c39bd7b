import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPlaylist, list, song, songs } from './support/playlist.mjs';
import { doc, refusal } from './support/server.mjs';

test('it builds an overall bar and a row for each song', async () => {
  const { clock, box, rows, server } = await openPlaylist(
    [doc({ job_id: 'p1', progress: 0.25, step_label: 'Analyzing', children_counts: { queued: 1, started: 1, finished: 1, failed: 0 } })],
    () => list([song(0, 'finished', 1), song(1, 'started', 0.4), song(2)]),
    { start: (window, element) => window.analyzePlaylistWithProgress(5, element) },
  );
  await clock.advance(100);
  assert.equal(server.urls[0], '/api/playlists/5/analyze');
  assert.deepEqual(rows(), [['Song 0', '100%', 'Done'], ['Song 1', '40%', 'Running'], ['Song 2', '0%', 'Waiting in line']]);
  assert.equal(box.querySelector('.progress-bar').style.width, '25%');
  assert.equal(box.querySelector('.playlist-progress-text').textContent, 'Analyzing');
  assert.equal(box.querySelector('.playlist-progress-counts').textContent, '1 of 3 done, 0 failed');
});

test('it lets no row fall back while its song runs', async () => {
  const answers = [0.2, 0.6, 0.4].map((progress, version) =>
    doc({ job_id: 'p1', version, children: [song(0, 'started', progress)], children_counts: { started: 1 } }),
  );
  const { clock, rows } = await openPlaylist(answers, () => list([song(0, 'started', 0.1)]));
  await clock.advance(5000);
  assert.deepEqual(rows(), [['Song 0', '60%', 'Running']]);
});

test('it shows a failed song in red and in words', async () => {
  const { clock, box, rows } = await openPlaylist([doc({ children_counts: { failed: 1, queued: 1 } })], () => list([song(0, 'failed', 0.3), song(1)]));
  await clock.advance(100);
  assert.deepEqual(rows()[0], ['Song 0', '30%', 'Failed']);
  assert.ok(box.querySelector('.progress-child').querySelector('.progress-bar').classList.contains('error'));
});

test('it takes a row that changed from the document, without reading the list again', async () => {
  const counts = { children_counts: { started: 1, queued: 1 } };
  const answers = [doc({ version: 1, ...counts }), doc({ version: 2, children: [song(1, 'started', 0.7)], ...counts })];
  const { clock, rows, reads } = await openPlaylist(answers, () => list(songs(0, 2)));
  await clock.advance(1500);
  assert.deepEqual([rows()[1], reads().length], [['Song 1', '70%', 'Running'], 1]);
});

test('it reads the rows in view again when the counts changed, at most every 5 s, and at the end', async () => {
  const answers = Array.from({ length: 12 }, (_, n) => doc({ version: n, children_counts: { queued: 100 - n, finished: n } }));
  answers.push(doc({ version: 12, status: 'finished', children_counts: { finished: 100 } }));
  let status = 'queued';
  const { clock, rows, reads } = await openPlaylist(answers, () => list(songs(0, 100, status, 1)));
  await clock.advance(9900);
  assert.equal(reads().length, 2);
  status = 'finished';
  await clock.advance(20_000);
  assert.deepEqual([rows()[0][2], clock.pendingCount], ['Done', 0]);
  assert.ok(reads().length <= 5, `${reads().length} readings`);
});

test('it does not read for ever when the server contradicts itself', async () => {
  const { clock, reads } = await openPlaylist([doc({ status: 'finished', children_counts: { finished: 5 } })], () => list([]));
  await clock.advance(600_000);
  assert.equal(reads().length, 1);
});

test('it shows places for what cannot be read, and tries again later', async () => {
  let isUp = false;
  const { clock, rows } = await openPlaylist(
    [doc({ version: 1, children_counts: { started: 1 } })],
    () => (isUp ? list([song(0, 'started', 0.5)]) : refusal(500)),
  );
  await clock.advance(100);
  assert.deepEqual(rows(), [['…', '0%', '']]);
  isUp = true;
  await clock.advance(6000);
  assert.deepEqual(rows(), [['Song 0', '50%', 'Running']]);
});

test('it announces the playlist, not each song', async () => {
  const end = doc({ status: 'finished', version: 2, children_counts: { finished: 2 } });
  const { clock, news } = await openPlaylist([doc({ version: 1, step_label: 'Analyzing', children_counts: { started: 2 } }), end], () => list(songs(0, 2)));
  await clock.advance(10_000);
  assert.deepEqual(news(), ['Analyzing', 'Done']);
});

test('it treats titles as text', async () => {
  const hostile = { ...song(0), title: '<script>alert(1)</script>' };
  const { clock, rows } = await openPlaylist([doc({ children_counts: { queued: 1 } })], () => list([hostile]));
  await clock.advance(100);
  assert.equal(rows()[0][0], hostile.title);
});

test('it shows why a playlist could not be started', async () => {
  const { box, clock, ended } = await openPlaylist([], undefined, {
    start: (window, element) => window.analyzePlaylistWithProgress(5, element),
    started: () => refusal(409, 'The playlist is empty.'),
  });
  await assert.rejects(ended, /The playlist is empty/);
  assert.equal(box.querySelector('.playlist-progress-text').textContent, 'The playlist is empty.');
  assert.equal(clock.pendingCount, 0);
});
