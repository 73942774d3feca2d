package org.teenygrad.data;

import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;

/// Batches of a [Dataset]: PyTorch's `DataLoader`.
///
/// ```java
/// var loader = DataLoader.of(Dataset.of(x, labels), 2).shuffle(1337).workers(2);
/// for (int epoch = 0; epoch < 3; epoch++) {
///   for (Batch batch : loader) {
///     var loss = model.forward(batch.inputs()).crossEntropy(batch.targets());
///   }
/// }
/// loader.close();
/// ```
/// Without further wishes the examples come in their order, in the thread that asks for them, and the last batch of an epoch may be
/// smaller. A batch has memory of its own, so that all steps have one expression and only the first is compiled; a smaller last batch
/// is compiled once, too.
///
/// Each loop over the loader is one epoch, the next one. What comes when is a function of the seed and of how many examples were
/// drawn: [#state] is all that a checkpoint needs to hold, whatever the number of workers, and a loop after [#restore] begins with the
/// batch that would have come next.
public final class DataLoader implements BatchSource, Iterable<Batch>, AutoCloseable {
  private static final int BATCHES_A_WORKER = 2;

  /// Idle threads end, so that nothing is left of a loader that nobody closes.
  private static final long IDLE_SECONDS = 5;

  private final Dataset dataset;
  private final int batchSize;
  private Sampler sampler;
  private boolean dropLast;
  private @Nullable Augmentation augmentation;
  private int workers;
  private int prefetch;
  private @Nullable Device device;

  /// Examples handed out, over all epochs; those that [#dropLast] leaves out included.
  private long drawn;

  private boolean midway;
  private @Nullable ExecutorService threads;
  private @Nullable BatchIterator latest;
  private boolean closed;

  private DataLoader(Dataset dataset, int batchSize) {
    this.dataset = dataset;
    this.batchSize = batchSize;
    sampler = new Sampler.Sequential(dataset.size());
  }

  /// @throws IllegalArgumentException if a batch has fewer than one example
  public static DataLoader of(Dataset dataset, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("DataLoader: a batch of " + batchSize + " examples; it must have at least one");
    }
    return new DataLoader(dataset, batchSize);
  }

  /// Each example once in an epoch, in an order that the seed and the epoch decide: PyTorch's `shuffle=True`.
  /// @return this
  /// @throws IllegalStateException if batches have been taken already
  public DataLoader shuffle(long seed) {
    requireUnused("shuffle");
    sampler = new Sampler.Shuffled(dataset.size(), seed);
    return this;
  }

  /// Any example at any time, by the seed: PyTorch's `RandomSampler(replacement=True)`. There are no epochs then: a loop over this
  /// loader has no end, and all batches are full.
  /// @return this
  /// @throws IllegalStateException if batches have been taken already
  public DataLoader withReplacement(long seed) {
    requireUnused("withReplacement");
    sampler = new Sampler.WithReplacement(dataset.size(), seed);
    return this;
  }

  /// Leaves out the last batch of an epoch if it is not full: PyTorch's `drop_last=True`.
  /// @return this
  /// @throws IllegalStateException if batches have been taken already
  public DataLoader dropLast() {
    requireUnused("dropLast");
    dropLast = true;
    return this;
  }

  /// Changes the inputs of each example at random, anew whenever it is drawn.
  /// ```java
  /// var crop = ImageTransforms.randomCrop(8, 8, 1).then(ImageTransforms.randomHorizontalFlip(0.5));
  /// DataLoader.of(Dataset.of(images, Tensor.of(0L, 1L)), 2).shuffle(1337).augment(crop);
  /// ```
  /// @return this
  /// @throws IllegalStateException if batches have been taken already
  public DataLoader augment(Augmentation change) {
    requireUnused("augment");
    augmentation = change;
    return this;
  }

  /// Has that many threads make batches ahead and copy them to the device, in the order in which they would come without: PyTorch's
  /// `num_workers`. 0, the default, makes a batch when it is asked for.
  /// @return this
  /// @throws IllegalArgumentException if `count` is negative
  /// @throws IllegalStateException if batches have been taken already
  public DataLoader workers(int count) {
    requireUnused("workers");
    if (count < 0) {
      throw new IllegalArgumentException("DataLoader: " + count + " workers; it must be 0 or more");
    }
    workers = count;
    prefetch = BATCHES_A_WORKER * count;
    return this;
  }

  /// How many batches there may be that nobody has asked for yet, two a worker by default. They take memory on the device.
  /// @return this
  /// @throws IllegalArgumentException if that is none
  /// @throws IllegalStateException if there is no worker to make them, or batches have been taken already
  public DataLoader prefetch(int batches) {
    requireUnused("prefetch");
    if (batches < 1) {
      throw new IllegalArgumentException("DataLoader: prefetch " + batches + " batches; it must be at least one");
    }
    if (workers == 0) {
      throw new IllegalStateException("DataLoader: nobody prefetches without workers; call workers(n) first");
    }
    prefetch = batches;
    return this;
  }

  /// Where batches are made; the default device unless said.
  /// @return this
  /// @throws IllegalStateException if batches have been taken already
  public DataLoader to(Device target) {
    requireUnused("to");
    device = target;
    return this;
  }

  private void requireUnused(String setting) {
    if (latest != null) {
      throw new IllegalStateException("DataLoader: " + setting + " must come before the first batch");
    }
  }

  public Dataset dataset() {
    return dataset;
  }

  /// The batches of an epoch: PyTorch's `len(loader)`. [Long#MAX_VALUE] for a loader [#withReplacement].
  @Override
  public long batches() {
    long examples = sampler.epoch();
    return examples == Long.MAX_VALUE ? examples : dropLast ? examples / batchSize : Math.ceilDiv(examples, (long) batchSize);
  }

  /// The next epoch. After [#restore] the rest of the epoch that the state is in.
  /// @throws IllegalStateException if the loader is closed
  @Override
  public Iterator<Batch> iterator() {
    long epoch = sampler.epoch();
    if (!midway && epoch != Long.MAX_VALUE && epoch > 0) {
      drawn = Math.ceilDiv(drawn, epoch) * epoch; // a loop that was left begins anew
    }
    return begin(epoch == Long.MAX_VALUE || epoch == 0 ? epoch : (drawn / epoch + 1) * epoch);
  }

  /// Epoch after epoch without an end, from where this loader stands.
  /// @throws IllegalArgumentException if an epoch has no batch
  /// @throws IllegalStateException if the loader is closed
  @Override
  public Iterator<Batch> endless() {
    if (batches() == 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "DataLoader: %d examples make no batch of %d%s", dataset.size(), batchSize,
              dropLast ? " that is full" : ""));
    }
    return begin(Long.MAX_VALUE);
  }

  private BatchIterator begin(long end) {
    if (closed) {
      throw new IllegalStateException("DataLoader: it is closed");
    }
    midway = false;
    if (workers > 0 && threads == null) {
      threads = threads(workers);
    }
    var reader = new BatchReader(dataset, augmentation, sampler.seed(), device);
    latest = new BatchIterator(this, new BatchPlan(sampler, batchSize, dropLast, drawn, end), reader, threads, prefetch);
    return latest;
  }

  private static ExecutorService threads(int count) {
    var factory = Thread.ofPlatform().name("data-loader-", 0).daemon().factory();
    var pool = new ThreadPoolExecutor(count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// An iterator has handed out a batch.
  void handedOut(BatchIterator by, long drawnAfter) {
    if (by == latest) {
      drawn = drawnAfter;
    }
  }

  /// Where the loop begun last stands: the batches that it has handed out count, those that workers have made ahead do not.
  @Override
  public CounterRandom.State state() {
    return new CounterRandom.State(sampler.seed(), drawn);
  }

  /// Goes on where a loader of the same data set stood, of whatever batch size.
  /// ```java
  /// var loader = DataLoader.of(Dataset.of(x, labels), 2).shuffle(1337);
  /// loader.iterator().next();
  /// var state = loader.state();   // for a checkpoint
  /// var resumed = DataLoader.of(Dataset.of(x, labels), 2).shuffle(1337);
  /// resumed.restore(state);
  /// for (Batch batch : resumed) { }   // the second batch, and all is as if there had been no break
  /// ```
  /// @throws IllegalArgumentException if the state is no state of a loader that draws as this one
  @Override
  public void restore(CounterRandom.State state) {
    if (state.counter() < 0) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "DataLoader: %d examples cannot have been drawn", state.counter()));
    }
    sampler = switch (sampler) {
      case Sampler.Sequential sequential when state.seed() != 0 ->
          throw new IllegalArgumentException("DataLoader: the state is that of a loader that shuffles, this one does not");
      case Sampler.Sequential sequential -> sequential;
      case Sampler.Shuffled shuffled -> new Sampler.Shuffled(dataset.size(), state.seed());
      case Sampler.WithReplacement random -> new Sampler.WithReplacement(dataset.size(), state.seed());
    };
    drawn = state.counter();
    midway = true;
  }

  /// Ends the workers; no batch comes from here on. Returns when no thread reads the data set any more.
  @Override
  public void close() {
    closed = true;
    ExecutorService running = threads;
    if (running != null) {
      for (Runnable queued : running.shutdownNow()) {
        ((Future<?>) queued).cancel(true); // whoever waits for it is told
      }
      running.close();
    }
  }

  boolean isClosed() {
    return closed;
  }
}
