package org.teenygrad.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Makes a batch of examples.
record BatchReader(Dataset dataset, @Nullable Augmentation augmentation, long seed, @Nullable Device device) {
  /// The random words that each draw of an example has for itself.
  private static final int WORDS_A_DRAW_LOG2 = 20;

  /// An example that could not be loaded, and why.
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    Failure(int index, Throwable cause) {
      super("DataLoader: while loading example " + index, cause, false, false);
    }
  }

  Batch read(BatchPlan.Draw draw) throws Failure {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < draw.indices().length; i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("DataLoader: it is closed");
      }
      try {
        examples.add(example(draw.indices()[i], draw.begin() + i));
      } catch (RuntimeException | Error e) {
        throw new Failure(draw.indices()[i], e);
      }
    }
    Example first = examples.getFirst();
    List<Tensor> fields = new ArrayList<>();
    for (int field = 0; field < first.fields().size(); field++) {
      List<NdArray> rows = new ArrayList<>();
      for (int i = 0; i < examples.size(); i++) {
        requireAlike(draw, i, first, examples.get(i));
        rows.add(examples.get(i).fields().get(field));
      }
      fields.add(stacked(rows));
    }
    return new Batch(fields);
  }

  private Example example(int index, long drawn) {
    Example example = dataset.get(index);
    if (augmentation == null) {
      return example;
    }
    // A key of its own, so that these are not the words that shuffle.
    long key = CounterRandom.threefry(-1, seed);
    CounterRandom random = CounterRandom.of(new CounterRandom.State(key, drawn << WORDS_A_DRAW_LOG2));
    return example.withInputs(augmentation.apply(example.inputs(), random));
  }

  private static void requireAlike(BatchPlan.Draw draw, int i, Example first, Example other) {
    boolean alike = first.fields().size() == other.fields().size();
    for (int field = 0; alike && field < first.fields().size(); field++) {
      NdArray one = first.fields().get(field);
      NdArray two = other.fields().get(field);
      alike = one.dtype() == two.dtype() && one.shape().equals(two.shape());
    }
    if (!alike) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "DataLoader: example %d is %s, example %d is %s: a batch needs equal shapes and types; pad, crop or resize in a transform", draw.indices()[0], first.fields(), draw.indices()[i], other.fields()));
    }
  }

  private Tensor stacked(List<NdArray> rows) {
    NdArray first = rows.getFirst();
    int[] sizes = new int[first.shape().rank() + 1];
    sizes[0] = rows.size();
    System.arraycopy(first.shape().toArray(), 0, sizes, 1, sizes.length - 1);
    long bytes = first.data().byteSize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(Math.multiplyExact(bytes, (long) rows.size()), 64);
      for (int i = 0; i < rows.size(); i++) {
        MemorySegment.copy(rows.get(i).data(), 0, all, i * bytes, bytes);
      }
      Shape shape = Shape.of(sizes);
      return device == null ? Tensor.ofMemory(all, first.dtype(), shape) : Tensor.ofMemory(all, first.dtype(), shape, device);
    }
  }
}
