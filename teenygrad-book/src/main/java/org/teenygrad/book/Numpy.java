package org.teenygrad.book;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Settings;

/// numpy's product of two matrices, to compare with: a process of its own, which answers each line by the seconds of one product.
///
/// ```java
/// try (Numpy numpy = Numpy.start(960, 2)) {
///   double seconds = numpy.seconds();
/// }
/// ```
public final class Numpy implements AutoCloseable {
  private final @Nullable Process process;
  private final @Nullable BufferedReader answers;
  private final @Nullable Writer asking;

  private Numpy(@Nullable Process process) {
    this.process = process;
    answers = process == null ? null : process.inputReader(StandardCharsets.UTF_8);
    asking = process == null ? null : process.outputWriter(StandardCharsets.UTF_8);
  }

  /// @param size rows and columns of the matrices, of float32
  /// @param threads to compute with
  public static Numpy start(int size, int threads) {
    String script = String.format(Locale.ROOT, """
        import sys, time, numpy
        a, b, c = (numpy.random.rand(%d, %d).astype(numpy.float32) for _ in range(3))
        for line in sys.stdin:
            start = time.perf_counter(); numpy.matmul(a, b, out=c); print(time.perf_counter() - start, flush=True)
        """, size, size);
    ProcessBuilder builder = new ProcessBuilder(Settings.PYTHON.or("python3"), "-c", script).redirectError(ProcessBuilder.Redirect.DISCARD);
    for (String variable : List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")) {
      builder.environment().put(variable, Integer.toString(threads));
    }
    // Otherwise its threads look for more work in a loop for some 30 ms, on the cores that are ours in our turn. 2^4 cycles are the least.
    builder.environment().put("OPENBLAS_THREAD_TIMEOUT", "4");
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    try {
      return new Numpy(builder.start());
    } catch (IOException e) { // there is no Python
      return new Numpy(null);
    }
  }

  /// What one product takes; infinite where there is no Python, or its process has ended for want of numpy.
  public double seconds() {
    if (asking == null || answers == null) {
      return Double.POSITIVE_INFINITY;
    }
    try {
      asking.write("\n");
      asking.flush();
      String answer = answers.readLine();
      return answer == null ? Double.POSITIVE_INFINITY : Double.parseDouble(answer);
    } catch (IOException e) {
      return Double.POSITIVE_INFINITY;
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroy();
    }
  }
}
