/**
 * Shortcuts on every page, and the sheet that lists them (templates/_shortcuts.html). A key alone acts only while
 * nobody types, and can be turned off (WCAG 2.1.4). Attributes:
 *   data-shortcuts-open        a button that opens the sheet; data-shortcuts-close in it
 *   data-go="<key>"            in the sheet: where `g` and that key lead
 *   data-shortcuts-off         in the sheet: the box that turns keys off
 * What other scripts do is told by the event `shortcut` on `document` (detail: "refresh" or "pause").
 */
(() => {
  'use strict';

  const STORAGE_KEY = 'backbeat.shortcuts';
  const SEQUENCE_MS = 1500;
  const ROW = 'main .list tbody tr';
  const TYPING = 'input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]';

  const sheet = document.getElementById('shortcuts');
  const offBox = sheet.querySelector('[data-shortcuts-off]');
  let awaitsPlaceUntil = -Infinity;

  function isOff() {
    try {
      return localStorage.getItem(STORAGE_KEY) === 'off';
    } catch (error) {
      console.debug('No storage for shortcuts:', error);
      return offBox.checked;
    }
  }

  function keepOff() {
    try {
      localStorage.setItem(STORAGE_KEY, offBox.checked ? 'off' : 'on');
    } catch (error) {
      console.debug('The choice is not kept:', error);
    }
  }

  function openSheet() {
    offBox.checked = isOff();
    if (!sheet.open) sheet.showModal();
  }

  // ---- Rows ----

  const rows = () => [...document.querySelectorAll(ROW)].filter((row) => row.checkVisibility?.() ?? true);
  const currentRow = () => document.activeElement?.closest(ROW) ?? null;

  /** @param {number} step */
  function moveBy(step) {
    const all = rows();
    const here = all.indexOf(currentRow());
    const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
    if (!next) return;
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  }

  const selectRow = () => currentRow()?.querySelector('input[type=checkbox]')?.click();
  const openRow = () => currentRow()?.querySelector('a[href]')?.click();

  function search() {
    const field = document.querySelector('main input[type=search]');
    field?.focus();
    field?.select();
  }

  // ---- Keys ----

  /** @param {string} what */
  const tell = (what) => document.dispatchEvent(new CustomEvent('shortcut', { detail: what }));

  const ACTIONS = {
    '?': openSheet,
    '/': search,
    j: () => moveBy(1),
    k: () => moveBy(-1),
    x: selectRow,
    o: openRow,
    r: () => tell('refresh'),
    p: () => tell('pause'),
    t: () => document.getElementById('tray')?.togglePopover(),
    g: () => (awaitsPlaceUntil = performance.now() + SEQUENCE_MS),
  };

  /** @param {string} key @returns {(() => void) | undefined} */
  function actionOf(key) {
    const place = performance.now() < awaitsPlaceUntil && sheet.querySelector(`[data-go="${CSS.escape(key)}"]`);
    awaitsPlaceUntil = -Infinity;
    return place ? () => place.click() : ACTIONS[key];
  }

  /** @param {KeyboardEvent} event */
  function isForOthers({ target, ctrlKey, metaKey, altKey, isComposing, defaultPrevented }) {
    const isTyping = target instanceof Element && target.matches(TYPING);
    return isTyping || ctrlKey || metaKey || altKey || isComposing || defaultPrevented || sheet.open || isOff();
  }

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && currentRow() === event.target) return openRow();
    if (event.key === 'Escape' && event.target instanceof Element && event.target.matches('main input[type=search]')) return event.target.blur();
    if (isForOthers(event)) return undefined;
    const act = actionOf(event.key);
    if (!act) return undefined;
    event.preventDefault();
    return act();
  });

  document.addEventListener('click', ({ target }) => {
    if (target.closest('[data-shortcuts-open]')) openSheet();
    if (target === sheet || target.closest('[data-shortcuts-close]')) sheet.close(); // the sheet itself: beside it
  });
  offBox.addEventListener('change', keepOff);
  for (const button of document.querySelectorAll('[data-shortcuts-open]')) button.hidden = false;
})();
