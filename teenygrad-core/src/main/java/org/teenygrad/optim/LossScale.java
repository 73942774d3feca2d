package org.teenygrad.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Where [LossScaling] stands: tensors, so that no step waits for the host to look at its gradients.
final class LossScale {
  private final LossScaling rules;

  /// What the loss is multiplied with, float32.
  private final Tensor scale;

  /// How many steps in a row went well since the scale last changed, int32.
  private final Tensor steady;

  /// How many steps were skipped, int64.
  private final Tensor skipped;

  LossScale(LossScaling rules, Device device) {
    this.rules = rules;
    scale = Tensor.of(new float[] {(float) rules.initial()}, Shape.SCALAR, device);
    steady = Tensor.of(new int[] {0}, Shape.SCALAR, device);
    skipped = Tensor.of(new long[] {0}, Shape.SCALAR, device);
  }

  LossScaling rules() {
    return rules;
  }

  /// What a checkpoint holds of it.
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("loss_scale", scale);
    state.put("loss_scale.growth_tracker", steady);
    state.put("loss_scale.skipped", skipped);
    return state;
  }

  Tensor scale() {
    return scale;
  }

  Tensor scaled(Tensor loss) {
    if (loss.dtype() == DType.FLOAT16) {
      throw new IllegalArgumentException("loss scaling: a loss in float16 overflows with its scale; compute the loss in float32 (logits.cast(DType.FLOAT32))");
    }
    return loss.mul(scale.cast(loss.dtype()));
  }

  /// @param gradient of the scaled loss, float32 or float64
  Tensor unscaled(Tensor gradient) {
    return gradient.mul(scale.reciprocal().cast(gradient.dtype()));
  }

  /// The number of a step of which the skipped ones do not count, float64.
  Tensor number(long steps) {
    return Tensor.of(new double[] {steps}, Shape.SCALAR, scale.device()).sub(skipped.cast(DType.FLOAT64));
  }

  /// What becomes of all this after a step.
  /// @param finite whether its gradients were, a bool
  List<Tensor> updates(Tensor finite) {
    Tensor well = finite.where(steady.add(1), 0);
    Tensor grows = well.ge(rules.interval());
    Tensor grown = scale.mul(rules.growth());
    Tensor next = finite.where(grows.logicalAnd(grown.isFinite()).where(grown, scale), scale.mul(rules.backoff()));
    Tensor more = finite.where(skipped, skipped.add(1));
    return List.of(scale.update(next), steady.update(grows.where(0, well).cast(DType.INT32)), skipped.update(more));
  }
}
