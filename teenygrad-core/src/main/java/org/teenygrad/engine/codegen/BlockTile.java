package org.teenygrad.engine.codegen;

import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.Target.Rung;

/// How a block of threads computes its part of a matrix product: a tile of sums, a slab of `depth` of the inner dimension at a time.
///
/// @param rows sums down, columns sums across
/// @param depth how much of the inner dimension a slab holds
/// @param stages slabs in shared memory at a time: one is multiplied, the others are on their way
/// @param threads that multiply
/// @param rung what multiplies
/// @param fetchedRows rows of the left factor that a slab has: all, or eight, which the matrix unit takes for those behind them as well
record BlockTile(int rows, int columns, int depth, int stages, int threads, Rung rung, int fetchedRows) {
  private static final int MOST_STAGES = 6;

  /// Few columns that a persistent block multiplies by itself: a text's next token, a row for each text. Time is what it takes to
  /// read the rows.
  private static final int MOST_STAGES_OF_FEW = 16;

  /// Rows that are few: one tile has them all, and time is what it takes to read the columns.
  static final int FEW_ROWS = 64;

  /// Slabs of few rows and narrow columns are small: with so many, a block has most of its weights on their way before its rows are there.
  private static final int MOST_STAGES_OF_NARROW = 48;

  /// Lines of the inner dimension that a slab of few rows has at most, one panel behind the other: a step takes its time whatever
  /// is multiplied in it.
  private static final int MOST_PANELS = 4;

  /// Slabs of that many panels that there is room for at least.
  private static final int FEWEST_STAGES = 4;

  /// Columns of a tile of few rows, beside the widths of all tiles.
  private static final int[] NARROW = {8, 16, 24, 32, 40, 48, 56, 64, 128, 192, 256};

  /// Which part of a GPU's multiprocessors read from the second-level cache as fast as it gives, each 64 bytes a clock.
  private static final double READING_PART = 2 / 3.0;

  /// Columns of a tile at least, where there are as many.
  static final int NARROWEST = 64;

  /// Of a warp's sums, beside addresses and masks of what its threads copy themselves; beside factors of 8 bits, too, ptxas has no
  /// room for more.
  private static final int MOST_COLUMNS_BESIDE_MASKS = 128;

  /// One whose slabs have all rows.
  BlockTile(int rows, int columns, int depth, int stages, int threads, Rung rung) {
    this(rows, columns, depth, stages, threads, rung, rows);
  }

  /// For a block that makes all products of a contraction's left factor.
  static BlockTile choose(Contraction contraction, Target.Gpu target) {
    int products = contraction.sums().size();
    long m = Analysis.count(contraction.rows());
    long n = products * Analysis.count(contraction.columns());
    long others = Analysis.count(contraction.grid());
    boolean reads = target.rung() == Rung.TENSOR_MEMORY && contraction.element().isHalf() && contraction.isAlongInner();
    boolean fewRows = reads && m <= FEW_ROWS && (contraction.reducesRows() || leavesIdle(n, others, target));
    return (fewRows ? ofFewRows(contraction, m, n, others, target) : ofManyRows(contraction, m, n, others, target)).shared(products);
  }

  /// @param m rows of the result, n columns
  /// @param others how many such products there are
  private static BlockTile ofManyRows(Contraction contraction, long m, long n, long others, Target.Gpu target) {
    DType element = contraction.element();
    Rung rung = rung(element, contraction.isAlongInner(), target);
    if (rung == Rung.SHARED) {
      return new BlockTile(32, 32, 32, 2, 256, Rung.SHARED);
    }
    if (rung == Rung.REGISTERS) {
      boolean small = others * Math.ceilDiv(m, 128) * Math.ceilDiv(n, 128) < target.processors();
      int side = small ? 64 : 128;
      return new BlockTile(side, side, 16, 2, 128, Rung.REGISTERS);
    }
    int depth = SharedTile.LINE / element.bytes();
    long steps = contraction.products() / depth;
    boolean stays = rung == Rung.TENSOR_MEMORY;
    // Blocks may then share tiles, so that all are busy however few these are.
    boolean share = StreamK.mayShare(contraction, target);
    boolean leavesHalfIdle = stays && !share && 2 * others * Math.ceilDiv(m, 128) * Math.ceilDiv(n, NARROWEST) <= target.processors();
    int rows = m <= 64 || leavesHalfIdle ? 64 : 128;
    int columns = m > rows && contraction.isSymmetric() ? ofSymmetric(rows, m, others, steps, stays, target.processors())
        : columns(others * Math.ceilDiv(m, rows), n, stays, stays && contraction.splitsLines(), share ? 1 : target.processors());
    if ((contraction.isMasked() || element.bytes() == 1) && rung == Rung.WARP) {
      columns = Math.min(columns, MOST_COLUMNS_BESIDE_MASKS);
    }
    long besides = stays ? PersistentTiles.bytes(rows, MOST_STAGES_OF_FEW) : 0;
    while (columns > NARROWEST && Math.max(2 * slabBytes(rows, columns) + besides, Epilogue.bytes(rows, columns)) > target.sharedBytes()) {
      columns /= 2;
    }
    long fitting = (target.sharedBytes() - besides) / slabBytes(rows, columns);
    // Blocks that go share a multiprocessor if they can.
    int stages = Math.clamp(steps, 2, (int) Math.min(fitting, stays ? stages(columns) : columns == 256 ? 4 : 3));
    return new BlockTile(rows, columns, depth, stages, rows == 64 || columns == 64 && rung == Rung.WARP ? 128 : 256, rung);
  }

  /// Whether tiles of the usual width are fewer than multiprocessors where one has all rows.
  static boolean leavesIdle(long n, long others, Target.Gpu target) {
    return others * Math.ceilDiv(n, NARROWEST) < target.processors();
  }

  /// A tile that has all rows, whose columns are so few that all multiprocessors take part in reading them: a text's next token,
  /// one of each of some texts. Half of the shared memory is left to the block of the next launch, which fetches its first slabs
  /// meanwhile.
  private static BlockTile ofFewRows(Contraction contraction, long m, long n, long others, Target.Gpu target) {
    int fetched = m <= WarpgroupMatrix.GROUP ? WarpgroupMatrix.GROUP : FEW_ROWS;
    int columns = columnsOfFewRows(fetched, n, others, target.processors());
    int line = SharedTile.LINE / contraction.element().bytes();
    // Rows that a block computes are there from the beginning to the end.
    long staying = contraction.reducesRows() ? fetched * contraction.products() * contraction.element().bytes() : 0;
    long room = target.sharedBytes() / 2 - PersistentTiles.bytes(FEW_ROWS, MOST_STAGES_OF_NARROW) - staying;
    long slab = slabBytes(staying > 0 ? 0 : fetched, columns);
    int most = Math.clamp(room / slab / FEWEST_STAGES, 1, MOST_PANELS);
    int panels = contraction.products() % line == 0 ? Threads.divisor(most, contraction.products() / line) : 1;
    int depth = panels * line;
    int stages = Math.clamp(Math.ceilDiv(contraction.products(), depth), 2, Math.clamp(room / (panels * slab), 2, MOST_STAGES_OF_NARROW));
    return new BlockTile(FEW_ROWS, columns, depth, stages, 2 * FEW_ROWS, Rung.TENSOR_MEMORY, fetched);
  }

  /// The width of tiles that takes least time to read both factors' slabs: a multiprocessor reads as fast as it can until the
  /// second-level cache gives no more.
  private static int columnsOfFewRows(int rows, long n, long others, int processors) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int columns : NARROW) {
      long tiles = others * Math.ceilDiv(n, columns);
      double slowdown = Math.max(1, Math.min(tiles, processors) / (READING_PART * processors));
      double time = Math.ceilDiv(tiles, processors) * (rows + columns) * slowdown;
      if (time < least) {
        least = time;
        best = columns;
      }
    }
    return best;
  }

  /// Slabs of few columns are waited for longer than they are multiplied.
  private static int stages(int columns) {
    return columns < NARROWEST ? MOST_STAGES_OF_FEW : MOST_STAGES;
  }

  /// How wide tiles are that take least together. A step of a tile costs what it moves through shared memory: both slabs come in,
  /// and for each 64 rows the left one is read once for all columns, the right one whole. Fewer tiles than multiprocessors cost as
  /// much as one for each.
  /// @param down tiles below one another
  /// @param stays whether any width will do
  /// @param split whether a step waits for the second-level cache, as lines of tiles are parts of two of its own
  /// @param processors that are to be busy
  private static int columns(long down, long n, boolean stays, boolean split, int processors) {
    if (stays && n < NARROWEST) {
      return Math.max(MatrixUnit.COLUMNS, Math.toIntExact(2 * Long.highestOneBit(n - 1)));
    }
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int columns : stays ? new int[] {256, 192, 128, 64} : new int[] {256, 128, 64}) {
      long tiles = down * Math.ceilDiv(n, columns);
      long cost = Math.max(Math.max(processors, tiles) * stepCost(columns), split ? tiles * splitCost(columns) : 0);
      if (cost < least) {
        least = cost;
        best = columns;
      }
    }
    return best;
  }

  private static long stepCost(int columns) {
    return 256 + 3L * columns;
  }

  /// The same where lines are split, by what the second-level cache gives all of an H200's multiprocessors then, 2.7 KB a cycle.
  /// Two blocks share the right factor's.
  private static long splitCost(int columns) {
    return 6L * (128 + columns / 2);
  }

  /// How wide tiles of a symmetric result are: as they are high, or as two of them below one another are, if the cluster of
  /// blocks that makes these is worth it and takes no longer.
  private static int ofSymmetric(int rows, long m, long others, long steps, boolean stays, int processors) {
    long wide = roundsOfSymmetric(2 * rows, 2 * others, m, processors);
    boolean cluster = stays && rows == 128 && wide * steps >= MatmulTiling.FEWEST_SHARED_STEPS;
    return cluster && wide * stepCost(2 * rows) <= roundsOfSymmetric(rows, others, m, processors) * stepCost(rows) ? 2 * rows : rows;
  }

  /// Tiles that a block makes of squares above the diagonals.
  private static long roundsOfSymmetric(int side, long others, long m, int processors) {
    long across = Math.ceilDiv(m, side);
    return Math.ceilDiv(others * across * (across + 1) / 2, processors);
  }

  /// Tensor cores take float32 only where its last bits may be dropped, and by `wgmma` only along the inner dimension, as floats of
  /// 8 bits always lie.
  private static Rung rung(DType element, boolean along, Target.Gpu target) {
    if (element.isNarrow() || !target.rung().hasMatrixUnit()) {
      return target.rung();
    }
    if (element == DType.FLOAT32 && target.precision() != MatmulPrecision.HIGH) {
      return Rung.REGISTERS;
    }
    return along ? target.rung() : Rung.WARP;
  }

  /// Both factors' slabs for tensor cores: a line of the inner dimension for each row and column.
  private static long slabBytes(int rows, int columns) {
    return (long) SharedTile.LINE * (rows + columns);
  }

  /// The same where a block makes so many products of the same rows: each has a part of the columns.
  private BlockTile shared(int products) {
    int each = Math.max(MatrixUnit.COLUMNS, columns / products / MatrixUnit.COLUMNS * MatrixUnit.COLUMNS);
    return products == 1 ? this : new BlockTile(rows, each, depth, stages, threads, rung, fetchedRows);
  }

  int warps() {
    return threads / Threads.WARP;
  }
}
