package org.teenygrad.nanochat.training;

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
/// var optimizer = MuonAdamW.of(model, new MuonAdamW.Rates(0.3, 0.008, 0.02, 0.5), 0.28, DType.FLOAT32);
/// optimizer.schedule(1, 0.95, 0);
/// optimizer.both().step(model.loss(inputs, targets));
/// ```
public record MuonAdamW(AdamW rest, Muon matrices) {
  private static final double EPS = 1e-10;

  /// Rates of AdamW were tuned for embeddings of this size; they fall with its root.
  private static final double TUNED_DIM = 768;

  /// Learning rates.
  /// @param scalar of the factors of the residual stream
  public record Rates(double embedding, double unembedding, double matrix, double scalar) {
    public Rates times(double factor) {
      return new Rates(embedding * factor, unembedding * factor, matrix * factor, scalar * factor);
    }
  }

  /// @param model whose parameters are changed
  /// @param weightDecay of matrices
  /// @param compute the type in which Muon multiplies
  public static MuonAdamW of(Gpt model, Rates rates, double weightDecay, DType compute) {
    double byDim = 1 / Math.sqrt(model.config().nEmbd() / TUNED_DIM);
    Map<String, Tensor> all = model.namedParameters();
    List<ParameterGroup> groups = List.of(
        group(all, name -> name.startsWith("lm_head."), rates.unembedding * byDim, 0.01, 0.8, 0.96),
        group(all, name -> name.startsWith("transformer.wte."), rates.embedding * byDim, 0.001, 0.8, 0.995),
        group(all, name -> name.startsWith("value_embeds."), rates.embedding * byDim * 0.5, 0.01, 0.8, 0.995),
        group(all, "resid_lambdas"::equals, rates.scalar * 0.01, 0.05, 0.8, 0.95),
        group(all, "x0_lambdas"::equals, rates.scalar, 0, 0.96, 0.95),
        group(all, name -> name.startsWith("smear_") || name.equals("backout_lambda"), 0.2, 0, 0.8, 0.95));
    Map<String, Tensor> blocks = matching(all, name -> name.startsWith("transformer.h."));
    MuonOptions options = compute == DType.BFLOAT16 ? MuonOptions.NANOCHAT.withType(DType.BFLOAT16) : MuonOptions.NANOCHAT;
    AdamW rest = new AdamW(groups, 0.8, 0.95, EPS);
    Muon matrices = new Muon(List.of(new ParameterGroup(blocks, rates.matrix, weightDecay)), options);
    rest.alongside(matrices).measureNorm();
    return new MuonAdamW(rest, matrices);
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
  public Optimizer both() {
    return rest;
  }

  /// Sets what the next step is taken with.
  /// @param factor what all learning rates are multiplied with
  /// @param momentum of matrices
  /// @param weightDecay of matrices
  public void schedule(double factor, double momentum, double weightDecay) {
    rest.scaleLearningRates(factor);
    matrices.scaleLearningRates(factor);
    matrices.setting(0, "momentum", momentum);
    matrices.weightDecay(0, weightDecay);
  }
}
