/// Texts that a model may write: JSON of a schema, what a regular expression matches, one of several.
///
/// ```java
/// TokenMasks masks = TokenMasks.of(tokenizer.vocabularySize(), tokenizer::decodeBytes, ends);
/// Request.of(prompt, 100, sampling).withState(masks.constrained(JsonSchema.of(Map.of("type", "integer"))));
/// ```
/// A [Grammar] is an expression over bytes: [Regex] and [JsonSchema] make it, the latter of [JsonText] and [DecimalRange],
/// characters become bytes in [Utf8]. The [Automaton] follows a text through it byte by byte; [TokenTrie] walks the whole
/// vocabulary from one of its states, which gives the mask of the tokens that may come ([TokenMasks]).
@NullMarked
package org.teenygrad.models.grammar;

import org.jspecify.annotations.NullMarked;
