/**
 * Ticking rows of a list: how many are ticked, and all of the page at once. Without it, the form works all the same.
 *
 * A row's box is `<input type="checkbox" name="<what>" form="bulk">`; `[data-select-all]` ticks all of them.
 */
(() => {
  const BOXES = 'input[type=checkbox][name][form=bulk]';

  /** @returns {HTMLInputElement[]} */
  const boxes = () => [...document.querySelectorAll(BOXES)].filter((box) => box instanceof HTMLInputElement);

  /** @returns {HTMLInputElement[]} */
  const alls = () => [...document.querySelectorAll('[data-select-all]')].filter((box) => box instanceof HTMLInputElement);

  /** Say how many are ticked; a page that was refreshed may have brought boxes or taken some away. */
  const count = () => {
    const there = boxes();
    const ticked = there.filter((box) => box.checked).length;
    for (const place of document.querySelectorAll('[data-selected-count]')) place.textContent = String(ticked);
    document.getElementById('bulk')?.toggleAttribute('data-some-selected', ticked > 0);
    for (const all of alls()) {
      all.checked = ticked > 0 && ticked === there.length;
      all.indeterminate = ticked > 0 && ticked < there.length;
    }
  };

  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.dataset.selectAll !== undefined) for (const box of boxes()) box.checked = target.checked;
    if (target.dataset.selectAll !== undefined || target.matches(BOXES)) count();
  });
  document.addEventListener('console:refreshed', count);
  addEventListener('pageshow', count); // a browser that goes back ticks again what was ticked
  count();
})();
