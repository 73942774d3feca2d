package org.teenygrad.models.nanogpt;

/// Mean losses over some batches of each part of the text, after so many iterations.
public record Evaluation(int iteration, double trainLoss, double valLoss) {}
