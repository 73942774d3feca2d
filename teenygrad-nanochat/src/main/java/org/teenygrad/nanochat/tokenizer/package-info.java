/// nanochat's tokenizer: byte-pair encoding trained on the user's own documents.
///
/// [org.teenygrad.nanochat.tokenizer.TokenizerTrainer] counts the pieces of text and learns merges;
/// [org.teenygrad.nanochat.tokenizer.NanochatTokenizer] encodes, decodes and renders conversations;
/// [org.teenygrad.nanochat.tokenizer.TokenizerFiles] writes and reads `tokenizer.json` (Hugging Face) and tiktoken files.
///
/// ```java
/// NanochatTokenizer tokenizer = new TokenizerTrainer(32_768).train(documents).tokenizer();
/// int[] tokens = tokenizer.encode("Hello world!");
/// ```
///
/// After Andrej Karpathy's [nanochat](https://github.com/karpathy/nanochat), whose tokens it equals.
@NullMarked
package org.teenygrad.nanochat.tokenizer;

import org.jspecify.annotations.NullMarked;
