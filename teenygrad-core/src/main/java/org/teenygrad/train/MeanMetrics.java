package org.teenygrad.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.teenygrad.DType;
import org.teenygrad.Recorded;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.nn.Mode;

/// The means of some numbers over all examples of some batches. The graph of a batch is built once for each shape.
final class MeanMetrics {
  /// How many batches are handed to the device before their results are waited for.
  private static final int BATCHES_AT_ONCE = 16;

  private final int count;
  private final Function<Batch, List<Tensor>> metrics;
  private final Map<List<Shape>, Recorded> recorded = new HashMap<>();

  /// @param metrics `count` scalars, each the mean over the examples of the batch
  MeanMetrics(int count, Function<Batch, List<Tensor>> metrics) {
    this.count = count;
    this.metrics = metrics;
  }

  /// The metrics of some batches; of none they are NaN.
  double[] over(Iterator<Batch> batches, BooleanSupplier stop) {
    double[] sums = new double[count];
    double weights = 0;
    double first = 0;
    List<Tensor> unseen = new ArrayList<>();
    List<Double> unseenWeights = new ArrayList<>();
    while (!stop.getAsBoolean() && batches.hasNext()) {
      Batch batch = batches.next();
      first = first == 0 ? batch.size() : first;
      unseen.add(call(batch));
      unseenWeights.add(batch.size() / first);
      weights += batch.size() / first;
      if (unseen.size() == BATCHES_AT_ONCE) {
        add(sums, unseen, unseenWeights);
      }
    }
    add(sums, unseen, unseenWeights);
    double all = weights;
    return Arrays.stream(sums).map(sum -> sum / all).toArray();
  }

  private Tensor call(Batch batch) {
    Recorded graph = recorded.computeIfAbsent(
        batch.fields().stream().map(Tensor::shape).toList(),
        shapes -> Recorded.of(fields -> Mode.EVALUATION.call(() -> Tensor.noGrad(() -> stacked(new Batch(fields))))));
    return graph.call(batch.fields().toArray(Tensor[]::new));
  }

  private Tensor stacked(Batch batch) {
    List<Tensor> values = metrics.apply(batch);
    return values.size() == 1 ? values.getFirst() : Tensor.stack(values.stream().map(value -> value.cast(DType.FLOAT32)).toList(), 0);
  }

  private static void add(double[] sums, List<Tensor> unseen, List<Double> weights) {
    double[] parts = new double[sums.length];
    for (int i = 0; i < unseen.size(); i++) {
      float[] values = unseen.get(i).toFloatArray();
      for (int j = 0; j < sums.length; j++) {
        parts[j] += values[j] * weights.get(i);
      }
    }
    for (int j = 0; j < sums.length; j++) {
      sums[j] += parts[j];
    }
    unseen.clear();
    weights.clear();
  }
}
