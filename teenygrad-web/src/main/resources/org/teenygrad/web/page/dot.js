// Graphviz' language: read as the server writes it, a statement a line, and written.

const unescape = text => text.replace(/\\(.)/g, (_, c) => c === 'n' ? '\n' : c);
const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';

/** `{nodes: [{id, lines, color, module}], edges: [{from, to, label}]}` */
export function parse(dot) {
  const nodes = [];
  const edges = [];
  const modules = [];
  for (const line of dot.split('\n')) {
    const node = line.match(new RegExp(`^\\s*(n\\d+) \\[label=${QUOTED}, fillcolor="(#\\w+)"\\];$`));
    const edge = line.match(new RegExp(`^\\s*(n\\d+) -> (n\\d+)(?: \\[label=${QUOTED}\\])?;$`));
    const module = line.match(/^\s*subgraph "cluster_(.*)" \{$/);
    if (node) {
      nodes.push({id: node[1], lines: unescape(node[2]).split('\n'), color: node[3], module: modules.at(-1) ?? '', path: [...modules]});
    } else if (edge) {
      edges.push({from: edge[1], to: edge[2], label: unescape(edge[3] ?? '')});
    } else if (module) {
      modules.push(unescape(module[1]));
    } else if (/^\s*}$/.test(line)) {
      modules.pop();
    }
  }
  return {nodes, edges};
}

const quoted = text => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

/** A graph as text: nodes of one part stand in a frame.
 * @param title gives the lines of a part */
export function write(nodes, edges, title) {
  const line = node => `  n${node.id} [label=${quoted(node.lines.join('\n'))}, fillcolor="${node.color}"];`;
  const within = (some, depth) => [...Map.groupBy(some, node => node.path[depth] ?? null)].flatMap(([part, inside]) => part === null ? inside.map(line)
    : [`  subgraph "cluster_${part}" {`, `  label=${quoted(title(part).join('\n'))};`, ...within(inside, depth + 1), '  }']);
  const frames = within(nodes, 0);
  return ['digraph teenygrad {', '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=10];', ...frames, ...edges.map(({from, to}) => `  n${from} -> n${to};`), '}', ''].join('\n');
}
