// A large graph on a canvas: layers from inputs to results, in which parts are folded to one box each.

import {el, say} from './dom.js';
import {Placement} from './layers.js';
import {resolved, sized} from './timeline.js';

const LINE = 14;
const LEAST_TEXT = 5;
const LEAST_ARROWS = 0.04;
const SMALLEST = 0.004;
const FAR = 0.12;
const READABLE = 0.6;
const PART = '#ffffff';
const LARGEST = 3;

export class GraphCanvas {
  /** @param nodes inputs before users: `{id, lines, color, path}`, where `path` names the parts that it is in, the outermost first
   * @param edges `{from, to}`
   * @param title gives the lines of a part's box by its name
   * @param colour gives its colour */
  constructor(nodes, edges, title, colour = () => PART) {
    Object.assign(this, {nodes, edges, title, colour});
    this.folded = new Set(nodes.flatMap(node => node.path));
    this.found = new Set();
    this.wanted = [];
    this.turn = -1;
    this.canvas = el('canvas', {class: 'graph-canvas', tabindex: '0', role: 'img', 'aria-label': `A graph of ${nodes.length} nodes: arrows move, plus and minus enlarge, 0 shows all; Enter folds or unfolds what is in the middle`});
    this.tip = el('div', {class: 'tip', hidden: true});
    this.search = el('input', {type: 'search', placeholder: 'Search: operation, shape', 'aria-label': 'Search the graph', spellcheck: 'false', oninput: () => this.find(this.search.value), onkeydown: event => event.key === 'Enter' && this.next()});
    this.count = el('span', {class: 'count'});
    const button = (text, label, act) => el('button', {type: 'button', 'aria-label': label, title: label, onclick: act}, text);
    const parts = [...this.folded];
    this.element = el('div', {class: 'graph-large'}, el('div', {class: 'run-tools'}, this.count, el('span', {class: 'buttons'}, this.search,
        parts.length > 0 && button('Fold', 'Fold all parts', () => this.fold(new Set(parts))), parts.length > 0 && button('Unfold', 'Unfold all parts', () => this.fold(new Set())),
        button('−', 'Show more', () => this.zoomMiddle(0.7)), button('+', 'Enlarge', () => this.zoomMiddle(1.4)), button('All', 'Show all', () => this.fit()))),
    el('div', {class: 'timeline-place'}, this.canvas, this.tip));
    this.view = null;
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    addEventListener('theme', () => this.draw());
  }

  /** The box that a node is drawn in: that of its outermost part that is folded, or its own. */
  place() {
    const keyOf = node => {
      const part = node.path.find(name => this.folded.has(name));
      return part === undefined ? `n${node.id}` : `p${part}`;
    };
    this.boxes = new Map();
    this.boxOf = new Map();
    for (const node of this.nodes) {
      const key = keyOf(node);
      let box = this.boxes.get(key);
      if (!box) {
        const part = key.startsWith('p') ? key.slice(1) : null;
        box = {key, part, nodes: [], lines: part === null ? node.lines : this.title(part), color: part === null ? node.color : this.colour(part)};
        this.boxes.set(key, box);
      }
      box.nodes.push(node);
      this.boxOf.set(node.id, box);
    }
    for (const box of this.boxes.values()) {
      if (box.part !== null) {
        box.lines = [...box.lines, `${box.nodes.length} node${box.nodes.length === 1 ? '' : 's'}`];
      }
    }
    this.mark();
    this.placement = new Placement([...this.boxes.values()], this.edges, this.boxOf);
  }

  fold(parts, keep = null) {
    const anchor = keep && this.boxOf.get(keep.id);
    const at = anchor && {x: anchor.x * this.view.scale + this.view.x, y: anchor.y * this.view.scale + this.view.y};
    this.folded = parts;
    this.place();
    if (at) { // what was unfolded stays where it was
      const box = this.boxOf.get(keep.id);
      this.view = {...this.view, x: at.x - box.x * this.view.scale, y: at.y - box.y * this.view.scale};
    } else {
      this.view = null;
    }
    this.draw();
  }

  toggle(box) {
    const parts = new Set(this.folded);
    if (box.part !== null) {
      parts.delete(box.part);
    } else if (box.nodes[0].path.length > 0) {
      parts.add(box.nodes[0].path.findLast(name => !parts.has(name)));
    } else {
      return;
    }
    this.fold(parts, box.nodes[0]);
  }

  /** Its beginning, large enough to read, or all of it if that is. */
  begin() {
    this.fit();
    if (this.view.scale < READABLE) {
      const first = this.placement.layers[0];
      this.view = {scale: READABLE, x: this.canvas.clientWidth / 2 - first.reduce((sum, box) => sum + box.x, 0) / first.length * READABLE, y: 20};
    }
  }

  /** All of it. */
  fit() {
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const {left, top, right, bottom} = this.placement;
    const scale = Math.max(SMALLEST, Math.min(1.2, width / (right - left + 40), height / (bottom - top + 40)));
    this.view = {scale, x: width / 2 - (left + right) / 2 * scale, y: height / 2 - (top + bottom) / 2 * scale};
    this.draw();
  }

  draw() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      if (this.canvas.isConnected && this.canvas.clientWidth > 0) {
        this.paint();
      }
    });
  }

  paint() {
    if (!this.placement) {
      this.place();
    }
    if (!this.view) {
      this.begin();
      cancelAnimationFrame(this.asked);
      this.asked = 0;
    }
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const context = sized(this.canvas, width, height);
    const {x, y, scale} = this.view;
    const seen = {left: -x / scale, top: -y / scale, right: (width - x) / scale, bottom: (height - y) / scale};
    context.translate(x, y);
    context.scale(scale, scale);
    this.look ??= {};
    const dark = getComputedStyle(document.documentElement).colorScheme;
    if (this.look.dark !== dark) {
      this.look = {dark, soft: resolved('--soft'), far: resolved('--run-3'), accent: resolved('--accent'), ink: '#1d1c1a', quiet: '#4a4741'};
    }
    this.paintArrows(context, seen, scale);
    const shown = this.placement.within(seen.top, seen.bottom).filter(box => box.x + box.width / 2 > seen.left && box.x - box.width / 2 < seen.right);
    this.paintBoxes(context, shown, scale);
    this.canvas.dataset.boxes = shown.length;
    this.canvas.dataset.frames = Number(this.canvas.dataset.frames ?? 0) + 1;
  }

  paintArrows(context, seen, scale) {
    if (scale < LEAST_ARROWS && this.placement.arrows.length > 3000) {
      return; // they would cover all
    }
    context.strokeStyle = this.look.soft;
    context.globalAlpha = scale < 0.3 ? 0.35 : 0.7;
    context.lineWidth = Math.max(1, 0.6 / scale);
    context.beginPath();
    for (const {from, to} of this.placement.arrows) {
      const start = from.y + from.height / 2;
      const end = to.y - to.height / 2;
      if (Math.max(start, end) < seen.top || Math.min(start, end) > seen.bottom || Math.max(from.x, to.x) < seen.left || Math.min(from.x, to.x) > seen.right) {
        continue;
      }
      context.moveTo(from.x, start);
      if (scale < 0.3) {
        context.lineTo(to.x, end);
      } else {
        const bend = Math.min(60, Math.abs(end - start) / 2);
        context.bezierCurveTo(from.x, start + bend, to.x, end - bend, to.x, end);
        context.moveTo(to.x - 3, end - 5);
        context.lineTo(to.x, end);
        context.lineTo(to.x + 3, end - 5);
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  paintBoxes(context, shown, scale) {
    const isText = scale * 11 >= LEAST_TEXT;
    const family = getComputedStyle(document.body).fontFamily;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const box of shown) {
      const left = box.x - box.width / 2;
      const top = box.y - box.height / 2;
      const isFound = this.found.has(box);
      context.globalAlpha = this.found.size > 0 && !isFound ? 0.3 : 1;
      context.fillStyle = scale < FAR ? this.look.far : box.color; // pale colours are nothing in so few pixels
      context.fillRect(left, top, Math.max(box.width, 1.5 / scale), Math.max(box.height, 1.2 / scale));
      if (box.part !== null || isFound) {
        context.strokeStyle = isFound ? this.look.accent : this.look.quiet;
        context.lineWidth = isFound ? Math.max(3, 2 / scale) : 1;
        context.strokeRect(left + 0.5, top + 0.5, box.width - 1, box.height - 1);
      }
      if (isText) {
        box.lines.forEach((line, i) => {
          context.font = `${i === 0 ? '600 ' : ''}11px ${family}`;
          context.fillStyle = i === 0 ? this.look.ink : this.look.quiet;
          context.fillText(line, box.x, top + 5 + (i + 0.5) * LINE);
        });
      }
    }
    context.globalAlpha = 1;
  }

  zoom(factor, x, y) {
    const scale = Math.min(LARGEST, Math.max(SMALLEST, this.view.scale * factor));
    const by = scale / this.view.scale;
    this.view = {scale, x: x - (x - this.view.x) * by, y: y - (y - this.view.y) * by};
    this.draw();
  }

  zoomMiddle(factor) {
    this.zoom(factor, this.canvas.clientWidth / 2, this.canvas.clientHeight / 2);
  }

  pan(x, y) {
    this.view = {...this.view, x: this.view.x + x, y: this.view.y + y};
    this.draw();
  }

  at(x, y) {
    const [left, top] = [(x - this.view.x) / this.view.scale, (y - this.view.y) / this.view.scale];
    return this.placement.within(top, top).find(box => Math.abs(box.x - left) <= box.width / 2 && Math.abs(box.y - top) <= box.height / 2) ?? null;
  }

  find(text) {
    const wanted = text.trim().toLowerCase();
    this.wanted = wanted === '' ? [] : this.nodes.filter(node => node.lines.some(line => line.toLowerCase().includes(wanted)) || node.path.some(part => this.title(part).some(line => line.toLowerCase().includes(wanted))));
    this.turn = -1;
    this.mark();
    if (wanted !== '') {
      say(`${this.wanted.length} nodes found, in ${this.found.size} boxes`);
      this.next();
    }
    this.draw();
  }

  /** Marks the boxes of what was found, and says how much there is. */
  mark() {
    this.found = new Set(this.wanted.map(node => this.boxOf.get(node.id)));
    const all = `${this.nodes.length.toLocaleString('en')} nodes in ${this.boxes.size.toLocaleString('en')} boxes`;
    this.count.textContent = this.search.value.trim() === '' ? all : `${this.wanted.length.toLocaleString('en')} found of ${all}`;
  }

  next() {
    if (this.found.size > 0) {
      this.turn = (this.turn + 1) % this.found.size;
      const box = [...this.found][this.turn];
      const scale = Math.max(this.view.scale, 0.7);
      this.view = {scale, x: this.canvas.clientWidth / 2 - box.x * scale, y: this.canvas.clientHeight / 2 - box.y * scale};
      this.draw();
    }
  }

  hover({offsetX, offsetY}) {
    const box = this.at(offsetX, offsetY);
    this.tip.hidden = !box;
    if (box) {
      const hint = box.part !== null ? 'Double click unfolds it' : box.nodes[0].path.length > 0 ? `in ${this.title(box.nodes[0].path.at(-1))[0]}; double click folds that` : '';
      this.tip.replaceChildren(el('b', {}, box.lines[0]), ...box.lines.slice(1).map(line => el('div', {}, line)), el('div', {}, hint));
      this.tip.style.left = `${Math.max(0, Math.min(offsetX + 12, this.canvas.clientWidth - this.tip.offsetWidth - 12))}px`;
      this.tip.style.top = `${offsetY + 16}px`;
    }
  }

  listen() {
    const {canvas} = this;
    canvas.addEventListener('wheel', event => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, {passive: false});
    canvas.addEventListener('pointerdown', event => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener('pointermove', event => {
      event.buttons === 1 ? this.pan(event.movementX, event.movementY) : this.hover(event);
    });
    canvas.addEventListener('pointerleave', () => this.tip.hidden = true);
    canvas.addEventListener('dblclick', event => {
      const box = this.at(event.offsetX, event.offsetY);
      box && this.toggle(box);
    });
    canvas.addEventListener('keydown', event => {
      const middle = () => this.at(canvas.clientWidth / 2, canvas.clientHeight / 2) ?? [...this.found][Math.max(0, this.turn)];
      const act = {
        ArrowLeft: () => this.pan(80, 0), ArrowRight: () => this.pan(-80, 0), ArrowUp: () => this.pan(0, 80), ArrowDown: () => this.pan(0, -80),
        '+': () => this.zoomMiddle(1.4), '=': () => this.zoomMiddle(1.4), '-': () => this.zoomMiddle(0.7), 0: () => this.fit(), Enter: () => middle() && this.toggle(middle()),
      }[event.key];
      if (act) {
        act();
        event.preventDefault();
      }
    });
  }
}
