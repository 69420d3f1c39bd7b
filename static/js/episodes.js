/** The pages of episodes: what they do beyond links and forms, which work without it. */
import { Live } from './episodes/live.mjs';
import { Watch } from './episodes/watch.mjs';

const root = document.querySelector('[data-episode-page]');
const watch = document.getElementById('player-box') || root.id === 'episode' ? new Watch(root) : null;

const live = new Live(root, (fresh) => {
  watch?.renewPlayer(fresh.getElementById('player-box'));
  watch?.renew();
});

// An upload that has become an episode has a link to it; then it is in the list too.
const uploads = document.querySelector('[data-uploads]');
if (uploads) new MutationObserver(() => uploads.querySelector('a:not([data-told])') && tellOfUploads()).observe(uploads, { childList: true, subtree: true });

function tellOfUploads() {
  for (const link of uploads.querySelectorAll('a:not([data-told])')) link.dataset.told = '';
  live.readSoon();
}
