package org.teenygrad.engine.runtime.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// Launches in their order, as a [LaunchLoop] reads them, and their arguments. Launches of one phase do not depend on each other; a
/// phase begins when the one before is done.
final class LaunchList {
  /// How many pieces a thread's part of a launch has about: they even out threads that are slow or come late.
  private static final int PIECES_OF_SLICE = 4;

  private static final int WORDS = 8;
  private static final int FUNCTION = 0;
  private static final int ARGUMENTS = 1;
  private static final int ITEMS = 2;
  private static final int PIECE = 3;
  private static final int SLICES = 4;
  private static final int PHASE = 5;
  private static final int AWAITED = 6;
  private static final int NEEDED = 7;

  private final int count;
  private final long scratchBytes;
  private final boolean isShared;
  private final MemorySegment table;
  private final MemorySegment arguments;

  /// A kernel's run.
  ///
  /// @param function the address of a `void kernel(ptr args, i64 begin, i64 end, ptr scratch)`
  /// @param arguments how many pointers `args` are
  /// @param items how many independent items there are
  /// @param grain the fewest items that are worth a call; `items` or more runs everything on the caller's thread
  /// @param scratchBytes how much memory of its own each call gets, aligned to 64 bytes or more
  record Launch(MemorySegment function, int arguments, long items, long grain, long scratchBytes) {
    private int slices(int threads) {
      return (int) Math.min(threads, Math.ceilDiv(Math.max(1, items), Math.max(1, grain)));
    }

    private long piece(int threads) {
      return Math.max(Math.max(1, grain), Math.ceilDiv(items, (long) slices(threads) * PIECES_OF_SLICE));
    }

    private long pieces(int threads) {
      long slices = slices(threads);
      long longer = items % slices;
      return longer * Math.ceilDiv(items / slices + 1, piece(threads)) + (slices - longer) * Math.ceilDiv(items / slices, piece(threads));
    }
  }

  /// The order in which launches of a phase have to stand: a thread that has no part in one has none in those that follow, so that
  /// it takes no slice of these before the others are done with the same slice of that.
  static <T> Comparator<T> order(int threads, Function<T, Launch> launch) {
    return Comparator.comparingInt(one -> -launch.apply(one).slices(threads));
  }

  /// @param phases each of launches that do not depend on each other, in [#order]
  /// @param threads for how many the items are laid out
  LaunchList(List<List<Launch>> phases, int threads) {
    List<Launch> launches = phases.stream().flatMap(List::stream).toList();
    count = launches.size();
    scratchBytes = launches.stream().mapToLong(Launch::scratchBytes).max().orElse(0);
    isShared = launches.stream().anyMatch(launch -> launch.slices(threads) > 1);
    Arena arena = Arena.ofAuto();
    table = arena.allocate(JAVA_LONG, (count + 1L) * WORDS);
    arguments = arena.allocate(JAVA_LONG, Math.max(1, launches.stream().mapToInt(Launch::arguments).sum()));
    int number = 0;
    long argument = 0;
    long before = 0;
    long needed = 0;
    for (List<Launch> phase : phases) {
      long first = number;
      long pieces = 0;
      for (Launch launch : phase) {
        set(number, FUNCTION, launch.function().address());
        set(number, ARGUMENTS, arguments.address() + argument * JAVA_LONG.byteSize());
        set(number, ITEMS, launch.items());
        set(number, PIECE, launch.piece(threads));
        set(number, SLICES, launch.slices(threads));
        set(number, PHASE, first);
        set(number, AWAITED, before);
        set(number, NEEDED, needed);
        argument += launch.arguments();
        pieces += launch.pieces(threads);
        number++;
      }
      if (pieces >= 1L << LaunchLoop.COUNT_BITS) {
        throw new IllegalArgumentException("a phase of " + pieces + " pieces");
      }
      before = pieces == 0 ? before : first; // of no items nothing is awaited
      needed = pieces == 0 ? needed : pieces;
    }
    set(count, AWAITED, before);
    set(count, NEEDED, needed);
  }

  private void set(int launch, int word, long value) {
    table.setAtIndex(JAVA_LONG, (long) launch * WORDS + word, value);
  }

  int count() {
    return count;
  }

  MemorySegment table() {
    return table;
  }

  /// The most that any launch asks for.
  long scratchBytes() {
    return scratchBytes;
  }

  /// Whether any launch has parts for several threads.
  boolean isShared() {
    return isShared;
  }

  /// Sets the addresses that kernels get, those of all launches in order. No launch may be running.
  void fill(long... addresses) {
    MemorySegment.copy(addresses, 0, arguments, JAVA_LONG, 0, addresses.length);
  }
}
