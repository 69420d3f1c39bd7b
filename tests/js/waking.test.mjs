import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePoller, recorder } from './support/poller.mjs';
import { doc } from './support/server.mjs';

test('it slows down while hidden and catches up when shown', async () => {
  const { clock, server, page, poller } = makePoller((_url, _init, count) => doc({ version: count }));
  poller.startPolling('j1');
  await clock.advance(1500);
  page.hidden = true;
  await clock.advance(60_000);
  const before = server.requests.length;
  assert.ok(before <= 5, `${before} requests`);
  page.wake();
  await clock.advance(0);
  assert.equal(server.requests.length, before + 1);
});

test('it goes on by itself after it gave up, once the page is online or visible again', async () => {
  let isUp = false;
  const { clock, server, page, poller } = makePoller(() => (isUp ? doc() : new TypeError('network')));
  const told = recorder();
  poller.startPolling('j1', told);
  await clock.advance(600_000);
  assert.deepEqual([server.requests.length, poller.getActivePolls()], [3, {}]);
  isUp = true;
  page.wake();
  await clock.advance(0);
  assert.deepEqual([told.log.progress.length, poller.getActivePolls().j1.errorCount], [1, 0]);
});

test('it stops for good what was given up', async () => {
  const { clock, server, page, poller } = makePoller(() => new TypeError('network'));
  poller.startPolling('j1');
  await clock.advance(60_000);
  poller.stopPolling('j1');
  await clock.advance(0);
  assert.equal(page.listeners.size, 0);
  page.wake();
  await clock.advance(60_000);
  assert.equal(server.requests.length, 3);
});
