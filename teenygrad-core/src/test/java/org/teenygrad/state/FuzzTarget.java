package org.teenygrad.state;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// What Jazzer calls with each file that it makes up, in a process of its own; see [FuzzTest]. The first byte says whose file it is.
///
/// A file must load, or be refused by one sentence, in little time and memory. Off-heap memory is bounded by the
/// process's options.
public final class FuzzTarget {
  /// Time of the processor, which does not depend on what else the machine does.
  private static final long MAX_NANOS = 1_000_000_000L;
  private static final long MAX_HEAP_BYTES = 64 << 20;
  private static final int MAX_SENTENCE = 1_000;

  private static final Path FOLDER = Path.of(System.getProperty("fuzz.folder"));
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private FuzzTarget() {}

  /// Loads what is loaded once, so that no file has to pay for it.
  public static void fuzzerInitialize() {
    Tensor.of(1f).add(1).item();
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    Samples[] all = Samples.values();
    Path file = FOLDER.resolve(all[Byte.toUnsignedInt(input[0]) % all.length].fileName);
    Files.write(file, Arrays.copyOfRange(input, 1, input.length));
    if (!isCheap(file)) { // Classes may have been loaded, and instrumented. They are now.
      require(isCheap(file), "it took too long, or too much memory: " + file.getFileName());
    }
  }

  private static boolean isCheap(Path file) {
    long nanos = THREADS.getCurrentThreadCpuTime();
    long heapBytes = THREADS.getCurrentThreadAllocatedBytes();
    open(file);
    return THREADS.getCurrentThreadAllocatedBytes() - heapBytes < MAX_HEAP_BYTES
        && THREADS.getCurrentThreadCpuTime() - nanos < MAX_NANOS;
  }

  private static void open(Path file) {
    try (TensorFile opened = TensorFile.open(file)) {
      opened.shapes().forEach((name, shape) -> load(file, opened, name, shape));
    } catch (FileException e) {
      requireSentence(file, e);
    }
  }

  private static void load(Path file, TensorFile opened, String name, Shape shape) {
    try {
      require(opened.tensor(name).shape().equals(shape), "the tensor has another shape");
    } catch (FileException e) {
      requireSentence(file, e);
    }
  }

  private static void requireSentence(Path file, FileException e) {
    String sentence = String.valueOf(e.getMessage());
    require(sentence.contains(String.valueOf(file.getParent())), "no file in: " + sentence);
    require(sentence.length() < MAX_SENTENCE + file.toString().length(), "too long: " + sentence);
    require(sentence.chars().noneMatch(Character::isISOControl), "control characters in: " + sentence);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
