package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.models.nanogpt.Gpt;

/// A training step, measured by the host's clock: the part of some steps, from before the first loss is expressed until the value of the
/// last is there. As nanoGPT trains, which logs each tenth loss, the host need not wait for a GPU in between.
///
/// The reference is the loss and three gradients of one sequence, of which the batch to check holds copies: their means are
/// the same.
///
/// @param steps that are measured at once
/// @param checkedTime tokens of the sequence that is checked
record TrainingCase(String name, Unit unit, GptStep step, int steps, int checkedTime, double bound) implements ComparedCase {
  @Override
  public double work() {
    return step.tokensPerStep();
  }

  @Override
  public int copies() {
    return 1;
  }

  @Override
  public int leastSamples() {
    return 2;
  }

  @Override
  public double roundSeconds() {
    return 0.7;
  }

  @Override
  public double leastSeconds(Peak peak) {
    return step.flops() / peak.flops(step.dtype(), MatmulPrecision.HIGHEST);
  }

  @Override
  public double error(long seed) {
    Tensor.manualSeed(seed);
    Gpt model = Gpt.of(step.config());
    Tensor.realize(model.parameters());
    int vocabulary = step.config().vocabSize();
    Tensor ids = Tensor.randint(0, vocabulary, 1, checkedTime).realize();
    Tensor targets = Tensor.randint(0, vocabulary, 1, checkedTime).realize();
    List<Tensor> ours = lossAndGradients(model, step.dtype(), copies(ids), copies(targets));
    Tensor.realize(ours);
    List<double[]> references = Reference.of(lossAndGradients(model, DType.FLOAT64, ids, targets));
    double worst = 0;
    for (int i = 0; i < ours.size(); i++) {
      worst = Math.max(worst, Reference.relativeError(ours.get(i).toDoubleArray(), references.get(i))); // NaN if either is
    }
    return worst;
  }

  private Tensor copies(Tensor sequence) {
    return sequence.expand(step.batch(), checkedTime).contiguous().realize();
  }

  /// The gradients of the first, the last and a weight in between.
  private static List<Tensor> lossAndGradients(Gpt model, DType type, Tensor ids, Tensor targets) {
    Tensor loss = GptStep.computing(model, type).loss(ids, targets);
    List<Tensor> values = new ArrayList<>(List.of(loss));
    values.addAll(Gradient.of(loss, model.wte().weight(), model.h().getFirst().attn().cAttn().weight(),
        model.h().getLast().mlp().cProj().weight()));
    return values;
  }

  @Override
  public DoubleSupplier prepare() {
    Runnable run = step.prepare(steps);
    run.run();
    return () -> {
      long start = System.nanoTime();
      run.run();
      return (System.nanoTime() - start) / 1e9 / steps;
    };
  }
}
