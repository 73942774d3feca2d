// A page of the book: its contents, its colours, its cells.

import {byId, copy, el, iconButton} from './dom.js';
import {beginAnew, stayOpen} from './api.js';

const NARROW = matchMedia('(max-width: 980px)');
const THEME = 'teenygrad.theme';

function applyTheme() {
  const theme = localStorage.getItem(THEME);
  if (theme) {
    document.documentElement.dataset.theme = theme;
  } else {
    delete document.documentElement.dataset.theme;
  }
}

byId('theme').addEventListener('click', () => {
  const next = getComputedStyle(document.documentElement).colorScheme === 'dark' ? 'light' : 'dark';
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  if (next === system) {
    localStorage.removeItem(THEME);
  } else {
    localStorage.setItem(THEME, next);
  }
  applyTheme();
  dispatchEvent(new Event('theme'));
});
applyTheme();

function showSide(isOpen) {
  document.body.classList.toggle('side-is-open', isOpen);
  byId('side').inert = NARROW.matches && !isOpen;
}
byId('side-open').addEventListener('click', () => {
  showSide(true);
  byId('side-close').focus();
});
byId('side-close').addEventListener('click', () => {
  showSide(false);
  byId('side-open').focus();
});
byId('shade').addEventListener('click', () => showSide(false));
NARROW.addEventListener('change', () => showSide(false));
showSide(false);
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && document.body.classList.contains('side-is-open')) {
    byId('side-close').click();
  }
});
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

if (byId('run')) {
  const {showRun} = await import('./run.js');
  showRun(byId('run'));
}

if (byId('compiler')) {
  const {showCompiler} = await import('./compiler.js');
  showCompiler(byId('compiler'));
}

if (byId('training')) {
  const {showTraining} = await import('./training.js');
  showTraining(byId('training'));
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
