// The rows of runs, and what is made of them.

const KNOWN = ['iteration', 'loss', 'learning_rate', 'ms', 'grad_norm'];
const LIVE_MILLIS = 20_000;

/** A run: its columns as arrays of numbers, NaN where a row says nothing. */
export class Run {
  constructor(name) {
    this.name = name;
    this.samples = [];
    this.sample = null;
    this.begin([], {});
  }

  begin(columns, settings) {
    this.columns = columns;
    this.settings = settings;
    this.values = columns.map(() => []);
    this.metrics = columns.filter(column => !KNOWN.includes(column));
    this.changed = 0;
  }

  /** @param isFirst whether these rows were there when the page was opened */
  add(rows, isFirst) {
    for (const row of rows.split('\n')) {
      const cells = row.split(',');
      this.columns.forEach((_, i) => this.values[i].push(cells[i] ? Number(cells[i]) : NaN));
    }
    this.changed = isFirst ? this.changed : performance.now();
  }

  column(name) {
    return this.values[this.columns.indexOf(name)] ?? [];
  }

  get isLive() {
    return this.changed > 0 && performance.now() - this.changed < LIVE_MILLIS;
  }

  /** Tokens of an iteration, as the settings say; NaN where they do not. */
  get tokens() {
    const {tokens_per_iteration: known, total_batch_size: total, batch_size: batch, block_size: block, gradient_accumulation_steps: steps = 1} = this.settings;
    return known ?? total ?? batch * block * steps;
  }

  /** The last number of a column. */
  last(name) {
    return this.column(name).findLast(value => !Number.isNaN(value)) ?? NaN;
  }

  best(name) {
    return this.column(name).reduce((least, value) => value < least ? value : least, Infinity);
  }

  /** Seconds of all iterations together. */
  get seconds() {
    return this.column('ms').reduce((sum, ms) => Number.isNaN(ms) ? sum : sum + ms, 0) / 1000;
  }
}

/** A mean in which older values count ever less; `share` is what of it stays from step to step. */
export function smooth(values, share) {
  let mean = 0;
  let weight = 0;
  return values.map(value => {
    if (Number.isNaN(value)) {
      return null;
    }
    mean = share * mean + (1 - share) * value;
    weight = share * weight + (1 - share);
    return mean / weight;
  });
}

/** Tokens a second, or iterations where tokens are not known. */
export const speeds = run => run.column('ms').map(ms => (Number.isNaN(run.tokens) ? 1 : run.tokens) * 1000 / ms);

/** Operations a second of GPUs' tensor cores on dense matrices, by NVIDIA's data sheets (H100 and H200 SXM, A100, L40S, B200); float32 without tensor cores. */
const PEAKS = [
  [/H200|H100/, {bfloat16: 989e12, tf32: 494e12, float32: 67e12}],
  [/A100/, {bfloat16: 312e12, tf32: 156e12, float32: 19.5e12}],
  [/L40S/, {bfloat16: 362e12, tf32: 183e12, float32: 91.6e12}],
  [/B200/, {bfloat16: 2250e12, tf32: 1125e12, float32: 75e12}],
];

/**
 * The part of what its machine can do that a run used for its model, in percent; nothing where one of both is not known.
 * @param processor what this machine's processors do at best, in float32, for runs on a processor
 */
export function utilization(run, processor) {
  const {device, machine = '', dtype = 'float32', flops_per_token: flops, ranks = 1} = run.settings;
  const peak = device === 'cpu' ? processor : ranks * PEAKS.find(([name]) => name.test(machine))?.[1][dtype === 'float16' ? 'bfloat16' : dtype]; // ranks on processors share this machine's
  return flops && peak ? speeds(run).map(speed => 100 * speed * flops / peak) : [];
}

/** Settings in which runs differ: `[[name, [value of each run]]]`. */
export function differences(runs) {
  const names = [...new Set(runs.flatMap(run => Object.keys(run.settings)))].filter(name => !/^(best_|iteration$|format$|flops_per_token$|machine$|tokens_per_iteration$)/.test(name)).sort();
  return names.map(name => [name, runs.map(run => run.settings[name])]).filter(([, values]) => new Set(values).size > 1);
}
