// A cell: its editor, its button, what it made.

import {el, icon, say} from './dom.js';
import {run, stop} from './api.js';
import {editor, mark} from './editor.js';
import {FilmView} from './film.js';
import {picture} from './picture.js';
import {piece} from './piece.js';
import {Sliders} from './sliders.js';

const MOST_TEXT = 200_000;
const MOST_LINES_ABOVE_A_PICTURE = 8;

export class Cell {
  /** @param place the element with the code
   * @param number from 1
   * @param at gives the cell at an index, or undefined */
  constructor(place, number, at) {
    this.place = place;
    this.number = number;
    this.at = at;
    const pre = place.querySelector('pre');
    this.original = pre.textContent.trimEnd();
    pre.remove();
    this.view = editor(place, this.original, `Cell ${number}`, {
      'Shift-Enter': () => this.run().then(ok => ok && this.at(this.number)?.view.focus()),
      'Mod-Enter': () => this.run(),
    }, () => this.changed());
    this.runButton = el('button', {type: 'button', class: 'run', title: 'Run (Shift Enter: and go on)', onclick: () => this.isRunning ? stop() : this.run()}, icon('M5 3l12 7-12 7z'), el('span', {}, 'Run'));
    this.graphButton = el('button', {type: 'button', hidden: true, title: 'The expression of the last tensor', onclick: async () => (await import('./graph.js')).showGraph()}, 'Graph');
    this.timelineButton = el('button', {type: 'button', hidden: true, title: 'Kernels, copies and the host\'s work', onclick: async () => (await import('./run.js')).showTimeline()}, 'Timeline');
    this.compilerButton = el('button', {type: 'button', hidden: true, title: 'Passes, kernels, code', onclick: async () => (await import('./compiler.js')).showCompilerOfCell()}, 'Compiler');
    this.resetButton = el('button', {type: 'button', hidden: true, onclick: () => this.reset()}, 'As it was');
    this.state = el('span', {class: 'state'});
    this.made = el('div', {class: 'made', 'aria-label': `What cell ${number} made`});
    this.sliders = new Sliders(this.view, () => this.runSoon());
    place.append(this.sliders.element, el('div', {class: 'bar'}, this.runButton, this.graphButton, this.timelineButton, this.compilerButton, this.resetButton, this.state), this.made);
    this.isRunning = false;
    this.isWanted = false;
    this.isOld = false;
  }

  get code() {
    return this.view.state.doc.toString();
  }

  changed() {
    this.resetButton.hidden = this.code === this.original;
    this.place.classList.add('stale');
    this.sliders.update();
  }

  reset() {
    this.view.dispatch({changes: {from: 0, to: this.view.state.doc.length, insert: this.original}});
  }

  /** The page's process is another one: nothing has been run. */
  forget() {
    this.made.replaceChildren();
    this.state.textContent = '';
    this.graphButton.hidden = true;
    this.timelineButton.hidden = this.compilerButton.hidden = true;
    delete this.place.dataset.state;
    mark(this.view, null);
  }

  /** Runs it, once more if it runs: then what it shows is of the code that it has at the end. */
  async runSoon() {
    this.isWanted = true;
    while (this.isWanted && !this.isRunning) {
      this.isWanted = false;
      await this.run();
    }
  }

  /** Runs it; true if it came to its end. What it made before stays until there is something new. */
  async run() {
    if (this.isRunning) {
      return false;
    }
    mark(this.view, null);
    this.place.classList.remove('stale');
    this.show('running', 'running');
    this.made.style.minHeight = `${this.made.offsetHeight}px`;
    this.isOld = true;
    this.films = new Map();
    let isRight = true;
    let millis = null;
    const asked = performance.now();
    try {
      for await (const part of run(this.code)) {
        this.timelineButton.hidden = this.compilerButton.hidden = !part.computed;
        millis = part.kind === 'done' ? performance.now() - asked : millis;
        isRight &&= part.kind !== 'error' && part.kind !== 'ended';
        this.add(part);
      }
    } catch (error) {
      isRight = false;
      this.clear();
      this.made.append(el('div', {class: 'error', role: 'alert'}, error.message));
    }
    this.clear();
    requestAnimationFrame(() => this.made.style.minHeight = '');
    this.show(isRight ? 'done' : 'failed', millis === null ? '' : millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`);
    say(isRight ? `Cell ${this.number} is done` : `Cell ${this.number} failed: ${this.made.querySelector('.error')?.textContent ?? ''}`);
    return isRight;
  }

  show(state, text) {
    this.isRunning = state === 'running';
    this.place.dataset.state = state;
    this.state.textContent = text;
    this.runButton.querySelector('span').textContent = this.isRunning ? 'Stop' : 'Run';
  }

  /** Takes away what was there before this run. */
  clear() {
    if (this.isOld) {
      this.isOld = false;
      this.hadPad = this.made.querySelector('.pad') === document.activeElement; // who moves a point by keys goes on to do so
      this.made.replaceChildren();
      this.graphButton.hidden = true;
    }
  }

  add(part) {
    if (part.kind !== 'done') {
      this.clear();
    }
    switch (part.kind) {
      case 'text':
        this.addText(part.text);
        break;
      case 'frame':
        this.addFrame(part);
        break;
      case 'value':
        this.addValue(part);
        break;
      case 'error':
        mark(this.view, part);
        this.made.append(el('div', {class: 'error'}, el('b', {}, `Line ${part.line}: `), part.message));
        break;
      case 'ended':
        this.made.append(el('div', {class: 'error'}, part.message));
        break;
    }
  }

  addText(text) {
    const last = this.made.lastElementChild;
    const pre = last?.matches('pre.text') ? last : this.made.appendChild(el('pre', {class: 'text', tabindex: '0'}));
    if (pre.textContent.length < MOST_TEXT) {
      pre.append(text);
    }
  }

  addFrame(frame) {
    if (!this.films.has(frame.film)) {
      this.films.set(frame.film, new FilmView(frame.title));
      this.made.append(this.films.get(frame.film).element);
    }
    this.films.get(frame.film).add(frame);
  }

  addValue(value) {
    if (value.piece) {
      this.made.append(...piece(value.piece, this.films));
      return;
    }
    this.graphButton.hidden &&= !value.tensor;
    const isLong = value.picture && value.text.split('\n').length > MOST_LINES_ABOVE_A_PICTURE;
    const text = value.text && el('pre', {tabindex: '0'}, value.text);
    this.made.append(el('div', {class: 'value'},
        !isLong && text,
        value.tensor && el('span', {class: 'type'}, value.type),
        value.picture && this.sliders.pad(picture(value.picture, value.type), value.picture),
        isLong && el('details', {}, el('summary', {}, 'Values'), text)));
    this.hadPad && this.made.querySelector('.pad')?.focus();
  }
}
