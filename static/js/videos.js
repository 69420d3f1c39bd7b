/** The pages of videos: kept up to date, with the player renewed once there is another file to play. */
import { Watch } from './episodes/watch.mjs';
import { livePage } from './live-page.mjs';

const root = document.querySelector('[data-video-page]');
const watch = new Watch(root);

livePage(root, (fresh) => watch.renewPlayer(fresh.getElementById('player-box')));
