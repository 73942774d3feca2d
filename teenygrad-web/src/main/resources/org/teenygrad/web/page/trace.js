// A run as a timeline: spans on tracks, kernels summed up, memory over time. Events are those of Chrome's trace format.

const MOST_SPANS = 200_000;
const HOST = 1;

/** Spans that begin one after the other, some inside others. */
class Track {
  constructor(pid, tid) {
    Object.assign(this, {pid, tid, spans: [], rows: 1, isSorted: true});
  }

  add(span) {
    this.spans.push(span);
    this.isSorted = false;
    if (this.spans.length > MOST_SPANS) {
      this.spans.splice(0, MOST_SPANS / 10);
    }
  }

  /** Puts spans in order and in rows: one that is inside another is below it. */
  arrange() {
    if (this.isSorted) {
      return;
    }
    this.isSorted = true;
    this.spans.sort((a, b) => a.from - b.from || b.to - a.to);
    const open = [];
    let last = 0;
    for (const span of this.spans) {
      while (open.length > 0 && open.at(-1).to <= span.from + 1e-6) {
        open.pop();
      }
      span.row = open.length;
      open.push(span);
      this.rows = Math.max(this.rows, open.length);
      last = span.latest = Math.max(last, span.to); // how far it and all before it reach
    }
  }

  /** The spans that touch a stretch of time, the last first. */
  * between(from, to) {
    let low = 0;
    for (let high = this.spans.length; low < high;) {
      const middle = (low + high) >> 1;
      this.spans[middle].from < to ? low = middle + 1 : high = middle;
    }
    for (let i = low - 1; i >= 0 && this.spans[i].latest >= from; i--) {
      if (this.spans[i].to >= from) {
        yield this.spans[i];
      }
    }
  }
}

/** `contract 64x64x64 · exp` is of the kind `contract`. */
const KINDS = {contract: 'contract', reduce: 'reduce', map: 'map'};
export const kindOfKernel = description => KINDS[description.split(' ')[0]] ?? 'other';

export class Trace {
  constructor() {
    this.names = new Map();
    this.trackOf = new Map();
    this.kernels = new Map();
    this.memory = new Map();
    this.from = Infinity;
    this.to = -Infinity;
    this.kernelMicros = 0;
    this.wholeMicros = 0;
    this.launches = 0;
    this.whole = {runs: 0, launches: 0};
    this.peakBytes = 0;
  }

  /** Takes an event. */
  add({ph, name, cat, pid, tid, ts, dur, args}) {
    if (ph === 'M') {
      this.names.set(name === 'process_name' ? `${pid}` : `${pid}.${tid}`, args.name);
    } else if (ph === 'C') {
      this.memory.set(pid, this.memory.get(pid) ?? []).get(pid).push({at: ts, bytes: args.bytes});
      this.peakBytes = Math.max(this.peakBytes, args.bytes);
    } else if (ph === 'X') {
      const span = {name, cat, from: ts, to: ts + dur, args, kernel: null};
      this.from = Math.min(this.from, span.from);
      this.to = Math.max(this.to, span.to);
      if (cat === 'kernel') {
        span.kernel = this.count(span, pid);
      } else if (cat === 'run') {
        this.wholeMicros += dur;
        this.whole.runs++;
        this.whole.launches += args.launches;
      }
      this.track(pid, tid).add(span);
    }
  }

  track(pid, tid) {
    const key = `${pid}.${tid}`;
    if (!this.trackOf.has(key)) {
      this.trackOf.set(key, new Track(pid, tid));
    }
    return this.trackOf.get(key);
  }

  count({name, args, from, to}, pid) {
    const key = `${pid} ${args.kernel}`;
    if (!this.kernels.has(key)) {
      this.kernels.set(key, {name: args.kernel, description: name, kind: kindOfKernel(name), pid, count: 0, micros: 0, flops: 0, bytes: 0});
    }
    const kernel = this.kernels.get(key);
    kernel.count++;
    kernel.micros += to - from;
    kernel.flops += args.flops;
    kernel.bytes += args.bytes;
    this.kernelMicros += to - from;
    this.launches++;
    return kernel;
  }

  /** Those with spans: devices first, the host below. */
  get tracks() {
    return [...this.trackOf.values()].sort((a, b) => (a.pid === HOST) - (b.pid === HOST) || a.pid - b.pid || a.tid - b.tid);
  }

  title({pid, tid}) {
    return pid === HOST ? `host, thread ${this.names.get(`${pid}.${tid}`) || tid}` : `${this.names.get(`${pid}`) ?? pid}, ${this.names.get(`${pid}.${tid}`) ?? tid}`;
  }
}

const scaled = (value, units, step) => {
  let at = 0;
  while (at + 1 < units.length && Math.abs(value) >= step) {
    value /= step;
    at++;
  }
  return `${value.toLocaleString('en', {maximumSignificantDigits: 3})} ${units[at]}`;
};

/** For people: `1.23 ms`, `4.5 MB`, `67 GFLOP`. */
export const time = micros => micros === 0 ? '0' : micros < 1 ? scaled(micros * 1000, ['ns'], 1000) : scaled(micros, ['µs', 'ms', 's'], 1000);
export const bytes = count => scaled(count, ['B', 'KB', 'MB', 'GB', 'TB'], 1000);
export const flops = count => scaled(count, ['FLOP', 'KFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP'], 1000);

/** Per second, of what took so many microseconds. */
export const perSecond = (text, count, micros) => micros > 0 ? `${text(count * 1e6 / micros)}/s` : '';
