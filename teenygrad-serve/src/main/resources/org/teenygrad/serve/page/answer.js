// An answer on the page: its parts as they come, how fast they came, and why it ended.

import {el} from './dom.js';
import {write} from './markdown.js';
import {mark, makeReachable} from './tokens.js';
import {speed} from './generation.js';

const ENDS = {length: 'The limit of tokens was reached.', stopped: 'Stopped.'};

export class Answer {
  constructor(node) {
    this.node = node;
    this.body = el('div', {class: 'body'});
    this.note = el('p', {class: 'note', hidden: true});
    this.actions = el('div', {class: 'actions'});
    this.element = el('article', {class: 'answer', 'aria-label': 'Answer', 'data-node': node.id}, this.body, this.note, this.actions);
  }

  /** All that was said. */
  text() {
    return this.node.parts.filter(part => part.type === 'text').map(part => part.text).join('');
  }

  setActions(before, ...buttons) {
    this.measure = el('span', {class: 'measure'});
    this.actions.replaceChildren(...[before].filter(Boolean), ...buttons, this.measure);
  }

  update() {
    const {node} = this;
    node.parts.forEach((part, at) => this.#show(part, at));
    const isWriting = node.state === 'writing';
    this.element.dataset.state = node.state;
    this.element.setAttribute('aria-busy', String(isWriting));
    this.measure.textContent = node.stats?.tokens ? speed(node.stats) : '';
    this.#showEnd();
    if (!isWriting) {
      makeReachable(this.element);
    }
  }

  #showEnd() {
    const {node} = this;
    const end = node.state === 'failed' ? node.error : ENDS[node.state] ?? (node.state === 'done' ? ENDS[node.finish] : undefined);
    this.note.hidden = !end;
    this.note.textContent = end ?? '';
    this.note.classList.toggle('wrong', node.state === 'failed');
    if (node.state === 'failed') {
      this.note.setAttribute('role', 'alert');
    }
    this.element.classList.toggle('silent', node.state === 'done' && node.parts.length === 0);
  }

  #show(part, at) {
    const known = this.body.children[at];
    if (part.type === 'text') {
      const element = known ?? this.body.appendChild(el('div', {class: this.node.continues ? 'text plain' : 'text', 'data-part': at}));
      write(element, part.text, this.node.continues, (block, source, offset) => mark(block, source, offset, part.tokens));
    } else if (!known) {
      this.body.append(part.type === 'python' ? toolCall(part.text) : toolResult(part.text));
    }
  }
}

function toolCall(expression) {
  return el('section', {class: 'tool', 'aria-label': 'Call of a tool'}, el('span', {class: 'tool-name'}, 'calculator'), el('code', {}, expression));
}

function toolResult(result) {
  return el('section', {class: 'tool result', 'aria-label': 'Result of the tool'}, el('span', {class: 'tool-name'}, 'result'), el('code', {}, result));
}
