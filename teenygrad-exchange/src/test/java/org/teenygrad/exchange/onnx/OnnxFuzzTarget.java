package org.teenygrad.exchange.onnx;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.ModelReader;
import org.teenygrad.state.FileException;

/// What Jazzer calls with each model that it makes up, in a process of its own; see [OnnxFuzzTest].
public final class OnnxFuzzTarget {
  /// Time of the processor, which does not depend on what else the machine does.
  private static final long MAX_NANOS = 1_000_000_000L;

  private static final Path FILE = Path.of(System.getProperty("fuzz.folder"), "model.onnx");
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private OnnxFuzzTarget() {}

  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    if (load() > MAX_NANOS) { // Classes may have been loaded, and instrumented. They are now.
      long again = load();
      if (again > MAX_NANOS) {
        throw new AssertionError(String.format(Locale.ROOT, "it took %d ns", again));
      }
    }
  }

  private static long load() {
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      Model model = ModelReader.read(FILE);
      ModelText.of(model);
      ModelPicture.svg(model);
      Onnx.load(FILE);
    } catch (FileException | UnsupportedOperationException e) {
      String sentence = String.valueOf(e.getMessage());
      if (!sentence.contains(FILE.toString()) || sentence.chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("not a sentence about a file: " + sentence, e);
      }
    }
    return THREADS.getCurrentThreadCpuTime() - nanos;
  }
}
