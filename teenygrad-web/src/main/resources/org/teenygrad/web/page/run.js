// The view of a run: its timeline, its kernels, and where these are under the roofline. Live, of a file, or of a cell.

import {el, say} from './dom.js';
import * as api from './api.js';
import {RooflineChart} from './roofline.js';
import {COLOURS, Timeline} from './timeline.js';
import {Trace, bytes, perSecond, flops, time} from './trace.js';
import {openView} from './view.js';

const MOST_ROWS = 200;
const REDRAW_MILLIS = 250;
const KINDS = {contract: 'products', reduce: 'reductions', map: 'elementwise', other: 'other kernels', copy: 'copies', host: 'host', run: 'whole schedules'};

export class RunView {
  constructor() {
    this.trace = new Trace();
    const chosen = kernel => this.choose(kernel);
    this.timeline = new Timeline(this.trace, chosen);
    this.roofline = new RooflineChart(this.trace, chosen);
    this.facts = el('dl', {class: 'run-facts'});
    this.table = el('div', {class: 'kernels', tabindex: '0', role: 'region', 'aria-label': 'Kernels'});
    const button = (text, label, act) => el('button', {type: 'button', 'aria-label': label, title: label, onclick: () => {
      act();
      this.timeline.draw();
    }}, text);
    this.legend = el('ul', {class: 'legend'}, ...Object.entries(KINDS).map(([kind, text]) => el('li', {'data-kind': kind}, el('i', {class: `swatch ${COLOURS[kind].slice(2)}`}), text)));
    const tools = el('div', {class: 'run-tools'}, this.legend,
        el('span', {class: 'buttons'}, button('−', 'Show more time', () => this.timeline.zoom(0.5)), button('+', 'Enlarge', () => this.timeline.zoom(2)), button('All', 'Show all', () => this.timeline.showAll())));
    this.sampled = el('p', {class: 'note', hidden: true}, 'GPUs and processors run a schedule faster as a whole than kernel by kernel, so kernels are timed in its first two runs and then in one of 16; the other runs are one span each. Kernels below are those that were timed.');
    this.note = el('p', {class: 'note'});
    this.element = el('div', {class: 'run-view'}, this.facts, tools, this.timeline.element, this.sampled,
        el('div', {class: 'run-parts'}, el('section', {}, el('h2', {}, 'Kernels'), this.table), el('section', {}, el('h2', {}, 'Roofline'), this.roofline.element, this.note)));
    new ResizeObserver(() => this.redraw()).observe(this.element);
    addEventListener('theme', () => this.redraw());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
    this.timeline.element.addEventListener('keydown', event => event.key === 'Escape' && this.trace.kernels.size > 0 && this.timeline.kernel && (this.choose(null), event.stopPropagation()));
  }

  add(events) {
    events.forEach(event => this.trace.add(event));
    this.later ||= setTimeout(() => {
      this.later = 0;
      this.redraw();
    }, REDRAW_MILLIS);
  }

  /** What the machine can do at best, as the server measures it. */
  async measure() {
    try {
      const {ceilings, message} = await api.get('/run/roofline');
      this.roofline.setCeilings(ceilings);
      this.note.textContent = message ?? 'Lines are what this machine\'s processors did at best in float32: multiply-adds in registers, and reading memory. A cache is faster than memory\'s line.';
    } catch (error) {
      this.note.textContent = error.message;
    }
    this.redraw();
  }

  redraw() {
    if (this.element.isConnected && this.trace.to > this.trace.from) {
      this.showFacts();
      this.showTable();
      this.timeline.draw();
      this.roofline.draw();
    }
  }

  showFacts() {
    this.legend.querySelector('[data-kind="run"]').hidden = this.sampled.hidden = this.trace.whole.runs === 0;
    const {trace} = this;
    const {whole} = trace;
    const micros = trace.kernelMicros + trace.wholeMicros;
    const all = {Time: time(trace.to - trace.from), 'In kernels': `${time(micros)} (${Math.round(100 * micros / (trace.to - trace.from))} %)`, Launches: (trace.launches + whole.launches).toLocaleString('en'),
      ...whole.runs > 0 && {'Timed one by one': trace.launches.toLocaleString('en')}, Kernels: trace.kernels.size.toLocaleString('en'), ...trace.peakBytes > 0 && {'Memory at most': bytes(trace.peakBytes)}};
    this.facts.replaceChildren(...Object.entries(all).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
  }

  showTable() {
    const kernels = [...this.trace.kernels.values()].sort((a, b) => b.micros - a.micros);
    const focused = this.table.contains(document.activeElement) ? document.activeElement.dataset.kernel : null;
    const cells = kernel => [kernel.count.toLocaleString('en'), time(kernel.micros), `${(100 * kernel.micros / this.trace.kernelMicros).toFixed(1)} %`, perSecond(bytes, kernel.bytes, kernel.micros),
      kernel.flops > 0 ? perSecond(flops, kernel.flops, kernel.micros) : '', this.share(kernel)];
    const row = kernel => el('tr', {class: kernel === this.timeline.kernel ? 'chosen' : null},
        el('td', {}, el('button', {type: 'button', 'data-kernel': `${kernel.pid} ${kernel.name}`, 'aria-pressed': String(kernel === this.timeline.kernel), title: kernel.name, onclick: () => this.choose(kernel)},
            el('i', {class: `swatch ${COLOURS[kernel.kind].slice(2)}`}), el('span', {}, kernel.description))),
        ...cells(kernel).map(text => el('td', {class: 'number'}, text)));
    this.table.replaceChildren(el('table', {}, el('thead', {}, el('tr', {}, el('th', {}, 'What it fuses'), ...['Launches', 'Time', 'Share', 'Memory', 'Operations', 'Roofline'].map(name => el('th', {class: 'number'}, name)))),
        el('tbody', {}, ...kernels.slice(0, MOST_ROWS).map(row))));
    if (kernels.length > MOST_ROWS) {
      this.table.append(el('p', {}, `and ${kernels.length - MOST_ROWS} more, which took ${time(kernels.slice(MOST_ROWS).reduce((sum, kernel) => sum + kernel.micros, 0))}`));
    }
    focused && this.table.querySelector(`[data-kernel="${CSS.escape(focused)}"]`)?.focus();
  }

  /** The part that a kernel reaches of what its operations and its bytes allow. */
  share(kernel) {
    const [flops, bytes] = [false, true].map(memory => this.roofline.ceilings.find(ceiling => ceiling.memory === memory)?.perSecond ?? Infinity);
    const least = 1e6 * Math.max(kernel.flops / flops, kernel.bytes / bytes);
    return least > 0 && kernel.micros > 0 ? `${Math.round(100 * least / kernel.micros)} %` : '';
  }

  /** Marks a kernel everywhere; the one that is marked already, or null: none. */
  choose(kernel) {
    const next = kernel === this.timeline.kernel ? null : kernel;
    this.timeline.mark(next);
    this.roofline.kernel = next;
    this.redraw();
    say(next ? `${next.description}: ${next.count} launches, ${time(next.micros)}` : 'No kernel is chosen');
  }
}

/** The page of runs: what the process of the server computes, or a file. */
export function showRun(place) {
  document.body.classList.add('wide', 'run');
  if (place.dataset.live === 'true') {
    live(place);
    return;
  }
  const error = el('p', {class: 'wrong', role: 'alert'});
  const input = el('input', {type: 'file', accept: '.json', onchange: async () => {
    try {
      const view = new RunView();
      const text = await input.files[0].text();
      view.add(JSON.parse(text.trimEnd().endsWith(']') ? text : `${text.slice(0, text.lastIndexOf('\n')).trimEnd().replace(/,$/, '')}]`)); // one that is still written lacks its end
      if (view.trace.launches + view.trace.whole.launches === 0) {
        throw new Error('it has no kernels');
      }
      place.querySelector('.run-view')?.remove();
      error.textContent = '';
      place.append(view.element);
    } catch (problem) {
      error.textContent = `${input.files[0].name} is no trace of teenygrad: ${problem.message}`;
    }
  }});
  place.append(el('p', {}, 'Where a program\'s time goes. Every command that computes writes a trace, ', el('code', {}, './teenygrad train nanogpt --max-iters 100 --trace run.json'),
      ', and ', el('code', {}, 'TEENYGRAD_WEB=1'), ' before any program opens this view of it while it runs.'), el('p', {}, el('label', {class: 'open'}, 'Open a trace ', input)), error);
}

function live(place) {
  const view = new RunView();
  const waiting = el('p', {class: 'none'}, 'The program has computed nothing yet.');
  place.append(waiting, view.element);
  view.measure();
  const source = new EventSource('/run/events');
  source.addEventListener('message', event => {
    waiting.hidden = true;
    view.add(JSON.parse(event.data));
  });
  source.addEventListener('error', () => {
    waiting.hidden = false;
    waiting.textContent = 'The program has ended.';
  });
  source.addEventListener('open', () => view.trace.launches + view.trace.whole.launches > 0 && location.reload()); // after a pause: all is told anew
}

/** Opens the view of what the last cell computed. */
export function showTimeline() {
  return openView('Timeline', 'the last cell that ran', async place => {
    const view = new RunView();
    place.append(view.element);
    view.add((await api.trace()).map(event => JSON.parse(event)));
    view.measure();
  });
}
