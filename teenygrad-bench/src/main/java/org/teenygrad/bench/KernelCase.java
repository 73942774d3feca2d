package org.teenygrad.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
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
/// @param work operations for a rate of them; bytes for a rate of bytes and for times
/// @param dtype of the inputs that do not have one of their own
/// @param inputs drawn from a normal distribution
/// @param expression from inputs to results
/// @param samples what is compared with the reference
/// @param precision of its products of float32
/// @param algorithm from the elements of a sample of the first input to the right results, in Java; null where the
///     expression is computed in float64
record KernelCase(
    String name, Unit unit, double work, DType dtype, int copies, double bound, List<Input> inputs,
    UnaryOperator<List<Tensor>> expression, List<Sample> samples, MatmulPrecision precision, @Nullable Function<double[],
        List<double[]>> algorithm)
    implements ComparedCase {
  /// How long the GPU rests before each sample, with the time in which the graph is built about as long as before the peer's:
  /// who computes with shorter pauses is given lower clocks.
  private static final long REST_NANOS = 1_700_000;

  /// NaN in every floating type, -1 in every integer one.
  private static final byte POISON = (byte) 0xff;

  KernelCase(
      String name, Unit unit, double work, DType dtype, int copies, double bound, List<Input> inputs,
      UnaryOperator<List<Tensor>> expression, List<Sample> samples) {
    this(name, unit, work, dtype, copies, bound, inputs, expression, samples, MatmulPrecision.HIGHEST, null);
  }

  KernelCase in(MatmulPrecision other) {
    return new KernelCase(name, unit, work, dtype, copies, bound, inputs, expression, samples, other, algorithm);
  }

  KernelCase against(Function<double[], List<double[]>> other) {
    return new KernelCase(name, unit, work, dtype, copies, bound, inputs, expression, samples, precision, other);
  }

  /// @param own its type if that is not the case's; bools are true where a normal number is positive
  /// @param numbers where its numbers come from that are not drawn from a normal distribution
  record Input(List<Integer> shape, @Nullable DType own, @Nullable Supplier<Tensor> numbers) {
    static Input of(int... shape) {
      return new Input(Arrays.stream(shape).boxed().toList(), null, null);
    }

    /// What its numbers are, in their own type: positions, a permutation.
    static Input drawn(Supplier<Tensor> numbers) {
      return new Input(List.of(), null, numbers);
    }

    Input in(DType type) {
      return new Input(shape, type, numbers);
    }

    private Tensor draw(DType type) {
      if (numbers != null) {
        return numbers.get().contiguous().realize();
      }
      Tensor normal = Tensor.randn(shape.stream().mapToInt(i -> i).toArray());
      DType drawn = own == null ? type : own;
      return (drawn == DType.BOOL ? normal.gt(0) : normal.cast(drawn)).contiguous().realize();
    }
  }

  /// Of each axis every so many elements, such that the expression, applied to the samples of the inputs, gives the sample of the results.
  ///
  /// @param inputs of each axis of each input, how far apart the sampled elements are
  /// @param results the same of the results that are compared, by their number
  record Sample(List<List<Integer>> inputs, Map<Integer, List<Integer>> results) {
    /// All results.
    @SafeVarargs
    static Sample of(List<List<Integer>> inputs, List<Integer>... results) {
      Map<Integer, List<Integer>> byNumber = new HashMap<>();
      for (int i = 0; i < results.length; i++) {
        byNumber.put(i, results[i]);
      }
      return new Sample(inputs, byNumber);
    }

    /// How far apart so many of an axis are: an odd number, so that they are at other places of tiles.
    static int step(int size, int elements) {
      return Math.max(1, size / elements - 1) | 1;
    }

    /// @param seed where in each step the sampled elements are
    private static Tensor take(Tensor x, List<Integer> steps, long seed) {
      Slice[] slices = steps.stream().map(step -> Slice.from(Math.floorMod(seed, step)).step(step)).toArray(Slice[]::new);
      return x.index(slices).contiguous();
    }

    private List<Tensor> take(List<Tensor> drawn, long seed) {
      List<Tensor> taken = new ArrayList<>();
      for (int i = 0; i < drawn.size(); i++) {
        taken.add(take(drawn.get(i), inputs.get(i), seed).realize());
      }
      return taken;
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
    return work / (unit == Unit.TERAFLOPS ? peak.flops(dtype, precision) : peak.bytesPerSecond());
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
    double worst = 0;
    for (Sample sample : samples) {
      List<Integer> numbers = sample.results().keySet().stream().sorted().toList();
      List<double[]> references = references(sample.take(drawn, seed), numbers);
      for (int i = 0; i < numbers.size(); i++) {
        int number = numbers.get(i);
        double[] ours = Sample.take(results.get(number), Objects.requireNonNull(sample.results().get(number)), seed).toDoubleArray();
        worst = Math.max(worst, Reference.relativeError(ours, references.get(i))); // NaN if either is
      }
    }
    return worst;
  }

  /// Results of sampled inputs.
  private List<double[]> references(List<Tensor> sampled, List<Integer> numbers) {
    if (algorithm != null) {
      List<double[]> all = algorithm.apply(sampled.getFirst().toDoubleArray());
      return numbers.stream().map(all::get).toList();
    }
    List<Tensor> all = expression.apply(sampled.stream().map(x -> x.dtype().isFloating() ? x.cast(DType.FLOAT64) : x).toList());
    return Reference.of(numbers.stream().map(all::get).toList());
  }

  /// Fills the memory that the results will get: an element that no kernel writes is seen.
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
    return () -> {
      LockSupport.parkNanos(REST_NANOS);
      return Profile.of(() -> precision.run(run)).launches().stream().mapToLong(Profile.Launch::nanos).sum() / 1e9 / copies;
    };
  }
}
