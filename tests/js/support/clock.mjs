const START_MS = new Date(2026, 0, 1, 14, 2).getTime() - 1000;

/** A clock that stands still until a test moves it. */
export class FakeClock {
  #now = 1000;
  #timers = new Map();
  #lastId = 0;

  now = () => this.#now;

  /** The calendar: 2026-01-01 14:02 here, at the start. */
  date = () => START_MS + this.#now;

  setTimeout = (run, delayMs = 0) => {
    this.#lastId += 1;
    this.#timers.set(this.#lastId, { run, at: this.#now + delayMs });
    return this.#lastId;
  };

  clearTimeout = (id) => {
    this.#timers.delete(id);
  };

  get pendingCount() {
    return this.#timers.size;
  }

  /** Moves on by `ms`, running each timer at its time and letting promises settle in between. */
  async advance(ms) {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      const [id, timer] = next;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
      await settle();
    }
    this.#now = end;
  }

  #next(end) {
    return [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
  }
}

/** Lets all promises that can settle now do so. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));
