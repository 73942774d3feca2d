// Layers for large graphs, in time proportional to their size: the longest way from an input says in which layer a box is, means of neighbours say where in it.

const CHARACTER = 6.3;
const LINE = 14;
const MARGIN = 10;
const GAP = 26;
const BETWEEN_LAYERS = 46;
const SWEEPS = 4;
const MOST_PASSES = 6;

/** How large a box of some lines is. */
export function measure(box) {
  return Object.assign(box, {width: Math.max(...box.lines.map(line => line.length)) * CHARACTER + 2 * MARGIN, height: box.lines.length * LINE + MARGIN});
}

export class Placement {
  /** Gives boxes their `x`, `y`, `width` and `height`.
   * @param boxes inputs before users, as far as parts allow
   * @param edges between nodes
   * @param boxOf the box of each node, by its id */
  constructor(boxes, edges, boxOf) {
    this.boxes = boxes;
    for (const box of boxes) {
      Object.assign(measure(box), {before: new Set(), after: new Set(), layer: 0});
    }
    for (const edge of edges) {
      const [from, to] = [boxOf.get(edge.from), boxOf.get(edge.to)];
      if (from && to && from !== to) {
        from.after.add(to);
        to.before.add(from);
      }
    }
    this.arrows = boxes.flatMap(from => [...from.after].map(to => ({from, to})));
    this.findLayers();
    this.order();
    this.spread();
  }

  findLayers() {
    const {boxes} = this;
    for (let pass = 0, changed = true; changed && pass < MOST_PASSES; pass++) { // parts may wait for each other: then some arrows point up
      changed = false;
      for (const box of boxes) {
        for (const input of box.before) {
          if (box.layer <= input.layer) {
            box.layer = input.layer + 1;
            changed = true;
          }
        }
      }
    }
    for (const box of boxes) {
      if (box.before.size === 0 && box.after.size > 0) { // an input is next to who reads it first
        box.layer = Math.max(0, Math.min(...[...box.after].map(user => user.layer)) - 1);
      }
    }
    const layers = new Map();
    boxes.forEach(box => layers.set(box.layer, [...layers.get(box.layer) ?? [], box]));
    this.layers = [...layers].sort(([a], [b]) => a - b).map(([, layer]) => layer);
  }

  order() {
    const number = layer => layer.forEach((box, i) => box.x = (i + 0.5) / layer.length);
    this.layers.forEach(number);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      const isDown = sweep % 2 === 0;
      for (const layer of isDown ? this.layers : this.layers.toReversed()) {
        layer.forEach(box => box.wanted = mean(isDown ? box.before : box.after) ?? box.x);
        layer.sort((a, b) => a.wanted - b.wanted);
        number(layer);
      }
    }
  }

  /** Places each layer's boxes in their order, near the means of what they read. */
  spread() {
    let y = 0;
    this.left = this.right = 0;
    for (const layer of this.layers) {
      let left = -Infinity;
      const height = Math.max(...layer.map(box => box.height));
      const wanted = layer.map((box, i) => mean([...box.before].filter(input => input.isPlaced)) ?? (i - layer.length / 2) * 40);
      layer.forEach((box, i) => {
        box.x = Math.max(wanted[i], left + box.width / 2);
        left = box.x + box.width / 2 + GAP;
      });
      const shift = layer.reduce((sum, box, i) => sum + wanted[i] - box.x, 0) / layer.length;
      for (const box of layer) {
        box.x += shift;
        box.y = y + height / 2;
        box.isPlaced = true;
        this.left = Math.min(this.left, box.x - box.width / 2);
        this.right = Math.max(this.right, box.x + box.width / 2);
      }
      layer.top = y;
      layer.bottom = y + height;
      y += height + BETWEEN_LAYERS;
    }
    this.top = 0;
    this.bottom = y - BETWEEN_LAYERS;
  }

  /** A box from which to begin to read. */
  get first() {
    return this.layers[0][Math.floor(this.layers[0].length / 2)];
  }

  /** The boxes between two heights. */
  within(top, bottom) {
    return this.layers.filter(layer => layer.bottom >= top && layer.top <= bottom).flat();
  }
}

function mean(boxes) {
  let sum = 0;
  let count = 0;
  for (const box of boxes) {
    sum += box.x;
    count++;
  }
  return count === 0 ? null : sum / count;
}
