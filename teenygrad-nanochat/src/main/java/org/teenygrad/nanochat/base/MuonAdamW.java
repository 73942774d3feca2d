package org.teenygrad.nanochat.base;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Muon;
import org.teenygrad.optim.MuonOptions;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;

/// nanochat's optimizer: [Muon] for the matrices of the blocks, [AdamW] for embeddings, the head and the factors of the residual stream, in
/// groups with rates and betas of their own.
///
/// ```java
/// var plan = TrainingPlan.of(settings, vocabSize);
/// var optimizer = MuonAdamW.of(plan, model);
/// optimizer.schedule(iteration);
/// optimizer.both().step(model.loss(inputs, targets));
/// ```
record MuonAdamW(TrainingPlan plan, AdamW rest, Muon matrices) {
  private static final double EPS = 1e-10;

  /// Rates of AdamW were tuned for embeddings of this size; they fall with its root.
  private static final double TUNED_DIM = 768;

  /// @param model whose parameters are changed
  static MuonAdamW of(TrainingPlan plan, Gpt model) {
    BaseSettings settings = plan.settings();
    double scale = plan.learningRateScale();
    double byDim = scale / Math.sqrt(plan.config().nEmbd() / TUNED_DIM);
    Map<String, Tensor> all = model.namedParameters();
    List<ParameterGroup> groups = List.of(
        group(all, name -> name.startsWith("lm_head."), settings.unembeddingLr() * byDim, 0.01, 0.8, 0.96),
        group(all, name -> name.startsWith("transformer.wte."), settings.embeddingLr() * byDim, 0.001, 0.8, 0.995),
        group(all, name -> name.startsWith("value_embeds."), settings.embeddingLr() * byDim * 0.5, 0.01, 0.8, 0.995),
        group(all, "resid_lambdas"::equals, settings.scalarLr() * scale * 0.01, 0.05, 0.8, 0.95),
        group(all, "x0_lambdas"::equals, settings.scalarLr() * scale, 0, 0.96, 0.95),
        group(all, name -> name.startsWith("smear_") || name.equals("backout_lambda"), 0.2, 0, 0.8, 0.95));
    Map<String, Tensor> blocks = matching(all, name -> name.startsWith("transformer.h."));
    MuonOptions options = settings.dtype().dtype() == DType.BFLOAT16 ? MuonOptions.NANOCHAT.withType(DType.BFLOAT16) : MuonOptions.NANOCHAT;
    AdamW rest = new AdamW(groups, 0.8, 0.95, EPS);
    Muon matrices = new Muon(List.of(new ParameterGroup(blocks, settings.matrixLr() * scale, plan.weightDecay())), options);
    rest.alongside(matrices);
    return new MuonAdamW(plan, rest, matrices);
  }

  private static ParameterGroup group(Map<String, Tensor> all, Predicate<String> names, double rate, double decay, double beta1, double beta2) {
    return new ParameterGroup(matching(all, names), rate, decay, Map.of("beta1", beta1, "beta2", beta2));
  }

  private static Map<String, Tensor> matching(Map<String, Tensor> all, Predicate<String> names) {
    Map<String, Tensor> matching = new LinkedHashMap<>(all);
    matching.keySet().removeIf(names.negate());
    return matching;
  }

  /// What takes the steps.
  Optimizer both() {
    return rest;
  }

  /// Sets what the next step is taken with.
  void schedule(long iteration) {
    double factor = plan.learningRateFactor(iteration);
    rest.scaleLearningRates(factor);
    matrices.scaleLearningRates(factor);
    matrices.setting(0, "momentum", plan.momentum(iteration));
    matrices.weightDecay(0, plan.weightDecay(iteration));
  }
}
