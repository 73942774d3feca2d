// Pictures that a process made.

import {el} from './dom.js';

/** A picture as a document of its own, in which no script runs. */
export function picture(svg, label) {
  const image = el('img', {alt: label});
  show(image, svg);
  return image;
}

/** Values as text, with a picture of them beside it where there is one. */
export const numbers = (text, svg, label) => el('div', {class: 'numbers'}, el('pre', {tabindex: '0', 'aria-label': label}, text), svg && picture(svg, label));

/** Shows another picture in an image; the one before stays until it is there. */
export function show(image, svg) {
  const url = URL.createObjectURL(new Blob([svg], {type: 'image/svg+xml'}));
  image.addEventListener('load', () => URL.revokeObjectURL(url), {once: true});
  image.src = url;
}
