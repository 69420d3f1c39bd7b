import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { FakeClock, settle } from './clock.mjs';
import { FakeDocument, build } from './dom.mjs';
import { FakeServer } from './server.mjs';

export const SCRIPT_URL = new URL('../../../static/js/progress-polling.js', import.meta.url);

/** localStorage as a browser has it; `isBroken` refuses everything. */
export class FakeStorage {
  items = new Map();
  isBroken = false;
  getItem(key) {
    if (this.isBroken) throw new DOMException('denied', 'SecurityError');
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    if (this.isBroken) throw new DOMException('full', 'QuotaExceededError');
    this.items.set(key, value);
  }
}

/** Loads the script as a <script> tag does, into a page with a fake DOM, server and clock. */
export async function openPage(answer, { elements = [], storage = new FakeStorage(), notification, html = {} } = {}) {
  const clock = new FakeClock();
  const server = new FakeServer(answer, clock);
  const document = new FakeDocument();
  document.body.append(...elements);
  for (const [name, value] of Object.entries(html)) document.documentElement.setAttribute(name, value);
  const logs = [];
  const log = (...values) => void logs.push(values);
  const window = new EventTarget();
  Object.assign(window, {
    window,
    document,
    fetch: server.fetch,
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    performance: { now: clock.now },
    localStorage: storage,
    Date: class extends Date {
      static now = clock.date;
    },
    console: { debug: log, warn: log, error: log },
    ...(notification && { Notification: notification }),
    addEventListener: window.addEventListener.bind(window),
    removeEventListener: window.removeEventListener.bind(window),
    ...{ EventTarget, CustomEvent, AbortController, queueMicrotask },
  });
  const context = vm.createContext(window);
  vm.runInContext('Math.random = () => 0', context);
  vm.runInContext(readFileSync(SCRIPT_URL, 'utf8'), context);
  document.readyState = 'interactive';
  document.dispatchEvent(new Event('DOMContentLoaded'));
  await settle();
  return { clock, server, document, window, storage, logs, news: () => newsOf(document), toasts: () => toastsOf(document) };
}

const newsOf = (document) => document.querySelector('.visually-hidden')?.children.map((line) => line.textContent) ?? [];
const toastsOf = (document) => document.querySelectorAll('.toast-body').map((body) => body.textContent);

/** Bootstrap's bar in its track, and a text. */
export function makeBar(attributes = {}) {
  const bar = build('div', { class: 'progress-bar', ...attributes });
  const text = build('p');
  return { bar, text, elements: [build('div', { class: 'progress' }, bar), text] };
}
