package org.teenygrad.optim;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;

/// The learning rate of each iteration, counted from 0: a function, so a training that goes on asks for the iteration it is at.
///
/// ```java
/// var schedule = LrSchedule.cosine(1e-3, 1e-4, 1900).withWarmup(100, 0.01);
/// optimizer.learningRate(schedule.at(optimizer.steps()));
/// ```
/// Where groups have rates of their own, a schedule that begins at 1 goes with [Optimizer#scaleLearningRates].
@FunctionalInterface
public interface LrSchedule {

  double at(long iteration);

  /// The same rate for ever.
  /// @throws IllegalArgumentException if the rate is negative or not finite
  static LrSchedule constant(double learningRate) {
    CosineSchedule.requireRate(learningRate);
    return iteration -> learningRate;
  }

  /// A straight line from `first` at iteration 0 to `last` at iteration `iterations`, and `last` from there on:
  /// `torch.optim.lr_scheduler.LinearLR`.
  /// @throws IllegalArgumentException if a rate is negative or not finite, or `iterations` is negative
  static LrSchedule linear(double first, double last, long iterations) {
    CosineSchedule.requireRate(first);
    CosineSchedule.requireRate(last);
    CosineSchedule.requireCount("iterations", iterations);
    return iteration ->
        iteration >= iterations ? last : first + (last - first) * ((double) iteration / iterations);
  }

  /// `learningRate`, multiplied by `factor` after every `period` iterations: `StepLR`.
  /// @throws IllegalArgumentException if the rate or the factor is negative or not finite, or `period` is below 1
  static LrSchedule step(double learningRate, double factor, long period) {
    CosineSchedule.requireRate(learningRate);
    CosineSchedule.requireRate(factor);
    if (period < 1) {
      throw new IllegalArgumentException("a step every " + period + " iterations: it must be at least 1");
    }
    return iteration -> learningRate * StrictMath.pow(factor, (double) (iteration / period));
  }

  /// `learningRate`, multiplied by `factor` at each of these iterations: `MultiStepLR`.
  /// @throws IllegalArgumentException if the rate or the factor is negative or not finite
  static LrSchedule steps(double learningRate, double factor, long... iterations) {
    CosineSchedule.requireRate(learningRate);
    CosineSchedule.requireRate(factor);
    long[] milestones = iterations.clone();
    return iteration ->
        learningRate * StrictMath.pow(factor, (double) Arrays.stream(milestones).filter(at -> at <= iteration).count());
  }

  /// `learningRate`, multiplied by `factor` after every iteration: `ExponentialLR`.
  static LrSchedule exponential(double learningRate, double factor) {
    return step(learningRate, factor, 1);
  }

  /// A cosine from `learningRate` at iteration 0 to `minLr` at iteration `iterations`, from where it rises again as it fell, and so on:
  /// `CosineAnnealingLR`. One that stays at `minLr` is [CosineSchedule].
  /// ```java
  /// LrSchedule.cosine(1, 0, 10).at(10);   // 0.0
  /// LrSchedule.cosine(1, 0, 10).at(20);   // 1.0
  /// ```
  /// @throws IllegalArgumentException if a rate is negative or not finite, or `iterations` is below 1
  static LrSchedule cosine(double learningRate, double minLr, long iterations) {
    CosineSchedule.requireRate(learningRate);
    CosineSchedule.requireRate(minLr);
    if (iterations < 1) {
      throw new IllegalArgumentException("cosine: a fall of " + iterations + " iterations: it must be at least 1");
    }
    return iteration -> {
      double turns = (double) (iteration % (2 * iterations)) / iterations;
      return minLr + 0.5 * (1 + StrictMath.cos(Math.PI * turns)) * (learningRate - minLr);
    };
  }

  /// As [#cosine(double, double, long)], but from `minLr` at once back to `learningRate`, each fall `factor` times as long as that before
  /// (Loshchilov and Hutter, *SGDR*, 2017): `CosineAnnealingWarmRestarts`.
  /// ```java
  /// LrSchedule.cosineWarmRestarts(1, 0, 10, 2).at(20);   // 0.5
  /// ```
  /// @param iterations of the first fall
  /// @throws IllegalArgumentException if a rate is negative or not finite, or `iterations` or the factor is below 1
  static LrSchedule cosineWarmRestarts(double learningRate, double minLr, long iterations, int factor) {
    CosineSchedule.requireRate(learningRate);
    CosineSchedule.requireRate(minLr);
    if (iterations < 1 || factor < 1) {
      throw new IllegalArgumentException("cosineWarmRestarts: " + iterations + " iterations and a factor of " + factor + ": both must be at least 1");
    }
    return iteration -> {
      long length = iterations;
      long within = factor == 1 ? iteration % iterations : iteration;
      while (within >= length) {
        within -= length;
        length *= factor;
      }
      return minLr + (learningRate - minLr) * (1 + StrictMath.cos(Math.PI * within / length)) / 2;
    };
  }

  /// Down to 0 at iteration `iterations` by a power of what is left of them: `PolynomialLR`.
  /// ```java
  /// LrSchedule.polynomial(1, 10, 2).at(5);   // 0.25
  /// ```
  /// @throws IllegalArgumentException if the rate or the power is negative or not finite, or `iterations` is below 1
  static LrSchedule polynomial(double learningRate, long iterations, double power) {
    CosineSchedule.requireRate(learningRate);
    CosineSchedule.requireRate(power);
    if (iterations < 1) {
      throw new IllegalArgumentException("polynomial: a fall of " + iterations + " iterations: it must be at least 1");
    }
    return iteration -> learningRate * StrictMath.pow(1 - (double) Math.min(iteration, iterations) / iterations, power);
  }

  /// `learningRate`, multiplied at each iteration from 1 on by what a function says: `MultiplicativeLR`. The factors are multiplied
  /// anew each time.
  /// ```java
  /// LrSchedule.multiplicative(1, iteration -> 0.5).at(3);   // 0.125
  /// ```
  /// @throws IllegalArgumentException if the rate is negative or not finite
  static LrSchedule multiplicative(double learningRate, LongToDoubleFunction factor) {
    CosineSchedule.requireRate(learningRate);
    return iteration -> {
      double rate = learningRate;
      for (long i = 1; i <= iteration; i++) {
        rate *= factor.applyAsDouble(i);
      }
      return rate;
    };
  }

  /// Up to `highest` and far down again within `iterations`, with PyTorch's defaults for the rest: see [OneCycle].
  static LrSchedule oneCycle(double highest, long iterations) {
    return new OneCycle(highest, iterations, 0.3, 25, 1e4, true);
  }

  /// This, after a straight line from `factor` times its first rate up to that rate: PyTorch's `SequentialLR` of a `LinearLR` and
  /// this. Iteration `iterations` is this schedule's first.
  /// @throws IllegalArgumentException if the factor is negative or not finite, or `iterations` is negative
  default LrSchedule withWarmup(long iterations, double factor) {
    CosineSchedule.requireRate(factor);
    double first = at(0);
    return linear(first * factor, first, iterations).then(iterations, this);
  }

  /// This before iteration `iterations`, from there on `next`, which counts from 0 there: PyTorch's `SequentialLR`.
  /// @throws IllegalArgumentException if `iterations` is negative
  default LrSchedule then(long iterations, LrSchedule next) {
    CosineSchedule.requireCount("iterations", iterations);
    return iteration -> iteration < iterations ? at(iteration) : next.at(iteration - iterations);
  }

  /// The product of both, one of which begins at 1: PyTorch's `ChainedScheduler`.
  /// ```java
  /// LrSchedule.exponential(0.1, 0.5).times(LrSchedule.linear(0.5, 1, 2)).at(1);   // 0.037500000000000006
  /// ```
  default LrSchedule times(LrSchedule factor) {
    return iteration -> at(iteration) * factor.at(iteration);
  }
}
