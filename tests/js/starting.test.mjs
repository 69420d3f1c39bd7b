// Forms that start work in place: static/js/episodes/live.mjs, of which a form must never be taken twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Live } from '../../static/js/episodes/live.mjs';

const HERE = 'https://backbeat.test/library/footage';

/** A page with one form, and what came of posting it. */
async function posted(response, { address = HERE, dataset = {} } = {}) {
  const [made, document] = [{ asked: 0, submitted: 0, wentTo: null, shown: 0 }, new EventTarget()];
  document.querySelector = () => null;
  const root = Object.assign(new EventTarget(), { dataset, querySelector: () => null, querySelectorAll: () => [] });
  const location = { href: address, assign: (to) => (made.wentTo = to) };
  const fetch = async () => ((made.asked += 1), response);
  const parser = { parseFromString: () => document };
  Object.assign(globalThis, { document, location, fetch, window: { csrfHeaders: () => ({}) } });
  Object.assign(globalThis, { FormData: class { *[Symbol.iterator]() {} }, DOMParser: function () { return parser; } });
  new Live(root, () => {}).show = () => (made.shown += 1);

  const form = { action: `${HERE}/autolog`, matches: () => true, querySelector: () => ({}), closest: () => null, reset() {}, dataset: {} };
  form.submit = () => (made.submitted += 1);
  const event = Object.defineProperty(new Event('submit', { cancelable: true }), 'target', { value: form });
  document.dispatchEvent(event);
  for (let turns = 0; turns < 10; turns += 1) await null;
  return { ...made, isLeftToBrowser: !event.defaultPrevented };
}

const answer = (url, status = 200, redirected = true) => ({ ok: status < 400, status, redirected, url, text: async () => '' });

test('what is taken is shown in place', async () => {
  const made = await posted(answer(HERE));
  assert.deepEqual([made.asked, made.shown, made.submitted, made.wentTo], [1, 1, 0, null]);
});

test('what is taken and lands elsewhere is gone to, and not sent again', async () => {
  for (const elsewhere of [`${HERE}/AF0001`, `${HERE}?owner=2`]) {
    const made = await posted(answer(elsewhere));
    assert.deepEqual([made.asked, made.shown, made.submitted, made.wentTo], [1, 0, 0, elsewhere]);
  }
});

test('what is taken is not sent again because the page after it fails', async () => {
  const made = await posted(answer(HERE, 503));
  assert.deepEqual([made.submitted, made.wentTo], [0, HERE]);
});

test('what is refused is left to the browser, which shows why', async () => {
  const made = await posted(answer(`${HERE}/autolog`, 422, false));
  assert.deepEqual([made.shown, made.submitted, made.wentTo], [0, 1, null]);
});

test('a video that began somewhere is on the same page', async () => {
  assert.equal((await posted(answer(HERE), { address: `${HERE}?t=12.50` })).shown, 1);
});

test('a page that answers a refused form leaves its forms to the browser', async () => {
  const made = await posted(answer(HERE), { address: `${HERE}/add`, dataset: { answersForm: '' } });
  assert.deepEqual([made.asked, made.isLeftToBrowser], [0, true]);
});
