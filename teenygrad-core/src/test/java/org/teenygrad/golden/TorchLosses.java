package org.teenygrad.golden;

import java.util.Arrays;
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
    t.one("mse_loss(input, target, size_average=None, reduce=None, reduction='mean', weight=None)", c ->
        byWeight(c, c.x().mseLoss(c.tensor("target"), unweighted(c))));
    t.one("l1_loss(input, target, size_average=None, reduce=None, reduction='mean', weight=None)", c ->
        byWeight(c, c.x().l1Loss(c.tensor("target"), unweighted(c))));
    t.one("smooth_l1_loss(input, target, size_average=None, reduce=None, reduction='mean', beta=1.0)", c ->
        c.x().smoothL1Loss(c.tensor("target"), c.real("beta"), reduction(c)));
    t.one("huber_loss(input, target, reduction='mean', delta=1.0, weight=None)", c ->
        weighted(c, c.x().huberLoss(c.tensor("target"), c.real("delta"), unweighted(c))));
    t.one("kl_div(input, target, size_average=None, reduce=None, reduction='mean', log_target=False)", TorchLosses::klDiv);
    t.one("binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction='mean')", c ->
        weighted(c, c.x().binaryCrossEntropy(c.tensor("target"), unweighted(c))));
    t.one(
        "binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None)",
        c -> weighted(c, c.x().binaryCrossEntropyWithLogits(c.tensor("target"), c.optional("pos_weight"), unweighted(c))));
    t.one("linear_cross_entropy(input, linear_weight, target, linear_bias=None, weight=None, reduction='mean', ignore_index=-100, label_smoothing=0.0,"
        + " options=None)", TorchLosses::linearCrossEntropy);
    margins(t);
    likelihoods(t);
  }

  private static void margins(Torch.Table t) {
    t.one("margin_ranking_loss(input|input1, other|input2, target, margin=0.0, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().marginRankingLoss(c.tensor("other"), c.tensor("target"), c.real("margin"), reduction(c)));
    t.one("hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().hingeEmbeddingLoss(c.tensor("target"), c.real("margin"), reduction(c)));
    t.one("cosine_embedding_loss(input|input1, other|input2, target, margin=0.0, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().cosineEmbeddingLoss(c.tensor("other"), c.tensor("target"), c.real("margin"), reduction(c)));
    t.one("soft_margin_loss(input, target, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().softMarginLoss(c.tensor("target"), reduction(c)));
    t.one("multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().multiMarginLoss(c.tensor("target"), c.integer("p"), c.real("margin"), c.optional("weight"), reduction(c)));
    t.one("multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().multiLabelMarginLoss(c.tensor("target"), reduction(c)));
    t.one("multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction='mean')", c ->
        c.x().multiLabelSoftMarginLoss(c.tensor("target"), c.optional("weight"), reduction(c)));
    t.one("triplet_margin_loss(input|anchor, positive, negative, margin=1.0, p=2.0, eps=1e-06, swap=False, size_average=None, reduce=None,"
        + " reduction='mean')",
        c -> c.x().tripletMarginLoss(
            c.tensor("positive"), c.tensor("negative"), c.real("margin"), c.real("p"), c.real("eps"), c.flag("swap"), reduction(c)));
    t.one("triplet_margin_with_distance_loss(input|anchor, positive, negative, distance_function=None, margin=1.0, swap=False, reduction='mean')",
        c -> c.x().tripletMarginLoss(
            c.tensor("positive"), c.tensor("negative"), (a, b) -> a.pairwiseDistance(b, 2, 1e-6), c.real("margin"), c.flag("swap"), reduction(c)));
  }

  private static void likelihoods(Torch.Table t) {
    t.one("poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean')", c ->
        c.x().poissonNllLoss(c.tensor("target"), c.flag("log_input"), c.flag("full"), c.real("eps"), reduction(c)));
    t.one("gaussian_nll_loss(input, target, var, full=False, eps=1e-06, reduction='mean')", c -> {
      Tensor variance = c.tensor("var");
      return c.x().gaussianNllLoss(c.tensor("target"), c.isNumber("var") ? variance.broadcastTo(c.x().shape()) : variance, c.flag("full"), c.real("eps"),
          reduction(c));
    });
    t.one("ctc_loss(input|log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False)", c ->
        c.x().ctcLoss(c.tensor("targets"), lengths(c, "input_lengths"), lengths(c, "target_lengths"), c.integer("blank"), reduction(c),
            c.flag("zero_infinity")));
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

  /// As [#weighted], the mean being that of the weights.
  private static Tensor byWeight(Call c, Tensor losses) {
    if (!c.has("weight")) {
      return losses;
    }
    Tensor weight = c.tensor("weight");
    if (!weight.shape().equals(c.x().shape())) {
      throw new IllegalArgumentException(c.function() + ": weight " + weight.shape() + " for " + c.x().shape());
    }
    Tensor weighted = losses.mul(weight);
    return switch (reduction(c)) {
      case MEAN -> weighted.sum().div(weight.sum());
      case SUM -> weighted.sum();
      case NONE -> weighted;
    };
  }

  private static Tensor linearCrossEntropy(Call c) {
    Tensor weight = c.tensor("linear_weight");
    if (c.has("linear_bias") || c.has("weight") || c.real("label_smoothing") != 0 || weight.rank() != 2 || c.tensor("target").dtype().isFloating()) {
      return c.x().linear(weight, c.optional("linear_bias"))
          .crossEntropy(c.tensor("target"), c.optional("weight"), c.integer("ignore_index"), reduction(c), c.real("label_smoothing"));
    }
    return c.x().linearCrossEntropy(weight, c.tensor("target"), c.integer("ignore_index"), null, reduction(c));
  }

  private static Tensor lengths(Call c, String name) {
    if (c.get(name) instanceof Tensor tensor) {
      return tensor;
    }
    long[] lengths = Arrays.stream(c.sizes(name)).asLongStream().toArray();
    return Tensor.of(lengths).to(c.x().device());
  }

  private static Tensor klDiv(Call c) {
    Tensor target = c.tensor("target");
    Tensor loss = c.x().klDiv(c.flag("log_target") ? target.exp() : target, reduction(c));
    return c.text("reduction").equals("batchmean") ? loss.div(c.x().size(0)) : loss;
  }
}
