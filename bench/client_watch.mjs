// Watches jobs to their end in three ways at once: node client_watch.mjs <base URL> <job id>…
// Prints, for each way and watched job: requests, bytes over the sockets both ways, and how late the end was known.
import http from 'node:http';
import { createRequire } from 'node:module';

createRequire(import.meta.url)('../static/js/progress-polling.js'); // it defines the globals of a page
const { ProgressPoller } = globalThis;
const ENDED = ['finished', 'failed', 'canceled'];
const [base, ...jobIds] = process.argv.slice(2);

/** A browser's connections to one server: kept alive, six at most, their bytes counted. */
class Connections {
  requests = 0;
  #sockets = new Set();
  #agent = new http.Agent({ keepAlive: true, maxSockets: 6 });

  fetch = (path, init = {}) =>
    new Promise((resolve, reject) => {
      this.requests += 1;
      const request = http.get(base + path, { agent: this.#agent, headers: init.headers, signal: init.signal });
      request.on('socket', (socket) => this.#sockets.add(socket));
      request.on('error', reject);
      request.on('response', async (response) => {
        const chunks = await response.toArray();
        const hasBody = ![204, 304].includes(response.statusCode);
        resolve(new Response(hasBody ? Buffer.concat(chunks) : null, { status: response.statusCode, headers: response.headers }));
      });
    });

  get bytes() {
    return [...this.#sockets].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0);
  }

  close() {
    this.#agent.destroy();
  }
}

const latenessMs = (progress) => Date.now() - Date.parse(progress.ended_at);

/** Backbeat's client, as on a page that is shown. */
async function adaptive(connections) {
  const page = { isHidden: () => false, subscribe: () => () => {} };
  const poller = new ProgressPoller({ fetch: connections.fetch, page });
  const ends = jobIds.map((jobId) => new Promise((onComplete) => poller.startPolling(jobId, { onComplete })));
  return Promise.all(ends.map(async (end) => latenessMs(await end)));
}

/** One request for each job, every `intervalMs` after the last answer. */
const fixed = (intervalMs) => (connections) =>
  Promise.all(
    jobIds.map(async (jobId) => {
      for (;;) {
        const progress = await (await connections.fetch(`/api/progress/${jobId}`)).json();
        if (ENDED.includes(progress.status)) return latenessMs(progress);
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
      }
    }),
  );

const WAYS = { 'progress-polling.js': adaptive, 'fixed 1 s': fixed(1000), 'fixed 0.5 s': fixed(500) };
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const measured = await Promise.all(
  Object.entries(WAYS).map(async ([name, watch]) => {
    const connections = new Connections();
    const late = await watch(connections);
    const { requests, bytes } = connections;
    connections.close();
    return [name, { requests: requests / jobIds.length, bytes: bytes / jobIds.length, latenessMs: mean(late) }];
  }),
);
console.log(JSON.stringify(Object.fromEntries(measured)));
