// The chat: questions become messages, messages become answers.

import {byId, el, iconButton, say} from './dom.js';
import {Conversation, listed, load, remove, save, settings} from './store.js';
import {Generation, speed} from './generation.js';
import {Thread} from './thread.js';

const LAST = 'teenygrad.last';

/** While an answer comes, it is kept so often, in milliseconds. */
const KEEP = 2000;

export class Chat {
  #running = new Set();
  #waiting = new Set();
  #kept = 0;
  #rest = 0;

  constructor() {
    this.thread = new Thread(byId('thread'), byId('messages'), byId('to-end'), {
      edit: (node, text) => this.#edit(node, text),
      again: node => this.#again(node),
      choose: node => this.#choose(node),
    });
    const last = sessionStorage.getItem(LAST) ?? listed()[0]?.id;
    this.open((last && load(last)) || new Conversation());
    addEventListener('pagehide', () => this.isBusy() && save(this.conversation));
  }

  isBusy() {
    return this.#running.size > 0;
  }

  /** Shows a conversation; what is being written in another is stopped. */
  open(conversation) {
    this.stop();
    this.conversation = conversation;
    sessionStorage.setItem(LAST, conversation.id);
    this.#show();
    this.thread.goToEnd();
  }

  begin() {
    this.open(new Conversation());
  }

  ask(text) {
    if (this.isBusy()) {
      return;
    }
    this.#answer(this.conversation.add(this.conversation.path().at(-1), 'user', [{type: 'text', text}]));
  }

  stop() {
    this.#running.forEach(generation => generation.stop());
  }

  #edit(node, text) {
    this.stop();
    this.#answer(this.conversation.add(this.conversation.parentOf(node), 'user', [{type: 'text', text}]));
  }

  #again(node) {
    this.stop();
    this.#answer(this.conversation.parentOf(node));
  }

  #choose(node) {
    this.conversation.choose(node);
    this.#keep();
    this.#show();
  }

  /** Has a question answered: once, or in two ways at the same time. */
  #answer(question) {
    const {conversation} = this;
    const path = conversation.upTo(question);
    const ways = settings.compare ? [settings.first, settings.second] : [settings.first];
    const pair = ways.length > 1 ? `${question.id}.${conversation.siblings({parent: question.id}).length}` : undefined;
    const nodes = ways.map(() => conversation.add(question, 'assistant', [], {pair, stats: {tokens: 0}, state: 'writing'}));
    conversation.choose(nodes[0]);
    nodes.forEach((node, at) => this.#generate(conversation, node, path, ways[at]));
    this.#keep();
    this.#show();
    this.thread.goToEnd();
  }

  #generate(conversation, node, path, how) {
    const generation = new Generation(node, path, how, changed => this.#changed(conversation, changed));
    this.#running.add(generation);
    generation.done.then(() => {
      this.#running.delete(generation);
      this.#keep(conversation);
      this.#showState();
      if (node.state !== 'failed') { // an error says itself
        say(node.state === 'stopped' ? 'Stopped' : 'The answer is complete');
      }
    });
  }

  /** Many chunks may come between two frames. */
  #changed(conversation, node) {
    if (conversation !== this.conversation) {
      return;
    }
    if (this.#waiting.size === 0) {
      setTimeout(() => requestAnimationFrame(() => this.#draw()), this.#rest);
    }
    this.#waiting.add(node);
    if (performance.now() - this.#kept > KEEP) {
      this.#keep();
    }
  }

  /** The page rests twice as long as it took to draw, so that it answers whatever the length of a text. */
  #draw() {
    const start = performance.now();
    this.#waiting.forEach(each => this.thread.update(each));
    this.#waiting.clear();
    this.#showState();
    this.#rest = 2 * (performance.now() - start);
  }

  #keep(conversation = this.conversation) {
    this.#kept = performance.now();
    if (!save(conversation)) {
      say('The browser has no room to keep this conversation');
    }
  }

  #show() {
    this.thread.show(this.conversation);
    this.#showState();
    this.#showList();
  }

  #showState() {
    const isBusy = this.isBusy();
    if (byId('stop').hidden === isBusy) {
      byId('send').hidden = isBusy;
      byId('stop').hidden = !isBusy;
      this.#showList();
    }
    const answers = [...this.#running].map(generation => generation.node);
    byId('live').textContent = answers.map(node => node.stats.first === undefined ? 'reading…' : speed(node.stats)).join('   |   ');
    document.body.classList.toggle('busy', isBusy);
  }

  #showList() {
    byId('conversations').replaceChildren(...listed().map(({id, title}) => el('li', {},
        el('button', {type: 'button', class: 'conversation', 'aria-current': id === this.conversation.id && 'page', onclick: () => this.#openKept(id)}, title || 'Without a title'),
        iconButton('remove', `Delete: ${title}`, () => this.#remove(id)))));
  }

  #openKept(id) {
    if (id !== this.conversation.id) {
      this.open(load(id) ?? new Conversation());
    }
    document.body.classList.remove('side-is-open');
  }

  #remove(id) {
    remove(id);
    if (id === this.conversation.id) {
      this.begin();
    } else {
      this.#showList();
    }
  }
}
