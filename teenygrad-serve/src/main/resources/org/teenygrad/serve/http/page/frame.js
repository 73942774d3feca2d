// What the frames of pages share: the side that slides in where there is little room, and light or dark.

import {byId} from './dom.js';

/** Lets the side (`side`, `side-open`, `side-close`, `shade`) open and close.
 * @param narrow a media query: where it holds, the side covers the page while it is open
 * @returns a function that opens or closes it */
export function sliding(narrow) {
  const media = matchMedia(narrow);
  const show = isOpen => {
    document.body.classList.toggle('side-is-open', isOpen);
    byId('side').inert = media.matches && !isOpen;
  };
  byId('side-open').addEventListener('click', () => {
    show(true);
    byId('side-close').focus();
  });
  byId('side-close').addEventListener('click', () => {
    show(false);
    byId('side-open').focus();
  });
  byId('shade').addEventListener('click', () => show(false));
  media.addEventListener('change', () => show(false));
  show(false);
  return show;
}

export const isSideOpen = () => document.body.classList.contains('side-is-open');

/** Which of `light` and `dark` is not shown now; `auto` if the system wants it so anyway. */
export function otherTheme() {
  const next = getComputedStyle(document.documentElement).colorScheme === 'dark' ? 'light' : 'dark';
  return next === (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') ? 'auto' : next;
}

/** Shows the page in `light` or `dark`, or for `auto` as the system wants it. */
export function applyTheme(theme) {
  if (theme === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}
