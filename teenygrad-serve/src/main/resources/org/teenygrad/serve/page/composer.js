// Where questions are written.

import {byId} from './dom.js';

export function compose(chat) {
  const field = byId('question');
  const ask = () => {
    const text = field.value.trim();
    if (text && !chat.isBusy()) {
      field.value = '';
      chat.ask(text);
    }
  };
  byId('composer').addEventListener('submit', event => {
    event.preventDefault();
    ask();
  });
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      ask();
    } else if (event.key === 'ArrowUp' && field.value === '') {
      const mine = [...document.querySelectorAll('.question')].at(-1);
      if (mine) {
        event.preventDefault();
        mine.querySelector('[aria-label="Edit"]').click();
      }
    }
  });
  byId('stop').addEventListener('click', () => {
    chat.stop();
    field.focus();
  });
}
