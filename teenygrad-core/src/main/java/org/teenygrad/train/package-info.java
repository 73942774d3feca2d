/// The training loop: [org.teenygrad.train.Trainer] takes steps, evaluates, keeps checkpoints and a log, and goes on where it stopped.
///
/// ```java
/// var trainer = Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), DataLoader.of(Dataset.of(x, labels), 2).shuffle(1337),
///         (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets()))
///     .epochs(5)
///     .callback(Callback.printing(System.out, 2));
/// trainer.train().iterations();   // 10
/// ```
@NullMarked
package org.teenygrad.train;

import org.jspecify.annotations.NullMarked;
