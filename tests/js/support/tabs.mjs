/** A browser with tabs: Web Locks and BroadcastChannels that they share, one server, one clock. */
import { FakeClock } from './clock.mjs';
import { FakePage, client, recorder } from './poller.mjs';
import { FakeServer } from './server.mjs';

const abortError = (message) => new DOMException(message, 'AbortError');

/** Web Locks, exclusive ones: https://www.w3.org/TR/web-locks/ */
export class FakeLocks {
  held = new Map();
  queues = new Map();

  request(name, { signal, steal }, use) {
    if (steal && signal) throw new DOMException('steal and signal cannot be combined', 'NotSupportedError');
    return new Promise((resolve, reject) => {
      const request = { use, resolve, reject };
      const queue = this.#queue(name);
      if (steal) {
        this.held.get(name)?.reject(abortError('stolen'));
        this.held.delete(name);
        queue.unshift(request);
      } else queue.push(request);
      signal?.addEventListener('abort', () => {
        if (!queue.includes(request)) return;
        queue.splice(queue.indexOf(request), 1);
        reject(abortError('left the queue'));
      });
      setImmediate(() => this.#grant(name));
    });
  }

  #queue(name) {
    if (!this.queues.has(name)) this.queues.set(name, []);
    return this.queues.get(name);
  }

  async #grant(name) {
    if (this.held.has(name)) return;
    const request = this.#queue(name).shift();
    if (!request) return;
    this.held.set(name, request);
    request.resolve(await request.use());
    if (this.held.get(name) === request) this.held.delete(name);
    this.#grant(name);
  }

  /** What a browser does when a tab's process dies: its locks are free, its requests are gone. */
  kill(requests) {
    for (const [name, request] of [...this.held]) {
      if (!requests.has(request.use)) continue;
      this.held.delete(name);
      setImmediate(() => this.#grant(name));
    }
    for (const queue of this.queues.values()) {
      for (const request of [...queue]) if (requests.has(request.use)) queue.splice(queue.indexOf(request), 1);
    }
  }

  get count() {
    return this.held.size + [...this.queues.values()].flat().length;
  }
}

export class FakeBrowser {
  clock = new FakeClock();
  locks = new FakeLocks();
  channels = new Set();
  messages = [];

  constructor(answer) {
    this.server = new FakeServer(answer, this.clock);
  }

  #openChannel() {
    const channel = {
      onmessage: null,
      postMessage: (message) => {
        this.messages.push(message);
        for (const other of this.channels) {
          if (other !== channel) setImmediate(() => this.channels.has(other) && other.onmessage?.({ data: structuredClone(message) }));
        }
      },
      close: () => this.channels.delete(channel),
    };
    this.channels.add(channel);
    return channel;
  }

  /** A tab with a poller of its own; `requests` counts what it asked the server. */
  openTab({ hidden = false, ...options } = {}) {
    const page = new FakePage();
    page.hidden = hidden;
    const { setTimeout, clearTimeout, now, date } = this.clock;
    const tab = { page, isDead: false, requests: 0, uses: new Set(), channel: null, told: recorder() };
    const locks = {
      request: (name, lockOptions, use) => {
        tab.uses.add(use);
        return this.locks.request(name, lockOptions, use);
      },
    };
    const open = () => (tab.channel = this.#openChannel());
    const fetch = (url, init) => {
      tab.requests += 1;
      return this.server.fetch(url, init);
    };
    const run = (task) => () => tab.isDead || task();
    tab.poller = new client.ProgressPoller({
      fetch, clearTimeout, now, date, page, random: () => 0, share: { locks, open }, ...options,
      setTimeout: (task, delayMs) => setTimeout(run(task), delayMs),
    });
    return tab;
  }

  /** The tab's process is gone, without a word. */
  kill(tab) {
    tab.isDead = true;
    this.channels.delete(tab.channel);
    this.locks.kill(tab.uses);
  }

  /** Lets messages and locks go round. */
  async settle() {
    for (let n = 0; n < 20; n += 1) await this.clock.advance(0);
  }

  /** Time goes by in steps in which messages and locks go round. */
  async advance(ms) {
    const stepMs = 100;
    for (let passed = 0; passed < ms; passed += stepMs) {
      await this.clock.advance(Math.min(stepMs, ms - passed));
      await this.settle();
    }
  }
}
