// The tokens of an answer: each knows how likely it was, and what else could have come.

import {byId, el} from './dom.js';

/** Characters of markup that may stand between two that are shown. */
const MARKUP = 300;

/**
 * Wraps what is shown of each token. Markdown drops characters of the source (`**`, `#`, links' addresses) and adds none, so each
 * character that is shown is looked for in the source from where the last one was found.
 * @param source of the block
 * @param offset where the source begins in the text that tokens count in
 * @param tokens [[start, logprob, alternatives]...], as the conversation keeps them
 */
export function mark(block, source, offset, tokens) {
  if (!tokens?.length) {
    return;
  }
  let at = 0;
  let token = 0;
  const owner = index => {
    while (token + 1 < tokens.length && tokens[token + 1][0] <= index + offset) {
      token++;
    }
    return token;
  };
  const find = character => {
    if (/\s/.test(character)) {
      return /\s/.test(source[at] ?? '') ? at : -1;
    }
    const found = source.indexOf(character, at);
    return found >= 0 && found - at <= MARKUP ? found : -1;
  };
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, node =>
      node.parentElement.closest('figcaption') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const nodes = [];
  while (walker.nextNode()) {
    nodes.push(walker.currentNode);
  }
  for (const node of nodes) {
    const pieces = [];
    for (const character of node.data) {
      const found = find(character);
      at = found < 0 ? at : found + character.length;
      const of = found < 0 ? token : owner(found);
      if (pieces.at(-1)?.of === of) {
        pieces.at(-1).text += character;
      } else {
        pieces.push({of, text: character});
      }
    }
    node.replaceWith(...pieces.map(({of, text}) => el('span', {class: 'token', 'data-token': of, 'data-surprise': surprise(tokens[of][1])}, text)));
  }
}

/** 0 for what was all but certain to 4 for what was hardly expected. */
function surprise(logprob) {
  const probability = Math.exp(logprob ?? 0);
  return [0.9, 0.5, 0.2, 0.05].filter(least => probability < least).length;
}

const percent = logprob => {
  const value = 100 * Math.exp(logprob);
  return value >= 99.95 ? '100 %' : value >= 10 ? `${value.toFixed(0)} %` : value >= 0.1 ? `${value.toFixed(1)} %` : '< 0.1 %';
};

/** A token's text with what cannot be seen made visible. */
const visible = text => text.replace(/ /g, '␣').replace(/\n/g, '⏎').replace(/\t/g, '⇥').replace(/\uFFFD+/g, '�') || '∅';

/** Shows a token's probability while the pointer or the keyboard's focus is on it; arrows go from token to token. */
export function watch(thread, tokenOf) {
  const card = byId('token-card');
  let shown = null;
  const hide = () => {
    card.hidden = true;
    shown?.classList.remove('looked-at');
    shown?.removeAttribute('aria-describedby');
    shown = null;
  };
  const show = span => {
    if (span === shown) {
      return;
    }
    hide();
    const token = tokenOf(span);
    if (!token) {
      return;
    }
    shown = span;
    span.classList.add('looked-at');
    span.setAttribute('aria-describedby', card.id);
    card.replaceChildren(...content(token));
    card.hidden = false;
    place(card, span);
  };
  thread.addEventListener('pointerover', event => {
    const span = event.target.closest?.('.token');
    if (span) {
      show(span);
    } else if (shown && document.activeElement !== shown) {
      hide();
    }
  });
  thread.addEventListener('pointerleave', hide);
  thread.addEventListener('scroll', hide, {passive: true});
  thread.addEventListener('focusin', event => {
    const span = event.target.closest('.token');
    if (span) {
      show(span);
    } else {
      hide();
    }
  });
  thread.addEventListener('focusout', hide);
  thread.addEventListener('keydown', event => {
    const span = event.target.closest('.token');
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (span && step) {
      event.preventDefault();
      const all = [...span.closest('.answer').querySelectorAll('.token')];
      focus(span, all[all.indexOf(span) + step]);
    } else if (span && event.key === 'Escape') {
      event.stopPropagation();
      hide();
      span.blur();
    }
  });
}

function focus(from, to) {
  if (to) {
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }
}

/** The first token of a finished answer can be reached by Tab. */
export function makeReachable(answer) {
  const first = answer.querySelector('.token');
  if (first && !answer.querySelector('.token[tabindex="0"]')) {
    first.tabIndex = 0;
  }
}

function content([text, logprob, alternatives]) {
  const rows = alternatives.some(([, each]) => each === logprob) ? alternatives : [[text, logprob], ...alternatives];
  return [
    el('p', {class: 'token-head'}, el('code', {}, visible(text)), el('strong', {}, logprob === null ? 'given' : percent(logprob))),
    el('ul', {}, rows.filter(([, each]) => each !== null).map(([other, each]) => {
      const bar = el('span', {class: 'bar'});
      bar.style.width = `${Math.max(1, 100 * Math.exp(each))}%`;
      return el('li', {class: each === logprob ? 'chosen' : null}, el('code', {}, visible(other)), el('span', {class: 'track'}, bar), el('span', {class: 'number'}, percent(each)));
    })),
  ];
}

function place(card, span) {
  const at = span.getClientRects()[0] ?? span.getBoundingClientRect();
  const {offsetWidth: width, offsetHeight: height} = card;
  const above = at.top - height - 8;
  card.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8))}px`;
  card.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}
