package org.teenygrad.engine.codegen;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.teenygrad.engine.runtime.Target;

/// How a matrix product is cut up: registers hold a tile of `rows` x (`vectors` * `lanes`) sums; a work item computes
/// `tilesPerItem` of those down and `panelsPerItem` across, with the right operand's part in scratch memory.
///
/// The scheme is that of Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", 2008). Sums stay in registers over the
/// whole inner dimension, or over a block of a long one ([DepthBlocks]).
///
/// @param rows sums down, one broadcast of the left operand each
/// @param vectors sums across, one vector of the right operand each
record Tile(int rows, int vectors, int lanes, long tilesPerItem, long panelsPerItem) {
  /// Enough to even out cores that are not equally fast, and few enough that copies are used often.
  private static final long ITEMS_PER_CORE = 2;

  /// Tiles down and panels across that a work item should have at least.
  private static final long FEWEST_TILES = 8;

  private static final long FEWEST_PANELS = 2;

  /// Sums of an item that wait in memory, at most: they are read and written once for each block of some hundred steps.
  private static final long MOST_WAITING_BYTES = 4 << 20;

  /// Vectors across where rows are so few that registers have room for them.
  private static final int WIDE = 4;

  /// Vectors across in order of preference: two leave room for twelve rows, so each vector of the right operand that comes from
  /// the second-level cache is used twelve times.
  private static final int[] VECTORS = {2, 3, 4, 5};

  /// Panels may have a vector too many for as many that are wanted: 25 are 13 times two rather than five times five, which would ask the
  /// second-level cache for more than it gives.
  private static final long MOST_IDLE = 16;

  /// @param m rows of the result, n columns, k the inner dimension
  /// @param isRead whether the right operand is read where it lies, a row at a time: of few rows of sums, longer ones of it then
  /// @param waits whether sums wait in memory
  /// @param others how many such products there are
  static Tile choose(long m, long n, long k, boolean isRead, boolean waits, long others, int elementBytes, Target.Cpu target) {
    int lanes = target.vectorBytes() / elementBytes;
    long across = Math.ceilDiv(n, lanes);
    int sums = target.vectorRegisters() >= 32 ? 24 : 12;
    int vectors = across == 1 ? 1 : isRead && m * WIDE <= sums && across % WIDE == 0 ? WIDE : vectors(across, sums, lanes);
    long most = Math.clamp(sums / vectors, 1, 16);
    long tiles = Math.ceilDiv(m, most);
    int rows = Math.toIntExact(Math.ceilDiv(m, tiles));
    Tile cut = cut(rows, vectors, lanes, m, n, k * elementBytes, others, target);
    return waits ? cut.waiting(elementBytes) : cut;
  }

  /// The same with as few tiles down as have room to wait.
  private Tile waiting(int sumBytes) {
    long fitting = Math.max(1, MOST_WAITING_BYTES / sumBytes / (rows * width() * panelsPerItem));
    return new Tile(rows, vectors, lanes, Math.min(tilesPerItem, fitting), panelsPerItem);
  }

  /// Vectors across that leave next to nothing idle, of those with rows for which there are lanes: such a copy of the left operand is one
  /// vector for each step.
  private static int vectors(long across, int sums, int lanes) {
    int[] copied = Arrays.stream(VECTORS).filter(vectors -> sums / vectors <= lanes).toArray();
    int[] candidates = copied.length == 0 ? VECTORS : copied;
    return Arrays.stream(candidates).filter(vectors -> Math.ceilDiv(across, (long) vectors) * vectors - across <= across / MOST_IDLE).findFirst().orElse(candidates[0]);
  }

  /// Tiles of products of pairs of bfloat16, which are added up in as many lanes as a vector has float32.
  /// @param k steps that are copied at a time
  static Tile ofPairs(long m, long n, long k, boolean waits, long others, Target.Cpu target) {
    int lanes = target.vectorBytes() / Float.BYTES;
    int most = target.pairs().rows();
    int rows = Math.toIntExact(Math.ceilDiv(m, Math.ceilDiv(m, most)));
    Tile cut = cut(rows > lanes ? rows + rows % 2 : rows, n <= lanes ? 1 : 2, lanes, m, n, k * Short.BYTES, others, target);
    return waits ? cut.waiting(Float.BYTES) : cut;
  }

  /// @param columnBytes of the right operand's column
  private static Tile cut(int rows, int vectors, int lanes, long m, long n, long columnBytes, long others, Target.Cpu target) {
    long tiles = Math.ceilDiv(m, rows);
    long panels = Math.ceilDiv(n, (long) vectors * lanes);
    long fitting = Math.max(1, target.l2Bytes() / 2 / (columnBytes * vectors * lanes));
    long wanted = ITEMS_PER_CORE * target.cores();
    long acrossItems = Math.ceilDiv(panels, fitting);
    long downItems = 1;
    // The longer side is cut first: each piece of one side copies what it needs of the other.
    for (boolean down : m > n ? new boolean[] {true, false} : new boolean[] {false, true}) {
      while (down && others * acrossItems * downItems < wanted && tiles / downItems >= 2 * FEWEST_TILES) {
        downItems *= 2;
      }
      while (!down && others * acrossItems * downItems < wanted && panels / acrossItems >= 2 * FEWEST_PANELS) {
        acrossItems *= 2;
      }
    }
    if (panels > 1) {
      acrossItems = even(panels, acrossItems, others * downItems, target.cores());
    }
    // A panel that is used by one tile is multiplied while it is in the first-level cache.
    return new Tile(rows, vectors, lanes, Math.ceilDiv(tiles, downItems), tiles == 1 ? 1 : Math.ceilDiv(panels, acrossItems));
  }

  /// Pieces of a side, or more where the core that has most to do then has an eighth less: of five one of two cores would have three.
  /// @param length of the side, and others how many pieces there are of each
  private static long even(long length, long pieces, long others, int cores) {
    LongUnaryOperator most = count -> Math.ceilDiv(count * others, (long) cores) * Math.ceilDiv(length, count);
    long best = LongStream.rangeClosed(pieces, Math.clamp(length / FEWEST_PANELS, pieces, 2 * pieces)).boxed()
        .min(Comparator.comparingLong(most::applyAsLong)).orElse(pieces);
    return most.applyAsLong(best) <= most.applyAsLong(pieces) * 7 / 8 ? best : pieces;
  }

  /// How many an item has.
  long sums() {
    return rows * tilesPerItem * width() * panelsPerItem;
  }

  int width() {
    return vectors * lanes;
  }
}
