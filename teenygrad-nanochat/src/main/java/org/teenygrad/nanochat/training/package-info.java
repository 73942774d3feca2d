/// What the training of every stage shares: the folder of a model, checkpoints, the optimizer, and the loop around them.
///
/// ```java
/// ModelFolder folder = ModelFolder.of(Path.of("out"), Stage.SFT);
/// TrainedModel trained = folder.model();
/// trained.model().forward(ids);
/// ```
@NullMarked
package org.teenygrad.nanochat.training;

import org.jspecify.annotations.NullMarked;
