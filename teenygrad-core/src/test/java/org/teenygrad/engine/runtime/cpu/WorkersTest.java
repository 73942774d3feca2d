package org.teenygrad.engine.runtime.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.engine.runtime.llvm.Kernels;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;
import org.teenygrad.engine.runtime.llvm.ObjectCode;

class WorkersTest {
  private static final int FLOATS_PER_ITEM = 16;

  /// Item `i` does `args[0][i]++`, and writes what it was given as scratch to `args[1][i]` after
  /// using it.
  private static final String COUNT =
      """
      define void @count(ptr %args, i64 %begin, i64 %end, ptr %scratch) {
      entry:
        %counts = load ptr, ptr %args
        %slot = getelementptr ptr, ptr %args, i64 1
        %seen = load ptr, ptr %slot
        br label %loop
      loop:
        %i = phi i64 [ %begin, %entry ], [ %next, %loop ]
        store volatile i64 %i, ptr %scratch
        %count = getelementptr i64, ptr %counts, i64 %i
        %old = load i64, ptr %count
        %new = add i64 %old, 1
        store i64 %new, ptr %count
        %echo = load volatile i64, ptr %scratch
        %same = icmp eq i64 %echo, %i
        %where = ptrtoint ptr %scratch to i64
        %value = select i1 %same, i64 %where, i64 1
        %seenAt = getelementptr i64, ptr %seen, i64 %i
        store i64 %value, ptr %seenAt
        %next = add i64 %i, 1
        %more = icmp ult i64 %next, %end
        br i1 %more, label %loop, label %done
      done:
        ret void
      }
      """;

  private static ObjectCode compile(String ir, String name) {
    return ObjectCode.link(new LlvmCompiler(LlvmTarget.host()).object(ir), name);
  }

  private static LaunchList.Launch launch(ObjectCode code, String name, int buffers, long items, long grain, long scratchBytes) {
    return new LaunchList.Launch(code.address(name), buffers, items, grain, scratchBytes);
  }

  private static LaunchList alone(Workers workers, LaunchList.Launch launch) {
    return new LaunchList(List.of(List.of(launch)), workers.threads());
  }

  private static long[] addresses(MemorySegment... buffers) {
    return Stream.of(buffers).mapToLong(MemorySegment::address).toArray();
  }

  @ParameterizedTest
  @CsvSource({"1, 1000", "2, 1000", "5, 1000", "5, 3", "2, 1", "3, 0"})
  void addsVectors(int threads, int items) {
    try (Workers workers = new Workers(threads);
        ObjectCode code = compile(Kernels.addVectors("add"), "add");
        Arena arena = Arena.ofShared()) {
      int n = items * FLOATS_PER_ITEM;
      MemorySegment a = arena.allocate(4L * n, 64);
      MemorySegment b = arena.allocate(4L * n, 64);
      MemorySegment c = arena.allocate(4L * n, 64);
      for (int i = 0; i < n; i++) {
        a.setAtIndex(JAVA_FLOAT, i, i);
        b.setAtIndex(JAVA_FLOAT, i, 0.5f);
      }
      workers.run(alone(workers, launch(code, "add", 3, items, 1, 0)), addresses(a, b, c));
      for (int i = 0; i < n; i++) {
        assertThat(c.getAtIndex(JAVA_FLOAT, i)).isEqualTo(i + 0.5f);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "2, 7", "5, 1", "5, 1000"})
  void everyItemRunsOnceInEachOfManyRuns(int threads, int grain) {
    int items = 777;
    int runs = 3000;
    try (Workers workers = new Workers(threads);
        ObjectCode code = compile(COUNT, "count");
        Arena arena = Arena.ofShared()) {
      MemorySegment counts = arena.allocate(JAVA_LONG, items);
      MemorySegment seen = arena.allocate(JAVA_LONG, items);
      LaunchList list = alone(workers, launch(code, "count", 2, items, grain, 100));
      for (int run = 0; run < runs; run++) {
        workers.run(list, addresses(counts, seen));
      }
      for (int i = 0; i < items; i++) {
        assertThat(counts.getAtIndex(JAVA_LONG, i)).isEqualTo(runs);
        assertThat(seen.getAtIndex(JAVA_LONG, i) % 64)
            .as("scratch is a thread's own, and aligned")
            .isZero();
      }
    }
  }

  @Test
  void callersOnSeveralThreadsTakeTurns() throws Exception {
    int items = 100;
    int runs = 500;
    int callers = 3;
    try (Workers workers = new Workers(2);
        ObjectCode code = compile(COUNT, "count");
        Arena arena = Arena.ofShared();
        var pool = Executors.newFixedThreadPool(callers)) {
      MemorySegment counts = arena.allocate(JAVA_LONG, items);
      long[] addresses = addresses(counts, arena.allocate(JAVA_LONG, items));
      LaunchList list = alone(workers, launch(code, "count", 2, items, 1, 8));
      List<Future<?>> futures = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        futures.add(
            pool.submit(
                () -> {
                  for (int run = 0; run < runs; run++) {
                    workers.run(list, addresses);
                  }
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
      for (int i = 0; i < items; i++) {
        assertThat(counts.getAtIndex(JAVA_LONG, i)).isEqualTo((long) callers * runs);
      }
    }
  }

  /// Item `i` of 999 does `args[1][i] = args[0][998 - i] + 1`.
  private static final String MIRROR =
      """
      define void @mirror(ptr %args, i64 %begin, i64 %end, ptr %scratch) {
      entry:
        %from = load ptr, ptr %args
        %slot = getelementptr ptr, ptr %args, i64 1
        %to = load ptr, ptr %slot
        br label %loop
      loop:
        %i = phi i64 [ %begin, %entry ], [ %next, %loop ]
        %other = sub i64 998, %i
        %read = getelementptr i64, ptr %from, i64 %other
        %value = load i64, ptr %read
        %more = add i64 %value, 1
        %written = getelementptr i64, ptr %to, i64 %i
        store i64 %more, ptr %written
        %next = add i64 %i, 1
        %goes = icmp ult i64 %next, %end
        br i1 %goes, label %loop, label %done
      done:
        ret void
      }
      """;

  /// Each phase reads what other threads wrote in the phase before, of launches with parts for all threads and for one.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void aPhaseBeginsWhenTheOneBeforeIsDone(int threads) {
    int items = 999;
    int phases = 40;
    int runs = 200;
    try (Workers workers = new Workers(threads);
        ObjectCode code = compile(MIRROR, "mirror");
        Arena arena = Arena.ofShared()) {
      List<List<LaunchList.Launch>> launches = new ArrayList<>();
      List<MemorySegment> buffers = new ArrayList<>();
      List<List<MemorySegment>> pairs = IntStream.range(0, 3).mapToObj(_ -> List.of(arena.allocate(JAVA_LONG, items), arena.allocate(JAVA_LONG, items))).toList();
      for (int phase = 0; phase < phases; phase++) {
        List<LaunchList.Launch> each = new ArrayList<>();
        for (int pair = 0; pair < pairs.size(); pair++) {
          each.add(launch(code, "mirror", 2, items, pair == 2 || phase % 7 == 6 ? items : 1 + phase, 0));
          buffers.add(pairs.get(pair).get(phase % 2));
          buffers.add(pairs.get(pair).get(1 - phase % 2));
        }
        launches.add(each);
      }
      LaunchList list = new LaunchList(launches, threads);
      for (int run = 0; run < runs; run++) {
        workers.run(list, addresses(buffers.toArray(MemorySegment[]::new)));
      }
      for (List<MemorySegment> pair : pairs) {
        for (int i = 0; i < items; i++) {
          assertThat(pair.getFirst().getAtIndex(JAVA_LONG, i)).isEqualTo((long) phases * runs);
        }
      }
    }
  }

  @Test
  void runsOnTheCallerAloneAfterClose() {
    Workers workers = new Workers(3);
    workers.close();
    try (ObjectCode code = compile(COUNT, "count");
        Arena arena = Arena.ofShared()) {
      MemorySegment counts = arena.allocate(JAVA_LONG, 10);
      workers.run(alone(workers, launch(code, "count", 2, 10, 1, 8)), addresses(counts, arena.allocate(JAVA_LONG, 10)));
      assertThat(counts.getAtIndex(JAVA_LONG, 9)).isEqualTo(1);
    }
  }
}
