// Calls of the server for this page, which has a process of its own for its cells.

const page = crypto.randomUUID();
const STILL_HERE = 15_000;

async function post(path, body = {}) {
  let response;
  try {
    response = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({page, ...body})});
  } catch {
    throw new Error('The server does not answer. Is teenygrad web still running?');
  }
  if (!response.ok) {
    let message = `The server answered ${response.status}.`;
    try {
      message = (await response.json()).error.message;
    } catch {
      // the status says all that is known
    }
    throw new Error(message);
  }
  return response;
}

/** What a cell makes, as it comes: `{kind: 'text' | 'value' | 'error' | 'ended' | 'done', ...}`. */
export async function* run(code) {
  const reader = (await post('/cells/run', {code})).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    let chunk;
    try {
      chunk = await reader.read();
    } catch {
      throw new Error('The connection was lost.');
    }
    if (chunk.done) {
      return;
    }
    const lines = (rest + chunk.value).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      yield JSON.parse(line);
    }
  }
}

export const complete = async (code, cursor) => (await post('/cells/complete', {code, cursor})).json();
/** What is known of a box of the graph. */
export const box = async number => answered(await (await post('/cells/box', {number})).json());
/** What a piece shows of a text: SVG documents. */
export const sayTo = async (piece, text) => answered(await (await post('/cells/say', {piece, text})).json()).pictures;
export const graph = async () => (await (await post('/cells/graph')).json()).dot;
export const trace = async () => (await (await post('/cells/trace')).json()).events ?? [];
/** What the server says at a path. */
export async function get(path) {
  const response = await fetch(path);
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error.message);
  }
  return answer;
}

function answered(answer) {
  if (answer.message) {
    throw new Error(answer.message);
  }
  return answer;
}

export const compiler = async (what, schedule, index) => answered(await (await post('/cells/compiler', {what, schedule, index})).json());
export const stop = () => post('/cells/stop');
export const beginAnew = () => post('/cells/end');

/** Says from time to time that the page is open, and once that it is not: then its process ends. */
export function stayOpen() {
  setInterval(() => post('/cells/open').catch(() => {}), STILL_HERE); // a server that is gone is told of by the next cell
  addEventListener('pagehide', () => navigator.sendBeacon('/cells/end', JSON.stringify({page})));
}
