package org.teenygrad.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Module;

/// A copy of a model whose parameters are exponential moving averages of the model's: what evaluates better than the last step's.
/// PyTorch's `swa_utils.AveragedModel` with `get_ema_multi_avg_fn`.
///
/// ```java
/// var model = Linear.of(4, 2);
/// var ema = Ema.of(model, 0.999);
/// new AdamW(model.namedParameters(), 1e-3).step(model.forward(Tensor.rand(8, 4)).square().mean());
/// ema.update();                                                                // after each step
/// Mode.EVALUATION.run(() -> ema.average().forward(Tensor.rand(8, 4)));
/// ```
/// The average begins with the model's values when it is made, where PyTorch's begins with those of the first update. What is no
/// parameter, such as the statistics of a BatchNorm, is copied.
///
/// @param model what is trained
/// @param average the copy; its state dict is what a checkpoint must hold
/// @param decay how much of the average stays at an update
public record Ema<M extends Module>(M model, M average, double decay) {
  /// @throws IllegalArgumentException if the decay is not in 0..1
  public Ema {
    if (!(decay >= 0 && decay <= 1)) {
      throw new IllegalArgumentException("ema: the decay must be in 0..1, not " + decay);
    }
  }

  /// @throws IllegalArgumentException if the model is not made of records
  public static <M extends Module> Ema<M> of(M model, double decay) {
    return new Ema<>(model, Module.map(model, tensor -> tensor), decay);
  }

  /// `average = decay average + (1 - decay) model`, computed at once.
  public void update() {
    Map<String, Tensor> current = model.stateDict();
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Tensor> updated = new ArrayList<>();
    average.stateDict().forEach((name, tensor) -> {
      Tensor value = current.get(name);
      if (value != null && seen.add(tensor)) {
        updated.add(tensor.isLeaf() ? tensor.update(tensor.detach().lerp(value.detach(), 1 - decay)) : tensor.assign(value));
      }
    });
    Tensor.realize(updated);
  }
}
