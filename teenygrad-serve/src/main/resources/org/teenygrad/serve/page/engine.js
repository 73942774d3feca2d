// The engine at work: who is served, who waits, and how long steps take.

import {call, events} from './api.js';
import {el, shape} from './dom.js';

/** Steps that are drawn. */
const SHOWN = 240;

/** Blocks in a line of the table. */
const COLUMNS = 64;

/** Milliseconds before a lost connection is tried again. */
const AGAIN = 2000;

export class EngineView {
  /** Whose engine is watched; the server's first where none was chosen. */
  #model = null;
  #abort = null;
  #steps = [];

  constructor(container) {
    this.figures = Object.fromEntries(
        [['running', 'Being written'], ['waiting', 'Waiting'], ['step', 'Step, median'], ['rate', 'Tokens per second'], ['cache', 'Cache in use'], ['shared', 'Prompts from the cache']]
            .map(([name, label]) => [name, {label, value: el('dd', {}, '–')}]));
    this.range = el('span');
    this.drawing = shape('svg', {class: 'steps', viewBox: `0 0 ${SHOWN} 100`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'Times of the last steps'});
    this.count = el('span');
    this.rows = el('ul', {class: 'rows', 'aria-label': 'Texts of the batch'});
    this.queue = el('ul', {class: 'rows', 'aria-label': 'Texts that wait'});
    this.blocks = el('span');
    this.table = shape('svg', {class: 'blocks', viewBox: `0 0 ${COLUMNS} 1`, role: 'img', 'aria-label': 'Which text has which block of the cache'});
    this.state = el('p', {class: 'quiet', role: 'status'}, 'Connecting…');
    this.choice = el('div', {class: 'choice', hidden: true});
    container.append(el('div', {class: 'board'}, this.choice,
        el('dl', {class: 'figures'}, Object.values(this.figures).map(({label, value}) => el('div', {}, el('dt', {}, label), value))),
        el('section', {}, el('h2', {}, 'Step times', this.range), this.drawing),
        el('section', {}, el('h2', {}, 'Batch', this.count), this.rows,
            el('p', {class: 'key-of-bars'}, el('i', {class: 'prompt'}), 'prompt', el('i', {class: 'made'}), 'written; the bar is as long as the text may become')),
        el('section', {}, el('h2', {}, 'Queue'), this.queue),
        el('section', {}, el('h2', {}, 'Cache blocks', this.blocks), this.table,
            el('p', {class: 'key-of-bars'}, 'a block has 16 tokens and the colour of its text; those with a border are shared')), this.state));
  }

  /** Lets one of several models be chosen. */
  offer(models) {
    if (models.length < 2) {
      return;
    }
    const select = el('select', {}, models.map(model => el('option', {value: model.id}, model.id)));
    select.addEventListener('change', () => {
      this.#model = select.value;
      this.#steps = [];
      if (this.#abort) {
        this.watch(false);
        this.watch(true);
      }
    });
    this.choice.append(el('label', {}, 'Model', select));
    this.choice.hidden = false;
  }

  /** Follows the engine while the view is shown. */
  watch(isShown) {
    if (isShown && !this.#abort) {
      this.#abort = new AbortController();
      this.#follow(this.#abort.signal);
    } else if (!isShown) {
      this.#abort?.abort();
      this.#abort = null;
    }
  }

  async #follow(signal) {
    while (!signal.aborted) {
      try {
        for await (const event of events(await call(`/engine/events${this.#model ? `/${encodeURIComponent(this.#model)}` : ''}`, {signal}))) {
          this.state.textContent = '';
          this.#show(event);
        }
      } catch (error) {
        if (!signal.aborted) {
          this.state.textContent = `${error.message} Trying again…`;
        }
      }
      await new Promise(resolve => setTimeout(resolve, AGAIN));
    }
  }

  #show({rows, cache, cached, prompts, shared, steps, sequences}) {
    this.#steps = [...this.#steps, ...steps].slice(-SHOWN);
    const running = sequences.filter(sequence => sequence.running);
    const waiting = sequences.filter(sequence => !sequence.running);
    const {figures} = this;
    figures.running.value.replaceChildren(String(running.length), el('small', {}, ` of ${rows}`));
    figures.waiting.value.textContent = waiting.length;
    figures.cache.value.replaceChildren(share(cached, cache), el('small', {}, ` of ${grouped(cache)}`));
    figures.shared.value.replaceChildren(share(shared, prompts), el('small', {}, ` of ${grouped(prompts)}`));
    this.#showSteps();
    this.#showBlocks(running);
    this.count.textContent = `${running.length} of ${rows} rows`;
    this.rows.replaceChildren(...running.length ? running.map(sequence => row(sequence)) : [el('li', {class: 'quiet'}, 'Nobody is served at the moment.')]);
    this.queue.replaceChildren(...waiting.length ? waiting.map(sequence => row(sequence)) : [el('li', {class: 'quiet'}, 'Nobody waits.')]);
  }

  #showBlocks(running) {
    const users = new Map();
    for (const {id, blocks} of running) {
      for (const [first, count] of blocks) {
        for (let block = first; block < first + count; block++) {
          users.set(block, [...users.get(block) ?? [], id]);
        }
      }
    }
    const shared = [...users.values()].filter(ids => ids.length > 1).length;
    this.blocks.textContent = `${grouped(users.size)} in use, ${grouped(shared)} shared`;
    this.table.setAttribute('viewBox', `0 0 ${COLUMNS} ${Math.max(1, Math.ceil((Math.max(-1, ...users.keys()) + 1) / COLUMNS))}`);
    this.table.replaceChildren(...[...users].map(([block, ids]) => {
      const cell = shape('rect', {
        class: ids.length > 1 ? 'shared' : '', x: block % COLUMNS + 0.1, y: Math.floor(block / COLUMNS) + 0.1, width: 0.8, height: 0.8,
      }, shape('title', {}, `Block ${block}: ${ids.map(id => `#${id}`).join(', ')}`));
      cell.style.fill = colour(ids[0]);
      return cell;
    }));
  }

  #showSteps() {
    if (this.#steps.length === 0) {
      return;
    }
    const times = this.#steps.map(step => step.millis);
    const sorted = times.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    const recent = this.#steps.slice(-40);
    const seconds = recent.reduce((sum, step) => sum + step.millis, 0) / 1000;
    const tokens = recent.reduce((sum, step) => sum + step.tokens, 0);
    this.figures.step.value.replaceChildren(median.toFixed(median < 10 ? 2 : 1), el('small', {}, ' ms'));
    this.figures.rate.value.textContent = seconds > 0 ? grouped(Math.round(tokens / seconds)) : '–';
    // A few long steps, such as those that read prompts, must not flatten the others.
    const top = Math.max(sorted[Math.floor(sorted.length * 0.9)] * 1.25, 0.1);
    this.range.textContent = `the last ${times.length}, 0 to ${top.toFixed(1)} ms`;
    this.drawing.replaceChildren(...this.#steps.map(({millis}, at) => {
      const height = Math.max(1, Math.min(96, 96 * millis / top));
      return shape('rect', {class: 'fill', x: at + SHOWN - times.length, y: 100 - height, width: 0.8, height});
    }));
  }
}

const share = (part, whole) => `${whole > 0 ? Math.round(100 * part / whole) : 0} %`;

/** Texts that came one after the other have colours far apart. */
const colour = id => `hsl(${id * 137 % 360} 55% 55%)`;

const grouped = number => number.toLocaleString('en');

/** What a text's blocks look like. */
function mark(id) {
  const element = el('i');
  element.style.background = colour(id);
  return element;
}

function row({id, prompt, tokens, most, running}) {
  const whole = prompt + most;
  const part = (name, length) => {
    const element = el('span', {class: name});
    element.style.width = `${100 * length / whole}%`;
    return element;
  };
  return el('li', {class: running ? null : 'waits'},
      el('div', {class: 'row-head'}, running ? mark(id) : null, el('b', {}, `#${id}`), el('span', {}, `${prompt} + ${tokens} of ${most}`)),
      el('div', {class: 'length'}, part('prompt', prompt), part('made', tokens)));
}
