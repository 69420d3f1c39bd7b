/** The pages of footage: kept up to date, and a record's frames follow what plays. */
import { Watch } from './episodes/watch.mjs';
import { livePage } from './live-page.mjs';

const root = document.querySelector('[data-footage-page]');
const watch = root.dataset.footagePage === 'record' ? new Watch(root) : null;

livePage(root, (fresh) => {
  watch?.renewPlayer(fresh.getElementById('player-box'));
  watch?.renew();
  markFrame();
});

// ---- The frame that plays ----

function markFrame() {
  const player = /** @type {HTMLVideoElement | null} */ (document.getElementById('player'));
  const seconds = player && (player.currentTime > 0 || !player.paused) ? player.currentTime : -1;
  for (const frame of root.querySelectorAll('.frame')) {
    const isNow = Number(frame.dataset.start) <= seconds && seconds < Number(frame.dataset.end);
    if (isNow === frame.hasAttribute('aria-current')) continue;
    if (isNow) frame.setAttribute('aria-current', 'true');
    else frame.removeAttribute('aria-current');
  }
}

// The events of media do not bubble.
for (const name of ['timeupdate', 'seeked']) {
  root.addEventListener(name, ({ target }) => target.id === 'player' && markFrame(), true);
}
