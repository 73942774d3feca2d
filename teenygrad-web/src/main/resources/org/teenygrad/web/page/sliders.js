// Numbers of a cell that are moved by a slider: `int degree = 9;   // 0 to 11`, or `double noise = 0.2;   // 0 to 1 by 0.05`.

import {el} from './dom.js';

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const DECLARED = new RegExp(String.raw`^((?:int|double) (\w+) = )(${NUMBER});\s+// (${NUMBER}) to (${NUMBER})(?: by (${NUMBER}))?$`, 'gm');
const STEPS = 100;

/** `[{name, value, from, to, step, at, length}]`: where each number stands in the code. */
export function declared(code) {
  return [...code.matchAll(DECLARED)].map(match => {
    const [from, to] = [Number(match[4]), Number(match[5])];
    const step = match[6] ? Number(match[6]) : match[0].startsWith('int') ? 1 : (to - from) / STEPS;
    return {name: match[2], value: match[3], from, to, step, at: match.index + match[1].length, length: match[3].length};
  });
}

/** Sliders for the numbers of an editor. */
export class Sliders {
  /** @param moved is called when a number was changed by its slider */
  constructor(view, moved) {
    this.view = view;
    this.moved = moved;
    this.element = el('div', {class: 'sliders'});
    this.kind = '';
    this.update();
  }

  get numbers() {
    return declared(this.view.state.doc.toString());
  }

  /** The code has changed. */
  update() {
    const {numbers} = this;
    const kind = JSON.stringify(numbers.map(({name, from, to, step}) => [name, from, to, step]));
    if (kind !== this.kind) {
      this.kind = kind;
      this.inputs = numbers.map(({name, from, to, step}) => el('input', {type: 'range', min: from, max: to, step, 'aria-label': name, oninput: event => this.move(name, event.target.value)}));
      this.outputs = numbers.map(() => el('output'));
      this.element.replaceChildren(...numbers.map((each, i) => el('label', {}, el('code', {}, each.name), this.inputs[i], this.outputs[i])));
    }
    numbers.forEach((each, i) => {
      this.inputs[i].value = each.value;
      this.outputs[i].textContent = each.value;
    });
  }

  /** A picture whose axes have the names of two numbers moves both: by a click, by dragging, and by arrows.
   * @param image that shows it
   * @param svg its text, which says what its axes are */
  pad(image, svg) {
    const [area] = svg.match(/<svg [^>]*data-x="[^>]*>/) ?? [''];
    const said = name => area.match(new RegExp(` ${name}="([^"]*)"`))?.[1];
    const [across, up] = ['data-x', 'data-y'].map(axis => this.numbers.find(({name}) => name === said(axis)));
    if (!across || !up) {
      return image;
    }
    const [width, height] = svg.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/).slice(1).map(Number);
    const [left, top, areaWidth, areaHeight] = ['x', 'y', 'width', 'height'].map(name => Number(said(name)));
    const ends = axis => [Number(said(`data-${axis}-from`)), Number(said(`data-${axis}-to`))];
    const set = (number, value) => this.change(number.name, Math.min(number.to, Math.max(number.from, Math.round(value / number.step) * number.step)));
    const point = event => {
      const {left: imageLeft, top: imageTop, width: shown, height: tall} = image.getBoundingClientRect();
      const scale = Math.min(shown / width, tall / height); // object-fit: contain, at the left
      const x = ((event.clientX - imageLeft) / scale - left) / areaWidth;
      const y = 1 - ((event.clientY - imageTop - (tall - height * scale) / 2) / scale - top) / areaHeight;
      const at = (axis, share) => ends(axis)[0] + share * (ends(axis)[1] - ends(axis)[0]);
      set(across, at('x', x));
      set(up, at('y', y));
      this.moved();
    };
    const pad = el('div', {class: 'pad', tabindex: '0', role: 'group', 'aria-label': `A point of ${across.name} and ${up.name}: arrows move it, a click chooses it`, onclick: point, onkeydown: event => {
      const [number, sign] = {ArrowLeft: [across.name, -1], ArrowRight: [across.name, 1], ArrowUp: [up.name, 1], ArrowDown: [up.name, -1]}[event.key] ?? [];
      const now = this.numbers.find(({name}) => name === number);
      if (now) {
        event.preventDefault();
        set(now, Number(now.value) + sign * now.step * (event.shiftKey ? 10 : 1));
        this.moved();
      }
    }}, image);
    return pad;
  }

  move(name, value) {
    this.change(name, value);
    this.moved();
  }

  change(name, value) {
    const number = this.numbers.find(each => each.name === name);
    const text = Number.isInteger(number.step) ? String(Math.round(Number(value))) : String(Number(Number(value).toPrecision(4)));
    this.view.dispatch({changes: {from: number.at, to: number.at + number.length, insert: text}});
  }
}
