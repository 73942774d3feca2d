/// Text from language models, many at once: prompts are read in one pass, then each step of the device adds a token to every row.
///
/// ```java
/// Engine engine = Engine.of(model, 8);
/// var sampling = new Sampling(0.8, 50, 1, 42);
/// List<Completion> answers = engine.generate(prompts.stream().map(prompt -> Request.of(prompt, 100, sampling)).toList());
/// ```
/// A model is whatever implements [CausalModel]; [PagedCache] keeps what its attention has seen, [BlockPool] says who has which
/// part of it, [TokenSampler] chooses on the device, [Engine] lets rows come and go. Its step follows a request: [Admission],
/// [Prefill], [Speculation], [Decode], [Launches].
@NullMarked
package org.teenygrad.models.inference;

import org.jspecify.annotations.NullMarked;
