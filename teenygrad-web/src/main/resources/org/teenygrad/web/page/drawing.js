// A graph as an SVG element or file: boxes and arrows where a placement put them.

import {shape} from './dom.js';

const LINE = 14;
const MARGIN = 10;

/** A drawing of a placement; its boxes are `g` elements in the order of the placement's. */
export function drawing(placement, label) {
  const {left, top, right, bottom} = placement;
  const boxes = placement.boxes.map(box);
  const svg = shape('svg', {class: 'graph-drawing', role: 'img', 'aria-label': label, viewBox: `${left - 12} ${top - 12} ${right - left + 24} ${bottom - top + 24}`, 'font-family': 'sans-serif', 'font-size': 11},
      tip(), ...placement.arrows.map(arrow), ...boxes);
  svg.boxes = boxes;
  return svg;
}

/** The same as a file that needs nothing else. */
export function file(placement, label) {
  const svg = drawing(placement, label);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(svg);
}

function tip() {
  return shape('defs', {}, shape('marker', {id: 'graph-tip', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse'}, shape('path', {class: 'tip', fill: '#5f6368', d: 'M0 0.500L8 4 0 7.500z'})));
}

function box({x, y, width, height, lines, color}) {
  const top = y - height / 2;
  return shape('g', {class: 'box'}, shape('rect', {x: x - width / 2, y: top, width, height, rx: 6, fill: color, stroke: '#9aa0a6'}),
      ...lines.map((line, i) => shape('text', {class: i === 0 ? 'name' : 'more', 'text-anchor': 'middle', 'font-weight': i === 0 ? 600 : 400, fill: '#1d1c1a', x, y: top + MARGIN / 2 + (i + 0.77) * LINE}, line)));
}

function arrow(each) {
  const line = shape('path', {class: 'arrow', fill: 'none', stroke: '#5f6368', d: path(each), 'marker-end': 'url(#graph-tip)'});
  return each.label ? shape('g', {}, line, shape('text', {class: 'label', 'text-anchor': 'middle', 'font-size': 10, fill: '#5f6368', x: each.x, y: each.y + 3}, each.label)) : line;
}

/** The curve of an arrow: through its points, or straight down from box to box. */
export function path({from, to, points}) {
  const all = points ?? [{x: from.x, y: from.y + from.height / 2}, {x: to.x, y: to.y - to.height / 2}];
  return all.slice(1).reduce((d, point, i) => {
    const middle = (all[i].y + point.y) / 2;
    return `${d}C${all[i].x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}`;
  }, `M${all[0].x} ${all[0].y}`);
}
