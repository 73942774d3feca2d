// Places for the boxes of a small graph, by dagre: few arrows cross.

import {Graph, layout} from './vendor/dagre.js';
import {measure} from './layers.js';

/** More take seconds. */
export const MOST_BOXES = 250;

const SMALL_CHARACTER = 5.6;

export class DagrePlacement {
  /** As `Placement` of `layers.js`. */
  constructor(boxes, edges, boxOf) {
    const plan = new Graph({multigraph: true}).setGraph({rankdir: 'TB', nodesep: 22, ranksep: 34, marginx: 4, marginy: 4}).setDefaultEdgeLabel(() => ({}));
    boxes.forEach((box, i) => plan.setNode(`${i}`, measure(box)));
    const numbers = new Map(boxes.map((box, i) => [box, `${i}`]));
    const joined = edges.map((edge, i) => ({label: edge.label ?? '', from: boxOf.get(edge.from), to: boxOf.get(edge.to), i})).filter(({from, to}) => from && to && from !== to);
    joined.forEach(({from, to, label, i}) => plan.setEdge(numbers.get(from), numbers.get(to), {label, width: label.length * SMALL_CHARACTER, height: label ? 12 : 0, labelpos: 'c'}, `e${i}`));
    layout(plan);
    boxes.forEach((box, i) => Object.assign(box, {x: plan.node(`${i}`).x, y: plan.node(`${i}`).y}));
    this.boxes = boxes;
    this.arrows = joined.map(({from, to, label, i}) => ({from, to, label, ...plan.edge({v: numbers.get(from), w: numbers.get(to), name: `e${i}`})}));
    Object.assign(this, {left: 0, top: 0, right: plan.graph().width, bottom: plan.graph().height});
  }

  get first() {
    return this.boxes.reduce((highest, box) => box.y < highest.y ? box : highest);
  }

  within(top, bottom) {
    return this.boxes.filter(box => box.y + box.height / 2 >= top && box.y - box.height / 2 <= bottom);
  }
}
