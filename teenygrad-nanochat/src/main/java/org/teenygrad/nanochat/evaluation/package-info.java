/// What a model can do: CORE for base models; multiple choice, and answers that are written and judged, for those that chat.
///
/// ```java
/// TrainedModel trained = folder.model();
/// Scorer scorer = new Scorer(trained.computing(), tokenizer, 8);
/// CoreTask copa = CoreTask.read(Path.of("core")).get(2);
/// copa.accuracy(scorer, 100);   // 0.5 for a model that guesses
/// ```
@NullMarked
package org.teenygrad.nanochat.evaluation;

import org.jspecify.annotations.NullMarked;
