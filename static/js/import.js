/**
 * The import form: files and folders by drag or by choice, what was chosen, and a bar for the upload. The bar of the
 * import job is on the page that follows. Without this script the form posts as any form.
 */
import { dropZone } from './drop-zone.mjs';

(() => {
  const NAMES_SHOWN = 8;
  const MAX_FILES = 10_000;

  const form = document.getElementById('import-form');
  const inputs = [...form.querySelectorAll('input[type=file]')];
  const chosen = document.getElementById('chosen');
  const upload = document.getElementById('upload');
  const bar = upload.querySelector('.progress-bar');
  const text = upload.querySelector('.progress-text');
  const button = form.querySelector('[data-import-button]');
  const cancel = form.querySelector('[data-upload-cancel]');

  /** @type {{file: File, name: string}[]} */
  let files = [];
  /** @type {XMLHttpRequest | null} */
  let request = null;

  /** @param {number} bytes */
  function sizeText(bytes) {
    if (bytes < 1000) return `${bytes} bytes`;
    if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
    return `${(bytes / 1_000_000).toFixed(1)} MB`;
  }

  /** @param {number} n */
  const filesText = (n) => `${n.toLocaleString('en')} ${n === 1 ? 'file' : 'files'}`;

  function showChosen() {
    chosen.hidden = files.length === 0;
    button.disabled = files.length === 0 || files.length > MAX_FILES;
    const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
    const warning = files.length > MAX_FILES ? `: at most ${MAX_FILES.toLocaleString('en')} at a time` : '';
    chosen.querySelector('[data-chosen-count]').textContent = `${filesText(files.length)}, ${sizeText(bytes)}${warning}`;
    const names = files.slice(0, NAMES_SHOWN).map(({ name }) => name);
    if (files.length > NAMES_SHOWN) names.push(`and ${filesText(files.length - NAMES_SHOWN)} more`);
    const items = names.map((name) => Object.assign(document.createElement('li'), { textContent: name, title: name }));
    chosen.querySelector('[data-chosen-names]').replaceChildren(...items);
  }

  /** A name that was chosen before is chosen anew. @param {{file: File, name: string}[]} more */
  function choose(more) {
    const byName = new Map(files.map((entry) => [entry.name, entry]));
    for (const entry of more) byName.set(entry.name, entry);
    files = [...byName.values()];
    showChosen();
  }

  // ---- Folders that are dropped ----

  /** @param {FileSystemDirectoryReader} reader */
  const readSome = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

  /** All files under an entry; browsers give a folder's contents a hundred at a time. @param {FileSystemEntry} entry */
  async function filesUnder(entry) {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      return [{ file, name: entry.fullPath.replace(/^\//, '') }];
    }
    const reader = entry.createReader();
    const found = [];
    for (let some = await readSome(reader); some.length; some = await readSome(reader)) {
      for (const inside of some) found.push(...(await filesUnder(inside)));
    }
    return found;
  }

  /** @param {DataTransfer} dropped */
  async function takeDrop(dropped) {
    const entries = [...dropped.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return choose([...dropped.files].map((file) => ({ file, name: file.name })));
    for (const entry of entries) choose(await filesUnder(entry));
  }

  dropZone(form, (files) => takeDrop(files).catch((error) => say(`What was dropped could not be read: ${error.message}`, true)));

  // ---- Upload ----

  /** @param {string} words @param {boolean} [isError] */
  function say(words, isError = false) {
    upload.hidden = false;
    text.textContent = words;
    bar.classList.toggle('bg-danger', isError);
    bar.classList.toggle('error', isError);
    if (isError) showShare(1);
  }

  /** @param {number} share 0 to 1 */
  function showShare(share) {
    const percent = Math.floor(share * 100);
    bar.style.width = `${percent}%`;
    bar.setAttribute('aria-valuenow', String(percent));
  }

  /** @param {string} words */
  function fail(words) {
    request = null;
    button.disabled = false;
    cancel.hidden = true;
    say(words, true);
  }

  function finish() {
    const { status, response } = request;
    if (status === 202 && response?.job_id) {
      say('Received. Opening the report…');
      location.assign(`/import/${encodeURIComponent(response.job_id)}`);
      return;
    }
    fail(response?.message ?? `The server answered with an error (${status}). Try fewer files at a time.`);
  }

  /** @param {number} loaded @param {number} total both in bytes */
  function showUpload(loaded, total) {
    showShare(total ? loaded / total : 0);
    text.textContent = loaded < total ? `Uploading: ${sizeText(loaded)} of ${sizeText(total)}` : 'Uploaded. Storing the files…';
  }

  function send() {
    const body = new FormData();
    for (const { file, name } of files) body.append('files', file, name);
    request = new XMLHttpRequest();
    request.responseType = 'json';
    request.upload.addEventListener('progress', (event) => showUpload(event.loaded, event.total));
    request.addEventListener('load', finish);
    request.addEventListener('error', () => fail('The upload broke off. Check your connection, then try again.'));
    request.addEventListener('abort', () => fail('The upload was canceled; nothing was imported.'));
    request.open('POST', '/api/import');
    for (const [name, value] of Object.entries({ Accept: 'application/json', ...window.csrfHeaders() })) request.setRequestHeader(name, value);
    button.disabled = true;
    cancel.hidden = false;
    say('Uploading…');
    showShare(0);
    request.send(body);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (files.length) send();
  });
  cancel.addEventListener('click', () => request?.abort());
  chosen.querySelector('[data-chosen-clear]').addEventListener('click', () => {
    files = [];
    form.reset();
    showChosen();
  });
  for (const input of inputs) {
    input.addEventListener('change', () => {
      choose([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
    });
  }
  form.querySelector('[data-drop-hint]').hidden = false;
  showChosen();
})();
