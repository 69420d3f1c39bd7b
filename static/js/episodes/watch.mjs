/**
 * The player and what goes with it: links that seek, the chapter and the word that play, a search in the transcript,
 * previews of clips. All listeners are on the page's root, so that what is read again needs none.
 */
import { lastAtOrBelow } from './words.mjs';
import { Transcript } from './transcript.mjs';

const SCROLL_KEYS = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'];

export class Watch {
  /** @type {Transcript | null} */
  #transcript = null;
  #until = Infinity;
  #isTicking = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    root.addEventListener('click', (event) => this.#clicked(event));
    root.addEventListener('submit', (event) => this.#submitted(event));
    root.addEventListener('input', ({ target }) => target.id === 'find' && this.#find());
    root.addEventListener('keydown', (event) => this.#pressed(event));
    for (const name of ['wheel', 'touchmove']) root.addEventListener(name, ({ target }) => this.#scrolled(target), { passive: true });
    // The events of media do not bubble.
    for (const name of ['play', 'seeked', 'timeupdate']) root.addEventListener(name, ({ target }) => target === this.#player && this.#tick(), true);
    this.renew();
  }

  get #player() {
    return /** @type {HTMLVideoElement | null} */ (document.getElementById('player'));
  }

  /** @param {string} selector @returns {any} */
  #part(selector) {
    return this.root.querySelector(selector);
  }

  /** The page may have another transcript by now. */
  renew() {
    const box = this.#part('[data-transcript]');
    for (const part of this.root.querySelectorAll('[data-needs-script]')) part.hidden = !box;
    if (!box) this.#transcript = null;
    else if (box !== this.#transcript?.box || box.dataset.transcript !== this.#transcript.version) {
      this.#transcript = new Transcript(box);
      if (this.#part('#find')?.value) this.#find();
    } else this.#transcript.restore();
    this.#show();
  }

  /** Another file, or more with it, in the place of the player that is there. @param {HTMLElement | null} fresh */
  renewPlayer(fresh) {
    const box = document.getElementById('player-box');
    if (!fresh || !box || fresh.dataset.version === box.dataset.version) return;
    const { currentTime = 0, paused = true } = this.#player ?? {};
    box.replaceWith(document.importNode(fresh, true));
    const player = this.#player;
    if (currentTime) player.currentTime = currentTime;
    if (!paused) play(player);
  }

  // ---- What plays ----

  /** At each frame while it plays, so that words are marked as they are spoken. */
  #tick() {
    this.#show();
    if (this.#isTicking) return;
    this.#isTicking = true;
    requestAnimationFrame(() => {
      this.#isTicking = false;
      if (this.#player && !this.#player.paused) this.#tick();
    });
  }

  #show() {
    const player = this.#player;
    if (!player) return;
    if (player.currentTime >= this.#until) {
      this.#until = Infinity;
      player.pause();
    }
    this.#transcript?.show(player.currentTime, this.#part('#follow')?.checked);
    this.#markChapter(player.currentTime);
  }

  /** @param {number} seconds */
  #markChapter(seconds) {
    const links = [...this.root.querySelectorAll('a.chapter')];
    const now = lastAtOrBelow(links.map(({ dataset }) => Number(dataset.seek)), seconds + 0.01);
    links.forEach((link, place) => (place === now ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current')));
  }

  /** @param {number} seconds @param {number} [until] */
  #seek(seconds, until = Infinity) {
    const player = this.#player;
    this.#until = until;
    player.currentTime = seconds;
    play(player);
    const { top, bottom } = player.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) player.scrollIntoView({ block: 'start' });
  }

  // ---- What people do ----

  /** @param {MouseEvent & {target: Element}} event */
  #clicked(event) {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = /** @type {HTMLElement | null} */ (target.closest('a[data-seek], a[data-preview]'));
    if (link && this.#player) {
      event.preventDefault();
      if (link.dataset.preview) preview(link);
      else this.#seek(Number(link.dataset.seek), Number(link.dataset.until ?? Infinity));
    } else if (target.closest('[data-find-previous]')) this.#say(this.#transcript?.step(-1));
    else if (target.closest('p[data-words]') && getSelection()?.isCollapsed) {
      const seconds = this.#transcript?.secondsAt(event);
      if (seconds !== undefined) this.#seek(seconds);
    }
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    if (!event.target.matches('[data-find]')) return;
    event.preventDefault();
    if (this.#transcript?.hasFound) this.#say(this.#transcript.step(1));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.target.id === 'find' && event.key === 'Enter' && event.shiftKey) {
      event.preventDefault();
      if (this.#transcript?.hasFound) this.#say(this.#transcript.step(-1));
    }
    if (SCROLL_KEYS.includes(event.key)) this.#scrolled(event.target);
  }

  /** Who reads elsewhere is not pulled back. @param {Element} target */
  #scrolled(target) {
    const follow = this.#part('#follow');
    if (follow && target.closest('[data-transcript]') && this.#player && !this.#player.paused) follow.checked = false;
  }

  #find() {
    this.#say(this.#transcript?.find(this.#part('#find').value));
    for (const button of this.root.querySelectorAll('[data-find-previous], [data-find-next]')) button.disabled = !this.#transcript?.hasFound;
  }

  /** @param {string} [words] */
  #say(words = '') {
    this.#part('[data-found]').textContent = words;
  }
}

/** Shows another file of a clip in its card. @param {HTMLElement} link */
function preview(link) {
  const video = /** @type {HTMLVideoElement} */ (document.getElementById(link.dataset.preview));
  video.poster = link.dataset.poster;
  video.src = link.href;
  for (const other of link.closest('ul').querySelectorAll('[aria-current]')) other.removeAttribute('aria-current');
  link.setAttribute('aria-current', 'true');
  play(video);
}

/** A browser may want a click first; then the person has the player's own button. @param {HTMLVideoElement} video */
function play(video) {
  video.play().catch((error) => console.debug('It does not play by itself:', error));
}
