// A film: pictures that come while a cell runs, to be stepped through afterwards, forward and back, or played.

import {el, iconButton} from './dom.js';
import {show} from './picture.js';

const FRAME_MILLIS = 120;

export class FilmView {
  constructor(title) {
    this.frames = [];
    this.at = -1;
    this.image = el('img', {alt: title});
    this.caption = el('output', {class: 'caption'});
    this.place = el('input', {type: 'range', min: 0, max: 0, value: 0, 'aria-label': `${title}: which picture`, oninput: () => this.go(Number(this.place.value))});
    this.playButton = el('button', {type: 'button', onclick: () => this.timer ? this.pause() : this.play()}, 'Play');
    this.element = el('div', {class: 'piece film'}, el('h3', {}, title), this.image, el('div', {class: 'piece-tools'},
        iconButton('left', 'The picture before', () => this.go(this.at - 1)), this.place, iconButton('right', 'The next picture', () => this.go(this.at + 1)), this.playButton, this.caption));
  }

  /** Adds a picture; who looked at the last one sees it. */
  add(frame) {
    const isLast = this.at === this.frames.length - 1;
    this.frames.push(frame);
    this.place.max = this.frames.length - 1;
    isLast && this.show(this.frames.length - 1);
  }

  /** Shows a picture that somebody asked for: what plays, stops. */
  go(at) {
    this.pause();
    this.show(at);
  }

  show(at) {
    this.at = Math.max(0, Math.min(this.frames.length - 1, at));
    const {caption, picture} = this.frames[this.at];
    show(this.image, picture);
    this.place.value = this.at;
    this.place.setAttribute('aria-valuetext', caption);
    this.caption.textContent = `${caption} (${this.at + 1} of ${this.frames.length})`;
    this.element.dataset.at = this.at;
  }

  play() {
    this.at === this.frames.length - 1 && this.show(0);
    this.playButton.textContent = 'Pause';
    this.timer = setInterval(() => this.at === this.frames.length - 1 || !this.element.isConnected ? this.pause() : this.show(this.at + 1), FRAME_MILLIS);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.playButton.textContent = 'Play';
  }
}
