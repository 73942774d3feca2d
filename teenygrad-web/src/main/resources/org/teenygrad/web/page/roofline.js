// Kernels under the roofline: operations a second over operations a byte, with what the machine allows (Williams, Waterman and Patterson, 2009).

import {el} from './dom.js';
import {COLOURS, rates, resolved, sharp} from './timeline.js';

const HEIGHT = 320;
const EDGE = {left: 58, right: 14, top: 14, bottom: 38};
const LEAST = 3;
const MOST = 15;

export class RooflineChart {
  /** @param chosen is called with the kernel that was clicked */
  constructor(trace, chosen) {
    this.trace = trace;
    this.chosen = chosen;
    this.kernel = null;
    this.ceilings = null;
    this.canvas = el('canvas', {class: 'roofline', role: 'img', 'aria-label': 'Kernels under the roofline; the table beside it has the same figures'});
    this.tip = el('div', {class: 'tip', hidden: true});
    this.element = el('div', {class: 'timeline-place'}, this.canvas, this.tip);
    this.canvas.addEventListener('pointermove', event => this.hover(event));
    this.canvas.addEventListener('pointerleave', () => this.tip.hidden = true);
    this.canvas.addEventListener('click', event => this.chosen(this.at(event)));
  }

  get points() {
    return [...this.trace.kernels.values()].filter(kernel => kernel.flops > 0 && kernel.bytes > 0 && kernel.micros > 0)
        .map(kernel => ({kernel, intensity: kernel.flops / kernel.bytes, speed: kernel.flops / kernel.micros / 1e3}));
  }

  draw() {
    if (!this.canvas.isConnected || this.canvas.clientWidth === 0) {
      return;
    }
    const width = this.canvas.clientWidth;
    const context = sharp(this.canvas, width, HEIGHT);
    const {points, ceilings} = this;
    this.look = {ink: resolved('--ink'), soft: resolved('--soft'), line: resolved('--line')};
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    context.fillStyle = this.look.soft;
    if (points.length === 0) {
      context.fillText('No kernel has operations of floating point yet.', EDGE.left, HEIGHT / 2);
      this.placed = [];
      return;
    }
    const ridge = ceilings && ceilings.flops / ceilings.bytes;
    const xs = decades([...points.map(point => point.intensity), ...ridge ? [ridge / 4, ridge * 4] : []]);
    const ys = decades([...points.map(point => point.speed), ...ceilings ? [ceilings.flops / 1e9 * 1.6] : []]);
    this.x = value => EDGE.left + (Math.log10(value) - xs.from) / (xs.to - xs.from) * (width - EDGE.left - EDGE.right);
    this.y = value => HEIGHT - EDGE.bottom - (Math.log10(value) - ys.from) / (ys.to - ys.from) * (HEIGHT - EDGE.top - EDGE.bottom);
    this.paintAxes(context, width, xs, ys);
    if (ceilings) {
      this.paintCeilings(context, 10 ** xs.from, 10 ** xs.to, 10 ** ys.from);
    }
    this.paintPoints(context, points);
  }

  paintAxes(context, width, xs, ys) {
    context.strokeStyle = this.look.line;
    context.textBaseline = 'middle';
    context.beginPath();
    context.textAlign = 'center';
    for (let power = xs.from; power <= xs.to; power++) {
      const x = Math.round(this.x(10 ** power)) + 0.5;
      context.moveTo(x, EDGE.top);
      context.lineTo(x, HEIGHT - EDGE.bottom);
      context.fillText(plain(power), x, HEIGHT - EDGE.bottom + 11);
    }
    context.textAlign = 'right';
    for (let power = ys.from; power <= ys.to; power++) {
      const y = Math.round(this.y(10 ** power)) + 0.5;
      context.moveTo(EDGE.left, y);
      context.lineTo(width - EDGE.right, y);
      context.fillText(plain(power), EDGE.left - 8, y);
    }
    context.stroke();
    context.textAlign = 'center';
    context.fillText('operations a byte', EDGE.left + (width - EDGE.left - EDGE.right) / 2, HEIGHT - 9);
    context.save();
    context.translate(12, EDGE.top + (HEIGHT - EDGE.top - EDGE.bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.fillText('GFLOP/s', 0, 0);
    context.restore();
  }

  paintCeilings(context, from, to, least) {
    const {flops, bytes} = this.ceilings;
    const ridge = flops / bytes;
    const start = Math.max(from, least * 1e9 / bytes);
    context.strokeStyle = this.look.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(this.x(start), this.y(start * bytes / 1e9));
    context.lineTo(this.x(ridge), this.y(flops / 1e9));
    context.lineTo(this.x(to), this.y(flops / 1e9));
    context.stroke();
    context.lineWidth = 1;
    context.fillStyle = this.look.ink;
    context.textAlign = 'right';
    context.fillText(`${Math.round(flops / 1e9)} GFLOP/s`, this.x(to) - 2, this.y(flops / 1e9) - 9);
    context.textAlign = 'left';
    context.save();
    context.translate(this.x(start), this.y(start * bytes / 1e9));
    context.rotate(Math.atan2(this.y(flops / 1e9) - this.y(start * bytes / 1e9), this.x(ridge) - this.x(start)));
    context.fillText(`${(bytes / 1e9).toFixed(1)} GB/s`, 26, -8);
    context.restore();
  }

  paintPoints(context, points) {
    const most = Math.max(...points.map(point => point.kernel.micros));
    this.placed = points.map(({kernel, intensity, speed}) => ({kernel, x: this.x(intensity), y: this.y(speed), radius: LEAST + (MOST - LEAST) * Math.sqrt(kernel.micros / most)}))
        .sort((a, b) => b.radius - a.radius);
    for (const {kernel, x, y, radius} of this.placed) {
      const isOther = this.kernel && this.kernel !== kernel;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.globalAlpha = isOther ? 0.2 : 0.6;
      context.fillStyle = resolved(COLOURS[kernel.kind]);
      context.fill();
      context.globalAlpha = isOther ? 0.3 : 1;
      context.strokeStyle = context.fillStyle;
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  at({clientX, clientY}) {
    const {left, top} = this.canvas.getBoundingClientRect();
    return this.placed?.findLast(({x, y, radius}) => Math.hypot(x - clientX + left, y - clientY + top) <= radius + 2)?.kernel ?? null;
  }

  hover(event) {
    const kernel = this.at(event);
    this.tip.hidden = !kernel;
    if (kernel) {
      const {left, top, width} = this.canvas.getBoundingClientRect();
      this.tip.replaceChildren(el('b', {}, kernel.description), ...rates(kernel, kernel.micros).map(line => el('div', {}, line)));
      this.tip.style.left = `${Math.max(0, Math.min(event.clientX - left + 12, width - this.tip.offsetWidth - 12))}px`;
      this.tip.style.top = `${event.clientY - top + 16}px`;
    }
  }
}

/** Whole powers of ten around values. */
function decades(values) {
  const from = Math.floor(Math.log10(Math.min(...values)) - 0.05);
  return {from, to: Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values)) + 0.05))};
}

const plain = power => power < -3 || power > 5 ? `1e${power}` : (10 ** power).toLocaleString('en', {maximumFractionDigits: 3});
