// The expression graph of a tensor: layered, to be moved, enlarged and searched, and to be taken away as DOT or SVG.

import {byId, el, say, shape} from './dom.js';
import {graph} from './api.js';
import {GraphCanvas} from './canvas.js';
import {parse} from './dot.js';

/** From here on laying out takes seconds, and so many elements make moving slow: a canvas has all. */
const MOST_NODES = 1000;
const LINE = 15;
const MARGIN = 10;
const CHARACTER = 6.7;
const SMALL_CHARACTER = 5.6;

/** Opens the view of the last tensor that was shown. */
export async function showGraph() {
  const dialog = byId('graph');
  try {
    const dot = await graph();
    dialog.replaceChildren(...await content(dot, dialog));
  } catch (error) {
    dialog.replaceChildren(head(dialog, [], ''), el('p', {class: 'error'}, error.message));
  }
  dialog.showModal();
  dialog.dispatchEvent(new Event('shown'));
}

function head(dialog, tools, count) {
  return el('div', {class: 'graph-head'}, el('h2', {id: 'graph-title'}, 'Graph'), el('span', {class: 'count'}, count), ...tools,
      el('button', {type: 'button', onclick: () => dialog.close()}, 'Close'));
}

async function content(dot, dialog) {
  if (!dot) {
    return [head(dialog, [], ''), el('p', {}, 'No cell of this page has shown a tensor yet.')];
  }
  const {nodes, edges} = parse(dot);
  const dotButton = el('button', {type: 'button', onclick: () => save('graph.dot', 'text/vnd.graphviz', dot)}, 'DOT');
  if (nodes.length > MOST_NODES) {
    const canvas = new GraphCanvas(nodes, edges, part => [part]);
    dialog.addEventListener('shown', () => canvas.draw(), {once: true});
    return [head(dialog, [dotButton], ''), canvas.element];
  }
  const drawing = await draw(nodes, edges);
  const search = el('input', {type: 'search', placeholder: 'Search: operation, shape, value', 'aria-label': 'Search the graph', spellcheck: 'false'});
  search.addEventListener('input', () => drawing.find(search.value));
  search.addEventListener('keydown', event => event.key === 'Enter' && drawing.next());
  const tools = [
    search,
    dotButton,
    el('button', {type: 'button', onclick: () => save('graph.svg', 'image/svg+xml', drawing.file())}, 'SVG'),
  ];
  dialog.addEventListener('shown', () => drawing.fit(), {once: true});
  return [head(dialog, tools, `${nodes.length} nodes`), drawing.element];
}

function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], {type}));
  el('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function draw(nodes, edges) {
  const {Graph, layout} = await import('./vendor/dagre.js');
  const plan = new Graph({multigraph: true}).setGraph({rankdir: 'TB', nodesep: 22, ranksep: 34, marginx: 12, marginy: 12}).setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) {
    plan.setNode(node.id, {width: Math.max(...node.lines.map(line => line.length)) * CHARACTER + 2 * MARGIN, height: node.lines.length * LINE + MARGIN});
  }
  edges.forEach((edge, i) => plan.setEdge(edge.from, edge.to, {label: edge.label, width: edge.label.length * SMALL_CHARACTER, height: edge.label ? 12 : 0, labelpos: 'c'}, `e${i}`));
  layout(plan);
  return new Drawing(nodes, plan);
}

class Drawing {
  constructor(nodes, plan) {
    const {width, height} = plan.graph();
    this.size = {width, height};
    this.boxes = nodes.map(node => ({node, at: plan.node(node.id), element: box(node, plan.node(node.id))}));
    const arrows = plan.edges().map(edge => arrow(plan.edge(edge)));
    this.layer = shape('g', {}, ...arrows, ...this.boxes.map(each => each.element));
    this.element = shape('svg', {class: 'graph-drawing', tabindex: '0', role: 'img', 'aria-label': `An expression of ${nodes.length} nodes`}, marker(), this.layer);
    this.view = {x: 0, y: 0, scale: 1};
    this.found = [];
    this.listen();
  }

  /** All of it in sight, but not larger than it is. */
  fit() {
    const {width, height} = this.element.getBoundingClientRect();
    const scale = Math.min(1.25, width / this.size.width, height / this.size.height);
    this.move((width - this.size.width * scale) / 2, Math.max(0, (height - this.size.height * scale) / 2), scale);
  }

  move(x, y, scale) {
    this.view = {x, y, scale};
    this.layer.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
  }

  zoom(factor, x, y) {
    const {view} = this;
    const scale = Math.min(4, Math.max(0.05, view.scale * factor));
    this.move(x - (x - view.x) * scale / view.scale, y - (y - view.y) * scale / view.scale, scale);
  }

  listen() {
    const svg = this.element;
    svg.addEventListener('wheel', event => {
      event.preventDefault();
      const {left, top} = svg.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
    }, {passive: false});
    svg.addEventListener('pointerdown', event => svg.setPointerCapture(event.pointerId));
    svg.addEventListener('pointermove', event => {
      if (event.buttons === 1) {
        this.move(this.view.x + event.movementX, this.view.y + event.movementY, this.view.scale);
      }
    });
    svg.addEventListener('keydown', event => {
      const {x, y, scale} = this.view;
      const {width, height} = svg.getBoundingClientRect();
      const steps = {ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60]}[event.key];
      if (steps) {
        this.move(x + steps[0], y + steps[1], scale);
      } else if (event.key === '+' || event.key === '-') {
        this.zoom(event.key === '+' ? 1.25 : 0.8, width / 2, height / 2);
      } else if (event.key === '0') {
        this.fit();
      } else {
        return;
      }
      event.preventDefault();
    });
  }

  find(text) {
    const wanted = text.trim().toLowerCase();
    this.found = wanted === '' ? [] : this.boxes.filter(each => each.node.lines.join(' ').toLowerCase().includes(wanted) || each.node.module.toLowerCase().includes(wanted));
    this.element.classList.toggle('searching', wanted !== '');
    this.boxes.forEach(each => each.element.classList.toggle('found', this.found.includes(each)));
    this.at = -1;
    if (wanted !== '') {
      say(`${this.found.length} nodes found`);
      this.next();
    }
  }

  next() {
    if (this.found.length > 0) {
      this.at = (this.at + 1) % this.found.length;
      const {x, y} = this.found[this.at].at;
      const {width, height} = this.element.getBoundingClientRect();
      const scale = Math.max(this.view.scale, 0.8);
      this.move(width / 2 - x * scale, height / 2 - y * scale, scale);
    }
  }

  /** The drawing as a file that needs nothing else. */
  file() {
    const copy = this.element.cloneNode(true);
    const computed = [...this.element.querySelectorAll('*')];
    [...copy.querySelectorAll('*')].forEach((element, i) => {
      const style = getComputedStyle(computed[i]);
      ['fill', 'stroke', 'stroke-width', 'font-size', 'font-family', 'font-weight', 'text-anchor'].forEach(name => element.setAttribute(name, style.getPropertyValue(name)));
      element.removeAttribute('class');
    });
    copy.querySelector('g').removeAttribute('transform');
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    copy.setAttribute('viewBox', `0 0 ${this.size.width} ${this.size.height}`);
    ['class', 'tabindex'].forEach(name => copy.removeAttribute(name));
    return new XMLSerializer().serializeToString(copy);
  }
}

function marker() {
  return shape('defs', {}, shape('marker', {id: 'graph-tip', viewBox: '0 0 8 8', refX: '7', refY: '4', markerWidth: '7', markerHeight: '7', orient: 'auto-start-reverse'},
      shape('path', {class: 'tip', d: 'M0 0.500L8 4 0 7.500z'})));
}

function box(node, at) {
  const top = at.y - at.height / 2;
  return shape('g', {class: 'box'},
      shape('title', {}, [node.module, ...node.lines].filter(Boolean).join('\n')),
      shape('rect', {x: at.x - at.width / 2, y: top, width: at.width, height: at.height, rx: 6, fill: node.color}),
      ...node.lines.map((line, i) => shape('text', {class: i === 0 ? 'name' : 'more', x: at.x, y: top + MARGIN / 2 + (i + 0.77) * LINE}, line)));
}

function arrow(edge) {
  const [first, ...others] = edge.points;
  let d = `M${first.x} ${first.y}`;
  others.forEach((point, i) => {
    const before = edge.points[i];
    const middle = (before.y + point.y) / 2;
    d += `C${before.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}`;
  });
  const line = shape('path', {class: 'arrow', d, 'marker-end': 'url(#graph-tip)'});
  return edge.label ? shape('g', {}, line, shape('text', {class: 'label', x: edge.x, y: edge.y + 3}, edge.label)) : line;
}
