package org.teenygrad.train;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// How a training went.
///
/// @param iterations done in all, those before a resume included
/// @param last the last evaluation; null if there was none
/// @param bestLoss the lowest loss of any evaluation's last set, or of what [Trainer#best] names; infinite if there was none
/// @param seconds of this run, evaluations and checkpoints included
/// @param msPerStep the median of this run's iterations; NaN if there were none
/// @param kernelsPerStep how many kernels an iteration runs, known from the second iteration of a run on
/// @param stopped whether it was asked to stop before its last iteration
public record TrainResult(
    long iterations,
    @Nullable Evaluation last,
    double bestLoss,
    double seconds,
    double msPerStep,
    OptionalLong kernelsPerStep,
    boolean stopped) {}
