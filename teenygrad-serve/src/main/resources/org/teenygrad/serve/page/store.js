// Conversations are trees of messages: an edited question or a second answer is a branch beside the first. They are kept in localStorage.

const PREFIX = 'teenygrad.conversation.';
const INDEX = 'teenygrad.conversations';
const ROOT = 'root';

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(9)), byte => byte.toString(36).padStart(2, '0')).join('');

function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** A message is `{id, parent, role, parts: [{type, text, tokens?}], ...}`; `chosen` is the child that is shown, by message. */
export class Conversation {
  constructor(data = {id: newId(), title: '', updated: Date.now(), nodes: {}, chosen: {}}) {
    Object.assign(this, data);
  }

  /** Adds a message and shows it. */
  add(parent, role, parts, more = {}) {
    const node = {id: newId(), parent: parent?.id ?? ROOT, role, parts, ...more};
    this.nodes[node.id] = node;
    this.chosen[node.parent] = node.id;
    if (!this.title && role === 'user') {
      this.title = parts[0].text.trim().replace(/\s+/g, ' ').slice(0, 60);
    }
    return node;
  }

  parentOf(node) {
    return this.nodes[node.parent] ?? null;
  }

  /** A message and those that could stand in its place, in the order in which they were made. */
  siblings(node) {
    return Object.values(this.nodes).filter(other => other.parent === node.parent);
  }

  choose(node) {
    this.chosen[node.parent] = node.id;
  }

  /** The messages that are shown. */
  path() {
    const path = [];
    for (let at = this.nodes[this.chosen[ROOT]]; at; at = this.nodes[this.chosen[at.id]]) {
      path.push(at);
    }
    return path;
  }

  /** The messages that lead to one, itself included. */
  upTo(node) {
    const path = [];
    for (let at = node; at; at = this.parentOf(at)) {
      path.unshift(at);
    }
    return path;
  }

  isEmpty() {
    return Object.keys(this.nodes).length === 0;
  }

  /** Without the tokens' probabilities, which take most of the room. */
  withoutTokens() {
    for (const node of Object.values(this.nodes)) {
      node.parts.forEach(part => delete part.tokens);
    }
  }
}

/** What is known of all conversations: `[{id, title, updated}]`, the last first. */
export const listed = () => read(INDEX, []);

export function load(id) {
  const data = read(PREFIX + id, null);
  if (!data) {
    return null;
  }
  // What was being written when the page was closed has been stopped by that.
  Object.values(data.nodes).filter(node => node.state === 'writing').forEach(node => node.state = 'stopped');
  return new Conversation(data);
}

/** Keeps a conversation. Where there is no room, older ones lose their tokens' probabilities, then this one does.
 * @returns whether it was kept */
export function save(conversation) {
  if (conversation.isEmpty()) {
    return true;
  }
  conversation.updated = Date.now();
  const index = [{id: conversation.id, title: conversation.title, updated: conversation.updated}, ...listed().filter(each => each.id !== conversation.id)];
  const older = index.slice(1).map(each => each.id).reverse();
  while (true) {
    try {
      localStorage.setItem(PREFIX + conversation.id, JSON.stringify(conversation));
      localStorage.setItem(INDEX, JSON.stringify(index));
      return true;
    } catch {
      if (older.length > 0) {
        slim(older.shift());
      } else if (Object.values(conversation.nodes).some(node => node.parts.some(part => part.tokens))) {
        conversation.withoutTokens();
      } else {
        return false;
      }
    }
  }
}

function slim(id) {
  const old = load(id);
  if (old) {
    old.withoutTokens();
    localStorage.setItem(PREFIX + id, JSON.stringify(old));
  }
}

export function remove(id) {
  localStorage.removeItem(PREFIX + id);
  localStorage.setItem(INDEX, JSON.stringify(listed().filter(each => each.id !== id)));
}

const SETTINGS = 'teenygrad.settings';

/** How answers are made: `first` for all, `second` for the answer beside it. An empty field leaves the choice to the server. */
export const settings = {
  first: {}, second: {}, system: '', compare: false, probabilities: true, tint: false, theme: 'auto', ...read(SETTINGS, {}),
};

export function saveSettings() {
  try {
    localStorage.setItem(SETTINGS, JSON.stringify(settings));
  } catch {
    // they hold until the page is closed
  }
}
