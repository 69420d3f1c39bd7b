/** The pages of episodes: what they do beyond links and forms, which work without it. */
import { Live } from './episodes/live.mjs';
import { Watch } from './episodes/watch.mjs';

const root = document.querySelector('[data-episode-page]');
const watch = document.getElementById('player-box') || root.id === 'episode' ? new Watch(root) : null;

const live = new Live(root, (fresh) => {
  watch?.renewPlayer(fresh.getElementById('player-box'));
  watch?.renew();
});
