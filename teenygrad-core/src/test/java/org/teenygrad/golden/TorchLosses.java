package org.teenygrad.golden;

import org.teenygrad.LossReduction;
import org.teenygrad.Tensor;

/// Losses.
final class TorchLosses {
  private TorchLosses() {}

  static void fill(Torch.Table t) {
    t.one("cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0)",
        c -> c.x().crossEntropy(
            c.tensor("target"), c.optional("weight"), c.integer("ignore_index"), reduction(c), c.real("label_smoothing")));
    t.one("nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean')", c ->
        c.x().nllLoss(c.tensor("target"), c.optional("weight"), c.integer("ignore_index"), reduction(c)));
    t.one("mse_loss(input, target, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().mseLoss(c.tensor("target"), reduction(c)));
    t.one("l1_loss(input, target, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().l1Loss(c.tensor("target"), reduction(c)));
    t.one("smooth_l1_loss(input, target, size_average=None, reduce=None, reduction='mean', beta=1.0)", c ->
        c.x().smoothL1Loss(c.tensor("target"), c.real("beta"), reduction(c)));
    t.one("huber_loss(input, target, reduction='mean', delta=1.0)", c ->
        c.x().huberLoss(c.tensor("target"), c.real("delta"), reduction(c)));
    t.one("kl_div(input, target, size_average=None, reduce=None, reduction='mean', log_target=False)", TorchLosses::klDiv);
    t.one("binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction='mean')", c ->
        weighted(c, c.x().binaryCrossEntropy(c.tensor("target"), unweighted(c))));
    t.one(
        "binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None)",
        c -> weighted(c, c.x().binaryCrossEntropyWithLogits(c.tensor("target"), c.optional("pos_weight"), unweighted(c))));
  }

  private static LossReduction reduction(Call c) {
    return switch (c.text("reduction")) {
      case "mean" -> LossReduction.MEAN;
      case "sum", "batchmean" -> LossReduction.SUM;
      case "none" -> LossReduction.NONE;
      default -> throw new IllegalArgumentException("reduction " + c.text("reduction"));
    };
  }

  private static LossReduction unweighted(Call c) {
    return c.has("weight") ? LossReduction.NONE : reduction(c);
  }

  private static Tensor weighted(Call c, Tensor losses) {
    if (!c.has("weight")) {
      return losses;
    }
    Tensor weighted = losses.mul(c.tensor("weight"));
    return switch (reduction(c)) {
      case MEAN -> weighted.mean();
      case SUM -> weighted.sum();
      case NONE -> weighted;
    };
  }

  private static Tensor klDiv(Call c) {
    Tensor target = c.tensor("target");
    Tensor loss = c.x().klDiv(c.flag("log_target") ? target.exp() : target, reduction(c));
    return c.text("reduction").equals("batchmean") ? loss.div(c.x().size(0)) : loss;
  }
}
