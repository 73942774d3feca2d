package org.teenygrad.exchange.onnx.operators;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Normalizations.
final class Normalizations {
  private static final double EPSILON = 1e-5f;

  private Normalizations() {}

  static void addTo(OperatorTable table) {
    table.several("BatchNormalization", 7, Normalizations::batch);
    table.several("LayerNormalization", 17, Normalizations::layer);
    table.alike("RMSNormalization", 23, call -> {
      Tensor x = call.in(0);
      int axis = Shapes.position(x, call.axis("axis", -1));
      Tensor normal = x.rmsNorm(Shape.of(IntStream.range(axis, x.rank()).map(x::size).toArray()), null, call.real("epsilon", EPSILON));
      return normal.mul(call.in(1));
    });
    table.alike("InstanceNormalization", 1, call -> call.in(0).instanceNorm(call.in(1), call.in(2), call.real("epsilon", EPSILON)));
    table.alike("GroupNormalization", 18, call -> group(call, perGroup(call, 1), perGroup(call, 2)));
    table.alike("GroupNormalization", 21, call -> group(call, call.in(1), call.in(2)));
    table.alike("MeanVarianceNormalization", 9, call -> {
      long[] axes = call.numbers("axes");
      int[] all = axes == null ? new int[] {0, 2, 3} : Call.ints(axes);
      Tensor centred = call.in(0).sub(call.in(0).mean(all, true));
      return centred.div(centred.square().mean(all, true).sqrt().add(1e-9));
    });
    table.alike("LpNormalization", 1, call -> {
      Tensor x = call.in(0);
      Tensor norm = x.norm((double) call.number("p", 2), call.axis("axis", -1), true);
      return norm.eq(0).where(0, x.div(norm));
    });
    table.alike("LRN", 1, Normalizations::local);
  }

  /// In training, running averages are moved by the batch's statistics, of which the variance is not corrected.
  private static List<Value> batch(Call call) {
    Tensor x = call.in(0);
    Tensor scale = call.in(1);
    Tensor bias = call.in(2);
    Tensor mean = call.in(3);
    Tensor variance = call.in(4);
    double epsilon = call.real("epsilon", EPSILON);
    if (!call.flag("training_mode", false)) {
      return List.of(call.alike(x.batchNorm(mean, variance, scale, bias, epsilon)));
    }
    double momentum = call.real("momentum", 0.9f);
    int[] axes = IntStream.range(0, x.rank()).filter(axis -> axis != 1).toArray();
    Tensor batchMean = x.mean(axes, false);
    Tensor batchVariance = x.var(axes, 0, false);
    return List.of(
        call.alike(x.batchNorm(scale, bias, epsilon)),
        Value.of(call.type(3), mean.mul(momentum).add(batchMean.mul(1 - momentum))),
        Value.of(call.type(4), variance.mul(momentum).add(batchVariance.mul(1 - momentum))));
  }

  private static List<Value> layer(Call call) {
    Tensor x = call.in(0);
    int axis = Shapes.position(x, call.axis("axis", -1));
    double epsilon = call.real("epsilon", EPSILON);
    int[] axes = IntStream.range(axis, x.rank()).toArray();
    Shape normalized = Shape.of(IntStream.of(axes).map(x::size).toArray());
    Tensor scale = call.in(1);
    Tensor bias = call.optional(2);
    boolean whole = scale.shape().equals(normalized) && (bias == null || bias.shape().equals(normalized));
    Tensor y = whole ? x.layerNorm(normalized, scale, bias, epsilon) : scaled(x.layerNorm(normalized, null, null, epsilon), scale, bias);
    if (!call.wants(1) && !call.wants(2)) {
      return List.of(call.alike(y));
    }
    ElementType stash = call.elementType("stash_type", ElementType.FLOAT);
    Tensor wide = x.cast(stash.carrier());
    Tensor deviation = wide.var(axes, 0, true).add(epsilon).rsqrt();
    return List.of(call.alike(y), Value.of(stash, wide.mean(axes, true)), Value.of(stash, deviation));
  }

  private static Tensor scaled(Tensor x, Tensor scale, @Nullable Tensor bias) {
    return bias == null ? x.mul(scale) : x.mul(scale).add(bias);
  }

  /// At first, scales and biases were those of groups.
  private static Tensor perGroup(Call call, int input) {
    Tensor scale = call.in(input);
    return scale.repeatInterleave(call.in(0).size(1) / scale.size(0), 0);
  }

  private static Tensor group(Call call, Tensor scale, Tensor bias) {
    return call.in(0).groupNorm(Call.clamped(call.number("num_groups")), scale, bias, call.real("epsilon", EPSILON));
  }

  /// By the squares of channels around (Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012).
  private static Tensor local(Call call) {
    Tensor x = call.in(0);
    int size = Call.clamped(call.number("size"));
    Tensor squares = x.square().padAxis(1, (size - 1) / 2, size / 2);
    Tensor sum = squares.unfold(1, size, 1).sum(-1, false);
    double alpha = call.real("alpha", 1e-4f) / size;
    return x.div(sum.mul(alpha).add(call.real("bias", 1)).pow(call.real("beta", 0.75)));
  }

}
