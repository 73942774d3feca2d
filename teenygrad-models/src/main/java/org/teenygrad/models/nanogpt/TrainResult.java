package org.teenygrad.models.nanogpt;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// How a training went.
///
/// @param iterations done in all, those before a resume included
/// @param last the last evaluation; null if the training was stopped before there was one
/// @param bestValLoss the lowest validation loss of any evaluation
/// @param seconds of this run, evaluations and checkpoints included
/// @param msPerStep the median of this run's iterations; NaN if there were none
/// @param tokensPerSecond at that pace
/// @param kernelsPerStep how many kernels an iteration runs, known from the second iteration of a run on
/// @param stopped whether it was asked to stop before its last iteration
public record TrainResult(
    int iterations,
    @Nullable Evaluation last,
    double bestValLoss,
    double seconds,
    double msPerStep,
    double tokensPerSecond,
    OptionalLong kernelsPerStep,
    boolean stopped) {}
