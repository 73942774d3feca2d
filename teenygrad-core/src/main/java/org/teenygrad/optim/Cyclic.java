package org.teenygrad.optim;

import java.util.Locale;

/// Up and down between two rates, again and again (Smith, *Cyclical Learning Rates*, 2017): `torch.optim.lr_scheduler.CyclicLR`.
///
/// A momentum that falls while the rate rises is a cycle of its own, from its highest value to its lowest.
/// ```java
/// var rate = Cyclic.of(0.001, 0.01, 2000);
/// var momentum = Cyclic.of(0.9, 0.8, 2000);
/// momentum.at(2000);   // 0.8
/// ```
/// @param base the rate at iteration 0, and between cycles
/// @param top the rate at the end of the first rise
/// @param rise iterations of a rise
/// @param fall iterations of a fall
/// @param heights how high later cycles are
/// @param gamma what [Heights#EXPONENTIAL] multiplies heights with at each iteration
public record Cyclic(double base, double top, long rise, long fall, Heights heights, double gamma) implements LrSchedule {
  /// How the height of a cycle above its base changes.
  public enum Heights {
    /// Not at all: PyTorch's `triangular`.
    SAME,
    /// Each cycle is half as high as that before: PyTorch's `triangular2`.
    HALVED,
    /// By `gamma` to the power of the iteration: PyTorch's `exp_range`.
    EXPONENTIAL
  }

  /// @throws IllegalArgumentException if a rate is negative or not finite, or a rise or fall has no iteration
  public Cyclic {
    CosineSchedule.requireRate(base);
    CosineSchedule.requireRate(top);
    CosineSchedule.requireRate(gamma);
    if (rise < 1 || fall < 1) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "cyclic: a rise of %d iterations and a fall of %d: each must be at least 1", rise, fall));
    }
  }

  /// Rises and falls of one length, all of one height.
  public static Cyclic of(double base, double top, long rise) {
    return new Cyclic(base, top, rise, rise, Heights.SAME, 1);
  }

  @Override
  public double at(long iteration) {
    long cycle = iteration / (rise + fall);
    long within = iteration % (rise + fall);
    double progress = within <= rise ? (double) within / rise : (double) (rise + fall - within) / fall;
    double height = switch (heights) {
      case SAME -> 1;
      case HALVED -> StrictMath.pow(0.5, (double) cycle);
      case EXPONENTIAL -> StrictMath.pow(gamma, (double) iteration);
    };
    return base + (top - base) * progress * height;
  }
}
