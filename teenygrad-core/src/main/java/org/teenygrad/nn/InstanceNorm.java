package org.teenygrad.nn;

import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// Mean 0 and variance 1 over each channel of each sample: PyTorch's `nn.InstanceNorm1d`, `2d` and `3d`.
///
/// With running averages these are the statistics in [Mode#EVALUATION], and follow the means of the samples' in [Mode#TRAINING].
/// ```java
/// InstanceNorm.of().forward(Tensor.rand(8, 3, 5, 5));
/// ```
/// @param weight (channels), or null
/// @param bias (channels), or null
/// @param running averages over samples, or null to go by the sample in both modes
/// @param momentum how much of new statistics goes into the averages
public record InstanceNorm(
    @Nullable Tensor weight, @Nullable Tensor bias, BatchNorm.@Nullable Statistics running, double momentum, double eps) implements Layer {
  /// Without running averages.
  public InstanceNorm(@Nullable Tensor weight, @Nullable Tensor bias, double eps) {
    this(weight, bias, null, 0.1, eps);
  }

  /// Without weight and bias, as is PyTorch's default, with eps 1e-5.
  public static InstanceNorm of() {
    return new InstanceNorm(null, null, 1e-5);
  }

  /// With weight and bias, PyTorch's `affine=True`, and eps 1e-5.
  public static InstanceNorm of(int channels) {
    return new InstanceNorm(Init.ONES.parameter(channels), Init.ZEROS.parameter(channels), 1e-5);
  }

  /// This with running averages: PyTorch's `track_running_stats=True`.
  /// ```java
  /// InstanceNorm.of(3).tracking(3, 0.1).stateDict().keySet();   // [weight, bias, running_mean, running_var, num_batches_tracked]
  /// ```
  public InstanceNorm tracking(int channels, double momentum) {
    return new InstanceNorm(weight, bias, BatchNorm.Statistics.of(channels), momentum, eps);
  }

  /// @param x (batch, channels, ...)
  @Override
  public Tensor forward(Tensor x) {
    if (running == null) {
      return ForwardHook.output(this, x, x.instanceNorm(weight, bias, eps));
    }
    if (Mode.current() == Mode.EVALUATION) {
      return ForwardHook.output(this, x, x.batchNorm(running.mean(), running.variance(), weight, bias, eps));
    }
    return ForwardHook.output(this, x, x.instanceNorm(weight, bias, eps).alongside(follow(x, running)));
  }

  /// Assigns the running averages their next values. As in PyTorch, the number of batches stays.
  private Tensor[] follow(Tensor x, BatchNorm.Statistics running) {
    int[] axes = IntStream.range(2, x.rank()).toArray();
    return new Tensor[] {
      running.mean().assign(BatchNorm.moved(running.mean(), x.mean(axes).mean(0), momentum, running.batches())),
      running.variance().assign(BatchNorm.moved(running.variance(), x.var(axes).mean(0), momentum, running.batches()))
    };
  }

  /// By PyTorch's names.
  @Override
  public Map<String, Object> parts() {
    return BatchNorm.parts(weight, bias, running);
  }

  @Override
  public String toString() {
    return tree();
  }
}
