import { build } from './dom.mjs';
import { openPage } from './page.mjs';
import { json } from './server.mjs';

export const song = (n, status = 'queued', progress = 0) => ({ job_id: `s${n}`, title: `Song ${n}`, status, progress, position: n });
export const songs = (from, count, status, progress) => Array.from({ length: count }, (_, index) => song(from + index, status, progress));
export const list = (children, next_cursor = null) => ({ success: true, children, next_cursor });

/** A page with a playlist; `documents` are answered in turn, the last again and again; `read(url)` answers the list. */
export async function openPlaylist(documents, read, { start, started, viewport = 400 } = {}) {
  const box = build('section');
  const polls = [...documents];
  const answer = (url) => {
    if (url.endsWith('/analyze')) return started?.() ?? json({ success: true, job_id: 'p1', status: 'queued' }, { status: 202 });
    if (url.includes('/children')) return read(url);
    return polls.length > 1 ? polls.shift() : polls[0];
  };
  const page = await openPage(answer, { elements: [box] });
  const ended = start ? start(page.window, box) : page.window.attachPlaylistProgress('p1', box);
  ended.catch(() => {});
  const scroller = box.querySelector('.progress-children');
  scroller.clientHeight = viewport;
  const rows = () => box.querySelectorAll('.progress-child').map((row) => [row.children[0].textContent, row.querySelector('.progress-bar').style.width, row.children[2].textContent]);
  const reads = () => page.server.urls.filter((url) => url.includes('/children'));
  const scrollTo = (top) => {
    scroller.scrollTop = top;
    scroller.dispatchEvent(new Event('scroll'));
  };
  return { ...page, box, ended, rows, reads, scroller, scrollTo };
}
