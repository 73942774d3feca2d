// Where temporary buffers lie in the workspace, from the launch that writes them to the last that reads them.

import {el} from './dom.js';
import {resolved, sharp, step} from './timeline.js';
import {bytes} from './trace.js';

const HEIGHT = 200;
const LEFT = 66;
const BOTTOM = 22;
const TOP = 8;

export class MemoryPlan {
  /** @param parts `[offset, bytes, first, last]` of each */
  constructor(parts, total, launches) {
    Object.assign(this, {parts, total, launches, marked: -1});
    this.canvas = el('canvas', {class: 'memory-plan', role: 'img', 'aria-label': `${parts.length} buffers share ${bytes(total)}`});
    this.tip = el('div', {class: 'tip', hidden: true});
    this.element = el('div', {class: 'timeline-place'}, this.canvas, this.tip);
    this.canvas.addEventListener('pointermove', event => this.hover(event));
    this.canvas.addEventListener('pointerleave', () => this.tip.hidden = true);
    new ResizeObserver(() => this.draw()).observe(this.element);
    addEventListener('theme', () => this.draw());
  }

  /** Marks a launch; what lives while it runs stands out. */
  mark(launch) {
    this.marked = launch;
    this.draw();
  }

  x(launch) {
    return LEFT + launch / this.launches * (this.canvas.clientWidth - LEFT - 4);
  }

  y(offset) {
    return (HEIGHT - BOTTOM - TOP) * (1 - offset / this.total) + TOP;
  }

  draw() {
    if (!this.canvas.isConnected || this.canvas.clientWidth === 0) {
      return;
    }
    const context = sharp(this.canvas, this.canvas.clientWidth, HEIGHT);
    const [soft, line, colour] = ['--soft', '--line', '--run-3'].map(resolved);
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    context.strokeStyle = line;
    for (const share of [0, 0.5, 1]) {
      const y = Math.round(this.y(this.total * share)) + 0.5;
      context.fillStyle = soft;
      context.fillText(share === 0 ? '0' : bytes(this.total * share), LEFT - 8, y);
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(this.canvas.clientWidth, y);
      context.stroke();
    }
    context.textAlign = 'center';
    const by = Math.max(1, step(this.launches, Math.max(2, this.canvas.clientWidth / 120)));
    for (let launch = 0; launch < this.launches; launch += by) {
      context.fillText(`${launch + 1}`, this.x(launch + 0.5), HEIGHT - 8);
    }
    for (const [offset, size, first, last] of this.parts) {
      const isOn = first <= this.marked && this.marked <= last;
      context.fillStyle = colour;
      context.globalAlpha = this.marked < 0 || isOn ? 0.75 : 0.28;
      const top = this.y(offset + size);
      context.fillRect(this.x(first) + 0.5, top + 0.5, Math.max(1, this.x(last + 1) - this.x(first) - 1), Math.max(1, this.y(offset) - top - 1));
    }
    context.globalAlpha = 1;
  }

  hover({clientX, clientY}) {
    const {left, top, width} = this.canvas.getBoundingClientRect();
    const launch = Math.floor((clientX - left - LEFT) / (width - LEFT - 4) * this.launches);
    const found = this.parts.find(([offset, size, first, last]) => first <= launch && launch <= last && this.y(offset + size) <= clientY - top && clientY - top <= this.y(offset));
    this.tip.hidden = !found;
    if (found) {
      this.tip.replaceChildren(el('b', {}, bytes(found[1])), el('div', {}, `written by launch ${found[2] + 1}, read up to launch ${found[3] + 1}; at ${bytes(found[0])} of the workspace`));
      this.tip.style.left = `${Math.max(0, Math.min(clientX - left + 12, width - this.tip.offsetWidth - 12))}px`;
      this.tip.style.top = `${clientY - top + 16}px`;
    }
  }
}
