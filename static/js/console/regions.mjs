/**
 * Brings a page's regions (`data-live="<name>"`) up to date from a fresh copy of the page, without taking from the
 * person what they are at: ticked boxes, focus, selected text, open details, what they typed, their place in the list.
 * Uses idiomorph; without it a region is replaced as a whole, once nothing in it is in use.
 */

const ROW = 'tr[id], li[id], article[id]';
const POINTER_COUNTS_MS = 4000;
const USER_STATE = ['checked', 'value', 'selected'];

/** Those that are in no other region. @param {ParentNode} root @returns {HTMLElement[]} */
function regionsOf(root) {
  return [...root.querySelectorAll('[data-live]')].filter((region) => !region.parentElement?.closest('[data-live]'));
}

/** A form that is being filled holds the whole page, or its own region alone. @param {HTMLElement} control @param {HTMLElement} region */
const holds = (control, region) => !control.closest('[data-live-apart]') || region.contains(control);

/** @param {HTMLElement} control */
function differsFromServer(control) {
  if (control instanceof HTMLSelectElement) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  if (control.type === 'checkbox' || control.type === 'radio') return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
}

/** What a control holds is what the server is taken to have. @param {HTMLElement} control */
function makeDefault(control) {
  if (control instanceof HTMLSelectElement) for (const option of control.options) option.defaultSelected = option.selected;
  else if (control.type === 'checkbox' || control.type === 'radio') control.defaultChecked = control.checked;
  else if ('defaultValue' in control) control.defaultValue = control.value;
}

/** Whatever differs from now on was typed after the form was sent. @param {HTMLFormElement} form */
export const makeDefaults = (form) => [...form.elements].forEach(makeDefault);

/** Ticking rows is no form being filled. @param {Element} control */
const isSelection = (control) => control instanceof HTMLInputElement && control.type === 'checkbox' && Boolean(control.closest(ROW) || control.dataset.selectAll !== undefined);

/** @param {Element} node */
const isInUse = (node) => node.contains(document.activeElement) || node.querySelector('input:checked, details[open]') !== null;

/** @param {Element} node */
function isSelectedText(node) {
  const selection = getSelection();
  return Boolean(selection && !selection.isCollapsed && selection.rangeCount && selection.getRangeAt(0).intersectsNode(node));
}

export class Regions {
  /** Fields that the person has touched. @type {Set<HTMLElement>} */
  #touched = new Set();
  #pointerMovedAt = -Infinity;
  /** @type {Document | null} */
  #pending = null;

  /** @param {HTMLElement} root what the regions are in */
  constructor(root) {
    this.root = root;
    root.addEventListener('input', ({ target }) => isSelection(target) || this.#touched.add(target));
    root.addEventListener('reset', ({ target }) => [...target.elements].forEach((control) => this.#touched.delete(control)));
    root.addEventListener('pointermove', () => (this.#pointerMovedAt = performance.now()), { passive: true });
  }

  /** What it held as it was sent is no more the person's than the server's. @param {HTMLFormElement} form */
  saved(form) {
    for (const control of form.elements) if (!differsFromServer(control)) this.#touched.delete(control);
  }

  /**
   * Shows a fresh page, but for the regions that must wait. Returns what waits: null, or how many rows are new.
   * @param {string} html @returns {number | null}
   */
  show(html) {
    this.#pending = new DOMParser().parseFromString(html, 'text/html');
    document.dispatchEvent(new CustomEvent('page:fresh', { detail: this.#pending.body }));
    return this.settle();
  }

  /** Shows what waits where it may be shown by now. @param {boolean} [isAsked] the person wants to see all of it */
  settle(isAsked = false) {
    if (!this.#pending) return null;
    const pairs = this.#pairs(this.#pending);
    const held = pairs.filter(([region, fresh]) => !this.#update(region, fresh, isAsked));
    if (held.length === 0) this.#pending = null;
    document.dispatchEvent(new CustomEvent('console:refreshed'));
    return held.length === 0 ? null : held.reduce((sum, [, fresh]) => sum + newRows(fresh), 0);
  }

  /** Each region with its fresh copy; all as one if the page has others by now. @param {Document} fresh */
  #pairs(fresh) {
    const byName = new Map(regionsOf(fresh).map((region) => [region.dataset.live, region]));
    const regions = regionsOf(this.root);
    const isSame = regions.length === byName.size && regions.every(({ dataset }) => byName.has(dataset.live));
    return isSame ? regions.map((region) => [region, byName.get(region.dataset.live)]) : [[this.root, fresh.getElementById(this.root.id)]];
  }

  /** Whether it could be shown. @param {HTMLElement} region @param {HTMLElement} fresh @param {boolean} isAsked */
  #update(region, fresh, isAsked) {
    if (region.isEqualNode(fresh)) return true;
    if (!isAsked && this.#mustWait(region)) return false;
    this.#renewBars(region, fresh);
    const watched = [...region.querySelectorAll('[data-attached-job]')].map((bar) => bar.dataset.attachedJob);
    keepInPlace(this.#anchor(region), () => this.#morph(region, fresh));
    window.attachProgressElements?.(region);
    watched.forEach(stopIfUnseen);
    return true;
  }

  /** @param {HTMLElement} region */
  #mustWait(region) {
    this.#touched.forEach((control) => control.isConnected || this.#touched.delete(control));
    const isFilling = [...this.#touched].some((control) => holds(control, region) && control.checkVisibility() && differsFromServer(control));
    const isOpen = region.querySelector(':popover-open, dialog[open]') !== null;
    return isFilling || isOpen || isSelectedText(region) || (!window.Idiomorph && isInUse(region));
  }

  /** A bar that is there for another job by now is made anew: its painter would go on with the old one. */
  #renewBars(region, fresh) {
    for (const bar of region.querySelectorAll('[data-attached-job][id]')) {
      const next = fresh.querySelector(`[id="${CSS.escape(bar.id)}"]`);
      if (next && next.dataset.jobId !== bar.dataset.attachedJob) bar.replaceWith(document.importNode(next, true));
    }
  }

  /** @param {HTMLElement} region @param {HTMLElement} fresh */
  #morph(region, fresh) {
    if (!window.Idiomorph) return replace(region, fresh);
    window.Idiomorph.morph(region, fresh.cloneNode(true), {
      ignoreActiveValue: true,
      callbacks: {
        beforeNodeMorphed: (old) => !isKept(old),
        beforeNodeRemoved: (old) => !staysThough(old),
        beforeAttributeUpdated: (name, element) => !this.#isTheirs(name, element),
      },
    });
  }

  /** @param {string} name @param {Element} element */
  #isTheirs(name, element) {
    if (name === 'open') return element.matches('details, dialog');
    const control = element instanceof HTMLOptionElement ? element.closest('select') : element;
    return USER_STATE.includes(name) && (isSelection(control) || this.#touched.has(control));
  }

  /** What must not move on the screen: the row in focus, else the one pointed at, else the first in sight. */
  #anchor(region) {
    const rowOf = (element) => element?.closest(ROW) ?? element;
    if (region.contains(document.activeElement)) return rowOf(document.activeElement);
    const isPointing = performance.now() - this.#pointerMovedAt < POINTER_COUNTS_MS;
    const rows = [...region.querySelectorAll(ROW)];
    const pointed = isPointing && rows.find((row) => row.matches(':hover'));
    if (pointed) return pointed;
    return window.scrollY > 0 ? rows.find((row) => row.getBoundingClientRect().bottom > 0) : undefined;
  }
}

/** A job whose bar has left the page is asked about no more, unless its end is waited for. @param {string} jobId */
function stopIfUnseen(jobId) {
  const isShown = document.querySelector(`[data-job-id="${CSS.escape(jobId)}"]`) !== null;
  if (!isShown && !awaited().includes(jobId)) window.globalPoller?.stopPolling(jobId);
}

/** Background jobs of which progress-polling.js tells the end. */
function awaited() {
  try {
    return localStorage.getItem('backbeat.background-jobs') ?? '';
  } catch (error) {
    console.debug('No storage, so no background jobs:', error);
    return '';
  }
}

/** Rows that are not on the page yet. @param {HTMLElement} fresh */
function newRows(fresh) {
  return [...fresh.querySelectorAll(ROW)].filter((row) => !document.getElementById(row.id)).length;
}

/** Live bars are their painter's, and some things their page's. @param {Node} node */
const isKept = (node) => node instanceof Element && (node.hasAttribute('data-attached-job') || node.hasAttribute('data-live-keep'));

/** A row that is ticked, open or in focus stays, though the list has moved on. @param {Node} node */
function staysThough(node) {
  if (!(node instanceof Element)) return false;
  if (node.hasAttribute('data-live-keep')) return true;
  const stays = node.matches(ROW) && isInUse(node);
  node.classList.toggle('is-past', stays);
  return stays;
}

/** Without idiomorph. @param {HTMLElement} region @param {HTMLElement} fresh */
function replace(region, fresh) {
  const copy = document.importNode(fresh, true);
  for (const bar of region.querySelectorAll('[data-attached-job][id]')) {
    copy.querySelector(`[id="${CSS.escape(bar.id)}"]`)?.replaceWith(bar);
  }
  region.replaceChildren(...copy.childNodes);
}

/** @param {Element | undefined} anchor @param {() => void} change */
function keepInPlace(anchor, change) {
  const before = anchor?.getBoundingClientRect().top ?? 0;
  const focused = document.activeElement;
  change();
  if (focused?.id && document.activeElement === document.body) document.getElementById(focused.id)?.focus({ preventScroll: true });
  if (anchor?.isConnected) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: 'instant' });
}
