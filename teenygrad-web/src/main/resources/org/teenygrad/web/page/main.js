// A page of the book: its contents, its colours, its cells.

import {byId, copy, el, iconButton} from './dom.js';
import {applyTheme, isSideOpen, otherTheme, sliding} from './frame.js';
import {beginAnew, stayOpen} from './api.js';

const THEME = 'teenygrad.theme';

/** Pages beside the chapters, by the names of their places. */
const VIEWS = {
  run: async place => (await import('./run.js')).showRun(place),
  compiler: async place => (await import('./compiler.js')).showCompiler(place),
  training: async place => (await import('./training.js')).showTraining(place),
};

applyTheme(localStorage.getItem(THEME) ?? 'auto');
byId('theme').addEventListener('click', () => {
  const theme = otherTheme();
  localStorage.setItem(THEME, theme);
  applyTheme(theme);
  dispatchEvent(new Event('theme'));
});

sliding('(max-width: 980px)');
document.addEventListener('keydown', event => event.key === 'Escape' && isSideOpen() && byId('side-close').click());
document.querySelector('#contents [aria-current]')?.scrollIntoView({block: 'nearest'});

const noteScroll = () => document.body.classList.toggle('is-scrolled', scrollY > 70);
addEventListener('scroll', noteScroll, {passive: true});
noteScroll();

// The token has become a cookie; it need not stand where others look, or in the history.
if (location.search.includes('token=')) {
  history.replaceState(null, '', location.pathname + location.hash);
}

for (const command of document.querySelectorAll('.command')) {
  const button = iconButton('copy', 'Copy the command', () => copy(command.querySelector('code').textContent + '\n', button), {class: 'icon small copy'});
  command.append(button);
}

for (const [name, show] of Object.entries(VIEWS)) {
  const place = byId(name);
  place && await show(place);
}

const places = [...document.querySelectorAll('.cell')];
if (places.length > 0 && document.body.dataset.cells === 'some') {
  const {Cell} = await import('./cell.js'); // the editor is the largest part: pages without cells do without
  const cells = places.map((place, i) => new Cell(place, i + 1, n => cells[n]));
  stayOpen();
  byId('run-all').hidden = false;
  byId('anew').hidden = false;
  byId('run-all').addEventListener('click', async () => {
    for (const cell of cells) {
      if (!await cell.run()) {
        break;
      }
    }
  });
  byId('anew').addEventListener('click', async () => {
    await beginAnew();
    cells.forEach(cell => cell.forget());
  });
} else {
  places.forEach(place => place.append(el('div', {class: 'bar'}, el('span', {class: 'state'}, 'runs where there is a JDK'))));
}
document.body.dataset.ready = 'true';
