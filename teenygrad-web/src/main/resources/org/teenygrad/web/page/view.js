// The dialog in which views of a cell's work open.

import {byId, el} from './dom.js';

/** Opens it with a title and what stands beside that.
 * @param make gives what is shown, and may say by throwing why there is nothing; it is called when the dialog is open
 * @param note beside the title */
export async function openView(title, note, make) {
  const dialog = byId('view');
  const place = el('div', {class: 'view-body', tabindex: '0', role: 'region', 'aria-label': title});
  const count = el('span', {class: 'count'}, note);
  const tools = el('span', {class: 'view-tools'});
  dialog.replaceChildren(el('div', {class: 'view-head'}, el('h2', {id: 'view-title'}, title), count, tools, el('button', {type: 'button', onclick: () => dialog.close()}, 'Close')), place);
  dialog.showModal();
  try {
    await make(place, tools);
  } catch (error) {
    place.replaceChildren(el('p', {class: 'wrong', role: 'alert'}, error.message));
  }
}

/** Has the browser keep a file. */
export function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], {type}));
  el('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
