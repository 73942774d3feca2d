package org.teenygrad.train;

/// One iteration that is done: a batch, or several where gradients are accumulated, and an update of the weights.
///
/// @param iteration its number, from 0 on
/// @param loss of its batch, before the weights changed
/// @param learningRate of the optimizer's first group
/// @param millis how long it took
/// @param gradientNorm of all gradients before they were clipped; NaN where the optimizer clips no norm
public record Step(long iteration, double loss, double learningRate, double millis, double gradientNorm) {}
