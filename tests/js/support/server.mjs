/** A scripted server: `answer(url, init)` gives a body, a Response, an Error to reject with, or HANG. */
export const HANG = Symbol('never answers');

export class FakeServer {
  requests = [];
  #underWay = new Map();
  mostAtOnce = 0;

  constructor(answer, clock) {
    this.answer = answer;
    this.clock = clock;
  }

  fetch = async (url, init = {}) => {
    const request = { url, method: init.method ?? 'GET', headers: init.headers, init, at: this.clock?.now(), aborted: false };
    this.requests.push(request);
    this.#underWay.set(url, (this.#underWay.get(url) ?? 0) + 1);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay.get(url));
    try {
      return await this.#respond(request);
    } finally {
      this.#underWay.set(url, this.#underWay.get(url) - 1);
    }
  };

  get urls() {
    return this.requests.map((request) => request.url);
  }

  /** Milliseconds between one request and the next. */
  get gaps() {
    return this.requests.slice(1).map((request, index) => request.at - this.requests[index].at);
  }

  async #respond(request) {
    const answer = await this.answer(request.url, request.init, this.requests.length);
    if (answer === HANG) return hangUntilAborted(request);
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer : json(answer);
  }
}

function hangUntilAborted(request) {
  return new Promise((_, reject) => {
    request.init.signal.addEventListener('abort', () => {
      request.aborted = true;
      reject(new DOMException('aborted', 'AbortError'));
    });
  });
}

export const json = (body, { status = 200, headers = {} } = {}) => Response.json(body, { status, headers });

export const refusal = (status, message = 'Refused.', headers = {}) =>
  json({ success: false, error: 'refused', message }, { status, headers });

/** A progress document. */
export const doc = (values = {}) => ({ success: true, job_id: 'j1', status: 'started', progress: 0.5, attempt: 1, ...values });
