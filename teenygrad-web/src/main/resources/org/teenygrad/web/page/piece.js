// What a cell shows that a reader moves, by its kind.

import {el} from './dom.js';
import {RooflinePiece} from './roofline.js';
import {StepsView} from './steps.js';
import {StripView} from './strip.js';
import {TextView} from './typed.js';

/** Elements that show a piece; none for a film, whose pictures are shown as they come.
 * @param films by their numbers */
export function piece(told, films) {
  switch (told.piece) {
    case 'film':
      return films.has(told.film) ? [] : [el('p', {class: 'note'}, 'The film was shown by the cell that made it.')];
    case 'strip':
      return [new StripView(told).element];
    case 'steps':
      return [new StepsView(told.dot).element];
    case 'roofline':
      return [new RooflinePiece(told).element];
    case 'text':
      return [new TextView(told).element];
    default:
      throw new Error(`no piece ${told.piece}`);
  }
}
