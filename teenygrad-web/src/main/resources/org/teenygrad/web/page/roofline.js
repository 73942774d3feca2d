// Kernels under the roofline: operations a second over operations a byte, with what the machine allows (Williams, Waterman and Patterson, 2009).

import {el} from './dom.js';
import {COLOURS, rates, resolved, sharp} from './timeline.js';
import {kindOfKernel} from './trace.js';

const HEIGHT = 320;
const EDGE = {left: 58, right: 14, top: 14, bottom: 38};
const TEXT = 12;
const GAP = 6;
const LEAST = 3;
const MOST = 15;

export class RooflineChart {
  /** @param chosen is called with the kernel that was clicked */
  constructor(trace, chosen) {
    this.trace = trace;
    this.chosen = chosen;
    this.kernel = null;
    this.ceilings = [];
    this.toggles = el('fieldset', {class: 'ceilings', hidden: true});
    this.canvas = el('canvas', {class: 'roofline', role: 'img', 'aria-label': 'Kernels under the roofline; the table beside it has the same figures'});
    this.tip = el('div', {class: 'tip', hidden: true});
    this.element = el('div', {}, el('div', {class: 'timeline-place'}, this.canvas, this.tip), this.toggles);
    this.canvas.addEventListener('pointermove', event => this.hover(event));
    this.canvas.addEventListener('pointerleave', () => this.tip.hidden = true);
    this.canvas.addEventListener('click', event => this.chosen(this.at(event)));
  }

  /** Takes what the machine can do at best, `{name, memory, perSecond}`: each with a box to show it or not. The first of each kind is the roof. */
  setCeilings(ceilings) {
    this.ceilings = ceilings.map(ceiling => ({...ceiling, isOn: ceiling === ceilings.find(({memory}) => memory === ceiling.memory)}));
    this.toggles.hidden = ceilings.length === 0;
    this.toggles.replaceChildren(el('legend', {}, 'Ceilings'), ...this.ceilings.map(ceiling => {
      const box = el('input', {type: 'checkbox', onchange: () => {
        ceiling.isOn = box.checked;
        this.draw();
      }});
      box.checked = ceiling.isOn;
      return el('label', {}, box, ceiling.name, el('small', {}, rate(ceiling)));
    }));
    this.draw();
  }

  /** The highest that are shown, operations and bytes a second; null where one is missing. */
  get roof() {
    const most = memory => Math.max(0, ...this.ceilings.filter(ceiling => ceiling.isOn && ceiling.memory === memory).map(ceiling => ceiling.perSecond));
    return most(false) > 0 && most(true) > 0 ? {flops: most(false), bytes: most(true)} : null;
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
    const {points, roof} = this;
    const shown = this.ceilings.filter(ceiling => ceiling.isOn);
    this.canvas.dataset.ceilings = shown.length;
    this.look = {ink: resolved('--ink'), soft: resolved('--soft'), line: resolved('--line')};
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    context.fillStyle = this.look.soft;
    if (points.length === 0) {
      context.fillText('No kernel has operations of floating point yet.', EDGE.left, HEIGHT / 2);
      this.placed = [];
      return;
    }
    const ridge = roof && roof.flops / roof.bytes;
    const xs = decades([...points.map(point => point.intensity), ...ridge ? [ridge / 4, ridge * 4] : []]);
    const ys = decades([...points.map(point => point.speed), ...roof ? [roof.flops / 1e9 * 1.6] : []]);
    this.x = value => EDGE.left + (Math.log10(value) - xs.from) / (xs.to - xs.from) * (width - EDGE.left - EDGE.right);
    this.y = value => HEIGHT - EDGE.bottom - (Math.log10(value) - ys.from) / (ys.to - ys.from) * (HEIGHT - EDGE.top - EDGE.bottom);
    this.paintAxes(context, width, xs, ys);
    this.paintLabels(context, roof ? shown.map(ceiling => this.paintCeiling(context, ceiling, roof, 10 ** xs.from, 10 ** xs.to, 10 ** ys.from)) : []);
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

  /** A line up to the roof, or along below it, from where it leaves the highest slope; `from` and `to` are operations a byte.
   * @returns what is to be written at it */
  paintCeiling(context, ceiling, roof, from, to, least) {
    const {memory, perSecond} = ceiling;
    const isRoof = perSecond === (memory ? roof.bytes : roof.flops);
    const start = memory ? Math.max(from, least * 1e9 / perSecond) : perSecond / roof.bytes;
    const end = memory ? roof.flops / perSecond : to;
    const height = intensity => this.y((memory ? intensity * perSecond : perSecond) / 1e9);
    context.strokeStyle = isRoof ? this.look.ink : this.look.soft;
    context.lineWidth = isRoof ? 1.5 : 1;
    context.setLineDash(isRoof ? [] : [5, 4]);
    context.beginPath();
    context.moveTo(this.x(start), height(start));
    context.lineTo(this.x(Math.min(end, to)), height(Math.min(end, to)));
    context.stroke();
    context.setLineDash([]);
    context.lineWidth = 1;
    const angle = memory ? Math.atan2(height(end) - height(start), this.x(end) - this.x(start)) : 0;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [x, y] = memory ? [this.x(start), height(start)] : [this.x(to), height(to)];
    const width = context.measureText(rate(ceiling)).width;
    return {text: rate(ceiling), memory, angle, width, along: x * cos + y * sin + (memory ? 26 : -2 - width), line: y * cos - x * sin, way: memory ? 1 : -1};
  }

  /** Writes what lines mean beside them, from the highest line on: each above its line, below, or farther along, where neither another text nor another line is. */
  paintLabels(context, wanted) {
    context.textAlign = 'left';
    context.fillStyle = this.look.ink;
    this.labels = [];
    for (const label of wanted.toSorted((one, other) => one.line - other.line)) {
      const alike = wanted.filter(other => other !== label && other.memory === label.memory);
      const places = [0, 1, 2, 3].flatMap(step => [-8, 9].map(offset => ({...label, along: label.along + label.way * step * (label.width + 2 * GAP), across: label.line + offset})));
      const isFree = place => alike.every(other => Math.abs(other.line - place.across) > TEXT / 2)
          && this.labels.every(other => other.memory !== place.memory || place.along + place.width + GAP < other.along || place.along > other.along + other.width + GAP || Math.abs(place.across - other.across) > TEXT);
      const place = places.find(isFree) ?? places[0];
      this.labels.push(place);
      context.save();
      context.rotate(place.angle);
      context.fillText(place.text, place.along, place.across);
      context.restore();
    }
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

/** Kernels of a cell under the ceilings of this machine. */
export class RooflinePiece {
  /** @param piece `{kernels, ceilings}` */
  constructor({kernels, ceilings}) {
    const trace = {kernels: new Map(kernels.map(kernel => [kernel.name, {...kernel, kind: kindOfKernel(kernel.description)}]))};
    const note = el('p', {class: 'note', role: 'status'});
    const chart = new RooflineChart(trace, kernel => {
      chart.kernel = kernel === chart.kernel ? null : kernel;
      chart.draw();
    });
    const table = el('div', {class: 'kernels', tabindex: '0', role: 'region', 'aria-label': 'Kernels'}, el('table', {}, el('tbody', {}, ...[...trace.kernels.values()].map(kernel => el('tr', {}, el('td', {}, el('button', {type: 'button', onclick: () => {
      chart.chosen(kernel);
      note.textContent = chart.kernel ? nearest(kernel, chart.ceilings) : '';
    }}, el('i', {class: `swatch ${COLOURS[kernel.kind].slice(2)}`}), el('span', {}, kernel.description))), el('td', {class: 'number'}, rates(kernel, kernel.micros).join('; ')))))));
    this.element = el('div', {class: 'piece'}, chart.element, table, note);
    new ResizeObserver(() => chart.draw()).observe(this.element);
    addEventListener('theme', () => chart.draw());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.draw());
    chart.setCeilings(ceilings);
  }
}

/** Which of all ceilings a kernel comes closest to from below, in words. */
function nearest(kernel, ceilings) {
  const shares = ceilings.map(ceiling => ({ceiling, share: (ceiling.memory ? kernel.bytes : kernel.flops) * 1e6 / kernel.micros / ceiling.perSecond}));
  const {ceiling, share} = shares.reduce((best, each) => Math.abs(Math.log(each.share)) < Math.abs(Math.log(best.share)) ? each : best);
  return `${kernel.description} reaches ${Math.round(100 * share)} % of “${ceiling.name}”, ${rate(ceiling)}`;
}

const rate = ({memory, perSecond}) => memory ? `${(perSecond / 1e9).toFixed(1)} GB/s` : `${perSecond < 1e10 ? (perSecond / 1e9).toFixed(1) : Math.round(perSecond / 1e9)} GFLOP/s`;

/** Whole powers of ten around values. */
function decades(values) {
  const from = Math.floor(Math.log10(Math.min(...values)) - 0.05);
  return {from, to: Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values)) + 0.05))};
}

const plain = power => power < -3 || power > 5 ? `1e${power}` : (10 ** power).toLocaleString('en', {maximumFractionDigits: 3});
