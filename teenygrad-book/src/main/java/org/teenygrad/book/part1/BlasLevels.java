package org.teenygrad.book.part1;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.teenygrad.Device;
import org.teenygrad.blas.Blas;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.schedule.Roofline;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Plot;

/// BLAS has three levels because of arithmetic intensity, the operations done for each byte that is moved. A sum of two
/// vectors (axpy) reads two numbers and writes one for two operations; a matrix times a vector (gemv) reads each
/// element of the matrix for two operations; both go at the pace of memory, however fast the processor. A matrix times
/// a matrix (gemm) uses each element n times: its intensity grows with n, until arithmetic is the limit.
@Section(number = "1.4", name = "blas", title = "Levels 1, 2 and 3 of BLAS: why a matrix times a matrix is fast and times a vector is not")
public record BlasLevels(
    @Help("rows and columns of the largest matrices, at least 128") int size,
    @Help("seconds for each measurement") double seconds)
    implements Program {

  /// @param intensity operations for each byte that has to move once at least
  private record Point(String name, double intensity, double flopsPerSecond) {}

  public BlasLevels() {
    this(2048, 1);
  }

  /// @throws IllegalArgumentException if the matrices are small, or there is no time
  public BlasLevels {
    if (size < 128 || !(seconds > 0)) {
      throw new IllegalArgumentException("size must be at least 128 and seconds positive, not " + size + " and " + seconds);
    }
  }

  @Override
  public void run(Page page) {
    Roofline roof = Roofline.of(Devices.runtime(Device.of("cpu")));
    page.say("This machine: %.0f GFLOP/s, %.1f GB/s from memory. In balance at %.0f operations for each byte.",
        roof.flopsPerSecond() / 1e9, roof.bytesPerSecond() / 1e9, roof.flopsPerSecond() / roof.bytesPerSecond());
    Random random = new Random(1);
    float[] a = numbers(random, size * size);
    float[] b = numbers(random, size * size);
    float[] c = new float[size * size];
    float[] y = new float[size];
    double n = size;

    page.say("Measuring, %.1f s each...", seconds);
    List<Point> points = new ArrayList<>();
    points.add(measured("saxpy", 2 * n * n, 12 * n * n, () -> Blas.saxpy(size * size, 0.5f, a, 0, 1, c, 0, 1)));
    points.add(measured("sgemv", 2 * n * n, 4 * n * n, () -> Blas.sgemv('N', size, size, 1, a, 0, size, b, 0, 1, 0, y, 0, 1)));
    for (int m = 32; m <= size; m *= 4) {
      int order = m;
      double flops = 2.0 * m * m * m;
      points.add(measured("sgemm " + m, flops, 16.0 * m * m, () -> Blas.sgemm('N', 'N', order, order, order, 1, a, 0, order, b, 0, order,
          0, c, 0, order)));
    }
    page.table(List.of("routine", "operations/byte", "GFLOP/s", "the roof allows"),
        points.stream().map(point -> List.of(point.name(), point.intensity(),
        point.flopsPerSecond() / 1e9, Math.min(roof.flopsPerSecond(), point.intensity() * roof.bytesPerSecond()) / 1e9)).toList());

    double gemv = points.get(1).flopsPerSecond();
    double gemm = points.getLast().flopsPerSecond();
    page.say("One matrix times %d vectors at once is %.0f times as fast, by the operation, as one after the other.", size, gemm / gemv);
    page.picture("blas", Plot.of("BLAS on the roofline of this machine")
        .x("operations for each byte that must move").y("GFLOP/s").logX().logY()
        .roof("measured peaks", roof.bytesPerSecond() / 1e9, roof.flopsPerSecond() / 1e9)
        .points("routines", points.stream().mapToDouble(Point::intensity).toArray(),
            points.stream().mapToDouble(point -> point.flopsPerSecond() / 1e9).toArray(),
            points.stream().map(Point::name).toList())::write);

    page.claim("largest difference between a row of gemm and gemv, in units of 2^-24 times the sum of magnitudes", difference(a, b))
        .isAtMost(16);
    page.claim("sgemm, as many times the operations of sgemv in a second", gemm / gemv).isAtLeast(4);
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat() - 0.5f;
    }
    return numbers;
  }

  private Point measured(String name, double flops, double bytes, Runnable call) {
    double best = Double.POSITIVE_INFINITY;
    call.run(); // what is compiled, is compiled now
    double spent = 0;
    while (spent < seconds) {
      long start = System.nanoTime();
      call.run();
      double time = (System.nanoTime() - start) / 1e9;
      spent += time;
      best = Math.min(best, time);
    }
    return new Point(name, flops / bytes, flops / best);
  }

  /// The first column of C = A B is A times the first column of B; in column-major order both begin at element 0.
  private double difference(float[] a, float[] b) {
    int n = Math.min(size, 1024);
    float[] c = new float[n * n];
    float[] y = new float[n];
    Blas.sgemm('N', 'N', n, n, n, 1, a, 0, n, b, 0, n, 0, c, 0, n);
    Blas.sgemv('N', n, n, 1, a, 0, n, b, 0, 1, 0, y, 0, 1);
    double worst = 0;
    for (int i = 0; i < n; i++) {
      double magnitudes = 0;
      for (int k = 0; k < n; k++) {
        magnitudes += Math.abs((double) a[i + k * n] * b[k]);
      }
      worst = Math.max(worst, Math.abs(c[i] - y[i]) / magnitudes);
    }
    return worst * 0x1p24;
  }
}
