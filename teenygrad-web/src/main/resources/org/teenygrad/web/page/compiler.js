// The view of the compiler: each pass over a graph with what it changed, the kernels that came of it and why, their code, and where their memory lies.

import {el, say} from './dom.js';
import * as api from './api.js';
import {GraphCanvas} from './canvas.js';
import {MemoryPlan} from './memory.js';
import {write} from './dot.js';
import {numbers} from './picture.js';
import {bytes, flops, time} from './trace.js';
import {openView, save} from './view.js';

const ELEMENTWISE = '#fff2cc';
const PARAMETER = '#b7e1cd';
const KERNELS = {contract: '#f9cb9c', reduce: '#f4cccc', map: ELEMENTWISE, copy: '#eeeeee'};
const COLOURS = {
  PARAM: '#cfe2f3', CONST: '#cfe2f3', ARANGE: '#cfe2f3', REDUCE: '#f4cccc', LOGSUMEXP: '#f4cccc', GATHER: '#d9d2e9', SCATTER: '#d9d2e9', SCAN: '#d9d2e9', SORT: '#d9d2e9', ASSIGN: '#d0e0e3', CONTIGUOUS: '#d0e0e3',
  ...Object.fromEntries(['RESHAPE', 'PERMUTE', 'EXPAND', 'PAD', 'SHRINK', 'FLIP'].map(op => [op, '#eeeeee'])),
};
const FEW_LINES = 60;
const AROUND = 2;
const POLL_MILLIS = 1500;
const MOST_PARTS = 12;

const counted = (count, what) => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : /(s|sh|ch)$/.test(what) ? 'es' : 's'}`;

export class CompilerView {
  /** @param ask gives what the server says: `ask(what, schedule, index)` */
  constructor(ask) {
    this.ask = ask;
    this.choice = el('select', {'aria-label': 'Schedule', onchange: () => this.open(Number(this.choice.value))});
    this.facts = el('p', {class: 'note'});
    this.machines = el('span', {class: 'buttons machines'}, 'Plan it for ', ...['H200', 'A100'].map((name, i) => el('button', {type: 'button', title: `What an ${name} would run, which need not be there`, onclick: () => this.planFor(i)}, `an ${name}`)));
    this.passes = el('ol', {class: 'passes', 'aria-label': 'Passes'});
    this.body = el('div', {class: 'compiler-body'});
    this.element = el('div', {class: 'compiler-view', hidden: true}, el('div', {class: 'compiler-head'}, el('label', {}, 'Schedule ', this.choice), this.machines, this.facts), this.passes, this.body);
    this.schedules = [];
    this.asked = 0;
    this.isWhole = false;
  }

  /** Asks for schedules; true if there are any.
   * @param wanted the one to show; without, the one that is shown stays */
  async update(wanted = this.schedule?.number) {
    const {schedules} = await this.ask('schedules', 0, 0);
    if (schedules.length > 0 && schedules.at(-1).number !== this.schedules.at(-1)?.number) {
      this.schedules = schedules;
      this.choice.replaceChildren(...schedules.map(each => el('option', {value: each.number},
          `${each.number + 1}${each.planned ? `, ${each.device}` : ''}: ${counted(each.launches, 'launch')} for ${each.results.join(', ')}${each.resultCount > each.results.length ? ` and ${each.resultCount - each.results.length} more` : ''}`)));
      this.element.hidden = false;
      const largest = schedules.reduce((best, each) => each.launches > best.launches ? each : best);
      await this.open(schedules.some(each => each.number === wanted) ? wanted : largest.number);
    }
    return schedules.length > 0;
  }

  /** Has the schedule made once more, for a GPU that need not be there, and shows that. */
  async planFor(machine) {
    this.facts.textContent = 'planning';
    try {
      const {number} = await this.ask('plan', this.schedule.number, machine);
      await this.update(number);
      await this.open(number);
      this.passes.querySelectorAll('button').forEach(button => button.textContent.startsWith('kernels') && button.click());
    } catch (error) {
      this.facts.textContent = error.message;
    }
  }

  async open(number) {
    this.choice.value = number;
    if (this.schedule?.number === number) {
      return;
    }
    this.schedule = this.schedules.find(each => each.number === number);
    this.machines.hidden = this.schedule.planned;
    const {device, millis, codeMillis, launches, kernels, compiled, workspaceBytes, passes} = this.schedule;
    this.facts.textContent = `for ${device}, made in ${time(millis * 1000)}, ${time(codeMillis * 1000)} of that for code; ${counted(launches, 'launch')} of ${counted(kernels, 'kernel')}, ${compiled} of them new; workspace ${bytes(workspaceBytes)}`;
    const button = (text, more, act, isQuiet) => el('li', {}, el('button', {type: 'button', class: isQuiet ? 'quiet' : null, 'aria-pressed': 'false', onclick: event => {
      this.passes.querySelectorAll('[aria-pressed="true"]').forEach(other => other.setAttribute('aria-pressed', 'false'));
      event.currentTarget.setAttribute('aria-pressed', 'true');
      this.attempt(act);
    }}, text, el('small', {}, more)));
    this.passes.replaceChildren(...passes.map((pass, i) => button(pass.name, pass.changed ? `${pass.before} → ${pass.after} nodes${pass.fired ? `, ${counted(pass.fired, 'rule')}` : ''}` : 'nothing to do', () => this.showPass(i), !pass.changed)),
        button('kernels', counted(launches, 'launch'), () => this.showKernels()), button('graph', 'modules, kernels, nodes', () => this.showGraph()));
    const first = Math.max(0, passes.findIndex(pass => pass.fired > 0 || pass.changed));
    this.passes.querySelectorAll('button')[first].click();
  }

  /** Shows what comes of a question, unless another was asked meanwhile.
   * @param act asks, and gives what shows the answer */
  async attempt(act) {
    const own = ++this.asked;
    try {
      const show = await act();
      if (own === this.asked) {
        show();
      }
    } catch (error) {
      this.body.replaceChildren(el('p', {class: 'wrong', role: 'alert'}, error.message));
    }
  }

  async showPass(index) {
    const pass = await this.ask('pass', this.schedule.number, index);
    return () => this.drawPass(pass);
  }

  drawPass(pass) {
    const isLong = pass.before.length + pass.after.length > FEW_LINES;
    const rules = new Map();
    pass.fired.forEach(each => rules.set(each.rule, [...rules.get(each.rule) ?? [], each]));
    const draw = chosen => {
      const at = side => new Map(pass.fired.filter(each => !chosen || each.rule === chosen).map(each => [each[side], each.rule]));
      const whole = this.isWhole || !isLong;
      lists.replaceChildren(list('Before', pass.before, whole, at('before'), 'gone'), list('After', pass.after, whole, at('after'), 'added'));
    };
    const chips = [...rules].map(([rule, all]) => el('li', {}, el('button', {type: 'button', 'aria-pressed': 'false', title: all.slice(0, 5).map(each => `${each.from} → ${each.to}`).join('\n'), onclick: event => {
      const isOn = event.currentTarget.getAttribute('aria-pressed') === 'true';
      rulesList.querySelectorAll('button').forEach(other => other.setAttribute('aria-pressed', 'false'));
      event.currentTarget.setAttribute('aria-pressed', String(!isOn));
      draw(isOn ? null : rule);
    }}, el('code', {}, rule), all.length > 1 && ` ${all.length} times`)));
    const rulesList = el('ul', {class: 'rules', 'aria-label': 'Rules that fired'}, ...chips);
    const lists = el('div', {class: 'lists'});
    const toggle = el('input', {type: 'checkbox', onchange: event => {
      this.isWhole = event.target.checked;
      draw(null);
    }});
    toggle.checked = this.isWhole;
    this.body.replaceChildren(el('div', {class: 'pass-tools'}, rules.size > 0 && rulesList, el('span', {class: 'key'}, el('i', {class: 'key-gone'}), 'gone', el('i', {class: 'key-added'}), 'added', el('i', {class: 'key-rebuilt'}), 'of other inputs'),
        isLong && el('label', {}, toggle, ' all lines')), lists);
    draw(null);
    say(`${pass.name}: ${pass.fired.length} rules fired`);
  }

  async showKernels() {
    const facts = await this.ask('kernels', this.schedule.number, 0);
    return () => this.drawKernels(facts);
  }

  drawKernels({graph, launches, memory, workspaceBytes}) {
    const detail = el('div', {class: 'kernel-detail'});
    const plan = new MemoryPlan(memory, workspaceBytes, launches.length);
    const choose = (index, row) => this.attempt(async () => {
      row.parentElement.querySelectorAll('.chosen').forEach(other => other.classList.remove('chosen'));
      row.classList.add('chosen');
      plan.mark(index);
      const {steps, facts} = await this.ask('code', this.schedule.number, index);
      return () => detail.replaceChildren(...this.kernel(graph, launches[index], steps, facts));
    });
    const rows = launches.map((launch, i) => el('tr', {}, el('td', {}, el('button', {type: 'button', title: launch.name, onclick: event => choose(i, event.currentTarget.closest('tr'))}, el('span', {}, launch.description))),
        ...[`${launch.runs}`, launch.flops > 0 ? flops(launch.flops) : '', bytes(launch.bytes), `${launch.parts.reduce((sum, part) => sum + part.nodes.length, 0)}`].map(text => el('td', {class: 'number'}, text)),
        el('td', {class: 'why'}, [...new Set(launch.parts.map(part => part.reason))].join('; '))));
    this.body.replaceChildren(el('div', {class: 'kernels', tabindex: '0', role: 'region', 'aria-label': 'Launches'}, el('table', {}, el('thead', {}, el('tr', {}, el('th', {}, 'Launch'),
        ...['Runs', 'Operations', 'Memory', 'Nodes'].map(name => el('th', {class: 'number'}, name)), el('th', {class: 'why'}, 'Why what it writes has memory'))), el('tbody', {}, ...rows))),
    memory.length > 0 && el('h2', {}, 'Workspace, launch by launch'), memory.length > 0 && plan.element, detail);
    plan.draw();
    if (rows.length > 0) {
      choose(0, rows[0]);
    }
  }

  /** The graph after all passes, folded by modules or, where these leave more boxes, by kernels. */
  async showGraph() {
    const {graph, launches} = await this.ask('kernels', this.schedule.number, 0);
    return () => this.drawGraph(graph, launches);
  }

  drawGraph(graph, launches) {
    const hasModules = graph.some(line => line.path.length > 0);
    const choice = el('select', {'aria-label': 'What is folded to one box', onchange: () => draw(choice.value === 'modules')}, el('option', {value: 'modules'}, 'Fold by modules'), el('option', {value: 'kernels'}, 'Fold by kernels'));
    const draw = byModules => {
      const hadFocus = document.activeElement === choice;
      const parts = byModules ? modules(graph) : kernels(graph, launches);
      const canvas = new GraphCanvas(parts.nodes, parts.edges, {...parts, know: box => this.know(box, graph, launches, byModules)});
      canvas.tools.prepend(...hasModules ? [choice] : [], el('button', {type: 'button', onclick: () => save('graph.dot', 'text/vnd.graphviz', write(parts.nodes, parts.edges, parts.title))}, 'DOT'), canvas.svgButton());
      this.body.replaceChildren(canvas.element);
      canvas.draw();
      hadFocus && choice.focus();
    };
    const byModules = hasModules && folded(modules(graph)) <= folded(kernels(graph, launches));
    choice.value = byModules ? 'modules' : 'kernels';
    draw(byModules);
  }

  /** What is known of a box: of a node its value, its gradient and its line, of a kernel what it writes, of a module which launches compute it. */
  async know({part, nodes}, graph, launches, byModules) {
    if (part === null) {
      const {name, gradient, source} = graph[nodes[0].id];
      return [name && el('div', {}, el('b', {}, 'parameter '), el('code', {}, name)), source && el('div', {class: 'line'}, el('b', {}, 'made in '), el('code', {}, source)),
        await this.value('value', nodes[0].id), gradient === null ? null : await this.value('gradient', gradient)];
    }
    if (!byModules) {
      return [await this.value('value', launches[part].parts.at(-1).root)];
    }
    const inside = new Set(nodes.map(node => node.id));
    const own = launches.flatMap((launch, i) => launch.parts.some(each => inside.has(each.root)) ? [i] : []);
    return [el('div', {}, own.length === 0 ? 'Kernels of other parts compute it on the way.' : `${counted(own.length, 'launch')} ${own.length === 1 ? 'writes' : 'write'} its results:`),
      own.length > 0 && el('ul', {class: 'module-launches'}, ...own.slice(0, MOST_PARTS).map(i => el('li', {}, `${i + 1}: ${launches[i].description}`)), own.length > MOST_PARTS && el('li', {}, `and ${own.length - MOST_PARTS} more`))];
  }

  /** What a node held, if it had memory. */
  async value(title, id) {
    const {type, text, summary, picture: map, run, message} = await this.ask('value', this.schedule.number, id);
    return message ? el('div', {}, el('b', {}, `${title} `), el('span', {class: 'soft'}, `${type}: ${message}`))
      : el('div', {}, el('b', {}, `${title} `), el('span', {class: 'soft'}, `${type}, in run ${run.toLocaleString('en')}`), summary && el('div', {}, summary), numbers(text, map, title));
  }

  /** What a launch computes, why there, and its code. */
  kernel(graph, launch, steps, facts) {
    const inside = new Set(launch.parts.flatMap(part => part.nodes));
    const roots = new Set(launch.parts.map(part => part.root));
    const lines = graph.filter(line => inside.has(line.number)).map(line => ({...line, mark: roots.has(line.number) ? 'root' : ''}));
    const text = el('pre', {class: 'code', tabindex: '0', 'aria-label': 'Code'});
    const tabs = steps.map((step, i) => el('button', {type: 'button', 'aria-pressed': String(i === 0), onclick: event => {
      tabs.forEach(other => other.setAttribute('aria-pressed', 'false'));
      event.currentTarget.setAttribute('aria-pressed', 'true');
      text.textContent = step.text;
    }}, step.title));
    text.textContent = steps[0].text;
    return [el('h2', {}, launch.description), el('p', {class: 'note'}, `${launch.name}: ${launch.items.toLocaleString('en')} independent parts of ${counted(launch.threads, 'thread')}${launch.scratchBytes > 0 ? `, ${bytes(launch.scratchBytes)} of scratch memory each` : ''}`),
      facts.length > 0 && el('ul', {class: 'plan-facts', 'aria-label': 'What the plan decided'}, ...facts.map(fact => el('li', {}, fact))),
      el('ul', {class: 'parts'}, ...launch.parts.slice(0, MOST_PARTS).map(part => el('li', {}, el('code', {}, `%${part.root} ${part.what}`), ` ${part.reason}; about ${counted(part.operations, 'operation')} an element, ${counted(part.largeReads, 'large buffer')} read`)), launch.parts.length > MOST_PARTS && el('li', {}, `and ${launch.parts.length - MOST_PARTS} more`)),
      list('Nodes of the graph that it computes', lines, true, new Map(), ''),
      el('div', {class: 'tabs'}, ...tabs), text].filter(Boolean);
  }
}

/** The nodes of a graph and what leads where. */
function nodesAndEdges(graph, path) {
  return {
    nodes: graph.map(({number, op, what, type, source, name}) => ({id: number, source, lines: [name ?? `${op} ${what.replace(/%\d+ ?/g, '').trim()}`.trim(), type], color: name ? PARAMETER : COLOURS[op] ?? ELEMENTWISE, path: path(number)})),
    edges: graph.flatMap(({number, what}) => [...what.matchAll(/%(\d+)/g)].map(([, input]) => ({from: Number(input), to: number}))),
  };
}

/** A graph whose parts are launches. */
function kernels(graph, launches) {
  const launchOf = new Map();
  launches.forEach((launch, i) => launch.parts.forEach(part => part.nodes.forEach(node => launchOf.has(node) || launchOf.set(node, i))));
  const {nodes, edges} = nodesAndEdges(graph, number => launchOf.has(number) ? [`${launchOf.get(number)}`] : []);
  joinInputs(nodes, edges);
  return {nodes, edges, title: part => [`${Number(part) + 1}: ${launches[part].description}`], colour: part => KERNELS[launches[part].description.split(' ')[0]] ?? '#d0e0e3'};
}

/** A graph whose parts are modules, their derivatives and what is computed from these; a part is named by the whole way to it. */
function modules(graph) {
  const {nodes, edges} = nodesAndEdges(graph, number => graph[number].path.map((_, i, path) => path.slice(0, i + 1).join('/')));
  return {nodes, edges, title: part => [part.split('/').at(-1)], colour: part => part.startsWith('∂') ? '#f4cccc' : part.startsWith('updates') ? '#d0e0e3' : '#d9ead3'};
}

/** How many boxes a graph has while all of its parts are folded. */
function folded({nodes}) {
  return nodes.filter(node => node.path.length === 0).length + new Set(nodes.flatMap(node => node.path.slice(0, 1))).size;
}

/** What one launch alone reads goes into its box. */
function joinInputs(nodes, edges) {
  const paths = new Map(nodes.map(node => [node.id, node.path[0]]));
  const users = new Map();
  edges.forEach(({from, to}) => users.set(from, [...users.get(from) ?? [], to]));
  for (const node of nodes.toReversed()) {
    const readers = new Set((users.get(node.id) ?? []).map(id => paths.get(id)));
    if (node.path.length === 0 && readers.size === 1 && !readers.has(undefined)) {
      node.path = [...readers];
      paths.set(node.id, node.path[0]);
    }
  }
}

/** The lines of a graph; of a long one those that changed, and some around them. */
function list(title, lines, isWhole, rules, word) {
  const shown = lines.map(line => isWhole || line.mark !== '' || rules.has(line.id));
  const near = shown.map((_, i) => shown.slice(Math.max(0, i - AROUND), i + AROUND + 1).some(Boolean));
  const rows = [];
  let left = 0;
  const skip = () => left > 0 && rows.push(el('li', {class: 'skipped'}, `${counted(left, 'line')} as before`));
  lines.forEach((line, i) => {
    if (!near[i]) {
      left++;
      return;
    }
    skip();
    left = 0;
    const rule = rules.get(line.id);
    rows.push(el('li', {class: [line.mark === 'other' ? word : line.mark, rule && 'fired'].filter(Boolean).join(' ') || null}, el('span', {class: 'place'}, `%${line.number}`), rule && el('mark', {}, rule), el('b', {}, line.op), ` ${line.what} `, el('span', {class: 'type'}, line.type), line.source && el('span', {class: 'source'}, ` ${line.source}`)));
  });
  skip();
  return el('section', {class: 'list'}, el('h2', {}, title, el('small', {}, ` ${counted(lines.length, 'line')}`)), el('ol', {tabindex: '0', 'aria-label': title}, ...rows));
}

const live = (what, schedule, index) => api.get(`/compiler/data?what=${what}&schedule=${schedule}&index=${index}`);

/** The page of the compiler: what the process of the server compiles. */
export function showCompiler(place) {
  document.body.classList.add('wide', 'run');
  if (place.dataset.live !== 'true') {
    place.append(el('p', {}, 'From the graph of tensors through every pass to kernels, LLVM IR and assembly: run a cell of a chapter and press ', el('b', {}, 'Compiler'), ' below it, or put ',
        el('code', {}, 'TEENYGRAD_WEB=1'), ' before a program.'));
    return;
  }
  const view = new CompilerView(live);
  const waiting = el('p', {class: 'none'}, 'The program has compiled nothing yet.');
  place.append(waiting, view.element);
  const look = async () => {
    try {
      waiting.hidden = await view.update();
      setTimeout(look, POLL_MILLIS);
    } catch {
      waiting.hidden = false;
      waiting.textContent = 'The program has ended.';
    }
  };
  look();
}

/** Opens the view of what the last cell compiled. */
export function showCompilerOfCell() {
  return openView('Compiler', 'the last cell that ran', async place => {
    const view = new CompilerView(api.compiler);
    place.append(view.element);
    if (!await view.update()) {
      throw new Error('The cell compiled nothing new: what it computes was known from an earlier run. Start anew to see it compiled.');
    }
  });
}
