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

  move(name, value) {
    const number = this.numbers.find(each => each.name === name);
    const text = Number.isInteger(number.step) ? value : String(Number(Number(value).toPrecision(4)));
    this.view.dispatch({changes: {from: number.at, to: number.at + number.length, insert: text}});
    this.moved();
  }
}
