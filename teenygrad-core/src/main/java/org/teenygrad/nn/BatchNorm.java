package org.teenygrad.nn;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// Mean 0 and variance 1 over each channel of the whole batch, then scale and shift: PyTorch's `nn.BatchNorm1d`, `2d` and `3d`.
///
/// In [Mode#TRAINING] the statistics are the batch's, and running averages of them move by `momentum`; in [Mode#EVALUATION] the
/// running averages are the statistics. They are computed together with the output ([Tensor#alongside]).
/// ```java
/// var norm = BatchNorm.of(3);
/// var y = norm.forward(Tensor.rand(8, 3, 5, 5));
/// norm.stateDict().keySet();   // [weight, bias, running_mean, running_var, num_batches_tracked]
/// ```
/// @param weight (channels), or null
/// @param bias (channels), or null
/// @param running the averages, or null to go by the batch in both modes
/// @param momentum how much of a new batch's statistics goes into the averages; null for plain means over all batches
public record BatchNorm(
    @Nullable Tensor weight, @Nullable Tensor bias, @Nullable Statistics running, @Nullable Double momentum, double eps)
    implements Layer {

  /// What is known of all batches.
  ///
  /// @param mean (channels)
  /// @param variance (channels), each batch's divided by its number of elements less one
  /// @param batches how many there were, int64
  public record Statistics(Tensor mean, Tensor variance, Tensor batches) implements Module {
    /// Mean 0 and variance 1, of no batch.
    static Statistics of(int channels) {
      float[] ones = new float[channels];
      Arrays.fill(ones, 1);
      return new Statistics(Tensor.of(new float[channels]), Tensor.of(ones), Tensor.of(0L));
    }
  }

  /// With weight, bias and running averages, momentum 0.1 and eps 1e-5.
  public static BatchNorm of(int channels) {
    return of(channels, 0.1, 1e-5);
  }

  /// With weight, bias and running averages.
  public static BatchNorm of(int channels, double momentum, double eps) {
    return new BatchNorm(
        Init.ONES.parameter(channels), Init.ZEROS.parameter(channels), Statistics.of(channels), momentum, eps);
  }

  /// As [#of(int)], with running averages that are the plain means of all batches: PyTorch's `momentum=None`.
  public static BatchNorm cumulative(int channels) {
    return new BatchNorm(Init.ONES.parameter(channels), Init.ZEROS.parameter(channels), Statistics.of(channels), null, 1e-5);
  }

  /// @param x (batch, channels, ...)
  /// @throws IllegalArgumentException if in training a channel has fewer than two elements
  @Override
  public Tensor forward(Tensor x) {
    boolean training = Mode.current() == Mode.TRAINING;
    if (running != null && !training) {
      return ForwardHook.output(this, x, x.batchNorm(running.mean(), running.variance(), weight, bias, eps));
    }
    if (training && x.rank() >= 2 && x.numel() <= x.size(1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "BatchNorm: %s has no two elements a channel to train with", x.shape()));
    }
    Tensor y = x.batchNorm(weight, bias, eps);
    return ForwardHook.output(this, x, running == null ? y : y.alongside(follow(x, running)));
  }

  /// Assigns the running averages their next values.
  private Tensor[] follow(Tensor x, Statistics running) {
    int[] axes = IntStream.range(0, x.rank()).filter(axis -> axis != 1).toArray();
    Tensor batches = running.batches().add(1);
    return new Tensor[] {
      running.mean().assign(moved(running.mean(), x.mean(axes), momentum, batches)),
      running.variance().assign(moved(running.variance(), x.var(axes), momentum, batches)),
      running.batches().assign(batches)
    };
  }

  /// An average with the statistics of another batch.
  /// @param batches how many there are now
  static Tensor moved(Tensor average, Tensor batch, @Nullable Double momentum, Tensor batches) {
    Tensor fresh = batch.detach().cast(average.dtype());
    return momentum == null
        ? average.add(fresh.sub(average).div(batches.cast(average.dtype())))
        : average.mul(1 - momentum).add(fresh.mul(momentum));
  }

  /// By PyTorch's names.
  @Override
  public Map<String, Object> parts() {
    return parts(weight, bias, running);
  }

  static Map<String, Object> parts(@Nullable Tensor weight, @Nullable Tensor bias, @Nullable Statistics running) {
    return Parts.named(
        "weight", weight,
        "bias", bias,
        "running_mean", running == null ? null : running.mean(),
        "running_var", running == null ? null : running.variance(),
        "num_batches_tracked", running == null ? null : running.batches());
  }

  @Override
  public String toString() {
    return tree();
  }
}
