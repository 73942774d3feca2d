// How answers are made, and how the page looks.

import {byId, el} from './dom.js';
import {saveSettings, settings} from './store.js';

const NUMBERS = [
  {name: 'temperature', label: 'Temperature', min: 0, max: 2, step: 0.05, help: '0 takes the likeliest token each time'},
  {name: 'topK', label: 'Top-k', min: 0, step: 1, help: 'only from so many; 0 from all'},
  {name: 'topP', label: 'Top-p', min: 0.01, max: 1, step: 0.01, help: 'only from the likeliest that have this share'},
  {name: 'maxTokens', label: 'Max tokens', min: 1, step: 1, help: 'of an answer'},
  {name: 'seed', label: 'Seed', step: 1, help: 'the same seed gives the same answer'},
];

function numberField(values, {name, label, help, ...range}) {
  const input = el('input', {type: 'number', inputmode: 'decimal', name, placeholder: 'default', 'aria-describedby': `help-${name}`, ...range, value: values[name]});
  input.addEventListener('input', () => {
    if (input.checkValidity()) {
      values[name] = input.value === '' ? undefined : Number(input.value);
      saveSettings();
    }
  });
  return el('label', {class: 'number'}, el('span', {}, label), input, el('small', {}, help));
}

function modelField(values, models) {
  if (models.length < 2) {
    return null;
  }
  const select = el('select', {name: 'model'}, models.map(model => el('option', {value: model.id, selected: model.id === values.model}, model.id)));
  select.addEventListener('change', () => {
    values.model = select.value;
    saveSettings();
  });
  return el('label', {}, el('span', {}, 'Model'), select);
}

function way(values, models, title) {
  return el('fieldset', {}, el('legend', {}, title), modelField(values, models), NUMBERS.map(number => numberField(values, number)));
}

function choice(name, label, help, changed) {
  const input = el('input', {type: 'checkbox', name, checked: settings[name]});
  input.addEventListener('change', () => {
    settings[name] = input.checked;
    saveSettings();
    changed();
  });
  return el('label', {class: 'choice'}, input, el('span', {}, label, el('small', {}, help)));
}

/** A model that is served no longer is not asked; of two, each answers once. */
export function chooseModels(models) {
  [settings.first, settings.second].forEach((values, at) => {
    if (!models.some(model => model.id === values.model)) {
      values.model = models.length > 1 ? models[at].id : undefined;
    }
  });
}

/** Shows the settings.
 * @param changed is told when the page looks otherwise */
export function openSettings(models, changed) {
  const dialog = byId('settings');
  const system = el('textarea', {name: 'system', rows: 3, placeholder: 'What the model is told before each conversation'});
  system.value = settings.system;
  system.addEventListener('input', () => {
    settings.system = system.value;
    saveSettings();
  });
  const second = way(settings.second, models, 'Answer B');
  const showSecond = () => {
    second.hidden = !settings.compare;
    changed();
  };
  dialog.replaceChildren(el('form', {method: 'dialog'},
      el('h2', {id: 'settings-title'}, 'Settings'),
      el('label', {}, el('span', {}, 'System'), system),
      choice('compare', 'Two answers side by side', models.length > 1 ? 'of two models, or of one in two ways' : 'of one model, in two ways', showSecond),
      el('div', {class: 'ways'}, way(settings.first, models, 'Answer A'), second),
      choice('probabilities', 'Ask for probabilities', 'of each token and of what else could have come', changed),
      choice('tint', 'Colour what surprised the model', 'the less likely a token was, the stronger', changed),
      el('div', {class: 'actions'}, el('button', {type: 'submit', class: 'primary'}, 'Done'))));
  showSecond();
  dialog.showModal();
}
