// A graph on a canvas, of a few boxes or of thousands: layers from inputs to results, in which parts are folded to one box each; a box can be chosen, and says what it is.

import {el, say} from './dom.js';
import {file} from './drawing.js';
import {Placement} from './layers.js';
import {resolved, sized} from './timeline.js';
import {save} from './view.js';

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
   * @param edges `{from, to, label}`
   * @param title gives the lines of a part's box by its name
   * @param colour gives its colour
   * @param place makes places for boxes
   * @param know gives elements that say what is known of a box, or null if nothing is */
  constructor(nodes, edges, {title = part => [part], colour = () => PART, place = (...all) => new Placement(...all), know = null}) {
    Object.assign(this, {nodes, edges, title, colour, placed: place, know});
    this.folded = new Set(nodes.flatMap(node => node.path));
    this.found = new Set();
    this.wanted = [];
    this.turn = -1;
    this.canvas = el('canvas', {class: 'graph-canvas', tabindex: '0', role: 'img', 'aria-label': `A graph of ${nodes.length} nodes: arrows move, plus and minus enlarge, 0 shows all; n and p choose the next box and the one before; Enter folds or unfolds it`});
    this.tip = el('div', {class: 'tip', hidden: true});
    this.search = el('input', {type: 'search', placeholder: 'Search: operation, shape', 'aria-label': 'Search the graph', spellcheck: 'false', oninput: () => this.find(this.search.value), onkeydown: event => event.key === 'Enter' && this.next()});
    this.count = el('span', {class: 'count'});
    const button = (text, label, act) => el('button', {type: 'button', 'aria-label': label, title: label, onclick: act}, text);
    const parts = [...this.folded];
    this.element = el('div', {class: 'graph-large'}, el('div', {class: 'run-tools'}, this.count, this.tools = el('span', {class: 'buttons'}, this.search,
        parts.length > 0 && button('Fold', 'Fold all parts', () => this.fold(new Set(parts))), parts.length > 0 && button('Unfold', 'Unfold all parts', () => this.fold(new Set())),
        button('−', 'Show more', () => this.zoomMiddle(0.7)), button('+', 'Enlarge', () => this.zoomMiddle(1.4)), button('All', 'Show all', () => this.fit()))),
    el('div', {class: 'timeline-place'}, this.canvas, this.tip), this.facts = el('div', {class: 'graph-facts', role: 'status', 'aria-live': 'polite'}, el('span', {class: 'soft'}, 'A click, or n and p, choose a box.')));
    this.chosen = null;
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
    this.chosen = this.chosen && this.boxOf.get(this.chosen.nodes[0].id);
    this.mark();
    this.placement = this.placed([...this.boxes.values()], this.edges, this.boxOf);
  }

  fold(parts, keep = null) {
    const anchor = keep && this.boxOf.get(keep.id);
    const at = anchor && {x: anchor.x * this.view.scale + this.view.x, y: anchor.y * this.view.scale + this.view.y};
    this.folded = parts;
    this.place();
    if (at) { // what was unfolded stays where it was
      const box = this.boxOf.get(keep.id);
      this.chosen &&= box;
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
    this.fold(parts, this.wanted.find(node => box.nodes.includes(node)) ?? box.nodes[0]); // what was found is followed into the parts that it is in
  }

  /** Its beginning, large enough to read, or all of it if that is. */
  begin() {
    this.fit();
    if (this.view.scale < READABLE) {
      this.view = {scale: READABLE, x: this.canvas.clientWidth / 2 - this.placement.first.x * READABLE, y: 20};
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
      this.look = {dark, soft: resolved('--soft'), far: resolved('--run-3'), accent: resolved('--accent'), ink: '#1d1c1a', quiet: '#4a4741', family: getComputedStyle(document.body).fontFamily};
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
    for (const {from, to, points} of this.placement.arrows) {
      const start = from.y + from.height / 2;
      const end = to.y - to.height / 2;
      if (Math.max(start, end) < seen.top || Math.min(start, end) > seen.bottom || Math.max(from.x, to.x) < seen.left || Math.min(from.x, to.x) > seen.right) {
        continue;
      }
      context.moveTo(points?.[0].x ?? from.x, points?.[0].y ?? start);
      if (points) {
        curve(context, points);
      } else if (scale < 0.3) {
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
    if (scale * 10 >= LEAST_TEXT) {
      context.font = `10px ${this.look.family}`;
      context.textAlign = 'center';
      context.fillStyle = this.look.soft;
      this.placement.arrows.filter(arrow => arrow.label).forEach(({label, x, y}) => context.fillText(label, x, y));
    }
  }

  paintBoxes(context, shown, scale) {
    const isText = scale * 11 >= LEAST_TEXT;
    const {family} = this.look;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const box of shown) {
      const left = box.x - box.width / 2;
      const top = box.y - box.height / 2;
      const isFound = this.found.has(box);
      context.globalAlpha = this.found.size > 0 && !isFound ? 0.3 : 1;
      context.fillStyle = scale < FAR ? this.look.far : box.color; // pale colours are nothing in so few pixels
      context.fillRect(left, top, Math.max(box.width, 1.5 / scale), Math.max(box.height, 1.2 / scale));
      const isMarked = isFound || box === this.chosen;
      if (box.part !== null || isMarked) {
        context.strokeStyle = isMarked ? this.look.accent : this.look.quiet;
        context.lineWidth = isMarked ? Math.max(3, 2 / scale) : 1;
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
    const says = lines => lines.some(line => line.toLowerCase().includes(wanted));
    const own = this.nodes.filter(node => says(node.lines));
    // What says it itself comes before what is in a part that does.
    this.wanted = wanted === '' ? [] : [...own, ...this.nodes.filter(node => !says(node.lines) && node.path.some(part => says(this.title(part))))];
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
      this.choose([...this.found][this.turn]);
    }
  }

  /** Goes to a box and says what it is. */
  choose(box) {
    const scale = Math.max(this.view.scale, 0.7);
    this.view = {scale, x: this.canvas.clientWidth / 2 - box.x * scale, y: this.canvas.clientHeight / 2 - box.y * scale};
    this.tell(box);
  }

  /** Says what a box is, as far as the page knows, and then what its process knows. */
  async tell(box) {
    this.chosen = box;
    this.draw();
    const own = el('div', {}, el('b', {}, box.lines[0]), ' ', box.lines.slice(1).join(' · '), box.part !== null && el('span', {class: 'soft'}, ' Enter unfolds it'));
    const line = box.part === null && box.nodes[0].source;
    this.facts.replaceChildren(own, ...line ? [el('div', {class: 'line'}, el('b', {}, 'made in '), el('code', {}, line))] : []);
    if (this.know) {
      try {
        const known = await this.know(box);
        known && this.chosen === box && this.facts.replaceChildren(own, ...known.filter(Boolean));
      } catch (error) {
        this.chosen === box && this.facts.append(el('div', {class: 'wrong'}, error.message));
      }
    }
  }

  /** Chooses the box so many places further, in the order from inputs to results. */
  step(by) {
    const all = [...this.boxes.values()];
    const at = this.chosen ? all.indexOf(this.chosen) + by : by > 0 ? 0 : all.length - 1;
    this.choose(all[(at + all.length) % all.length]);
  }

  /** A button that keeps the graph, as it is folded now, as an SVG file. */
  svgButton() {
    return el('button', {type: 'button', onclick: () => save('graph.svg', 'image/svg+xml', file(this.placement, `An expression of ${this.nodes.length} nodes`))}, 'SVG');
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
    let moved = 0;
    canvas.addEventListener('pointerdown', event => {
      canvas.setPointerCapture(event.pointerId);
      moved = 0;
    });
    canvas.addEventListener('pointermove', event => {
      moved += Math.abs(event.movementX) + Math.abs(event.movementY);
      event.buttons === 1 ? this.pan(event.movementX, event.movementY) : this.hover(event);
    });
    canvas.addEventListener('click', event => {
      const box = moved < 5 && this.at(event.offsetX, event.offsetY);
      box && this.tell(box);
    });
    canvas.addEventListener('pointerleave', () => this.tip.hidden = true);
    canvas.addEventListener('dblclick', event => {
      const box = this.at(event.offsetX, event.offsetY);
      box && this.toggle(box);
    });
    canvas.addEventListener('keydown', event => {
      const middle = () => this.chosen ?? this.at(canvas.clientWidth / 2, canvas.clientHeight / 2);
      const act = {
        ArrowLeft: () => this.pan(80, 0), ArrowRight: () => this.pan(-80, 0), ArrowUp: () => this.pan(0, 80), ArrowDown: () => this.pan(0, -80),
        '+': () => this.zoomMiddle(1.4), '=': () => this.zoomMiddle(1.4), '-': () => this.zoomMiddle(0.7), 0: () => this.fit(), Enter: () => middle() && this.toggle(middle()),
        n: () => this.step(1), p: () => this.step(-1),
      }[event.key];
      if (act) {
        act();
        event.preventDefault();
      }
    });
  }
}

/** Through points, each stretch from straight down to straight down. */
function curve(context, points) {
  points.slice(1).forEach((point, i) => {
    const middle = (points[i].y + point.y) / 2;
    context.bezierCurveTo(points[i].x, middle, point.x, middle, point.x, point.y);
  });
  const {x, y} = points.at(-1);
  context.moveTo(x - 3, y - 5);
  context.lineTo(x, y);
  context.lineTo(x + 3, y - 5);
}
