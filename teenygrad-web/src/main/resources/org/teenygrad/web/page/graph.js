// The expression graph of the last tensor that a cell showed: folded by modules, searched, with what is known of each box, and to be taken away as DOT or SVG.

import {el} from './dom.js';
import * as api from './api.js';
import {GraphCanvas} from './canvas.js';
import {DagrePlacement, MOST_BOXES} from './dagre-placement.js';
import {parse} from './dot.js';
import {Placement} from './layers.js';
import {numbers} from './picture.js';
import {save, openView} from './view.js';

/** Opens the view of the last tensor that was shown. */
export function showGraph() {
  return openView('Graph', '', async (place, tools) => {
    const dot = await api.graph();
    if (!dot) {
      throw new Error('No cell of this page has shown a tensor yet.');
    }
    const {nodes, edges} = parse(dot);
    const view = new GraphCanvas(nodes, edges, {place: (boxes, links, boxOf) => new (boxes.length > MOST_BOXES ? Placement : DagrePlacement)(boxes, links, boxOf), know: box => box.part === null ? known(box.nodes[0]) : null});
    tools.append(el('button', {type: 'button', onclick: () => save('graph.dot', 'text/vnd.graphviz', dot)}, 'DOT'), view.svgButton());
    place.append(view.element);
    view.draw();
  });
}

/** What the process knows of a box: it computes value and gradient now, if they are not there. */
async function known({id, module}) {
  const {value, gradient, line} = await api.box(Number(id.slice(1)));
  const part = (title, shown) => shown && el('div', {}, el('b', {}, title), numbers(shown.text, shown.picture, title));
  return [module && el('div', {}, el('b', {}, 'module '), module), line && el('div', {class: 'line'}, el('b', {}, 'made in '), el('code', {}, line)), part('value', value), part('gradient', gradient)];
}
