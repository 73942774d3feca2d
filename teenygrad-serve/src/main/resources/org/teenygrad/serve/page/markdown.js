// Answers as markdown. A model's text is not to be trusted: its HTML is shown as text, and what the markdown becomes is sanitised besides.

import {Marked} from './vendor/marked.esm.js';
import DOMPurify from './vendor/purify.es.mjs';
import {el, icon, ICONS, copy} from './dom.js';

const escaped = text => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({text}) => escaped(text),
    // A picture would be fetched from wherever the model says.
    image: ({text, href}) => escaped(`![${text}](${href})`),
  },
});

const ALLOWED = {
  ALLOWED_TAGS: [
    'p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'a', 'ul', 'ol', 'li', 'blockquote', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6',
    'table', 'thead', 'tbody', 'tr', 'th', 'td',
  ],
  ALLOWED_ATTR: ['href', 'title', 'start', 'class', 'align'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ADD_URI_SAFE_ATTR: ['start', 'align'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** Writes a text into an element, block by block: only blocks that have changed are made anew, so that a long answer streams as fast as a short one.
 * @param isPlain whether the text is none of markdown
 * @param decorate is given each new block, its source and where that begins */
export function write(container, text, isPlain, decorate) {
  const blocks = isPlain ? [{raw: text}] : marked.lexer(text);
  container.blocks ??= [];
  let offset = 0;
  let at = 0;
  for (const block of blocks) {
    const old = container.blocks[at];
    if (old?.raw !== block.raw || old.offset !== offset) {
      const element = el('div', {class: 'block'}, isPlain ? text : rendered(block, blocks.links));
      decorate(element, block.raw, offset);
      if (old) {
        old.element.replaceWith(element);
      } else {
        container.append(element);
      }
      container.blocks[at] = {raw: block.raw, offset, element};
    }
    offset += block.raw.length;
    at++;
  }
  container.blocks.splice(at).forEach(({element}) => element.remove());
}

function rendered(block, links) {
  const tokens = [block];
  tokens.links = links;
  const fragment = DOMPurify.sanitize(marked.parser(tokens), ALLOWED);
  for (const link of fragment.querySelectorAll('a[href]')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  }
  for (const code of fragment.querySelectorAll('pre > code')) {
    code.parentElement.replaceWith(listing(code));
  }
  for (const table of fragment.querySelectorAll('table')) {
    const frame = el('div', {class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table'});
    table.replaceWith(frame);
    frame.append(table);
  }
  return fragment;
}

function listing(code) {
  const language = [...code.classList].find(name => name.startsWith('language-'))?.slice('language-'.length) ?? '';
  code.removeAttribute('class');
  const button = el('button', {type: 'button', class: 'icon small', 'aria-label': 'Copy the code', title: 'Copy'}, icon(ICONS.copy));
  button.addEventListener('click', () => copy(code.textContent.replace(/\n$/, ''), button));
  return el('figure', {class: 'code'},
      el('figcaption', {}, el('span', {}, language), button),
      el('pre', {tabindex: '0', 'aria-label': language ? `Code, ${language}` : 'Code'}, code));
}
