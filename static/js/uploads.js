/**
 * Uploads of recordings in pieces, by tus-js-client: several at once, each with a bar, a pause and an end. One that broke
 * off goes on where it was when the same file is chosen again, on another day too. Without this script, or without that
 * library, the form posts as any form. The markup, inside `form[data-upload-episodes]`:
 *   template[data-upload-row]   a line for each file: .upload-name, .progress-bar, .progress-text,
 *                               [data-upload-toggle], [data-upload-cancel]
 *   [data-uploads]              where the lines go
 *   data-upload-purpose, -pages, -header, -done, -opens   on the form: of what becomes of them, if not an episode
 *   [data-drop-hint], [data-resumes], [data-plain-hint]   what is said with this script, and without
 */
import { dropZone } from './drop-zone.mjs';

(() => {
  const form = document.querySelector('form[data-upload-episodes]');
  if (!form || !window.tus?.isSupported) return;

  const ENDPOINT = new URL('/api/uploads', location.href).href;
  // What becomes of an upload, and what is said of it then: episodes, where the form does not say otherwise.
  const { uploadPurpose: PURPOSE, uploadPages: PAGES = '/library/episodes/', uploadHeader: MADE_ID = 'Backbeat-Episode-Id' } = form.dataset;
  const { uploadDone: DONE_TEXT = 'Uploaded. Its file is being looked into.', uploadOpens: OPEN_TEXT = 'Open the episode' } = form.dataset;
  const PIECE_BYTES = 32 * 1024 * 1024;
  const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 60_000];
  const SPEED_SHARE = 0.3; // of what was sent last, in the mean that is told

  const input = form.querySelector('input[type=file]');
  const list = form.querySelector('[data-uploads]');
  const template = form.querySelector('template[data-upload-row]');

  /** @param {number} bytes */
  function sizeText(bytes) {
    if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} kB`;
    if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
    return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
  }

  /** @param {number} seconds */
  function leftText(seconds) {
    if (!Number.isFinite(seconds)) return '';
    if (seconds < 90) return `, ${Math.max(1, Math.round(seconds))} s left`;
    return seconds < 5400 ? `, ${Math.round(seconds / 60)} min left` : `, ${(seconds / 3600).toFixed(1)} h left`;
  }

  /** What the server says of it, or a sentence on the connection. @param {Error & {originalResponse?: any}} error */
  function reasonOf(error) {
    const answer = error.originalResponse;
    if (!answer) return 'The connection was lost.';
    if (answer.getStatus() === 401) document.dispatchEvent(new CustomEvent('signed-out'));
    try {
      return JSON.parse(answer.getBody()).message || `The server answers ${answer.getStatus()}.`;
    } catch {
      return `The server answers ${answer.getStatus()}.`;
    }
  }

  /** The line of one file. */
  class Line {
    /** @param {File} file */
    constructor(file) {
      this.file = file;
      const made = template.content.cloneNode(true);
      this.item = made.firstElementChild;
      this.bar = this.item.querySelector('.progress-bar');
      this.text = this.item.querySelector('.progress-text');
      this.toggle = this.item.querySelector('[data-upload-toggle]');
      this.cancel = this.item.querySelector('[data-upload-cancel]');
      const name = this.item.querySelector('.upload-name');
      name.textContent = name.title = file.name;
      for (const [button, verb] of [[this.toggle, 'Pause'], [this.cancel, 'Cancel']]) button.setAttribute('aria-label', `${verb} ${file.name}`);
      this.bar.setAttribute('aria-label', file.name);
      list.append(made);
    }

    /** @param {number} share 0 to 1 */
    show(share) {
      this.bar.style.width = `${(share * 100).toFixed(1)}%`;
      this.bar.setAttribute('aria-valuenow', String(Math.floor(share * 100)));
    }

    /** @param {string} words @param {boolean} [isError] */
    say(words, isError = false) {
      this.text.textContent = words;
      this.bar.classList.toggle('bg-danger', isError);
    }

    /** @param {string} verb */
    offer(verb) {
      this.toggle.textContent = verb;
      this.toggle.setAttribute('aria-label', `${verb} ${this.file.name}`);
    }

    /** @param {string | undefined} madeId */
    done(madeId) {
      this.show(1);
      this.toggle.remove();
      this.cancel.remove();
      this.say(DONE_TEXT);
      if (!madeId) return;
      const link = Object.assign(document.createElement('a'), { href: PAGES + encodeURIComponent(madeId), textContent: OPEN_TEXT });
      this.text.append(' ', link);
    }
  }

  /** How fast it goes, as a mean in which what was last counts most. */
  class Speed {
    #at = performance.now();
    #sent = NaN;
    #bytesPerSecond = NaN;

    /** @param {number} sent @param {number} total the seconds that are left, NaN where that cannot be known */
    left(sent, total) {
      const now = performance.now();
      const seconds = (now - this.#at) / 1000;
      if (Number.isNaN(this.#sent)) [this.#at, this.#sent] = [now, sent];
      else if (seconds >= 0.5) {
        const last = (sent - this.#sent) / seconds;
        this.#bytesPerSecond = Number.isNaN(this.#bytesPerSecond) ? last : SPEED_SHARE * last + (1 - SPEED_SHARE) * this.#bytesPerSecond;
        [this.#at, this.#sent] = [now, sent];
      }
      return this.#bytesPerSecond > 0 ? (total - sent) / this.#bytesPerSecond : NaN;
    }
  }

  /** The same file may be on its way to something else, which is not to be gone on with. @param {string} purpose */
  const fingerprintFor = (purpose) => async (/** @type {File} */ file, /** @type {any} */ options) =>
    `${purpose}-${await window.tus.defaultOptions.fingerprint(file, options)}`;

  /** @param {File} file */
  async function send(file) {
    const line = new Line(file);
    let speed = new Speed();
    let isRunning = true;
    const upload = new window.tus.Upload(file, {
      endpoint: ENDPOINT,
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, ...(PURPOSE && { purpose: PURPOSE }) },
      ...(PURPOSE && { fingerprint: fingerprintFor(PURPOSE) }),
      headers: window.csrfHeaders(),
      onProgress(sent, total) {
        line.show(total ? sent / total : 1);
        line.say(`${sizeText(sent)} of ${sizeText(total)}${leftText(speed.left(sent, total))}`);
      },
      onError(error) {
        isRunning = false;
        line.offer('Try again');
        line.say(`${reasonOf(error)} What was sent is kept.`, true);
      },
      onSuccess: ({ lastResponse }) => line.done(lastResponse.getHeader(MADE_ID)),
    });

    function start() {
      isRunning = true;
      speed = new Speed();
      line.offer('Pause');
      line.say('Connecting …');
      upload.start();
    }

    async function pause() {
      isRunning = false;
      await upload.abort();
      line.offer('Go on');
      line.say('Paused.');
    }

    line.toggle.addEventListener('click', () => (isRunning ? void pause() : start()));
    line.cancel.addEventListener('click', async () => {
      await upload.abort(true).catch(() => {}); // what the server did not hear of it forgets by itself
      line.item.remove();
      input.focus();
    });
    const [previous] = await upload.findPreviousUploads();
    if (previous) upload.resumeFromPreviousUpload(previous);
    start();
  }

  /** @param {Iterable<File>} files */
  function sendAll(files) {
    for (const file of files) void send(file);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sendAll([...input.files]);
    input.value = '';
  });

  dropZone(form, ({ files }) => sendAll([...files]));

  for (const hint of form.querySelectorAll('[data-drop-hint], [data-resumes]')) hint.hidden = false;
  for (const hint of form.querySelectorAll('[data-plain-hint]')) hint.hidden = true;
})();
