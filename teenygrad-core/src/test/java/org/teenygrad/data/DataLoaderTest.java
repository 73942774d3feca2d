package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Sequential;
import org.teenygrad.optim.AdamW;

class DataLoaderTest {
  private static final Device DEVICE = Device.of("interpreter");

  /// The numbers from 0, each as its own example.
  private static Dataset numbers(int count) {
    return Dataset.of(IntStream.range(0, count).boxed().toList(), i -> Example.of(NdArray.of((float) i), NdArray.of((long) i)));
  }

  private static DataLoader loader(int count, int batchSize) {
    return DataLoader.of(numbers(count), batchSize).to(DEVICE);
  }

  private static List<Integer> values(Batch batch) {
    return Arrays.stream(batch.targets().toIntArray()).boxed().toList();
  }

  private static List<List<Integer>> epoch(Iterable<Batch> loader) {
    List<List<Integer>> batches = new ArrayList<>();
    loader.forEach(batch -> batches.add(values(batch)));
    return batches;
  }

  @Test
  void examplesComeInTheirOrderAndTheLastBatchMayBeSmaller() {
    assertThat(epoch(loader(7, 3))).containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6));
    assertThat(epoch(loader(7, 3).dropLast())).containsExactly(List.of(0, 1, 2), List.of(3, 4, 5));
    assertThat(loader(7, 3).batches()).isEqualTo(3);
    assertThat(loader(7, 3).dropLast().batches()).isEqualTo(2);
    assertThat(epoch(loader(0, 3))).isEmpty();
    assertThat(epoch(loader(2, 3).dropLast())).isEmpty();
  }

  @Test
  void aBatchHasTheExamplesSideBySide() {
    var data = Dataset.of(Tensor.arange(24, DType.INT32).reshape(4, 3, 2), Tensor.of(7L, 8L, 9L, 10L));
    Batch batch = DataLoader.of(data, 3).to(DEVICE).iterator().next();
    assertThat(batch.inputs().shape()).isEqualTo(Shape.of(3, 3, 2));
    assertThat(batch.inputs().dtype()).isEqualTo(DType.INT32);
    assertThat(batch.inputs().toIntArray()).containsExactly(IntStream.range(0, 18).toArray());
    assertThat(batch.targets().toLongArray()).containsExactly(7, 8, 9);
    assertThat(batch.inputs().device()).isEqualTo(DEVICE);
    assertThat(batch.size()).isEqualTo(3);
    assertThat(batch).hasToString("[int32 (3, 3, 2), int64 (3,)]");
  }

  @Test
  void shufflingGivesEachExampleOnceAnEpochInAnotherOrderEachTime() {
    DataLoader loader = loader(100, 8).shuffle(1);
    List<Integer> first = epoch(loader).stream().flatMap(List::stream).toList();
    List<Integer> second = epoch(loader).stream().flatMap(List::stream).toList();
    assertThat(first).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100).boxed().toList()).isNotEqualTo(second);
    assertThat(second).containsExactlyInAnyOrderElementsOf(first);
    assertThat(epoch(loader(100, 8).shuffle(1)).stream().flatMap(List::stream).toList()).isEqualTo(first);
    assertThat(epoch(loader(100, 8).shuffle(2)).stream().flatMap(List::stream).toList()).isNotEqualTo(first);
  }

  @Test
  void everyOrderOfThreeComesAboutEquallyOften() {
    Map<List<Integer>, Long> counts = IntStream.range(0, 6000)
        .mapToObj(seed -> Arrays.stream(Sampler.permutation(3, CounterRandom.of(seed))).boxed().toList())
        .collect(Collectors.groupingBy(order -> order, Collectors.counting()));
    assertThat(counts).hasSize(6);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(880L, 1120L)); // 4 deviations of 29
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void workersChangeNothing(int workers) {
    Augmentation noise = (x, random) -> NdArray.of((float) (x.get(0) + random.nextDouble()));
    DataLoader expected = loader(50, 7).shuffle(3).augment(noise);
    try (DataLoader loader = loader(50, 7).shuffle(3).augment(noise).workers(workers)) {
      for (int epoch = 0; epoch < 2; epoch++) {
        Iterator<Batch> other = expected.iterator();
        for (Batch batch : loader) {
          Batch same = other.next();
          assertThat(values(batch)).isEqualTo(values(same));
          assertThat(batch.inputs().toFloatArray()).isEqualTo(same.inputs().toFloatArray());
        }
        assertThat(other.hasNext()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, false", "0, 5, true", "3, 0, true", "3, 5, false", "3, 8, true", "2, 13, false"})
  void aRestoredLoaderGoesOnBitForBit(int workers, int done, boolean dropLast) {
    List<DataLoader> loaders = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      DataLoader loader = loader(50, 6).shuffle(i).augment((x, random) -> NdArray.of((float) (x.get(0) * random.nextDouble())));
      loaders.add((dropLast ? loader.dropLast() : loader).workers(workers));
    }
    try (DataLoader whole = loaders.getFirst(); DataLoader resumed = loaders.getLast()) {
      Iterator<Batch> batches = whole.endless();
      for (int i = 0; i < done; i++) {
        batches.next();
      }
      CounterRandom.State state = whole.state();
      resumed.restore(state);
      assertThat(resumed.state()).isEqualTo(state);
      Iterator<Batch> rest = resumed.endless();
      for (int i = 0; i < 20; i++) {
        Batch expected = batches.next();
        Batch actual = rest.next();
        assertThat(values(actual)).isEqualTo(values(expected));
        assertThat(actual.inputs().toFloatArray()).isEqualTo(expected.inputs().toFloatArray());
        assertThat(resumed.state()).isEqualTo(whole.state());
      }
    }
  }

  @Test
  void aLoopAfterARestoreIsTheRestOfTheEpochAndTheNextLoopTheNextEpoch() {
    DataLoader whole = loader(10, 3).shuffle(5);
    List<List<Integer>> first = epoch(whole);
    List<List<Integer>> second = epoch(whole);
    DataLoader stopped = loader(10, 3).shuffle(5);
    stopped.iterator().next();
    DataLoader resumed = loader(10, 3).shuffle(5);
    resumed.restore(stopped.state());
    assertThat(epoch(resumed)).isEqualTo(first.subList(1, 4));
    assertThat(epoch(resumed)).isEqualTo(second);
  }

  @Test
  void aLoopThatWasLeftBeginsWithTheNextEpoch() {
    DataLoader whole = loader(10, 3).shuffle(5);
    epoch(whole);
    DataLoader left = loader(10, 3).shuffle(5);
    left.iterator().next();
    assertThat(epoch(left)).isEqualTo(epoch(whole));
    DataLoader evaluated = loader(10, 3);
    evaluated.iterator().next();
    assertThat(values(evaluated.iterator().next())).containsExactly(0, 1, 2);
  }

  @Test
  void theStateDoesNotDependOnTheBatchSize() {
    DataLoader small = loader(12, 2).shuffle(5);
    Iterator<Batch> batches = small.iterator();
    batches.next();
    batches.next();
    DataLoader large = loader(12, 4).shuffle(0);
    large.restore(small.state());
    List<Integer> rest = new ArrayList<>();
    batches.forEachRemaining(batch -> rest.addAll(values(batch)));
    assertThat(epoch(large).stream().flatMap(List::stream).toList()).isEqualTo(rest);
  }

  @Test
  void drawingWithReplacementHasNoEndAndOneWordADraw() {
    DataLoader loader = loader(10, 4).withReplacement(9);
    CounterRandom random = CounterRandom.of(9);
    Iterator<Batch> batches = loader.iterator();
    for (int i = 0; i < 6; i++) {
      assertThat(values(batches.next())).isEqualTo(IntStream.range(0, 4).mapToObj(j -> random.nextInt(10)).toList());
    }
    assertThat(loader.state()).isEqualTo(random.state());
    assertThat(batches.hasNext()).isTrue();
  }

  @Test
  void workersMakeBatchesAheadAndNoMoreThanAsked() {
    Set<Integer> loaded = ConcurrentHashMap.newKeySet();
    CountDownLatch five = new CountDownLatch(5);
    Dataset watched = Dataset.of(IntStream.range(0, 100).boxed().toList(), i -> {
      loaded.add(i);
      five.countDown();
      return Example.of(NdArray.of((float) i), NdArray.of((long) i));
    });
    try (DataLoader loader = DataLoader.of(watched, 1).to(DEVICE).workers(2).prefetch(4)) {
      Iterator<Batch> batches = loader.iterator();
      assertThat(values(batches.next())).containsExactly(0);
      await(five); // the batch that was handed out, and four ahead of it
      assertThat(loader.state().counter()).isEqualTo(1);
    }
    assertThat(loaded).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void whatALoadingThreadThrowsIsThrownByNext(int workers) {
    Dataset broken = Dataset.of(IntStream.range(0, 10).boxed().toList(), i -> {
      if (i == 5) {
        throw new UnsupportedOperationException("no five");
      }
      return Example.of(NdArray.of((float) i), NdArray.of((long) i));
    });
    try (DataLoader loader = DataLoader.of(broken, 2).to(DEVICE).workers(workers)) {
      Iterator<Batch> batches = loader.iterator();
      batches.next();
      batches.next();
      assertThatThrownBy(batches::next)
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("no five")
          .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("DataLoader: while loading example 5"));
      assertThat(loader.state().counter()).isEqualTo(4);
    }
  }

  @Test
  void closingEndsTheThreadsAndWhoeverWaits() {
    CountDownLatch begun = new CountDownLatch(2);
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger after = new AtomicInteger();
    Dataset slow = Dataset.of(List.of(0, 1, 2, 3), i -> {
      seen.add(Thread.currentThread());
      begun.countDown();
      try {
        new CountDownLatch(1).await(); // for ever, unless interrupted
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      after.incrementAndGet();
      return Example.of(NdArray.of(0f), NdArray.of(0));
    });
    DataLoader loader = DataLoader.of(slow, 1).to(DEVICE).workers(2);
    Iterator<Batch> batches = loader.iterator();
    assertThat(batches.hasNext()).isTrue();
    await(begun);
    loader.close();
    assertThat(after).hasValue(2); // nobody reads the data set any more
    assertThat(seen).hasSize(2).allSatisfy(thread -> assertThat(thread.join(java.time.Duration.ofSeconds(30))).isTrue());
    assertThatThrownBy(batches::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    assertThatThrownBy(loader::iterator).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    loader.close();
  }

  @Test
  void examplesOfDifferentShapesAreRefusedByName() {
    Dataset ragged = Dataset.of(List.of(2, 2, 3), n -> Example.of(NdArray.of(new float[n], n)));
    assertThatThrownBy(() -> DataLoader.of(ragged, 3).to(DEVICE).iterator().next())
        .hasMessage("DataLoader: example 0 is [float32 (2,)], example 2 is [float32 (3,)]: a batch needs equal shapes and types; pad, crop or resize in a transform");
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> loader(3, 0)).hasMessageContaining("at least one");
    assertThatThrownBy(() -> loader(3, 1).workers(-1)).hasMessageContaining("-1 workers");
    assertThatThrownBy(() -> loader(3, 1).prefetch(2)).hasMessageContaining("call workers(n) first");
    assertThatThrownBy(() -> loader(3, 4).dropLast().endless()).hasMessage("DataLoader: 3 examples make no batch of 4 that is full");
    assertThatThrownBy(() -> loader(3, 1).restore(new CounterRandom.State(4, 1))).hasMessageContaining("shuffles, this one does not");
    DataLoader used = loader(3, 1);
    used.iterator().next();
    assertThatThrownBy(() -> used.shuffle(1)).hasMessageContaining("before the first batch");
  }

  /// Images of 12 x 12 in ten classes: the bright row tells which.
  private static Dataset rows(int count) {
    return Dataset.of(IntStream.range(0, count).boxed().toList(), i -> {
      byte[] pixels = new byte[144];
      Arrays.fill(pixels, i % 10 * 12, i % 10 * 12 + 12, (byte) 200);
      return Example.of(NdArray.of(pixels, 1, 12, 12), NdArray.of((long) (i % 10)));
    }).mapInputs(ImageTransforms.toFloat());
  }

  @Test
  void anEpochIsPlannedOnceAndItsLastBatchOnce() {
    Layer model = Sequential.of(x -> x.reshape(x.size(0), -1), Linear.of(144, 16), Tensor::relu, Linear.of(16, 10));
    var optimizer = new AdamW(model.namedParameters(), 0.01);
    List<Integer> planned = new ArrayList<>();
    try (DataLoader loader = DataLoader.of(rows(100), 16).shuffle(1).workers(2)) {
      Iterator<Batch> batches = loader.endless();
      for (int step = 0; step < 21; step++) {
        Batch batch = batches.next();
        Profile profile = Profile.of(() -> optimizer.step(model.forward(batch.inputs()).crossEntropy(batch.targets())));
        planned.add(profile.schedules().size());
      }
    }
    assertThat(planned.getFirst()).isEqualTo(1);
    assertThat(planned.get(6)).isEqualTo(1); // the four that are left
    assertThat(planned.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2);
  }
}
