package org.teenygrad.nanochat.packing;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.nanochat.data.Split;
import org.teenygrad.nanochat.packing.RowSource.Row;
import org.teenygrad.nanochat.packing.RowSource.Snapshot;
import org.teenygrad.nanochat.tasks.Task;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;

/// Batches of packed rows, one after the other without an end. Inputs and targets are int32 (batchSize, sequenceLength); a target is the
/// token after its input, or -1 for none.
///
/// A thread packs the next batches and copies them to the device while the last one is used. What comes depends on the data alone, not
/// on the number of threads. [#state] is where the last batch ends; a checkpoint holds it, and batches after [#restore] are bit by bit
/// those that would have come.
///
/// ```java
/// try (var batches = PackedBatches.ofDocuments(List.of(Path.of("corpus")), Split.TRAIN, tokenizer, PackingOptions.of(8, 512))) {
///   Batch batch = batches.next();
///   Tensor state = batches.state();   // for a checkpoint
/// }
/// ```
public final class PackedBatches implements Iterator<Batch>, AutoCloseable {
  private static final int AHEAD = 2;

  private final RowSource rows;
  private final PackingOptions options;
  private final Deque<Future<Made>> pending = new ArrayDeque<>();
  private Snapshot latest;
  private @Nullable Device device;
  private @Nullable ExecutorService packer;
  private boolean closed;

  /// @param after the source behind this batch
  private record Made(Batch batch, Snapshot after) {}

  PackedBatches(RowSource rows, PackingOptions options) {
    this.rows = rows;
    this.options = options;
    latest = rows.snapshot();
  }

  /// Rows full of documents, for base training: the longest buffered document that fits comes next, and the shortest is cut where none
  /// fits.
  /// @param paths files and folders of documents, as [org.teenygrad.nanochat.data.Documents#of]
  public static PackedBatches ofDocuments(List<Path> paths, Split split, NanochatTokenizer tokenizer, PackingOptions options) {
    return new PackedBatches(new DocumentRows(paths, split, tokenizer, options), options);
  }

  /// Rows of whole conversations, for fine-tuning: the longest buffered conversation that fits comes next, and padding where none fits.
  /// Targets are what the assistant says, -1 elsewhere; a row may have no target at all, if a conversation was cut in a long question.
  /// @throws IllegalArgumentException if there are no conversations for this rank
  public static PackedBatches ofConversations(Task task, NanochatTokenizer tokenizer, PackingOptions options) {
    return new PackedBatches(new ConversationRows(task, tokenizer, options), options);
  }

  /// How many batches of [#ofConversations] have as many conversations as the task: an epoch, the last batch filled up with some of the
  /// next. All conversations are packed once to find out.
  /// @throws IllegalArgumentException if there are no conversations for this rank
  public static long batchesOfAnEpoch(Task task, NanochatTokenizer tokenizer, PackingOptions options) {
    long share = Math.ceilDiv(task.size() - options.rank(), options.worldSize());
    long rows = 0;
    try (ConversationRows packed = new ConversationRows(task, tokenizer, options)) {
      for (; packed.snapshot().consumed() < share; rows++) {
        packed.next();
      }
    }
    return Math.ceilDiv(rows, options.batchSize());
  }

  /// Where batches are made; the default device unless said.
  /// @return this
  /// @throws IllegalStateException if batches have been taken already
  public PackedBatches to(Device target) {
    requireUnused("to");
    device = target;
    return this;
  }

  /// Always true.
  @Override
  public boolean hasNext() {
    return true;
  }

  /// The next batch.
  /// @throws IllegalArgumentException if there is no data, or a file is not what it should be
  /// @throws java.io.UncheckedIOException if a file cannot be read
  /// @throws IllegalStateException if this is closed
  @Override
  public Batch next() {
    if (closed) {
      throw new IllegalStateException("the batches are closed");
    }
    ExecutorService thread = packer;
    if (thread == null) {
      thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("packer").daemon().factory());
      packer = thread;
    }
    while (pending.size() <= AHEAD) {
      pending.add(thread.submit(this::make));
    }
    try {
      Made made = Waiting.result(pending.remove());
      latest = made.after;
      return made.batch;
    } catch (RuntimeException e) {
      close(); // the rows that follow would lack what was lost
      throw e;
    }
  }

  /// The first batches, as many as have so many tokens, and at least one; then this is closed. For evaluations.
  public Iterator<Batch> firstTokens(long tokens) {
    long count = Math.max(1, tokens / ((long) options.batchSize() * options.sequenceLength()));
    return new Iterator<>() {
      private long left = count;

      @Override
      public boolean hasNext() {
        return left > 0;
      }

      @Override
      public Batch next() {
        Batch batch = PackedBatches.this.next();
        if (--left == 0) {
          close();
        }
        return batch;
      }
    };
  }

  private Made make() {
    int length = options.sequenceLength();
    int[] inputs = new int[options.batchSize() * length];
    int[] targets = new int[inputs.length];
    for (int i = 0; i < options.batchSize(); i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the batches are closed");
      }
      Row row = rows.next();
      System.arraycopy(row.inputs(), 0, inputs, i * length, length);
      System.arraycopy(row.targets(), 0, targets, i * length, length);
    }
    return new Made(new Batch(List.of(tensor(inputs), tensor(targets))), rows.snapshot());
  }

  private Tensor tensor(int[] values) {
    Shape shape = Shape.of(options.batchSize(), options.sequenceLength());
    return device == null ? Tensor.of(values, shape.toArray()) : Tensor.of(values, shape, device);
  }

  /// Times that the data has been begun to be read, from 1 on.
  public int epoch() {
    return latest.epoch();
  }

  /// Documents or conversations in all batches so far.
  public long consumed() {
    return latest.consumed();
  }

  /// Where the last batch that was handed out ends: an int32 vector, the position in the files and the buffer. Batches that were packed
  /// ahead do not count.
  public Tensor state() {
    return Tensor.of(latest.words().get());
  }

  /// Goes on where others stood that were made of the same data, with rows of the same length and for the same rank.
  /// @throws IllegalArgumentException if the state is not that of batches like these
  /// @throws IllegalStateException if batches have been taken already
  public void restore(Tensor state) {
    requireUnused("restore");
    rows.restore(state.toIntArray());
    latest = rows.snapshot();
  }

  private void requireUnused(String what) {
    if (packer != null) {
      throw new IllegalStateException(what + " must come before the first batch");
    }
  }

  /// Ends the threads and closes the files.
  @Override
  public void close() {
    closed = true;
    if (packer != null) {
      packer.shutdownNow();
      packer.close();
    }
    rows.close();
  }
}
