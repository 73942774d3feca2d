/// Llama and the models of its shape, Qwen2 and Qwen3: [Llama] is the model, [LlamaConfig] its sizes.
///
/// ```java
/// Llama model = Llama.load(Path.of("Qwen3-0.6B"));   // a directory with config.json and weights
/// Engine.of(model, 8).generate(requests);
/// ```
@NullMarked
package org.teenygrad.models.llama;

import org.jspecify.annotations.NullMarked;
