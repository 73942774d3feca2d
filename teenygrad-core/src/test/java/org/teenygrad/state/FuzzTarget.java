package org.teenygrad.state;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// What Jazzer calls with each file that it makes up, in a process of its own; see [FuzzTest].
///
/// A file must load, or be refused by one sentence, in little time and memory. Off-heap memory is bounded by the
/// process's options.
public final class FuzzTarget {
  /// Time of the processor, which does not depend on what else the machine does.
  private static final long MAX_NANOS = 1_000_000_000L;
  private static final long MAX_HEAP_BYTES = 64 << 20;
  private static final int MAX_SENTENCE = 1_000;

  private static final Path FILE = Path.of(System.getProperty("fuzz.file"));
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private FuzzTarget() {}

  /// Loads what is loaded once, so that no file has to pay for it.
  public static void fuzzerInitialize() {
    Tensor.of(1f).add(1).item();
  }

  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    if (!isCheap()) { // Classes may have been loaded, and instrumented. They are now.
      require(isCheap(), "it took too long, or too much memory");
    }
  }

  private static boolean isCheap() {
    long nanos = THREADS.getCurrentThreadCpuTime();
    long heapBytes = THREADS.getCurrentThreadAllocatedBytes();
    open();
    return THREADS.getCurrentThreadAllocatedBytes() - heapBytes < MAX_HEAP_BYTES
        && THREADS.getCurrentThreadCpuTime() - nanos < MAX_NANOS;
  }

  private static void open() {
    try (TensorFile opened = TensorFile.open(FILE)) {
      opened.shapes().forEach((name, shape) -> load(opened, name, shape));
    } catch (FileException e) {
      requireSentence(e);
    }
  }

  private static void load(TensorFile opened, String name, Shape shape) {
    try {
      require(opened.tensor(name).shape().equals(shape), "the tensor has another shape");
    } catch (FileException e) {
      requireSentence(e);
    }
  }

  private static void requireSentence(FileException e) {
    String sentence = String.valueOf(e.getMessage());
    require(sentence.contains(String.valueOf(FILE.getParent())), "no file in: " + sentence);
    require(sentence.length() < MAX_SENTENCE + FILE.toString().length(), "too long: " + sentence);
    require(sentence.chars().noneMatch(Character::isISOControl), "control characters in: " + sentence);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
