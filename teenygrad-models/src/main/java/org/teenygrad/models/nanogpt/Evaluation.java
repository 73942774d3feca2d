package org.teenygrad.models.nanogpt;

/// Mean losses over some batches of each part of the text, after so many iterations.
public record Evaluation(int iteration, double trainLoss, double valLoss) {
  static Evaluation of(org.teenygrad.train.Evaluation evaluation) {
    return new Evaluation((int) evaluation.iteration(), evaluation.metric("train_loss"), evaluation.metric("val_loss"));
  }
}
