// What the page uses of CodeMirror 6, as one module.
export {EditorState, Prec} from '@codemirror/state';
export {EditorView, drawSelection, highlightSpecialChars, keymap} from '@codemirror/view';
export {HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting} from '@codemirror/language';
export {defaultKeymap, history, historyKeymap, indentLess, indentMore} from '@codemirror/commands';
export {acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus, startCompletion} from '@codemirror/autocomplete';
export {setDiagnostics} from '@codemirror/lint';
export {java} from '@codemirror/lang-java';
export {tags} from '@lezer/highlight';
