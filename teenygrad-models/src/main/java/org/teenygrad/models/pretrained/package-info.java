/// Models that others trained, with all that belongs to them: weights, tokenizer, chat template, how tokens are chosen. They come
/// in one file of llama.cpp's, GGUF, or in a folder of Hugging Face's.
///
/// ```java
/// Pretrained qwen = Pretrained.read(Path.of("qwen3-0.6b-q8_0.gguf"));
/// int[] prompt = qwen.chat().prompt(List.of(new ChatTemplate.Message("user", "Hello!")));
/// Engine.of(qwen.model(), 1).generate(List.of(Request.of(prompt, 100, qwen.sampling())));
/// ```
@NullMarked
package org.teenygrad.models.pretrained;

import org.jspecify.annotations.NullMarked;
