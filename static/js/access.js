/**
 * Passwords that can be shown, and secrets that can be copied. Without it both are typed and marked by hand.
 *   data-reveal="<input id>"    a button that shows what is typed; data-copy="<element id>" one that copies its text
 *   data-copy-state             says how the copying came out
 */
(() => {
  'use strict';

  /** @param {HTMLButtonElement} button */
  function reveal(button) {
    const input = document.getElementById(button.dataset.reveal);
    const isShown = input.type === 'text';
    input.type = isShown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!isShown));
  }

  /** Marks the text, so that it can be copied by hand. @param {HTMLElement} source */
  function mark(source) {
    getSelection()?.selectAllChildren(source);
    source.focus();
  }

  /** @param {HTMLButtonElement} button */
  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    const state = document.querySelector('[data-copy-state]');
    try {
      await navigator.clipboard.writeText(source.textContent);
      state.textContent = 'Copied.';
    } catch (error) {
      console.debug('No clipboard:', error); // browsers lend it to encrypted pages only
      mark(source);
      state.textContent = 'It is marked: press Ctrl+C, or ⌘C on a Mac.';
    }
  }

  document.addEventListener('click', ({ target }) => {
    const revealing = target.closest('[data-reveal]');
    if (revealing) reveal(revealing);
    const copying = target.closest('[data-copy]');
    if (copying) void copy(copying);
  });
  // What goes to the server, and into the browser's memory, is a password again.
  document.addEventListener('submit', ({ target }) => {
    for (const button of target.querySelectorAll('[data-reveal][aria-pressed="true"]')) reveal(button);
  });
  for (const button of document.querySelectorAll('[data-reveal], [data-copy]')) button.hidden = false;
})();
