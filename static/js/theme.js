/**
 * Sets the colours before the page is drawn, so that none flash: the reader's choice, else the system's.
 * The switch itself is wired here too. Without storage the choice lasts as long as the page.
 */
(() => {
  'use strict';

  const STORAGE_KEY = 'backbeat.theme';
  const CHOICES = ['light', 'auto', 'dark'];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let choice = readChoice();

  function readChoice() {
    try {
      const kept = localStorage.getItem(STORAGE_KEY);
      return CHOICES.includes(kept) ? kept : 'auto';
    } catch (error) {
      console.debug('No storage for the colours:', error);
      return 'auto';
    }
  }

  function keepChoice() {
    try {
      localStorage.setItem(STORAGE_KEY, choice);
    } catch (error) {
      console.debug('The colours are not kept:', error);
    }
  }

  function apply() {
    const isDark = choice === 'dark' || (choice === 'auto' && dark.matches);
    document.documentElement.dataset.bsTheme = isDark ? 'dark' : 'light';
    for (const button of document.querySelectorAll('[data-theme]')) {
      button.setAttribute('aria-pressed', String(button.dataset.theme === choice));
    }
  }

  function wireSwitch() {
    for (const group of document.querySelectorAll('[data-theme-switch]')) {
      group.hidden = false;
      group.addEventListener('click', (event) => {
        const button = event.target.closest('[data-theme]');
        if (!button) return;
        choice = button.dataset.theme;
        keepChoice();
        apply();
      });
    }
    apply();
  }

  apply();
  dark.addEventListener('change', apply);
  document.addEventListener('DOMContentLoaded', wireSwitch);
  window.addEventListener('storage', (event) => {
    if (event.key !== STORAGE_KEY) return;
    choice = readChoice();
    apply();
  });
})();
