package org.teenygrad.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.bench.Dialogue.Answer;
import org.teenygrad.engine.runtime.Devices;

/// Our side of a [Dialogue], in a process of its own.
final class Answering {
  private Answering() {}

  /// Prints the error of each case on a line, or why there is none.
  static void errors(List<ComparedCase> cases, long seed, PrintStream out) {
    for (ComparedCase what : cases) {
      String line;
      try {
        line = "checked\t" + what.error(seed);
      } catch (RuntimeException | Error e) {
        line = failed(e);
      }
      out.println(line);
      System.gc(); // the next case needs the memory
    }
  }

  /// Measures a case for each line that comes in.
  static void measure(ComparedCase what, PrintStream out) throws IOException {
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    @Nullable DoubleSupplier sample = null;
    while (questions.readLine() != null) {
      String line;
      try {
        sample = sample == null ? warm(what) : sample;
        line = new Answer(Devices.runtime(Devices.defaultDevice()).allocator().peakBytes(), round(what, sample)).line();
      } catch (RuntimeException | Error e) {
        line = failed(e);
      }
      out.println(line);
    }
  }

  private static String failed(Throwable e) {
    return "failed\t" + String.valueOf(e).lines().findFirst().orElse("");
  }

  private static DoubleSupplier warm(ComparedCase what) {
    DoubleSupplier sample = what.prepare();
    WarmUp.untilCompiled(() -> round(what, sample));
    return sample;
  }

  private static List<Double> round(ComparedCase what, DoubleSupplier sample) {
    List<Double> samples = new ArrayList<>();
    long start = System.nanoTime();
    while (samples.size() < what.leastSamples() || System.nanoTime() - start < what.roundSeconds() * 1e9) {
      samples.add(sample.getAsDouble());
    }
    return samples;
  }
}
