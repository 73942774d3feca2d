package org.teenygrad.golden;

import org.teenygrad.LossReduction;
import org.teenygrad.Tensor;

/// Losses.
final class TorchLosses {
  private TorchLosses() {}

  static void fill(Torch.Table t) {
    t.one("cross_entropy", TorchLosses::crossEntropy);
    t.one("nll_loss", c -> c.x().nllLoss(
        c.tensor(1, "target"), c.optional(2, "weight"), c.integer(4, "ignore_index", -100), reduction(c)));
    t.one("mse_loss", c -> c.x().mseLoss(c.tensor(1, "target"), reduction(c)));
    t.one("l1_loss", c -> c.x().l1Loss(c.tensor(1, "target"), reduction(c)));
    t.one("binary_cross_entropy", c -> c.x().binaryCrossEntropy(c.tensor(1, "target"), reduction(c)));
    t.one("binary_cross_entropy_with_logits", c -> c.x().binaryCrossEntropyWithLogits(
        c.tensor(1, "target"), c.optional(6, "pos_weight"), reduction(c)));
  }

  private static Tensor crossEntropy(Call c) {
    return c.x().crossEntropy(
        c.tensor(1, "target"), c.optional(2, "weight"), c.integer(4, "ignore_index", -100), reduction(c),
        c.real(9, "label_smoothing", 0));
  }

  private static LossReduction reduction(Call c) {
    return switch (c.text(9, "reduction", "mean")) {
      case "mean" -> LossReduction.MEAN;
      case "sum" -> LossReduction.SUM;
      case "none" -> LossReduction.NONE;
      default -> throw new IllegalArgumentException("reduction " + c.text(9, "reduction", ""));
    };
  }
}
