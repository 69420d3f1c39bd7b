import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeBrowser } from './support/tabs.mjs';
import { HANG, doc, json, refusal } from './support/server.mjs';

const idsOf = (url) => (url.includes('?') ? new URL(url, 'http://x').searchParams.get('ids').split(',') : [url.split('/').at(-1)]);

/** Every job runs, its version grows with each request; `change` makes it something else. */
function makeBrowser(change = () => ({})) {
  let version = 0;
  return new FakeBrowser((url) => {
    version += 1;
    const make = (id) => doc({ job_id: id, version, ...change(id, version) });
    const ids = idsOf(url);
    if (!url.includes('?')) return make(ids[0]);
    return { success: true, progress: Object.fromEntries(ids.map((id) => [id, make(id)])), missing: [] };
  });
}

async function openTabs(browser, ...settings) {
  const tabs = [];
  for (const { jobs = ['j1'], ...options } of settings) {
    const tab = browser.openTab(options);
    for (const job of jobs) tab.poller.startPolling(job, tab.told);
    tabs.push(tab);
    await browser.settle();
  }
  return tabs;
}

const quiet = (tabs) => tabs.map((tab) => (tab.requests = 0));
const asked = (tabs) => tabs.map((tab) => tab.requests > 0);

test('it asks once for all tabs, and tells each of them', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, { hidden: true }, { hidden: true }, {});
  quiet(tabs);
  browser.server.requests.length = 0;
  await browser.advance(5000);
  assert.deepEqual(asked(tabs), [false, false, true]);
  assert.equal(browser.server.requests.length, 5);
  const seen = tabs.map((tab) => tab.told.log.progress.at(-1).version);
  assert.equal(new Set(seen).size, 1);
});

test('it asks for the jobs of all tabs in one request', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, { jobs: ['a'] }, { jobs: ['b', 'c'] });
  await browser.advance(3000);
  assert.deepEqual(idsOf(browser.server.urls.at(-1)).sort(), ['a', 'b', 'c']);
  assert.deepEqual(tabs.map((tab) => Object.keys(tab.poller.getActivePolls())), [['a'], ['b', 'c']]);
  assert.deepEqual(tabs.map((tab) => new Set(tab.told.log.progress.map((progress) => progress.job_id)).size), [1, 2]);
});

test('it tells the events of a job only where somebody asked for it', async () => {
  const browser = makeBrowser();
  const [first, second] = await openTabs(browser, { jobs: ['a'] }, { jobs: ['b'] });
  const events = [];
  for (const tab of [first, second]) tab.poller.addEventListener('progress', ({ detail }) => events.push([tab === first ? 1 : 2, detail.jobId].join()));
  await browser.advance(3000);
  assert.deepEqual([...new Set(events)].sort(), ['1,a', '2,b']);
});

test('it leads from the tab that becomes visible', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, {}, {});
  quiet(tabs);
  tabs[1].page.hide();
  tabs[0].page.wake();
  await browser.settle();
  quiet(tabs);
  await browser.advance(4000);
  assert.deepEqual(asked(tabs), [true, false]);
  tabs[0].page.hide();
  tabs[1].page.wake();
  await browser.settle();
  quiet(tabs);
  await browser.advance(4000);
  assert.deepEqual(asked(tabs), [false, true]);
});

test('it hands the lead to a visible tab when the leader gets hidden', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, {}, {});
  await browser.advance(1000);
  tabs[1].page.hide();
  await browser.settle();
  quiet(tabs);
  await browser.advance(4000);
  assert.deepEqual(asked(tabs), [true, false]);
});

test('it goes on at once in another tab when the leader dies', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, {}, {});
  await browser.advance(1000);
  browser.kill(tabs[1]);
  await browser.settle();
  quiet(tabs);
  const versions = tabs[0].told.log.progress.length;
  await browser.advance(2500);
  assert.deepEqual([tabs[0].requests >= 2, tabs[0].told.log.progress.length > versions], [true, true]);
});

test('it stops asking for what only a dead tab wanted', async () => {
  const browser = makeBrowser();
  const [leader, follower] = await openTabs(browser, { hidden: true, jobs: ['b'] }, { jobs: ['a'] }).then((tabs) => tabs.reverse());
  await browser.advance(2000);
  assert.ok(browser.server.urls.some((url) => url.includes('b')));
  browser.kill(follower);
  await browser.settle();
  browser.server.requests.length = 0;
  await browser.advance(5000);
  assert.deepEqual([...new Set(browser.server.urls)], ['/api/progress/a']);
  assert.equal(leader.requests > 0, true);
});

test('it stops asking for what a follower wants no more', async () => {
  const browser = makeBrowser();
  const [follower] = await openTabs(browser, { jobs: ['b'] }, { jobs: ['a'] });
  await browser.advance(1000);
  follower.poller.stopPolling('b');
  await browser.settle();
  browser.server.requests.length = 0;
  await browser.advance(4000);
  assert.deepEqual([...new Set(browser.server.urls)], ['/api/progress/a']);
});

test('it asks by itself when the leader is silent for 10 s more than it should be', async () => {
  const browser = makeBrowser();
  const [follower, leader] = await openTabs(browser, {}, {});
  await browser.advance(1000);
  leader.isDead = true; // frozen: it holds its locks, but nothing runs
  quiet([follower]);
  await browser.advance(9000);
  assert.equal(follower.requests, 0);
  await browser.advance(4000);
  assert.equal(follower.requests, 1);
});

test('it tells the end in every tab, and then holds nothing', async () => {
  const browser = makeBrowser((_id, version) => (version > 4 ? { status: 'finished' } : {}));
  const tabs = await openTabs(browser, {}, {}, { hidden: true });
  await browser.advance(10_000);
  assert.deepEqual(tabs.map((tab) => tab.told.log.complete.length), [1, 1, 1]);
  assert.deepEqual([browser.clock.pendingCount, browser.locks.count, browser.channels.size], [0, 0, 0]);
  assert.deepEqual(tabs.map((tab) => tab.page.listeners.size), [0, 0, 0]);
});

for (const [name, end] of [
  ['stopPolling', (tab) => tab.poller.stopPolling('j1')],
  ['stopAllPolling', (tab) => tab.poller.stopAllPolling()],
]) {
  test(`it holds no lock, channel, timer, listener or request after ${name}`, async () => {
    const browser = new FakeBrowser(() => HANG);
    const tabs = await openTabs(browser, {}, {});
    await browser.advance(500);
    assert.ok(browser.locks.count >= 3 && browser.channels.size === 2);
    tabs.forEach(end);
    await browser.settle();
    assert.deepEqual([browser.clock.pendingCount, browser.locks.count, browser.channels.size], [0, 0, 0]);
    assert.deepEqual(tabs.map((tab) => tab.page.listeners.size), [0, 0]);
    assert.ok(browser.server.requests.every((request) => request.aborted));
  });
}

test('it leaves the lead when it has nothing to ask for itself', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, {}, {});
  tabs[1].poller.stopAllPolling();
  await browser.settle();
  quiet(tabs);
  await browser.advance(3000);
  assert.deepEqual(asked(tabs), [true, false]);
});

test('it tells trouble and its end in every tab', async () => {
  let isUp = true;
  const browser = new FakeBrowser(() => (isUp ? doc({ version: 1 }) : refusal(502)));
  const tabs = await openTabs(browser, {}, {});
  await browser.advance(1000);
  isUp = false;
  await browser.advance(2000);
  assert.deepEqual(tabs.map((tab) => tab.told.log.errors.length), [1, 1]);
  assert.deepEqual(new Set(tabs.map((tab) => tab.told.log.errors[0].since)).size, 1);
  isUp = true;
  await browser.advance(5000);
  assert.deepEqual(tabs.map((tab) => tab.told.log.downs.length), [1, 1]);
});

test('it tells a follower that comes later without waiting for the next round', async () => {
  const browser = new FakeBrowser(() => json(doc({ progress: 0.5, elapsed_seconds: 60 }), { headers: { Date: 'Thu, 01 Jan 2026 12:00:00 GMT' } }));
  await openTabs(browser, {});
  await browser.advance(2000);
  const [late] = await openTabs(browser, { hidden: true });
  await browser.settle();
  assert.deepEqual([late.told.log.progress.length, late.requests], [1, 0]);
});

test('it tells followers the time of the server, so that they see a standstill too', async () => {
  const browser = new FakeBrowser(() => json(doc({ version: 1, updated_at: '2026-01-01T12:00:00Z' }), { headers: { Date: 'Thu, 01 Jan 2026 12:00:50 GMT' } }));
  const tabs = await openTabs(browser, {}, {});
  await browser.advance(3000);
  assert.deepEqual(tabs.map((tab) => tab.told.log.stalls), [[50], [50]]);
});

test('it never asks twice for one job at once within a tab, through changes of the lead', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, {}, {});
  const waiting = new Map(tabs.map((tab) => [tab, 0]));
  for (const tab of tabs) {
    const { fetch } = tab.poller.options;
    tab.poller.options.fetch = async (...call) => {
      waiting.set(tab, waiting.get(tab) + 1);
      assert.equal(waiting.get(tab), 1);
      await new Promise((resolve) => browser.clock.setTimeout(resolve, 700));
      return fetch(...call).finally(() => waiting.set(tab, waiting.get(tab) - 1));
    };
  }
  for (let n = 0; n < 6; n += 1) {
    const [shown, other] = n % 2 ? tabs : [...tabs].reverse();
    other.page.hide();
    shown.page.wake();
    await browser.advance(500);
  }
  assert.ok(tabs.every((tab) => tab.told.log.errors.length === 0));
});

test('it polls in the background only as long as every tab does', async () => {
  const browser = makeBrowser();
  const [quickTab] = await openTabs(browser, { jobs: [] }, { jobs: [] }).then(([first, second]) => {
    second.poller.startPolling('j1', { background: true });
    return [first, second];
  });
  await browser.advance(10_000);
  const slow = browser.server.requests.length;
  quickTab.poller.startPolling('j1');
  await browser.advance(10_000);
  assert.ok(slow <= 3 && browser.server.requests.length - slow >= 4, `${slow}, then ${browser.server.requests.length - slow}`);
});

test('it asks in each tab by itself where the browser has no locks', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, { share: null }, { share: undefined });
  await browser.advance(3000);
  assert.deepEqual(asked(tabs), [true, true]);
});

test('it takes the lead when it becomes visible, also from a leader that was hidden from the start', async () => {
  const browser = makeBrowser();
  const tabs = await openTabs(browser, { hidden: true }, { hidden: true });
  await browser.advance(1000);
  tabs[1].page.wake();
  await browser.settle();
  quiet(tabs);
  await browser.advance(3000);
  assert.deepEqual(asked(tabs), [false, true]);
});

test('it learns at once, as a new leader, what the others want', async () => {
  const browser = makeBrowser();
  const [, , leader] = await openTabs(browser, { hidden: true, jobs: ['a'] }, { hidden: true, jobs: ['b'] }, { jobs: ['c'] });
  await browser.advance(2000);
  browser.kill(leader);
  browser.server.requests.length = 0;
  await browser.advance(1000);
  assert.deepEqual(browser.server.urls, ['/api/progress/a']); // b's tab was next in line to lead
});
