// A view of a tensor beside its strip of memory: which element lies where, and by which sum.

import {el, iconButton, say} from './dom.js';

export class StripView {
  /** @param piece `{shape, strides, offset, values, copy}` */
  constructor({shape, strides, offset, values, copy}) {
    Object.assign(this, {shape, strides, offset, values});
    this.count = shape.reduce((product, size) => product * size, 1);
    this.places = values.map((value, i) => el('span', {class: 'place', title: `place ${i}`}, value));
    const used = new Set();
    this.cells = Array.from({length: this.count}, (_, n) => {
      const at = this.position(this.index(n));
      used.add(at);
      return el('span', {class: 'place', onclick: () => this.go(n)}, values[at]);
    });
    this.places.forEach((place, i) => place.classList.toggle('unseen-place', !used.has(i)));
    this.sum = el('output', {class: 'caption'});
    this.view = el('div', {class: 'matrices', tabindex: '0', role: 'group', 'aria-label': 'The view: left and right go from element to element, up and down from row to row', onkeydown: event => this.key(event)}, ...this.matrices());
    this.element = el('div', {class: 'piece strip'},
        el('p', {class: 'note'}, copy ? 'No strides say where these elements are: they were copied to a strip of their own.' : `shape (${shape.join(', ')}), strides [${strides.join(', ')}], offset ${offset}`),
        el('h3', {}, 'The view'), this.view,
        el('h3', {}, 'Memory'), el('div', {class: 'memory-strip'}, ...this.places),
        el('div', {class: 'piece-tools'}, iconButton('left', 'The element before', () => this.go(this.at - 1)), iconButton('right', 'The next element', () => this.go(this.at + 1)), this.sum));
    this.count > 0 && this.go(0, true);
  }

  /** The indices of the element of that number in the view's order. */
  index(n) {
    return this.shape.map((size, axis) => Math.floor(n / this.shape.slice(axis + 1).reduce((product, each) => product * each, 1)) % size);
  }

  position(index) {
    return index.reduce((sum, i, axis) => sum + i * this.strides[axis], this.offset);
  }

  /** The last two axes as tables, one for each index of the others. */
  matrices() {
    const columns = this.shape.at(-1) ?? 1;
    const rows = this.shape.at(-2) ?? 1;
    const tables = [];
    for (let start = 0; start < this.count; start += rows * columns) {
      const table = el('div', {class: 'matrix'}, ...this.cells.slice(start, start + rows * columns));
      table.style.gridTemplateColumns = `repeat(${columns}, auto)`;
      tables.push(table);
    }
    return tables;
  }

  go(n, isQuiet) {
    this.at = Math.max(0, Math.min(this.count - 1, n));
    const index = this.index(this.at);
    const position = this.position(index);
    this.cells.forEach((cell, i) => cell.classList.toggle('chosen', i === this.at));
    this.places.forEach((place, i) => place.classList.toggle('chosen', i === position));
    this.sum.textContent = `[${index.join(', ')}] lies at ${this.offset}${index.map((i, axis) => ` + ${i}·${this.strides[axis]}`).join('')} = ${position}`;
    this.element && (this.element.dataset.position = position);
    isQuiet || say(this.sum.textContent);
  }

  key(event) {
    const columns = this.shape.at(-1) ?? 1;
    const by = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -this.count, End: this.count}[event.key];
    if (by) {
      this.go(this.at + by);
      event.preventDefault();
    }
  }
}
