/// Base training: from documents to a model that continues text, with one dial, the depth.
///
/// ```java
/// BaseSettings settings = BaseSettings.DEFAULT.with(Map.of("depth", 12));
/// var plan = TrainingPlan.of(settings, 32768);
/// plan.iterations();                                        // 2520
/// plan.config().parameterCounts().total();                  // 286261730
/// plan.learningRateFactor(0);                               // 0.025
/// ```
@NullMarked
package org.teenygrad.nanochat.base;

import org.jspecify.annotations.NullMarked;
