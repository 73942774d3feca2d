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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  private static MemorySegment args(Arena arena, MemorySegment... buffers) {
    MemorySegment args = arena.allocate(JAVA_LONG, buffers.length);
    for (int i = 0; i < buffers.length; i++) {
      args.setAtIndex(JAVA_LONG, i, buffers[i].address());
    }
    return args;
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
      workers.run(code.address("add"), args(arena, a, b, c), items, 1, 0);
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
      for (int run = 0; run < runs; run++) {
        workers.run(code.address("count"), args(arena, counts, seen), items, grain, 100);
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
      MemorySegment args = args(arena, counts, arena.allocate(JAVA_LONG, items));
      List<Future<?>> futures = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        futures.add(
            pool.submit(
                () -> {
                  for (int run = 0; run < runs; run++) {
                    workers.run(code.address("count"), args, items, 1, 8);
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

  @Test
  void runsOnTheCallerAloneAfterClose() {
    Workers workers = new Workers(3);
    workers.close();
    try (ObjectCode code = compile(COUNT, "count");
        Arena arena = Arena.ofShared()) {
      MemorySegment counts = arena.allocate(JAVA_LONG, 10);
      workers.run(
          code.address("count"), args(arena, counts, arena.allocate(JAVA_LONG, 10)), 10, 1, 8);
      assertThat(counts.getAtIndex(JAVA_LONG, 9)).isEqualTo(1);
    }
  }
}
