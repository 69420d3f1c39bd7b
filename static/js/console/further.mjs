/**
 * A search through many jobs answers window by window. While it has found nothing, this follows the link to the next
 * window (`data-search-on`) by itself, so that a rare match far back needs no clicks.
 */

const MAX_WINDOWS = 20;
const FOUND = 'tbody tr[id]';

/**
 * @param {HTMLElement} root
 * @param {(html: string) => void} show shows another page in this one's place
 */
export async function followSearch(root, show) {
  for (let window = 0; window < MAX_WINDOWS; window += 1) {
    const link = root.querySelector('[data-search-on]');
    if (!link || root.querySelector(FOUND) || document.hidden) return;
    link.classList.add('is-searching');
    const response = await fetch(link.href, { headers: { Accept: 'text/html', 'X-Refresh': '1' } }).catch(() => null);
    if (!response?.ok || response.redirected || !link.isConnected) return; // the link is there to be clicked
    history.replaceState(null, '', link.href);
    show(await response.text());
  }
}
