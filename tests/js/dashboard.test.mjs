import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './support/dom.mjs';
import { openPage } from './support/page.mjs';
import { HANG, refusal } from './support/server.mjs';

const queue = (values) => ({
  name: 'default', queued: 3, started: 1, deferred: 0, scheduled: 2, failed: 4, finished_last_hour: 120,
  oldest_wait_seconds: 75.4, jobs_per_minute: 2.345, paused: false, ...values,
});
const worker = (values) => ({
  name: 'w1', host: 'h1', pid: 42, state: 'busy', queues: ['high', 'default'],
  current_job: { job_id: 'j1', job_type: 'analyze_song', title: 'Auld Lang Syne', progress: 0.5 },
  heartbeat_age_seconds: 3.2, jobs_done: 10, jobs_failed: 1, ...values,
});
const status = (...queues) => ({ success: true, queues });
const health = (value, reason, ...workers) => ({ success: true, health: value, reason, workers });

async function open(answers) {
  const box = build('section');
  const page = await openPage((url) => answers[url](), { elements: [box] });
  const handle = page.window.createQueueStatusDashboard(box);
  await page.clock.advance(0);
  const rows = (index) => box.querySelectorAll('tbody')[index].children.slice(1).map((row) => row.children.map((cell) => cell.textContent));
  const state = () => box.querySelector('.queue-dashboard-health');
  return { ...page, box, handle, rows, state };
}

const fine = { '/api/queue/status': () => status(queue()), '/api/worker/health': () => health('healthy', '1 worker is up.', worker()) };

test('it shows queues, workers and the health with its reason', async () => {
  const { rows, box, state } = await open(fine);
  assert.deepEqual(rows(0), [['default', '3', '1', '0', '2', '4', '120', '1 min', '2.3', '–']]);
  assert.deepEqual(rows(1), [['w1', 'h1', '42', 'busy', 'high,default', 'Auld Lang Syne, 50 %', '3 s', '10', '1']]);
  const headings = box.querySelectorAll('tr').filter((row) => row.firstElementChild.tag === 'th').map((row) => row.children.map((cell) => cell.textContent));
  assert.deepEqual(headings[0].slice(-3), ['Oldest wait', 'Jobs per minute', 'Paused']);
  assert.deepEqual([headings[0].length, headings[1].length, state().textContent], [10, 9, 'Healthy: 1 worker is up.']);
});

test('it asks every 3 s, never twice at once', async () => {
  const { clock, server } = await open(fine);
  await clock.advance(9500);
  const at = server.requests.filter((request) => request.url === '/api/queue/status').map((request) => request.at - 1000);
  assert.deepEqual([at, server.mostAtOnce], [[0, 3000, 6000, 9000], 1]);
});

test('it waits for a slow answer before it asks again', async () => {
  const { clock, server } = await open({ ...fine, '/api/queue/status': () => HANG });
  await clock.advance(9000);
  assert.deepEqual(server.urls, ['/api/queue/status', '/api/worker/health']);
});

test('it changes cells in place, and only those that changed', async () => {
  let queued = 3;
  const { clock, box, rows } = await open({ ...fine, '/api/queue/status': () => status(queue({ queued })) });
  const row = box.querySelector('tbody').lastElementChild;
  const [name, count] = row.children;
  const writes = name.writes;
  queued = 8;
  await clock.advance(3000);
  assert.equal(rows(0)[0][1], '8');
  assert.deepEqual([row.children[1] === count, name.writes], [true, writes]);
});

test('it adds and removes rows', async () => {
  let workers = [worker(), worker({ name: 'w2', current_job: null, state: 'idle' })];
  const { clock, rows } = await open({ ...fine, '/api/worker/health': () => health('healthy', '', ...workers) });
  assert.deepEqual(rows(1).map((cells) => [cells[0], cells[5]]), [['w1', 'Auld Lang Syne, 50 %'], ['w2', '–']]);
  workers = [];
  await clock.advance(3000);
  assert.deepEqual(rows(1), []);
});

test('it follows a worker from job to job', async () => {
  let job = worker().current_job;
  const { clock, rows } = await open({ ...fine, '/api/worker/health': () => health('healthy', '', worker({ current_job: job })) });
  for (const [next, expected] of [[null, '–'], [{ job_id: 'j2', job_type: 'import_media', title: '', progress: 0.1 }, 'import_media, 10 %']]) {
    job = next;
    await clock.advance(3000);
    assert.equal(rows(1)[0][5], expected);
  }
});

test('it keeps the last values in trouble, says since when, and recovers', async () => {
  let isUp = true;
  const { clock, rows, state } = await open({ ...fine, '/api/queue/status': () => (isUp ? status(queue()) : refusal(503, 'Redis is away.')) });
  isUp = false;
  await clock.advance(3000);
  assert.match(state().textContent, /^Reconnecting… since .*2:02.* Redis is away\.$/);
  assert.deepEqual([rows(0).length, rows(1).length], [1, 1]);
  isUp = true;
  await clock.advance(5000);
  assert.equal(state().textContent, 'Healthy: 1 worker is up.');
});

test('it says in a live region how the workers are', async () => {
  let answer = health('healthy', 'All is well.', worker());
  const { clock, state } = await open({ ...fine, '/api/worker/health': () => answer });
  const { writes } = state();
  await clock.advance(6000);
  assert.deepEqual([state().getAttribute('aria-live'), state().writes], ['polite', writes]);
  answer = health('down', 'No worker has been seen for 2 min.');
  await clock.advance(3000);
  assert.equal(state().textContent, 'Down: No worker has been seen for 2 min.');
});

test('it rests while the page is hidden', async () => {
  const { clock, server, document } = await open(fine);
  document.hidden = true;
  await clock.advance(600_000);
  assert.ok(server.requests.length <= 4, `${server.requests.length} requests`);
  const before = server.requests.length;
  document.hidden = false;
  document.dispatchEvent(new Event('visibilitychange'));
  await clock.advance(0);
  assert.equal(server.requests.length, before + 2);
});

test('it leaves nothing behind when stopped', async () => {
  for (const answers of [fine, { ...fine, '/api/queue/status': () => HANG }]) {
    const { clock, server, handle, document } = await open(answers);
    handle.stop();
    await clock.advance(60_000);
    document.dispatchEvent(new Event('visibilitychange'));
    await clock.advance(0);
    assert.deepEqual([server.requests.length, clock.pendingCount], [2, 0]);
    assert.equal(server.requests[0].aborted, answers !== fine);
  }
});

test('it treats names and titles as text', async () => {
  const { rows } = await open({ ...fine, '/api/queue/status': () => status(queue({ name: '<b>q</b>' })) });
  assert.equal(rows(0)[0][0], '<b>q</b>');
});
