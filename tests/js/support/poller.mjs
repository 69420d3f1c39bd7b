import { createRequire } from 'node:module';
import { FakeClock } from './clock.mjs';
import { FakeServer } from './server.mjs';

createRequire(import.meta.url)('../../../static/js/progress-polling.js');
const { ProgressPoller, progressTexts } = globalThis;
export const client = { ProgressPoller, progressTexts, ...ProgressPoller.rules, ...ProgressPoller.words };

/** A page whose visibility a test controls. */
export class FakePage {
  hidden = false;
  listeners = new Set();
  isHidden = () => this.hidden;
  subscribe = (wake, hide) => {
    const listener = { wake, hide };
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  wake() {
    this.hidden = false;
    for (const { wake } of [...this.listeners]) wake();
  }
  hide() {
    this.hidden = true;
    for (const { hide } of [...this.listeners]) hide?.();
  }
}

/** A poller with everything around it faked; `random` 0 means the longest of our own pauses. */
export function makePoller(answer, options = {}) {
  const clock = new FakeClock();
  const server = new FakeServer(answer, clock);
  const page = new FakePage();
  const { setTimeout, clearTimeout, now, date } = clock;
  const seams = { fetch: server.fetch, setTimeout, clearTimeout, now, date, random: () => 0, page };
  return { clock, server, page, poller: new client.ProgressPoller({ ...seams, ...options }) };
}

/** Callbacks that write down what they were told. */
export function recorder() {
  const log = { progress: [], complete: [], errors: [], retries: [], stalls: [], downs: [] };
  return {
    log,
    onProgress: (progress) => log.progress.push(progress),
    onComplete: (progress) => log.complete.push(progress),
    onStall: (_progress, quietSeconds) => log.stalls.push(quietSeconds),
    onReconnect: (downMs) => log.downs.push(downMs),
    onError: (error, retryCount) => {
      log.errors.push(error);
      log.retries.push(retryCount);
    },
  };
}
