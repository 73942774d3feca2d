package org.teenygrad.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Profile;
import org.teenygrad.Slice;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;

/// An operation, measured by the GPU's clock.
///
/// The reference is computed on a sample: of each axis every so many elements, chosen so that the sample of the results is
/// the result of the samples.
///
/// @param inputs drawn from a normal distribution
/// @param expression from inputs to results
/// @param resultSteps of each axis of every result: how far apart the sampled elements are
/// @param precision of its products of float32
record KernelCase(
    String name, Unit unit, double work, DType dtype, int copies, double bound, List<Input> inputs, UnaryOperator<List<Tensor>> expression, List<Integer> resultSteps,
    MatmulPrecision precision)
    implements GpuCase {
  private static final byte POISON = (byte) 0xff; // NaN in every floating type

  KernelCase(
      String name, Unit unit, double work, DType dtype, int copies, double bound, List<Input> inputs, UnaryOperator<List<Tensor>> expression, List<Integer> resultSteps) {
    this(name, unit, work, dtype, copies, bound, inputs, expression, resultSteps, MatmulPrecision.HIGHEST);
  }

  KernelCase in(MatmulPrecision other) {
    return new KernelCase(name, unit, work, dtype, copies, bound, inputs, expression, resultSteps, other);
  }

  /// @param steps of each axis: how far apart the sampled elements are
  record Input(List<Integer> shape, List<Integer> steps) {
    Tensor draw(DType type) {
      return Tensor.randn(shape.stream().mapToInt(i -> i).toArray()).cast(type).contiguous().realize();
    }
  }

  @Override
  public int leastSamples() {
    return 5;
  }

  @Override
  public double roundSeconds() {
    return 0.15;
  }

  @Override
  public double leastSeconds(Peak peak) {
    return work / (unit == Unit.TERABYTES ? peak.bytesPerSecond() : peak.flops(dtype, precision));
  }

  private List<Tensor> draw() {
    return inputs.stream().map(input -> input.draw(dtype)).toList();
  }

  @Override
  public double error(long seed) {
    Tensor.manualSeed(seed);
    List<Tensor> drawn = draw();
    List<Tensor> results = expression.apply(drawn);
    poison(results);
    precision.run(() -> Tensor.realize(results));
    List<Tensor> samples = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      samples.add(sample(drawn.get(i), inputs.get(i).steps(), seed).realize().cast(DType.FLOAT64));
    }
    List<double[]> references = Reference.of(expression.apply(samples));
    double worst = 0;
    for (int i = 0; i < results.size(); i++) {
      double[] ours = sample(results.get(i), resultSteps, seed).toDoubleArray();
      worst = Math.max(worst, Reference.relativeError(ours, references.get(i))); // NaN if either is
    }
    return worst;
  }

  /// @param seed where in each step the sampled elements are
  private static Tensor sample(Tensor x, List<Integer> steps, long seed) {
    Slice[] slices = steps.stream().map(step -> Slice.from(Math.floorMod(seed, step)).step(step)).toArray(Slice[]::new);
    return x.index(slices).contiguous();
  }

  /// Fills the memory that the results will get with NaN: an element that no kernel writes is seen.
  private static void poison(List<Tensor> results) {
    List<Buffer> blocks = new ArrayList<>();
    for (Tensor result : results) {
      Allocator allocator = allocator(result.device());
      long bytes = result.numel() * result.dtype().bytes();
      Buffer block = allocator.allocate(bytes);
      try (Arena arena = Arena.ofConfined()) {
        allocator.copyIn(block, arena.allocate(bytes).fill(POISON));
      }
      blocks.add(block);
    }
    blocks.forEach(Buffer::free);
  }

  private static Allocator allocator(Device device) {
    return Devices.runtime(device).allocator();
  }

  @Override
  public DoubleSupplier prepare() {
    List<Tensor> data = new ArrayList<>();
    List<Tensor> results = new ArrayList<>();
    for (int i = 0; i < copies; i++) {
      List<Tensor> drawn = draw();
      data.addAll(drawn);
      results.addAll(expression.apply(drawn));
    }
    Runnable run = Repeated.of(data, results);
    return () -> Profile.of(() -> precision.run(run)).launches().stream().mapToLong(Profile.Launch::nanos).sum() / 1e9 / copies;
  }

  static Input input(int[] shape, int... steps) {
    return new Input(Arrays.stream(shape).boxed().toList(), Arrays.stream(steps).boxed().toList());
  }
}
