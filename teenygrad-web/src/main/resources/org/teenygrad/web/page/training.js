// The view of trainings: runs of a folder, side by side, while they go on.

import {byId, el} from './dom.js';
import {get} from './api.js';
import {Run, differences, smooth, speeds, utilization} from './series.js';
import {resolved} from './timeline.js';
import uPlot from './vendor/uplot.js';

const COLOURS = ['--run-1', '--run-2', '--run-3', '--run-4', '--run-5', '--run-6'];
const HEIGHT = 280;
const REDRAW_MILLIS = 250;
const MOST_AT_FIRST = 4;

const number = (value, digits = 4) => Number.isFinite(value) ? value.toLocaleString('en', {maximumSignificantDigits: digits}) : '';
const duration = seconds => seconds >= 3600 ? `${(seconds / 3600).toFixed(1)} h` : seconds >= 60 ? `${(seconds / 60).toFixed(1)} min` : `${seconds.toFixed(1)} s`;

/** What charts there are: each gives a run's series by their labels, as `{values, isFaint, isDots}`. */
const CHARTS = [
  {title: 'Loss', unit: 'nats', isLoss: true, series: (run, share) => [
    {label: 'batch', values: run.column('loss').map(value => Number.isNaN(value) ? null : value), isFaint: true},
    {label: 'loss', values: smooth(run.column('loss'), share)},
    ...run.metrics.filter(metric => /loss/.test(metric) && metric !== 'train_loss').map(metric =>
        ({label: metric, values: run.column(metric).map(value => Number.isNaN(value) ? null : value), isDots: true})),
  ]},
  {title: 'Learning rate', unit: '', series: run => [{label: 'learning rate', values: run.column('learning_rate').map(value => Number.isNaN(value) ? null : value)}]},
  {title: 'Gradient norm', unit: '', series: (run, share) => [{label: 'gradient norm', values: smooth(run.column('grad_norm'), share)}]},
  {title: 'Speed', unit: 'tokens/s', series: (run, share) => [{label: 'speed', values: smooth(speeds(run), share)}]},
  {title: 'MFU', unit: '% of what processors here do in float32, or a GPU by its data sheet', series: (run, share) => [{label: 'MFU', values: smooth(utilization(run, peak), share)}]},
  {title: 'Memory of tensors', unit: 'GB', series: run => [{label: 'memory', values: memory(run), isDots: true}]},
];

/** What tensors took when the model was evaluated, for each row. */
function memory(run) {
  const known = new Map(run.samples.map(sample => [sample.iteration, sample.live_bytes / 1e9]));
  return run.column('iteration').map(iteration => known.get(iteration) ?? null);
}

/** What this machine's processors do at best, operations of float32 a second; not known at first. */
let peak = NaN;

class View {
  constructor(place) {
    this.place = place;
    this.runs = [];
    this.hidden = new Set();
    this.share = 0.9;
    this.isLogarithmic = false;
    this.plots = [];
    this.isFirst = true;
  }

  build(folder) {
    this.smoothing = el('input', {type: 'range', min: 0, max: 0.99, step: 0.01, value: this.share, oninput: event => {
      this.share = Number(event.target.value);
      this.redraw();
    }});
    this.logarithm = el('input', {type: 'checkbox', onchange: event => {
      this.isLogarithmic = event.target.checked;
      this.redraw();
    }});
    this.table = el('div', {class: 'runs', tabindex: '0', role: 'region', 'aria-label': 'Runs'});
    this.charts = el('div', {class: 'charts'});
    this.samples = el('div', {class: 'samples'});
    this.settings = el('div', {class: 'settings', tabindex: '0', role: 'region', 'aria-label': 'Settings'});
    this.place.replaceChildren(
        el('p', {class: 'folder'}, 'Runs below ', el('code', {}, folder), ', as their logs grow.'),
        this.table,
        el('div', {class: 'tools'}, el('label', {}, 'Smoothing', this.smoothing), el('label', {}, this.logarithm, 'Logarithmic loss')),
        this.charts, this.samples, this.settings);
  }

  hear(event) {
    if (event.runs) {
      if (event.runs.length === 0) {
        this.place.replaceChildren(el('p', {class: 'none'}, 'There is no run below ', el('code', {}, event.folder), ' yet: ', el('code', {}, './teenygrad train nanogpt'), ' makes one.'));
        return;
      }
      if (!this.table?.isConnected) {
        this.build(event.folder);
      }
      this.isFirst = false;
      return;
    }
    let run = this.runs.find(each => each.name === event.run);
    if (!run) {
      run = new Run(event.run);
      this.runs.push(run);
      this.runs.sort((a, b) => a.name < b.name ? -1 : 1);
      if (this.runs.length > MOST_AT_FIRST) {
        this.hidden.add(run.name);
      }
    }
    if (event.samples) {
      run.samples = [...event.anew ? [] : run.samples, ...event.samples];
      this.redrawSoon();
    } else if (event.columns) {
      run.begin(event.columns, event.settings);
      run.opened = performance.now();
    } else if (event.settings) {
      run.settings = event.settings;
      this.redrawSoon();
    } else {
      run.add(event.rows, performance.now() - run.opened < 1000);
      this.redrawSoon();
    }
  }

  redrawSoon() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.redraw();
    }, REDRAW_MILLIS);
  }

  get shown() {
    return this.runs.filter(run => !this.hidden.has(run.name));
  }

  color(run) {
    return resolved(COLOURS[this.runs.indexOf(run) % COLOURS.length]);
  }

  redraw() {
    if (!this.table?.isConnected) {
      return;
    }
    this.showTable();
    this.showSettings();
    this.showSamples();
    this.plots.forEach(plot => plot.destroy());
    this.plots = CHARTS.map(chart => this.plot(chart)).filter(Boolean);
    this.charts.replaceChildren(...this.plots.map(plot => plot.figure));
    this.plots.forEach(plot => plot.setSize({width: plot.figure.clientWidth, height: HEIGHT}));
  }

  showTable() {
    const metric = run => run.metrics.find(name => name === 'val_bpb') ?? run.metrics.find(name => name.startsWith('val'));
    const row = run => {
      const box = el('input', {type: 'checkbox', 'aria-label': `Show ${run.name || 'the run'}`, onchange: event => {
        event.target.checked ? this.hidden.delete(run.name) : this.hidden.add(run.name);
        this.redraw();
      }});
      box.checked = !this.hidden.has(run.name);
      const swatch = el('i', {class: `swatch run-${this.runs.indexOf(run) % COLOURS.length + 1}`});
      const best = metric(run);
      return el('tr', {}, el('td', {}, el('label', {}, box, swatch, run.name || '.')),
          el('td', {class: 'live'}, run.isLive ? 'live' : ''),
          ...[number(run.last('iteration'), 9), number(smooth(run.column('loss'), 0.9).findLast(value => value !== null)), best ? number(run.best(best)) : '',
            number(speeds(run).filter(Number.isFinite).sort((a, b) => a - b)[Math.floor(run.column('ms').length / 2)], 3), duration(run.seconds)].map(text => el('td', {class: 'number'}, text)));
    };
    const names = ['Run', 'State', 'Iteration', 'Loss', 'Best validation', 'Tokens/s', 'Time'];
    const focused = this.table.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
    this.table.replaceChildren(el('table', {}, el('thead', {}, el('tr', {}, ...names.map(name => el('th', {class: /Run|State/.test(name) ? '' : 'number'}, name)))), el('tbody', {}, ...this.runs.map(row))));
    this.table.querySelector(`[aria-label="${CSS.escape(focused ?? '')}"]`)?.focus();
  }

  showSettings() {
    const differ = differences(this.shown);
    this.settings.replaceChildren(...differ.length === 0 ? [] : [el('h2', {}, 'Settings in which they differ'), el('table', {},
        el('thead', {}, el('tr', {}, el('th', {}, 'Setting'), ...this.shown.map(run => el('th', {class: 'number'}, run.name || '.')))),
        el('tbody', {}, ...differ.map(([name, values]) => el('tr', {}, el('td', {}, el('code', {}, name)), ...values.map(value => el('td', {class: 'number'}, String(value ?? '')))))))]);
  }

  /** What the models wrote: of each run the sample of the iteration that a slider chooses, the latest at first. */
  showSamples() {
    const runs = this.shown.filter(run => run.samples.length > 0);
    const focused = this.samples.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
    this.samples.replaceChildren(...runs.length === 0 ? [] : [el('h2', {}, 'What the models wrote')], ...runs.map(run => {
      const text = el('pre', {tabindex: '0'});
      const caption = el('output', {});
      const slider = el('input', {type: 'range', min: 0, max: run.samples.length - 1, 'aria-label': `Sample of ${run.name || 'the run'}`, oninput: () => {
        run.sample = Number(slider.value) === run.samples.length - 1 ? null : Number(slider.value);
        show();
      }});
      const show = () => {
        const at = run.sample ?? run.samples.length - 1;
        slider.value = at;
        text.textContent = run.samples[at].text;
        caption.textContent = `iteration ${run.samples[at].iteration}`;
        slider.setAttribute('aria-valuetext', caption.textContent);
      };
      show();
      return el('figure', {}, el('figcaption', {}, el('i', {class: `swatch run-${this.runs.indexOf(run) % COLOURS.length + 1}`}), run.name || '.', slider, caption), text);
    }));
    this.samples.querySelector(`[aria-label="${CSS.escape(focused ?? '')}"]`)?.focus();
  }

  plot(chart) {
    const runs = this.shown.filter(run => run.column('iteration').length > 0 && chart.series(run, this.share).some(each => each.values.some(Number.isFinite)));
    if (runs.length === 0) {
      return null;
    }
    const axis = {stroke: resolved('--soft'), grid: {stroke: resolved('--line'), width: 1}, ticks: {show: false}, font: `12px ${getComputedStyle(document.body).fontFamily}`};
    const tables = [];
    const series = [{label: 'iteration'}];
    for (const run of runs) {
      const all = chart.series(run, this.share);
      tables.push([run.column('iteration'), ...all.map(each => each.values)]);
      for (const each of all) {
        const color = this.color(run);
        series.push({
          label: `${run.name || '.'} ${each.label}`, stroke: each.isFaint ? color.replace('rgb(', 'rgba(').replace(')', ', 0.3)') : color, width: each.isFaint ? 1 : 1.75, spanGaps: true,
          dash: each.isDots ? [4, 3] : undefined, points: {show: Boolean(each.isDots), size: 5, fill: color}, value: (_, value) => number(value),
        });
      }
    }
    const figure = el('figure', {}, el('figcaption', {}, chart.title, chart.unit && el('small', {}, chart.unit)));
    const plot = new uPlot({
      width: 600, height: HEIGHT, series, cursor: {sync: {key: 'training'}}, legend: {show: false},
      scales: {x: {time: false}, y: {distr: chart.isLoss && this.isLogarithmic ? 3 : 1}},
      axes: [{...axis, size: 30}, {...axis, size: 64, values: (_, values) => values.map(value => value === null ? '' : number(value, 3))}],
      plugins: [readout(figure)],
    }, uPlot.join(withoutRepeats(tables)), figure);
    plot.figure = figure;
    return plot;
  }
}

/** A row of its own for each iteration: an evaluation after the last has the number of one that there is. */
function withoutRepeats(tables) {
  return tables.map(([xs, ...columns]) => {
    const keep = xs.map((x, i) => xs[i + 1] !== x);
    const joined = columns.map(column => column.map((value, i) => value ?? (i > 0 && xs[i - 1] === xs[i] ? column[i - 1] : value)));
    return [xs, ...joined].map(column => column.filter((_, i) => keep[i]));
  });
}

/** Says at the top what is under the pointer. */
function readout(figure) {
  const place = el('span', {class: 'readout'});
  return {hooks: {
    ready: () => figure.querySelector('figcaption').append(place),
    setCursor: plot => {
      const {idx} = plot.cursor;
      place.replaceChildren(...idx === null || idx === undefined ? [] : [`${number(plot.data[0][idx], 9)}: `, ...plot.series.slice(1)
          .map((series, i) => ({series, value: plot.data[i + 1][idx]})).filter(({series, value}) => Number.isFinite(value) && series.width > 1).slice(0, 4)
          .map(({series, value}) => `${series.label} ${number(value)}`).join(', ')]);
    },
  }};
}

/** Shows the trainings in a place, from now on. */
export function showTraining(place) {
  document.body.classList.add('wide');
  const view = new View(place);
  get('/run/roofline').then(({ceilings}) => {
    peak = ceilings.find(ceiling => !ceiling.memory)?.perSecond ?? NaN;
    view.redraw();
  }).catch(() => {}); // then there is no chart of it
  const source = new EventSource('/training/events');
  source.addEventListener('message', event => view.hear(JSON.parse(event.data)));
  source.addEventListener('error', () => byId('said').textContent = 'The server does not answer');
  addEventListener('theme', () => view.redraw());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => view.redraw());
  new ResizeObserver(() => view.plots.forEach(plot => plot.setSize({width: plot.figure.clientWidth, height: HEIGHT}))).observe(place);
  setInterval(() => view.runs.some(run => run.changed) && view.table?.isConnected && view.showTable(), 10_000);
}
