/// nanochat's language model, and the dial that turns one number, its depth, into everything else that a training needs.
///
/// ```java
/// var config = new GptConfig(2048, 32768, 12, 6, 6, 768, "SSSL");
/// var model = Gpt.of(config, DType.BFLOAT16);
/// optimizer.step(model.in(DType.BFLOAT16).loss(inputs, targets));
/// ```
@NullMarked
package org.teenygrad.nanochat.model;

import org.jspecify.annotations.NullMarked;
