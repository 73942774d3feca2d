package org.teenygrad.nn;

import java.util.function.Supplier;

/// Whether a model learns or is used: layers such as [Dropout] do something only in [#TRAINING].
///
/// The mode belongs to the code that runs, not to the modules, so one thread can sample from a model while another
/// trains it, and no module is left in the wrong mode. It starts as TRAINING, like PyTorch's `model.train()`;
/// where PyTorch says `model.eval()`, write
///
/// ```java
/// float validation = Mode.EVALUATION.call(() -> model.forward(x).crossEntropy(labels).item());
/// ```
///
/// The mode is asked when the expression is built, not when it is computed.
public enum Mode {
  TRAINING,
  EVALUATION;

  private static final ScopedValue<Mode> CURRENT = ScopedValue.newInstance();

  /// The mode of the innermost [#call] or [#run] around this code, or TRAINING.
  public static Mode current() {
    return CURRENT.orElse(TRAINING);
  }

  /// Does `action` in this mode and returns what it returns.
  public <T> T call(Supplier<T> action) {
    return ScopedValue.where(CURRENT, this).call(action::get);
  }

  /// Does `action` in this mode.
  public void run(Runnable action) {
    ScopedValue.where(CURRENT, this).run(action);
  }
}
