package org.teenygrad.optim;

import java.util.Locale;

/// How a loss is scaled so that float16 holds its gradients: the rules of PyTorch's `GradScaler` (Micikevicius et al., *Mixed precision
/// training*, 2018).
///
/// A gradient below 6e-8 is 0 in float16. So derivatives are taken of `scale * loss`, and [Optimizer] divides them by the scale again, in
/// float32. A step in which a gradient is infinite or NaN is skipped, as if it had never been, and the scale falls; after `interval`
/// steps without one it grows.
///
/// ```java
/// var optimizer = new AdamW(Map.of("weight", weight), 1e-3).scaleLoss(LossScaling.DYNAMIC);
/// optimizer.step(x.toHalf().linear(weight.toHalf()).cast(DType.FLOAT32).square().mean());
/// optimizer.lossScale();   // 65536.0
/// ```
/// @param initial the first scale
/// @param growth what the scale is multiplied with after `interval` steps
/// @param backoff what it is multiplied with after a step that was skipped
/// @param interval how many steps in a row must go well before the scale grows
public record LossScaling(double initial, double growth, double backoff, int interval) {
  /// What `torch.amp.GradScaler` does if nobody says otherwise.
  public static final LossScaling DYNAMIC = new LossScaling(65_536, 2, 0.5, 2_000);

  /// @throws IllegalArgumentException unless the scale is above 0, grows by growth and falls by backoff
  public LossScaling {
    if (!(initial > 0 && initial < Float.MAX_VALUE && growth > 1 && growth < Float.MAX_VALUE && backoff > 0 && backoff < 1 && interval >= 1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "initial must be above 0, growth above 1, backoff between 0 and 1, interval 1 or more: not %s, %s, %s, "
                  + "%d",
              initial, growth, backoff, interval));
    }
  }
}
