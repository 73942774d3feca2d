package org.teenygrad.train;

import org.teenygrad.data.CounterRandom;

/// Where a training stands, besides the tensors of its model and optimizer: with them, all that it takes to go on bit by bit.
///
/// @param iteration how many are done
/// @param bestLoss see [TrainResult#bestLoss]
/// @param batches where the loader stands
/// @param random where the shared random numbers stand, which dropout draws from
public record TrainState(long iteration, double bestLoss, CounterRandom.State batches, CounterRandom.State random) {}
