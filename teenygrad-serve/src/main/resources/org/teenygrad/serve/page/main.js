// The page: its views, its keys, its colours.

import {byId} from './dom.js';
import {applyTheme, isSideOpen, otherTheme, sliding} from './frame.js';
import {answers, models, onKeyWanted} from './api.js';
import {Chat} from './chat.js';
import {compose} from './composer.js';
import {EngineView} from './engine.js';
import {chooseModels, openSettings} from './settings.js';
import {saveSettings, settings} from './store.js';

const NARROW = '(max-width: 860px)';

function applyLook() {
  applyTheme(settings.theme);
  document.body.classList.toggle('tint', settings.tint);
  document.body.classList.toggle('compare', settings.compare);
}

function switchTheme() {
  settings.theme = otherTheme();
  saveSettings();
  applyLook();
}

/** Asks for the key of the server; the dialog can be closed without one. */
function askForKey(wasWrong) {
  const dialog = byId('key');
  const field = byId('key-field');
  byId('key-wrong').textContent = wasWrong ? 'That key is none of the server’s.' : '';
  field.value = '';
  dialog.returnValue = '';
  dialog.showModal();
  field.focus();
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'use' ? field.value.trim() : null), {once: true}));
}

applyLook();
onKeyWanted(askForKey);
const chat = new Chat();
const engine = new EngineView(byId('engine'));
let served = [];

compose(chat);

function showView() {
  const isEngine = location.hash === '#/engine';
  for (const [name, isShown] of [['chat', !isEngine], ['engine', isEngine]]) {
    byId(name).hidden = !isShown;
    byId(`tab-${name}`).setAttribute('aria-selected', String(isShown));
    byId(`tab-${name}`).tabIndex = isShown ? 0 : -1;
  }
  engine.watch(isEngine && !document.hidden);
}

addEventListener('hashchange', showView);
document.addEventListener('visibilitychange', showView);
byId('tab-chat').addEventListener('click', () => location.hash = '');
byId('tab-engine').addEventListener('click', () => location.hash = '/engine');
document.querySelector('.tabs').addEventListener('keydown', event => {
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    const other = byId(byId('chat').hidden ? 'tab-chat' : 'tab-engine');
    other.click();
    other.focus();
  }
});

byId('new-chat').addEventListener('click', () => {
  chat.begin();
  location.hash = '';
  showSide(false);
  byId('question').focus();
});
byId('theme').addEventListener('click', switchTheme);
byId('settings-open').addEventListener('click', () => openSettings(served, applyLook));

const showSide = sliding(NARROW);

document.addEventListener('keydown', event => {
  const isWriting = event.target.matches('input, textarea, select');
  if (event.key === 'Escape' && isSideOpen()) {
    showSide(false);
  } else if (event.key === 'Escape' && !document.querySelector('dialog[open]')) {
    chat.stop();
  } else if (event.key === '/' && !isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    location.hash = '';
    byId('question').focus();
  }
});

showView();
if (!matchMedia(NARROW).matches) {
  byId('question').focus();
}
try {
  served = await models();
  chooseModels(served);
  engine.offer(served);
  byId('question').placeholder = answers(settings.first.model) ? 'Ask something' : 'Begin a text that the model goes on with';
  byId('model').textContent = served.map(model => model.id).join(' · ');
} catch (error) {
  byId('model').textContent = error.message;
  byId('model').classList.add('wrong');
}
