// Calls of the server, with the key where it asks for one.

const KEY = 'teenygrad.key';
let askForKey = async () => null;

/** @param ask gives a key, or null; is told whether the last was wrong */
export function onKeyWanted(ask) {
  askForKey = ask;
}

/** An error that is shown as it is. */
export class ServerError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

let asking = null;

/** The answer of the server; asks for a key until one is right. */
export async function call(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    let response;
    try {
      response = await fetch(path, {...options, headers: {...options.headers, ...(key ? {Authorization: `Bearer ${key}`} : {})}});
    } catch (error) {
      if (error.name === 'AbortError') {
        throw error;
      }
      throw new ServerError('The server does not answer. Is it still running?', 0);
    }
    if (response.status === 401) {
      asking ??= askForKey(key !== null).finally(() => asking = null);
      const given = await asking;
      if (!given) {
        throw new ServerError('The server wants a key.', 401);
      }
      sessionStorage.setItem(KEY, given);
    } else if (response.ok) {
      return response;
    } else {
      throw await refusal(response);
    }
  }
}

async function refusal(response) {
  let message = `The server answered ${response.status}.`;
  try {
    message = (await response.json()).error.message;
  } catch {
    // the status says all that is known
  }
  const again = response.headers.get('Retry-After');
  return new ServerError(again ? `${message} (try again in ${again} s)` : message, response.status);
}

/** The data of the server-sent events of an answer, one by one, without the last, `[DONE]`. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      let chunk;
      try {
        chunk = await reader.read();
      } catch (error) {
        throw error.name === 'AbortError' ? error : new ServerError('The connection was lost.', 0);
      }
      if (chunk.done) {
        throw new ServerError('The answer ended before its end.', 0);
      }
      const lines = (rest + chunk.value).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line === 'data: [DONE]') {
          return;
        }
        if (line.startsWith('data: ')) {
          yield JSON.parse(line.slice('data: '.length));
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // a connection that is gone needs no farewell
  }
}

let served = [];

/** The models that are served: `[{id, chat}]`. */
export async function models() {
  served = (await (await call('/v1/models')).json()).data;
  return served;
}

/** Whether a model answers; others continue texts.
 * @param id undefined for the one that the server chooses */
export const answers = id => (served.find(model => model.id === id) ?? served[0])?.chat !== false;

/** The events of what is made for a request. */
export async function* stream(path, body, signal) {
  yield* events(await call(path, {
    method: 'POST', headers: {'Content-Type': 'application/json'}, signal,
    body: JSON.stringify({...body, stream: true, stream_options: {include_usage: true}}),
  }));
}
