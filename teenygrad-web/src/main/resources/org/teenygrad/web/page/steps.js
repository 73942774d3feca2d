// An expression that fills with values, from the inputs to the result, and then with gradients, from the result back to the inputs: a step forward or back at a time.

import {el, iconButton, say} from './dom.js';
import {DagrePlacement} from './dagre-placement.js';
import {parse} from './dot.js';
import {drawing} from './drawing.js';

const VALUE = /^value /;
const GRADIENT = /^grad /;

export class StepsView {
  /** @param dot of a small expression, with values and gradients */
  constructor(dot) {
    const {nodes, edges} = parse(dot);
    const boxes = nodes.map(node => ({...node, key: node.id}));
    this.placement = new DagrePlacement(boxes, edges, new Map(boxes.map(box => [box.id, box])));
    this.drawing = drawing(this.placement, `An expression of ${nodes.length} nodes`);
    this.edges = edges;
    this.nodes = nodes;
    // Inputs stand there from the beginning; what has no gradient is left out on the way back.
    this.inputs = nodes.filter(node => !edges.some(edge => edge.to === node.id));
    this.steps = [...nodes.filter(node => !this.inputs.includes(node)).map(node => ({node, is: VALUE})), ...nodes.toReversed().filter(node => node.lines.some(line => GRADIENT.test(line))).map(node => ({node, is: GRADIENT}))];
    this.place = el('input', {type: 'range', min: 0, max: this.steps.length, value: 0, 'aria-label': 'Step', oninput: () => this.go(Number(this.place.value))});
    this.caption = el('output', {class: 'caption'});
    this.element = el('div', {class: 'piece steps'}, this.drawing, el('div', {class: 'piece-tools'},
        iconButton('left', 'A step back', () => this.go(this.at - 1)), this.place, iconButton('right', 'A step forward', () => this.go(this.at + 1)), this.caption));
    this.go(0, true);
  }

  go(step, isQuiet) {
    this.at = Math.max(0, Math.min(this.steps.length, step));
    const done = this.steps.slice(0, this.at);
    const last = done.at(-1);
    this.drawing.boxes.forEach((box, i) => {
      const node = this.nodes[i];
      const has = is => is === VALUE && this.inputs.includes(node) || done.some(each => each.node === node && each.is === is);
      node.lines.forEach((line, n) => box.querySelectorAll('text')[n].classList.toggle('not-yet', VALUE.test(line) && !has(VALUE) || GRADIENT.test(line) && !has(GRADIENT)));
      box.classList.toggle('graded', has(GRADIENT));
      box.classList.toggle('current', node === last?.node);
    });
    this.place.value = this.at;
    this.caption.textContent = this.text(last);
    this.place.setAttribute('aria-valuetext', this.caption.textContent);
    this.element.dataset.at = this.at;
    isQuiet || say(this.caption.textContent);
  }

  /** What a step did. */
  text(step) {
    if (!step) {
      return 'the inputs are known';
    }
    const {node, is} = step;
    const line = node.lines.find(each => is.test(each)) ?? '';
    if (is === VALUE) {
      return `${node.lines[0]} is ${line.replace(VALUE, '') || 'computed'}`;
    }
    const uses = this.edges.filter(edge => edge.from === node.id).length;
    return `the gradient of ${node.lines[0]} is ${line.replace(GRADIENT, '')}${uses > 1 ? `: the sum of what ${uses} uses hand back` : uses === 0 ? ': the result itself' : ''}`;
  }
}
