// Tracks of spans over time, with memory below: to be moved, enlarged and pointed at.

import {el} from './dom.js';
import {bytes, time} from './trace.js';

const ROW = 19;
const TITLE = 18;
const AXIS = 22;
const MEMORY = 54;
const LEAST_LABEL = 34;
const CHARACTER = 6.1;
const LEAST_MICROS = 0.2;

export const COLOURS = {contract: '--run-1', reduce: '--run-2', map: '--run-3', other: '--run-4', copy: '--run-5', host: '--run-6', run: '--run-7'};

/** Of which kind a span is: what has a colour. */
export const kindOf = span => span.kernel ? span.kernel.kind : ['copy', 'run'].includes(span.cat) ? span.cat : 'host';

/** A colour of the page as `rgb(...)`: a canvas knows neither its names nor whether it is dark. */
export function resolved(name) {
  const probe = document.body.appendChild(el('i'));
  probe.style.color = `var(${name})`;
  const {color} = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Makes a canvas so high, and sharp on any screen; its context's units are those of the page. */
export function sharp(canvas, width, height) {
  canvas.style.height = `${height}px`;
  return sized(canvas, width, height);
}

/** The same for a canvas whose place says how high it is. */
export function sized(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** 1, 2 or 5 times a power of ten, of which about `count` fill a length. */
export function step(length, count) {
  const raw = length / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
}

export class Timeline {
  /** @param chosen is called with the kernel of a span that was clicked */
  constructor(trace, chosen) {
    this.trace = trace;
    this.chosen = chosen;
    this.kernel = null;
    this.isWhole = true; // follows what comes until somebody looks closer
    this.canvas = el('canvas', {class: 'timeline', tabindex: '0', role: 'img', 'aria-label': 'Timeline: arrows move, plus and minus enlarge, 0 shows all'});
    this.tip = el('div', {class: 'tip', hidden: true});
    this.element = el('div', {class: 'timeline-place'}, this.canvas, this.tip);
    this.pointers = new Map();
    this.listen();
  }

  /** Draws at the next frame, once however often it is asked. */
  draw() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      if (this.canvas.isConnected && this.canvas.clientWidth > 0) {
        this.paint();
      }
    });
  }

  get whole() {
    const {from, to} = this.trace;
    const margin = Math.max(1, (to - from) * 0.01);
    return {from: from - margin, to: to + margin};
  }

  show(from, to) {
    const {whole} = this;
    const length = Math.min(whole.to - whole.from, Math.max(LEAST_MICROS, to - from));
    const begin = Math.min(whole.to - length, Math.max(whole.from, (from + to - length) / 2));
    this.view = {from: begin, to: begin + length};
    this.isWhole = length >= whole.to - whole.from;
    this.draw();
  }

  showAll() {
    this.show(-Infinity, Infinity);
    this.isWhole = true;
    this.view = this.whole;
  }

  zoom(factor, share = 0.5) {
    const {from, to} = this.view;
    const at = from + (to - from) * share;
    this.show(at - (at - from) / factor, at + (to - at) / factor);
  }

  pan(share) {
    const by = (this.view.to - this.view.from) * share;
    this.show(this.view.from + by, this.view.to + by);
  }

  /** Marks a kernel's spans; null for none. */
  mark(kernel) {
    this.kernel = kernel;
    this.draw();
  }

  layout() {
    let y = AXIS;
    this.lanes = this.trace.tracks.map(track => {
      track.arrange();
      const lane = {track, y: y + TITLE};
      y += TITLE + track.rows * ROW + 4;
      return lane;
    });
    this.memoryTop = y + TITLE;
    return this.trace.peakBytes > 0 ? y + TITLE + MEMORY + 4 : y + 4;
  }

  paint() {
    if (this.isWhole || !this.view) {
      this.view = this.whole;
    }
    const height = this.layout();
    const width = this.canvas.clientWidth;
    const context = sharp(this.canvas, width, height);
    this.colours = Object.fromEntries(Object.entries(COLOURS).map(([kind, name]) => [kind, resolved(name)]));
    this.look = {ink: resolved('--ink'), soft: resolved('--soft'), line: resolved('--line'), label: resolved('--on-accent')};
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    context.textBaseline = 'middle';
    this.scale = width / (this.view.to - this.view.from);
    this.paintAxis(context, width, height);
    this.lanes.forEach(lane => this.paintLane(context, width, lane));
    if (this.trace.peakBytes > 0) {
      this.paintMemory(context, width);
    }
    this.canvas.dataset.spans = this.painted;
  }

  x(at) {
    return (at - this.view.from) * this.scale;
  }

  paintAxis(context, width, height) {
    this.painted = 0;
    const by = step(this.view.to - this.view.from, Math.max(2, width / 110));
    context.fillStyle = this.look.soft;
    context.strokeStyle = this.look.line;
    context.textAlign = 'left';
    context.beginPath();
    const zero = this.trace.from;
    for (let at = Math.max(0, Math.ceil((this.view.from - zero) / by)) * by; zero + at < this.view.to; at += by) {
      const x = Math.round(this.x(zero + at)) + 0.5;
      context.moveTo(x, 0);
      context.lineTo(x, height);
      context.fillText(tick(at, by), x + 4, AXIS / 2);
    }
    context.stroke();
  }

  paintLane(context, width, {track, y}) {
    const painted = []; // for each row how far to the left it is full
    let labelled = 0;
    for (const span of track.between(this.view.from, this.view.to)) {
      const left = Math.max(0, this.x(span.from));
      const right = Math.min(width, Math.max(this.x(span.to), left + 1));
      if (Math.floor(left) >= (painted[span.row] ?? Infinity) - 0.5 && right - left < 2 && span.kernel !== this.kernel) {
        continue; // this pixel is taken
      }
      painted[span.row] = Math.floor(left);
      this.painted++;
      const top = y + span.row * ROW;
      context.globalAlpha = this.kernel && span.kernel !== this.kernel ? 0.3 : 1;
      context.fillStyle = this.colours[kindOf(span)];
      context.fillRect(left, top, Math.max(1, right - left - (right - left > 3 ? 0.7 : 0)), ROW - 2);
      if (right - left > LEAST_LABEL && labelled++ < 400) {
        context.fillStyle = this.look.label;
        context.textAlign = 'left';
        const most = Math.floor((right - left - 8) / CHARACTER);
        context.fillText(span.name.length > most ? `${span.name.slice(0, most - 1)}…` : span.name, left + 4, top + ROW / 2 - 0.5);
      }
    }
    context.globalAlpha = 1;
    this.paintTitle(context, this.trace.title(track), y - TITLE / 2 + 1);
  }

  paintTitle(context, text, y) {
    context.textAlign = 'left';
    context.fillStyle = this.look.ink;
    context.fillText(text, 2, y);
  }

  paintMemory(context, width) {
    const top = this.memoryTop;
    this.paintTitle(context, `memory, at most ${bytes(this.trace.peakBytes)}`, top - TITLE / 2);
    context.fillStyle = this.colours.host;
    context.globalAlpha = 0.45;
    for (const samples of this.trace.memory.values()) {
      let x = 0;
      let height = 0;
      context.beginPath();
      context.moveTo(0, top + MEMORY);
      for (const {at, bytes: count} of samples) {
        const next = this.x(at);
        if (next > width) {
          break;
        }
        if (next > x) {
          context.lineTo(x, top + MEMORY - height);
          context.lineTo(next, top + MEMORY - height);
          x = next;
        }
        height = MEMORY * count / this.trace.peakBytes;
      }
      const end = Math.min(width, this.x(this.trace.to));
      context.lineTo(x, top + MEMORY - height);
      context.lineTo(end, top + MEMORY - height);
      context.lineTo(end, top + MEMORY);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** What is at a place of the canvas: a span, or nothing. */
  at(x, y) {
    const lane = this.lanes?.find(({track, y: top}) => y >= top && y < top + track.rows * ROW);
    if (!lane) {
      return null;
    }
    const row = Math.floor((y - lane.y) / ROW);
    const reach = 2 / this.scale;
    const micros = this.view.from + x / this.scale;
    return [...lane.track.between(micros - reach, micros + reach)].filter(span => span.row === row)
        .sort((a, b) => Math.abs(micros - (a.from + a.to) / 2) - (a.to - a.from) / 2 - Math.abs(micros - (b.from + b.to) / 2) + (b.to - b.from) / 2)[0] ?? null;
  }

  hover(event) {
    const {left, top, width} = this.canvas.getBoundingClientRect();
    const span = this.at(event.clientX - left, event.clientY - top);
    this.tip.hidden = !span;
    if (span) {
      this.tip.replaceChildren(el('b', {}, span.name), ...this.facts(span).map(line => el('div', {}, line)));
      const room = this.tip.offsetWidth + 12;
      this.tip.style.left = `${Math.max(0, Math.min(event.clientX - left + 12, width - room))}px`;
      this.tip.style.top = `${event.clientY - top + 16}px`;
    }
  }

  facts(span) {
    const {args} = span;
    const micros = span.to - span.from;
    return [`${time(micros)}, from ${time(span.from - this.trace.from)} on`, ...span.kernel || span.cat === 'run' ? rates(args, micros) : [],
      args.kernel, span.cat === 'copy' && `${bytes(args.bytes)}, ${bytes(args.bytes * 1e6 / micros)}/s`,
      span.cat === 'run' && 'when which of its kernels ran was not recorded, as that would slow it down',
      args.compiled !== undefined && `${args.launches} launches of ${args.kernels} kernels, ${args.compiled} of them new; workspace ${bytes(args.workspaceBytes)}`].filter(Boolean);
  }

  listen() {
    const {canvas} = this;
    const share = event => (event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth;
    canvas.addEventListener('wheel', event => {
      if (event.ctrlKey || event.metaKey || document.activeElement === canvas) {
        event.preventDefault();
        Math.abs(event.deltaX) > Math.abs(event.deltaY) ? this.pan(event.deltaX / canvas.clientWidth) : this.zoom(Math.exp(-event.deltaY / 300), share(event));
      }
    }, {passive: false});
    canvas.addEventListener('pointerdown', event => {
      canvas.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, event.clientX);
      this.moved = 0;
    });
    canvas.addEventListener('pointermove', event => {
      if (!this.pointers.has(event.pointerId)) {
        this.hover(event);
        return;
      }
      const spread = () => Math.max(...this.pointers.values()) - Math.min(...this.pointers.values());
      const before = spread();
      const by = event.clientX - this.pointers.get(event.pointerId);
      this.pointers.set(event.pointerId, event.clientX);
      this.moved += Math.abs(by);
      this.tip.hidden = true;
      this.pointers.size > 1 && before > 0 ? this.zoom(spread() / before, share(event)) : this.pan(-by / canvas.clientWidth);
    });
    for (const end of ['pointerup', 'pointercancel']) {
      canvas.addEventListener(end, event => {
        this.pointers.delete(event.pointerId);
        if (end === 'pointerup' && this.moved < 4) {
          const {left, top} = canvas.getBoundingClientRect();
          this.chosen(this.at(event.clientX - left, event.clientY - top)?.kernel ?? null);
          this.hover(event);
        }
      });
    }
    canvas.addEventListener('pointerleave', () => this.tip.hidden = true);
    canvas.addEventListener('dblclick', event => this.zoom(4, share(event)));
    canvas.addEventListener('keydown', event => {
      const act = {ArrowLeft: () => this.pan(-0.2), ArrowRight: () => this.pan(0.2), '+': () => this.zoom(1.6), '=': () => this.zoom(1.6), '-': () => this.zoom(0.625), 0: () => this.showAll()}[event.key];
      if (act) {
        act();
        this.draw();
        event.preventDefault();
      }
    });
  }
}

/** What a kernel's work means, given its time. */
export function rates(work, micros) {
  const billions = count => (count / micros / 1e3).toLocaleString('en', {maximumSignificantDigits: 3});
  return [`${bytes(work.bytes)}, ${billions(work.bytes)} GB/s`, work.flops > 0 && `${billions(work.flops)} GFLOP/s, ${(work.flops / work.bytes).toLocaleString('en', {maximumSignificantDigits: 3})} operations a byte`].filter(Boolean);
}

function tick(at, by) {
  const [unit, size] = by >= 1e5 ? ['s', 1e6] : by >= 100 ? ['ms', 1e3] : ['µs', 1];
  return `${(at / size).toLocaleString('en', {maximumFractionDigits: Math.max(0, Math.ceil(-Math.log10(by / size) - 1e-9))})} ${unit}`;
}
