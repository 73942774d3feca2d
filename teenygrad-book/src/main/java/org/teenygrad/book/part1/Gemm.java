package org.teenygrad.book.part1;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.book.Numpy;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Settings;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.schedule.Roofline;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Plot;

/// A matrix product, C = A B of n x n floats, made fast rung by rung. Each rung does the same 2 n^3 operations; what
/// changes is how often a number comes from memory, from a cache, or is still in a register when it is needed.
///
/// Matrices are arrays of rows. Java's compiler uses vector instructions for loops such as `row[j] += x * other[j]`, in
/// which all arrays have one index.
@Section(number = "1.4", name = "gemm", title = "A matrix product rung by rung: from three loops to the speed of the machine")
public record Gemm(
    @Help("rows and columns of the matrices, a multiple of 64") int size,
    @Help("seconds for each rung") double seconds)
    implements Program {
  /// A block of B, K rows by J columns of 4 bytes, takes 32 KiB: it stays in the first-level cache while all rows of A pass by.
  private static final int K = 32;

  private static final int J = 256;

  /// C = C + A B for the rows `begin` to before `end` of A and C, which is 0 before.
  private interface Product {
    void add(float[][] a, float[][] b, float[][] c, int begin, int end);
  }

  private record Rung(String name, double flopsPerSecond, double error) {}

  public Gemm() {
    this(960, 1.5);
  }

  /// @throws IllegalArgumentException if the size is no multiple of 64, or there is no time
  public Gemm {
    if (size < 64 || size % 64 != 0 || !(seconds > 0)) {
      throw new IllegalArgumentException("size must be a positive multiple of 64 and seconds positive, not " + size + " and " + seconds);
    }
  }

  @Override
  public void run(Page page) {
    Device cpu = Device.of("cpu");
    page.say("Measuring what this machine can do at best...");
    Roofline roof = Roofline.of(Devices.runtime(cpu));
    int threads = Devices.runtime(cpu).target() instanceof Target.Cpu target ? target.cores() : 1;
    page.say("  %.0f GFLOP/s of float32 multiply-adds and %.1f GB/s from memory, on %d threads", roof.flopsPerSecond() / 1e9,
        roof.bytesPerSecond() / 1e9, threads);

    Random random = new Random(1);
    float[][] a = matrix(random);
    float[][] b = matrix(random);
    double[][] exact = exactRows(a, b);
    List<Rung> rungs = new ArrayList<>();
    rungs.add(measured(page, "three loops", a, b, exact, 1, Gemm::threeLoops));
    rungs.add(measured(page, "loop order", a, b, exact, 1, Gemm::loopOrder));
    rungs.add(measured(page, "blocking", a, b, exact, 1, Gemm::blocking));
    rungs.add(measured(page, "packing", a, b, exact, 1, Gemm::packing));
    rungs.add(measured(page, "registers", a, b, exact, 1, Gemm::registers));
    rungs.add(measured(page, "threads", a, b, exact, threads, Gemm::registers));

    Tensor left = Tensor.of(flat(a), Shape.of(size, size), cpu);
    Tensor right = Tensor.of(flat(b), Shape.of(size, size), cpu);
    Tensor product = Tensor.of(new float[size * size], Shape.of(size, size), cpu);
    product.update(left.matmul(right)).realize(); // compiled, and kept for the next run of the program
    // The result takes over the memory of the one before, as numpy's `out` does: pages that were never touched cost as
    // much as a tenth of the product.
    InTurn best;
    try (Numpy numpy = Numpy.start(size, threads)) {
      best = inTurn(() -> timed(() -> product.update(left.matmul(right)).realize()), numpy);
    }
    float[] values = product.data();
    rungs.add(told(page, new Rung("compiled", flops() / best.ours(), error(exact, (i, j) -> values[i * size + j]))));

    page.picture("gemm", plot(roof, rungs, best.theirs())::write);
    page.claim("largest error of a rung, in units of 2^-24 times the sum of magnitudes",
        rungs.stream().mapToDouble(Rung::error).max().orElseThrow()).isAtMost(size);
    page.claim("loop order, as many times as fast as three loops", rungs.get(1).flopsPerSecond() / rungs.get(0).flopsPerSecond())
        .isAtLeast(1.5);
    if (Double.isInfinite(best.theirs())) {
      page.say("No numpy was found for `%s`: compared with the machine's peak instead.", Settings.PYTHON.or("python3"));
      page.claim("compiled, share of the measured peak", rungs.getLast().flopsPerSecond() / roof.flopsPerSecond()).isAtLeast(0.5);
    } else {
      page.say("numpy: %.1f GFLOP/s, measured in turn with ours", flops() / best.theirs() / 1e9);
      page.claim("compiled, as many times as fast as numpy", best.theirs() / best.ours()).isAtLeast(0.95);
    }
  }

  /// The definition: each element is a row of A times a column of B, whose elements lie in n different rows: a cache line for each.
  private static void threeLoops(float[][] a, float[][] b, float[][] c, int begin, int end) {
    for (int i = begin; i < end; i++) {
      for (int j = 0; j < b[0].length; j++) {
        float sum = 0;
        for (int k = 0; k < b.length; k++) {
          sum += a[i][k] * b[k][j];
        }
        c[i][j] = sum;
      }
    }
  }

  /// The inner loop goes along rows: all of a cache line is used, and vector instructions do several elements at once.
  private static void loopOrder(float[][] a, float[][] b, float[][] c, int begin, int end) {
    for (int i = begin; i < end; i++) {
      for (int k = 0; k < b.length; k++) {
        addRow(a[i][k], b[k], c[i], 0, b[k].length);
      }
    }
  }

  private static void addRow(float x, float[] row, float[] sum, int from, int to) {
    for (int j = from; j < to; j++) {
      sum[j] += x * row[j];
    }
  }

  /// All rows of A pass a block of B that stays in the cache.
  private static void blocking(float[][] a, float[][] b, float[][] c, int begin, int end) {
    for (int j = 0; j < b[0].length; j += J) {
      for (int k0 = 0; k0 < b.length; k0 += K) {
        for (int i = begin; i < end; i++) {
          for (int k = k0; k < k0 + K; k++) {
            addRow(a[i][k], b[k], c[i], j, Math.min(j + J, b[k].length));
          }
        }
      }
    }
  }

  /// The block is copied to where its rows lie next to each other, and so is the part of C's row that collects its products.
  private static void packing(float[][] a, float[][] b, float[][] c, int begin, int end) {
    float[][] block = new float[K][J];
    float[] sum = new float[J];
    for (int j = 0; j < b[0].length; j += J) {
      int width = Math.min(J, b[0].length - j);
      for (int k0 = 0; k0 < b.length; k0 += K) {
        pack(b, k0, j, width, block);
        for (int i = begin; i < end; i++) {
          System.arraycopy(c[i], j, sum, 0, width);
          for (int k = 0; k < K; k++) {
            addRow(a[i][k0 + k], block[k], sum, 0, width);
          }
          System.arraycopy(sum, 0, c[i], j, width);
        }
      }
    }
  }

  private static void pack(float[][] b, int k0, int j, int width, float[][] block) {
    for (int k = 0; k < K; k++) {
      System.arraycopy(b[k0 + k], j, block[k], 0, width);
    }
  }

  /// Eight products are added to a sum before it leaves its register: a load and a store for eight multiply-adds, not for each.
  private static void registers(float[][] a, float[][] b, float[][] c, int begin, int end) {
    float[][] block = new float[K][J];
    float[] sum = new float[J];
    for (int j = 0; j < b[0].length; j += J) {
      int width = Math.min(J, b[0].length - j);
      for (int k0 = 0; k0 < b.length; k0 += K) {
        pack(b, k0, j, width, block);
        for (int i = begin; i < end; i++) {
          System.arraycopy(c[i], j, sum, 0, width);
          for (int k = 0; k < K; k += 8) {
            addEight(a[i], k0 + k, block, k, sum, width);
          }
          System.arraycopy(sum, 0, c[i], j, width);
        }
      }
    }
  }

  private static void addEight(float[] a, int ka, float[][] block, int k, float[] sum, int width) {
    float x0 = a[ka], x1 = a[ka + 1], x2 = a[ka + 2], x3 = a[ka + 3], x4 = a[ka + 4], x5 = a[ka + 5], x6 = a[ka + 6], x7 = a[ka + 7];
    float[] b0 = block[k], b1 = block[k + 1], b2 = block[k + 2], b3 = block[k + 3], b4 = block[k + 4], b5 = block[k + 5],
        b6 = block[k + 6], b7 = block[k + 7];
    for (int j = 0; j < width; j++) {
      float s = Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], sum[j]))));
      sum[j] = Math.fma(x7, b7[j], Math.fma(x6, b6[j], Math.fma(x5, b5[j], Math.fma(x4, b4[j], s))));
    }
  }

  private Rung measured(Page page, String name, float[][] a, float[][] b, double[][] exact, int threads, Product product) {
    double best = Double.POSITIVE_INFINITY;
    float[][] c = new float[size][size];
    int trials = 0;
    for (double spent = 0; spent < seconds || trials < 2; trials++) { // Java compiles what runs for a while
      float[][] fresh = new float[size][size];
      // Threads share nothing that is written: each has rows of its own.
      double time = timed(() -> IntStream.range(0, threads).parallel().forEach(t -> product.add(a, b, fresh, size * t / threads,
          size * (t + 1) / threads)));
      c = fresh;
      spent += time;
      best = Math.min(best, time);
    }
    float[][] last = c;
    return told(page, new Rung(name, flops() / best, error(exact, (i, j) -> last[i][j])));
  }

  private static Rung told(Page page, Rung rung) {
    page.say("  %-12s %7.1f GFLOP/s", rung.name(), rung.flopsPerSecond() / 1e9);
    return rung;
  }

  private double flops() {
    return 2.0 * size * size * size;
  }

  private static double timed(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private float[][] matrix(Random random) {
    float[][] matrix = new float[size][size];
    for (float[] row : matrix) {
      for (int j = 0; j < size; j++) {
        row[j] = random.nextFloat() - 0.5f;
      }
    }
    return matrix;
  }

  private float[] flat(float[][] matrix) {
    float[] flat = new float[size * size];
    for (int i = 0; i < size; i++) {
      System.arraycopy(matrix[i], 0, flat, i * size, size);
    }
    return flat;
  }

  private interface Element {
    double at(int i, int j);
  }

  /// Some rows of C in double, each followed by the sums of the products' magnitudes.
  private double[][] exactRows(float[][] a, float[][] b) {
    double[][] rows = new double[16][2 * size];
    for (int row = 0; row < rows.length; row++) {
      int i = size * row / rows.length;
      for (int k = 0; k < size; k++) {
        for (int j = 0; j < size; j++) {
          double p = (double) a[i][k] * b[k][j];
          rows[row][j] += p;
          rows[row][size + j] += Math.abs(p);
        }
      }
    }
    return rows;
  }

  private double error(double[][] exact, Element c) {
    double worst = 0;
    for (int row = 0; row < exact.length; row++) {
      int i = size * row / exact.length;
      for (int j = 0; j < size; j++) {
        worst = Math.max(worst, Math.abs(c.at(i, j) - exact[row][j]) / exact[row][size + j]);
      }
    }
    return worst * 0x1p24;
  }

  /// The best times in seconds; infinite where there is no numpy.
  private record InTurn(double ours, double theirs) {}

  /// Measures ours and numpy in turn, so that a disturbance meets both.
  private InTurn inTurn(DoubleSupplier ours, Numpy numpy) {
    InTurn best = new InTurn(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    double spent = 0;
    while (spent < 2 * seconds) {
      double one = ours.getAsDouble();
      best = new InTurn(Math.min(best.ours(), one), Math.min(best.theirs(), numpy.seconds()));
      spent += one;
    }
    return best;
  }

  /// Operations for each byte that comes from beyond the second-level cache, where B does not fit into it. The first
  /// two rungs bring B anew for each row of A. With blocks, each element of C is read and written once for the 2 K
  /// operations that a block adds to it. At best each matrix moves once.
  private double intensity(int rung) {
    return rung < 2 ? 2.0 / 4 : rung < 6 ? 2.0 * K / 8 : flops() / (16.0 * size * size);
  }

  private Plot plot(Roofline roof, List<Rung> rungs, double theirs) {
    Plot plot = Plot.of(String.format(Locale.ROOT, "C = A B of %d x %d floats on the roofline of this machine", size, size))
        .x("operations for each byte from beyond the second-level cache").y("GFLOP/s").logX().logY()
        .xRange(0.25, Math.max(200, intensity(rungs.size() - 1) * 2))
        .roof("measured peaks", roof.bytesPerSecond() / 1e9, roof.flopsPerSecond() / 1e9)
        .points("rungs", IntStream.range(0, rungs.size()).mapToDouble(this::intensity).toArray(),
            rungs.stream().mapToDouble(rung -> rung.flopsPerSecond() / 1e9).toArray(), rungs.stream().map(Rung::name).toList());
    return Double.isInfinite(theirs) ? plot : plot.horizontal("numpy", flops() / theirs / 1e9);
  }
}
