// One answer in the making: asks the server, and adds what comes to a message.

import {answers, stream} from './api.js';
import {settings} from './store.js';

/** Likeliest tokens that are shown beside each. */
const ALTERNATIVES = 4;

/** Seconds in which no rate can be measured: tokens that waited together come together. */
const SHORTEST = 0.05;

/** What a request says of a conversation's messages. */
function messages(path, system) {
  const list = path.flatMap(node => {
    if (node.role === 'user') {
      return [{role: 'user', content: node.parts[0].text}];
    }
    const parts = node.parts.map(({type, text}) => ({type, text})).filter(part => part.text);
    if (parts.length === 0) {
      return [];
    }
    return [{role: 'assistant', content: parts.every(part => part.type === 'text') ? parts.map(part => part.text).join('') : parts}];
  });
  return system ? [{role: 'system', content: system}, ...list] : list;
}

const NAMES = {model: 'model', temperature: 'temperature', topK: 'top_k', topP: 'top_p', maxTokens: 'max_tokens', seed: 'seed'};

/** New tokens of a text that is continued, where the settings do not say how many: texts need not end. */
const CONTINUED = 256;

/** What is asked for: an answer, or the continuation of all that has been said. */
function request(path, how, continues) {
  const body = continues
      ? {prompt: path.flatMap(node => node.parts).map(part => part.text).join(''), max_tokens: CONTINUED}
      : {messages: messages(path, settings.system.trim())};
  for (const [name, parameter] of Object.entries(NAMES)) {
    if (how[name] !== undefined && how[name] !== '' && how[name] !== null) {
      body[parameter] = how[name];
    }
  }
  const probabilities = continues ? {logprobs: ALTERNATIVES} : {logprobs: true, top_logprobs: ALTERNATIVES};
  return settings.probabilities ? {...body, ...probabilities} : body;
}

/** A choice of a continued text in the terms of chats. */
function asChat({text, logprobs, finish_reason}) {
  const token = (said, logprob) => ({token: said, logprob, bytes: new TextEncoder().encode(said)});
  const content = logprobs?.tokens.map((said, at) => ({
    ...token(said, logprobs.token_logprobs[at]), top_logprobs: Object.entries(logprobs.top_logprobs[at]).map(each => token(...each)),
  }));
  return {delta: {content: text}, logprobs: {content}, finish_reason};
}

export class Generation {
  #abort = new AbortController();
  #started = performance.now();

  /**
   * @param node the message to write
   * @param path the messages before it
   * @param how the settings
   * @param changed is told after each change
   */
  constructor(node, path, how, changed) {
    this.node = node;
    this.changed = changed;
    Object.assign(node, {state: 'writing', stats: {tokens: 0}, how: {...how}});
    node.continues = !answers(how.model);
    this.done = this.#run(node.continues ? '/v1/completions' : '/v1/chat/completions', request(path, how, node.continues));
  }

  stop() {
    this.#abort.abort();
  }

  async #run(path, body) {
    const {node} = this;
    try {
      for await (const chunk of stream(path, body, this.#abort.signal)) {
        this.#add(chunk);
        this.changed(node);
      }
      node.state = 'done';
    } catch (error) {
      node.state = error.name === 'AbortError' ? 'stopped' : 'failed';
      node.error = node.state === 'failed' ? error.message : undefined;
    }
    this.#measure();
    this.changed(node);
  }

  #add(chunk) {
    const {node} = this;
    node.model = chunk.model ?? node.model;
    if (chunk.usage) {
      node.stats.tokens = chunk.usage.completion_tokens;
      node.stats.prompt = chunk.usage.prompt_tokens;
    }
    if (chunk.choices.length === 0) {
      return;
    }
    const choice = node.continues ? asChat(chunk.choices[0]) : chunk.choices[0];
    const tokens = choice.logprobs?.content ?? [];
    const {content, part} = choice.delta;
    if (content || part) {
      node.stats.first ??= performance.now() - this.#started;
      node.stats.tokens += Math.max(1, tokens.length);
    }
    if (content) {
      this.#addText(content, tokens);
    }
    if (part) {
      node.parts.push(part);
    }
    node.finish = choice.finish_reason ?? node.finish;
    this.#measure();
  }

  #addText(content, tokens) {
    const {parts} = this.node;
    if (parts.at(-1)?.type !== 'text') {
      parts.push({type: 'text', text: '', tokens: []});
    }
    const part = parts.at(-1);
    const decoder = new TextDecoder();
    let start = part.text.length;
    part.text += content;
    for (const token of tokens) {
      // A token is [where it begins, its log-probability, [[text, log-probability] of the likeliest]]: short, as many are kept.
      part.tokens.push([Math.min(start, part.text.length), rounded(token.logprob), token.top_logprobs.map(each => [each.token, rounded(each.logprob)])]);
      start += decoder.decode(new Uint8Array(token.bytes), {stream: true}).length;
    }
  }

  #measure() {
    const {stats} = this.node;
    if (stats.first !== undefined && this.node.state === 'writing') {
      const seconds = (performance.now() - this.#started - stats.first) / 1000;
      stats.rate = stats.tokens > 1 && seconds > SHORTEST ? (stats.tokens - 1) / seconds : undefined;
    }
  }
}

const rounded = logprob => logprob === null ? null : Math.round(logprob * 1000) / 1000;

/** `12 tokens · 118 tokens/s · first 80 ms` */
export function speed({tokens, rate, first}) {
  const parts = [`${tokens} token${tokens === 1 ? '' : 's'}`];
  if (rate !== undefined) {
    parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)} tokens/s`);
  }
  if (first !== undefined) {
    parts.push(`first ${first < 1000 ? `${Math.round(first)} ms` : `${(first / 1000).toFixed(1)} s`}`);
  }
  return parts.join(' · ');
}
