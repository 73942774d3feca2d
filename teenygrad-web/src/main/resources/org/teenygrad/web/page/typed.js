// A line that the reader types, and pictures of what the cell's function makes of it.

import {el} from './dom.js';
import {sayTo} from './api.js';
import {picture} from './picture.js';

const PAUSE_MILLIS = 120;

export class TextView {
  /** @param piece `{number, start, pictures}` */
  constructor({number, start, pictures}) {
    this.number = number;
    this.asked = 0;
    this.line = el('input', {type: 'text', value: start, 'aria-label': 'Text for the model', spellcheck: 'false', autocomplete: 'off', maxlength: 2000, oninput: () => this.later()});
    this.state = el('output', {class: 'caption'});
    this.pictures = el('div', {class: 'pictures'});
    this.element = el('div', {class: 'piece typed'}, el('label', {}, 'Type: ', this.line), this.state, this.pictures);
    this.show(start, pictures);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE_MILLIS);
  }

  async ask() {
    const own = ++this.asked;
    const text = this.line.value;
    const start = performance.now();
    try {
      const pictures = await sayTo(this.number, text);
      if (own === this.asked) {
        this.show(text, pictures);
        this.state.textContent = `${Math.round(performance.now() - start)} ms`;
      }
    } catch (error) {
      if (own === this.asked) {
        this.state.textContent = error.message;
      }
    }
  }

  show(text, pictures) {
    this.pictures.replaceChildren(...pictures.map((svg, i) => picture(svg, `Picture ${i + 1} of “${text}”`)));
    this.element.dataset.text = text;
  }
}
