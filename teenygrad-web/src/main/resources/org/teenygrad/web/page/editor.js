// The editor of a cell: CodeMirror with Java, completion by JShell, and errors at their place.

import {
  EditorState, EditorView, HighlightStyle, Prec, acceptCompletion, autocompletion, bracketMatching, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus,
  defaultKeymap, drawSelection, highlightSpecialChars, history, historyKeymap, indentLess, indentMore, indentOnInput, indentUnit, java, keymap, setDiagnostics, startCompletion,
  syntaxHighlighting, tags,
} from './vendor/codemirror.js';
import {complete} from './api.js';

const nonce = document.querySelector('link[nonce]').nonce;

const look = EditorView.theme({
  '&': {backgroundColor: 'transparent', color: 'var(--ink)'},
  '&.cm-focused': {outline: 'none'},
  '.cm-scroller': {fontFamily: 'var(--mono)', fontSize: '0.875rem', lineHeight: '1.6', fontVariantLigatures: 'none'},
  '.cm-content': {padding: '0.85rem 0', caretColor: 'var(--accent)'},
  '.cm-line': {padding: '0 1rem'},
  '.cm-cursor': {borderLeftColor: 'var(--accent)', borderLeftWidth: '2px'},
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {backgroundColor: 'color-mix(in srgb, var(--accent) 22%, transparent)'},
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {backgroundColor: 'color-mix(in srgb, var(--accent) 16%, transparent)', outline: 'none'},
  '.cm-tooltip': {backgroundColor: 'var(--raised)', border: '1px solid var(--line)', borderRadius: '0.6rem', boxShadow: 'var(--shadow)', color: 'var(--ink)', overflow: 'hidden'},
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {fontFamily: 'var(--mono)', fontSize: '0.85rem', maxHeight: '14rem'},
  '.cm-tooltip-autocomplete ul li[aria-selected]': {backgroundColor: 'var(--tinted)', color: 'var(--ink)'},
  '.cm-completionMatchedText': {textDecoration: 'none', color: 'var(--accent)', fontWeight: '600'},
  '.cm-lintRange-error': {backgroundImage: 'none', textDecoration: 'underline wavy var(--wrong) 1px', textUnderlineOffset: '3px'},
  '.cm-diagnostic-error': {borderLeft: '3px solid var(--wrong)', padding: '0.4rem 0.7rem', fontFamily: 'var(--sans)', fontSize: '0.85rem'},
});

const colours = HighlightStyle.define([
  {tag: [tags.keyword, tags.modifier, tags.controlKeyword, tags.definitionKeyword], color: 'var(--code-keyword)'},
  {tag: [tags.string, tags.character], color: 'var(--code-string)'},
  {tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)'},
  {tag: [tags.typeName, tags.className, tags.standard(tags.typeName)], color: 'var(--code-type)'},
  {tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--soft)', fontStyle: 'italic'},
]);

async function completions(context) {
  const word = context.matchBefore(/[\w$]*/);
  const isAsked = context.explicit || word.text !== '' || context.matchBefore(/\.$/);
  if (!isAsked || /^\d/.test(word.text)) {
    return null;
  }
  try {
    const found = await complete(context.state.doc.toString(), context.pos);
    return context.aborted || found.words.length === 0 ? null
        : {from: found.from, options: found.words.map((label, i) => ({label, boost: -i / 4, type: label.endsWith('(') || label.endsWith(')') ? 'method' : 'variable'})), validFor: /^[\w$]*$/};
  } catch {
    return null; // without a server there is nothing to offer
  }
}

/** An editor in a place. `keys` are functions by the names of keys. */
export function editor(parent, code, label, keys, changed) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: code,
      extensions: [
        EditorView.cspNonce.of(nonce),
        Prec.highest(keymap.of(Object.entries(keys).map(([key, action]) => ({key, preventDefault: true, run: () => {
          action();
          return true;
        }})))),
        highlightSpecialChars(), history(), drawSelection(), indentOnInput(), indentUnit.of('  '), bracketMatching(), closeBrackets(), java(), syntaxHighlighting(colours), look,
        autocompletion({override: [completions], icons: false, activateOnTypingDelay: 150}),
        // Tab completes after a word and indents elsewhere; Escape first, and it leaves the editor for those who have only keys.
        keymap.of([
          {key: 'Tab', run: target => acceptCompletion(target) || completionStatus(target.state) === null && isAfterWord(target.state) && startCompletion(target) || !leaving && indentMore(target)},
          {key: 'Shift-Tab', run: target => !leaving && indentLess(target)},
          {key: 'Escape', run: () => {
            leaving = true;
            return false;
          }},
          ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap,
        ]),
        EditorView.contentAttributes.of({'aria-label': label, tabindex: '0', spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off'}),
        EditorView.updateListener.of(update => update.docChanged && changed()),
        EditorView.domEventHandlers({focus: () => {
          leaving = false;
        }}),
      ],
    }),
  });
  let leaving = false;
  return view;
}

function isAfterWord(state) {
  const {head, empty} = state.selection.main;
  return empty && /[\w$.]$/.test(state.doc.lineAt(head).text.slice(0, head - state.doc.lineAt(head).from));
}

/** Underlines what is wrong; without an error nothing. */
export function mark(view, error) {
  const length = view.state.doc.length;
  const diagnostics = error ? [{from: Math.min(error.from, length), to: Math.min(Math.max(error.to, error.from), length), severity: 'error', message: error.message}] : [];
  view.dispatch(setDiagnostics(view.state, diagnostics));
}
