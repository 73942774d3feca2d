/// Tokenizers as Hugging Face's folders have them: `tokenizer.json` of words of pieces (BERT) and of byte-pair encodings, of bytes
/// (GPT-2, Llama 3, Qwen) and of characters with bytes for the others (Llama 2, Gemma).
///
/// ```java
/// VocabularyTokenizer tokenizer = TokenizerFile.read(Path.of("Qwen3-0.6B/tokenizer.json"));
/// tokenizer.encode("Hello world!");   // [9707, 1879, 0]
/// ```
///
/// A text is cut at [added tokens][org.teenygrad.models.tokenizer.AddedTokens]; what is between is
/// [normalized][org.teenygrad.models.tokenizer.Normalizers], [split][org.teenygrad.models.tokenizer.Splitter] into pieces, and each
/// piece is [encoded][org.teenygrad.models.tokenizer.BytePairEncoding].
@NullMarked
package org.teenygrad.models.tokenizer;

import org.jspecify.annotations.NullMarked;
