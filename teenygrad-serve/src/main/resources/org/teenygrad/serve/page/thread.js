// The messages of a conversation on the page.

import {copy, el, icon, iconButton, ICONS} from './dom.js';
import {Answer} from './answer.js';
import {watch} from './tokens.js';

/** How near its end a thread counts as read to the end, in pixels. */
const NEAR = 80;

export class Thread {
  #answers = new Map();
  #conversation = null;

  /** @param actions {edit(node, text), again(node), choose(node)} */
  constructor(scroller, list, toEnd, actions) {
    Object.assign(this, {scroller, list, toEnd, actions});
    scroller.addEventListener('scroll', () => this.#showWayDown(), {passive: true});
    toEnd.addEventListener('click', () => this.goToEnd('smooth'));
    new ResizeObserver(() => this.#showWayDown()).observe(list);
    watch(scroller, span => {
      const node = this.#conversation.nodes[span.closest('.answer').dataset.node];
      const part = node.parts[span.closest('.text').dataset.part];
      const at = Number(span.dataset.token);
      const token = part.tokens?.[at];
      return token && [part.text.slice(token[0], part.tokens[at + 1]?.[0]), token[1], token[2]];
    });
  }

  /** Shows a conversation as it is now. */
  show(conversation) {
    if (conversation !== this.#conversation) {
      this.#answers.clear();
      this.#conversation = conversation;
    }
    const path = conversation.path();
    this.list.replaceChildren(...path.length === 0 ? [welcome()] : path.map(node => node.role === 'user' ? this.#question(node) : this.#row(node)));
    this.#showWayDown();
  }

  /** Shows what has been added to an answer. */
  update(node) {
    const stick = this.#isNearEnd();
    this.#answers.get(node.id)?.update();
    if (stick) {
      this.goToEnd();
    }
  }

  goToEnd(behavior = 'instant') {
    this.scroller.scrollTo({top: this.scroller.scrollHeight, behavior});
  }

  #isNearEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR;
  }

  #showWayDown() {
    this.toEnd.hidden = this.#isNearEnd();
  }

  #question(node) {
    const article = el('article', {class: 'question', 'aria-label': 'You', 'data-node': node.id}, el('p', {class: 'said'}, node.parts[0].text));
    article.append(el('div', {class: 'actions'}, this.#branches(node),
        iconButton('edit', 'Edit', () => this.#edit(article, node)), iconButton('copy', 'Copy', event => copy(node.parts[0].text, event.currentTarget))));
    return article;
  }

  #edit(article, node) {
    const field = el('textarea', {'aria-label': 'Your message, edited', rows: 1});
    const close = () => this.show(this.#conversation);
    const done = () => field.value.trim() ? this.actions.edit(node, field.value.trim()) : close();
    field.value = node.parts[0].text;
    field.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        close();
      } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        done();
      }
    });
    article.classList.add('editing');
    article.replaceChildren(field, el('div', {class: 'edit-actions'},
        el('button', {type: 'button', onclick: close}, 'Cancel'), el('button', {type: 'button', class: 'primary', onclick: done}, 'Ask')));
    field.focus();
  }

  /** An answer, or two that were asked for at once. */
  #row(node) {
    const pair = node.pair ? this.#conversation.siblings(node).filter(other => other.pair === node.pair) : [node];
    if (pair.length === 1) {
      return this.#answer(node, this.#branches(node));
    }
    return el('div', {class: 'pair'}, pair.map((each, at) => {
      const isChosen = each === node;
      const choose = el('button', {type: 'button', class: 'choose', 'aria-pressed': String(isChosen), onclick: () => this.actions.choose(each)},
          isChosen ? 'The conversation goes on with this' : 'Go on with this');
      return el('div', {class: 'side-by-side', 'data-chosen': String(isChosen)},
          el('p', {class: 'how'}, el('b', {}, 'AB'[at]), described(each.how)), this.#answer(each, choose));
    }));
  }

  #answer(node, before) {
    if (!this.#answers.has(node.id)) {
      this.#answers.set(node.id, new Answer(node));
    }
    const answer = this.#answers.get(node.id);
    answer.setActions(before,
        iconButton('again', 'Answer again', () => this.actions.again(node)), iconButton('copy', 'Copy', event => copy(answer.text(), event.currentTarget)));
    answer.update();
    return answer.element;
  }

  /** Which of several messages is shown, and the way to the others. */
  #branches(node) {
    const all = this.#conversation.siblings(node);
    const at = all.indexOf(node);
    const go = (step, drawing, label) => el('button', {
      type: 'button', class: 'icon small', 'aria-label': label, disabled: !all[at + step], onclick: () => this.actions.choose(all[at + step]),
    }, icon(ICONS[drawing]));
    return all.length > 1 && el('span', {class: 'branches', role: 'group', 'aria-label': 'Versions'},
        go(-1, 'left', 'Version before'), el('span', {}, `${at + 1} / ${all.length}`), go(1, 'right', 'Next version'));
  }
}

function described(how = {}) {
  const names = {temperature: 'temperature', topK: 'top-k', topP: 'top-p', seed: 'seed'};
  const said = Object.entries(names).filter(([name]) => how[name] !== undefined && how[name] !== '').map(([name, label]) => `${label} ${how[name]}`);
  return [how.model, ...said].filter(Boolean).join(' · ') || 'as the server chooses';
}

function welcome() {
  return el('section', {class: 'welcome'},
      el('h2', {}, 'What would you like to ask?'),
      el('p', {}, 'Point at a word of an answer to see how sure the model was of it, and what else it could have said.'));
}
