// Elements are made here, from text and never from markup.

/** An element: `el('button', {class: 'icon', onclick: f}, 'text', child)`; what is null, false or undefined is left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An element of a drawing. */
export function shape(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** A drawing of 20 by 20 with lines of one width. */
export function icon(path) {
  return shape('svg', {viewBox: '0 0 20 20', 'aria-hidden': 'true'}, shape('path', {d: path}));
}

export const ICONS = {
  copy: 'M7 7V4h9v9h-3M4 7h9v9H4z',
  edit: 'M4 16l1-4 8-8 3 3-8 8zM11.500 5.500l3 3',
  again: 'M15.500 8A6 6 0 1 0 16 11M16 4v4h-4',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  remove: 'M5 5l10 10M15 5L5 15',
};

/** A button that shows a drawing. */
export function iconButton(drawing, label, onclick, more = {}) {
  return el('button', {type: 'button', class: 'icon small', 'aria-label': label, title: label, onclick, ...more}, icon(ICONS[drawing]));
}

export const byId = id => document.getElementById(id);

/** Tells those who do not see the page. */
export function say(text) {
  byId('said').textContent = text;
}

/** Puts a text on the clipboard and says so in the button for a moment. */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.classList.add('done');
    say('Copied');
    setTimeout(() => button.classList.remove('done'), 1200);
  } catch {
    say('The browser did not allow copying');
  }
}
