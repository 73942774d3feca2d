package org.teenygrad.bench;

import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;

/// An operation on a processor, measured by the clock: what a call takes of a loop that builds the expression from new data.
///
/// @param flops arithmetic operations, comparisons and moves
/// @param bytes that have to move: each tensor once
/// @param dtype of the operations
/// @param inputs draws what is computed with
/// @param expression from inputs to results
/// @param bound the largest error that is right
/// @param check tells the error of results
/// @param atOnce whether the expression is made anew for each call: it computes when it is made, as factors of matrices do, or changes its inputs
record CpuCase(
    String name, Unit unit, double flops, double bytes, DType dtype, Supplier<List<Tensor>> inputs, UnaryOperator<List<Tensor>> expression,
    double bound, Check check, boolean atOnce)
    implements ComparedCase {
  private static final double SAMPLE_SECONDS = 0.01;
  private static final int WARM_UP_CALLS = 3;

  private static final double WARM_UP_SECONDS = 0.5;

  /// Compares with the same expression in float64.
  private static final Check FLOAT64 = (expression, inputs, results) -> {
    List<Tensor> exact = expression.apply(inputs.stream().map(x -> x.dtype().isFloating() ? x.cast(DType.FLOAT64).realize() : x).toList());
    double worst = 0;
    for (int i = 0; i < exact.size(); i++) {
      worst = Math.max(worst, Reference.relativeError(results.get(i).toDoubleArray(), exact.get(i).toDoubleArray())); // NaN if either is
    }
    return worst;
  };

  /// What the error of results is.
  interface Check {
    double error(UnaryOperator<List<Tensor>> expression, List<Tensor> inputs, List<Tensor> results);
  }

  static CpuCase of(
      String name, Unit unit, double flops, double bytes, DType dtype, Supplier<List<Tensor>> inputs,
          UnaryOperator<List<Tensor>> expression) {
    double bound = dtype == DType.BFLOAT16 ? Rounding.ONCE : Rounding.FLOAT32;
    return new CpuCase(name, unit, flops, bytes, dtype, inputs, expression, bound, FLOAT64, false);
  }

  /// One that is computed at once, in float64, and tells its error itself.
  static CpuCase atOnce(String name, double flops, double bytes, Supplier<List<Tensor>> inputs, UnaryOperator<List<Tensor>> expression,
      Check check) {
    return new CpuCase(name, Unit.MILLIS, flops, bytes, DType.FLOAT64, inputs, expression, Rounding.FLOAT64, check, true);
  }

  /// One that changes its inputs in their memory, as an optimizer does, and goes on from what they are then.
  static CpuCase inPlace(String name, double flops, double bytes, Supplier<List<Tensor>> inputs, UnaryOperator<List<Tensor>> expression) {
    return new CpuCase(name, Unit.MILLIS, flops, bytes, DType.FLOAT32, inputs, expression, Rounding.FLOAT32, FLOAT64, true);
  }

  /// The same without a comparison.
  Case measured() {
    return new Case(name, unit, work(), this::call);
  }

  @Override
  public double work() {
    return unit == Unit.GIGAFLOPS ? flops : bytes;
  }

  @Override
  public int copies() {
    return 1;
  }

  @Override
  public int leastSamples() {
    return 3;
  }

  @Override
  public double roundSeconds() {
    return 0.3;
  }

  @Override
  public double leastSeconds(Peak peak) {
    return Math.max(flops / peak.flops(dtype, MatmulPrecision.HIGHEST), bytes / peak.bytesPerSecond());
  }

  @Override
  public double error(long seed) {
    List<Tensor> results = expression.apply(drawn(seed));
    Tensor.realize(results);
    return check.error(expression, drawn(seed), results); // the expression may have changed those it had
  }

  private List<Tensor> drawn(long seed) {
    Tensor.manualSeed(seed);
    return inputs.get();
  }

  private Runnable call() {
    List<Tensor> drawn = inputs.get();
    return atOnce ? () -> Tensor.realize(expression.apply(drawn)) : Repeated.of(drawn, expression.apply(drawn));
  }

  @Override
  public DoubleSupplier prepare() {
    Runnable call = call();
    int calls = (int) Math.max(1, Math.ceil(SAMPLE_SECONDS / warmUp(call)));
    return () -> seconds(calls, call);
  }

  /// Calls until Java has compiled what it will.
  /// @return the seconds that the last call took
  static double warmUp(Runnable call) {
    double[] last = {0};
    WarmUp.untilCompiled(() -> {
      long round = System.nanoTime();
      for (int i = 0; i < WARM_UP_CALLS || System.nanoTime() - round < WARM_UP_SECONDS * 1e9; i++) {
        last[0] = seconds(1, call);
      }
    });
    return last[0];
  }

  private static double seconds(int calls, Runnable call) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return (System.nanoTime() - start) / 1e9 / calls;
  }
}
