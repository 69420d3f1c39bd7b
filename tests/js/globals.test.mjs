import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SCRIPT_URL, openPage } from './support/page.mjs';
import { recorder } from './support/poller.mjs';
import { doc } from './support/server.mjs';

const SOURCE = readFileSync(SCRIPT_URL, 'utf8');

test('it makes every documented global', async () => {
  const { window } = await openPage(() => doc());
  for (const name of [
    'ProgressPoller',
    'pollJobProgress',
    'analyzeSongWithProgress',
    'analyzePlaylistWithProgress',
    'createQueueStatusDashboard',
    'startBackgroundAnalysisWithNotification',
    'attachSongProgress',
    'attachPlaylistProgress',
    'attachProgressElements',
  ]) {
    assert.equal(typeof window[name], 'function', name);
  }
  assert.ok(window.globalPoller instanceof window.ProgressPoller);
});

test('it asks for nothing on a page without jobs', async () => {
  const { server, clock } = await openPage(() => doc());
  await clock.advance(60_000);
  assert.deepEqual([server.requests.length, clock.pendingCount], [0, 0]);
});

test('it polls one job through the shared poller, and stops it', async () => {
  const { window, clock, server } = await openPage(() => doc());
  const told = recorder();
  const stop = window.pollJobProgress('j1', { ...told, log: undefined, maxInterval: 5000 });
  await clock.advance(100);
  assert.deepEqual([Object.keys(window.globalPoller.getActivePolls()), told.log.progress.length], [['j1'], 1]);
  stop();
  await clock.advance(60_000);
  assert.deepEqual([server.requests.length, clock.pendingCount], [1, 0]);
});

test('it gives a job with options of its own a poller of its own', async () => {
  const { window, clock, server } = await openPage(() => doc());
  const stop = window.pollJobProgress('j1', { initialInterval: 300, maxInterval: 300 });
  await clock.advance(1000);
  assert.deepEqual([Object.keys(window.globalPoller.getActivePolls()), server.gaps], [[], [300, 300, 300]]);
  stop();
  await clock.advance(0);
  assert.equal(clock.pendingCount, 0);
});

test('it takes options for the whole page', async () => {
  const { window, clock, server } = await openPage(() => doc());
  window.globalPoller.options.initialInterval = 200;
  window.pollJobProgress('j1', {});
  await clock.advance(500);
  assert.deepEqual(server.gaps, [200, 200]);
});

test('it wakes with the page: visible and online', async () => {
  const { window, document, clock, server } = await openPage(() => doc());
  window.pollJobProgress('j1', {});
  document.hidden = true;
  await clock.advance(10_000);
  assert.equal(server.requests.length, 1);
  document.dispatchEvent(new Event('visibilitychange'));
  await clock.advance(0);
  assert.equal(server.requests.length, 1);
  document.hidden = false;
  document.dispatchEvent(new Event('visibilitychange'));
  await clock.advance(0);
  assert.equal(server.requests.length, 2);
  window.dispatchEvent(new Event('online'));
  await clock.advance(0);
  assert.equal(server.requests.length, 3);
});

test('it runs under a strict content security policy', () => {
  assert.doesNotMatch(SOURCE, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|cssText|setAttribute\('style'/);
});

test('it stays under 12 kB gzipped', () => {
  const { length } = gzipSync(SOURCE, { level: 9 });
  assert.ok(length <= 12 * 1024, `${length} bytes`);
});
