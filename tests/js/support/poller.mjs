import { createRequire } from 'node:module';
import { FakeClock } from './clock.mjs';
import { FakeServer } from './server.mjs';

export const client = createRequire(import.meta.url)('../../../static/js/progress-polling.js');

/** A page whose visibility a test controls. */
export class FakePage {
  hidden = false;
  listeners = new Set();
  isHidden = () => this.hidden;
  subscribe = (wake) => {
    this.listeners.add(wake);
    return () => this.listeners.delete(wake);
  };
  wake() {
    this.hidden = false;
    for (const wake of [...this.listeners]) wake();
  }
}

/** A poller with everything around it faked; `random` 0 means the longest of our own pauses. */
export function makePoller(answer, options = {}) {
  const clock = new FakeClock();
  const server = new FakeServer(answer, clock);
  const page = new FakePage();
  const { setTimeout, clearTimeout, now } = clock;
  const seams = { fetch: server.fetch, setTimeout, clearTimeout, now, random: () => 0, page };
  return { clock, server, page, poller: new client.ProgressPoller({ ...seams, ...options }) };
}

/** Callbacks that write down what they were told. */
export function recorder() {
  const log = { progress: [], complete: [], errors: [], retries: [] };
  return {
    log,
    onProgress: (progress) => log.progress.push(progress),
    onComplete: (progress) => log.complete.push(progress),
    onError: (error, retryCount) => {
      log.errors.push(error);
      log.retries.push(retryCount);
    },
  };
}
