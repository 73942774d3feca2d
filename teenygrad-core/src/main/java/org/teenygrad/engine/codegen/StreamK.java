package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Target;

/// How blocks share tiles of long sums evenly where these are no multiple of the blocks: each makes as many steps as the others,
/// from where the one before it ends on, be that in the middle of a tile. Sums of parts of a tile go through memory
/// ([Program#exchangeBytes][org.teenygrad.engine.runtime.Program#exchangeBytes]) to the block that makes the tile's last step,
/// which stores the result.
///
/// A block begins with its last tile, whose sums others wait for, and ends with its first one, for which it waits: for blocks
/// before it alone, which begin no later. Parts are added in the order of a binomial tree, so that sums have the same bits each
/// time, and many parts take few turns. Blocks of a cluster, which have tiles below one another, share as one.
///
/// All but the last tiles are made as a whole, so that blocks side by side read the same slabs at a time.
///
/// @param shares how many blocks, or clusters of them, share
/// @param tiles that are shared, those of a cluster counted as one; they are the first
/// @param waves tiles that each share makes as a whole behind them
/// @param depth steps of a tile
/// @param cluster blocks of a share
/// @see <a href="https://arxiv.org/abs/2301.03598">Osama et al., "Stream-K: Work-centric Parallel Decomposition for Dense
///     Matrix-Matrix Multiplication on the GPU", 2023</a>
record StreamK(int shares, long tiles, long waves, long depth, int cluster) {
  /// Steps that come together at least, so that all parts have some, and into how many parts a tile is cut at most.
  private static final int LEAST_STEPS = 2;

  private static final int MOST_GRAINS = 1 << 10;

  /// What a turn of the tree takes, and storing a part, in steps of a tile.
  private static final int TURN_STEPS = 6;

  /// The part of the time that sharing saves at least.
  private static final double LEAST_GAIN = 0.03;

  /// Steps of a tile that a block makes.
  ///
  /// @param tile its number; clusters of tiles count as one
  /// @param from the first step, below the one behind the last
  record Piece(String tile, String from, String below) {}

  /// What is done with a piece.
  interface Visit {
    List<Ir.Carried> at(Piece piece, List<Ir.Carried> carried);
  }

  /// Whether a contraction's sums may be made in parts: not those along rows, as a language model's layers make them, which have
  /// the same bits in any company.
  static boolean mayShare(Contraction contraction, Target.Gpu target) {
    return target.rung() == Target.Rung.TENSOR_MEMORY
        && !contraction.reducesRows() && contraction.sums().size() == 1 && contraction.element().isHalf()
        && !Stage.liesAlongInner(contraction.analysis(), contraction.left(), contraction.rows(), contraction.inner())
        && !Stage.liesAlongInner(contraction.analysis(), contraction.right(), contraction.columns(), contraction.inner());
  }

  /// @param count of all tiles
  /// @param depth steps of a tile
  /// @return null where tiles as wholes are as good
  static @Nullable StreamK of(long count, long depth, int cluster, int processors) {
    long tiles = count / cluster;
    int shares = (int) Math.min(processors / cluster, tiles * (depth / grain(depth)));
    long rounds = tiles / Math.max(1, shares);
    if (shares < 2) {
      return null;
    }
    long waves = Math.max(0, rounds - 1);
    StreamK shared = new StreamK(shares, tiles - waves * shares, waves, depth, cluster);
    double steps = (double) tiles * depth / shares + TURN_STEPS * (shared.turns() + 1);
    return tiles % shares != 0 && steps < (1 - LEAST_GAIN) * (rounds + 1) * depth ? shared : null;
  }

  private int grain() {
    return grain(depth);
  }

  private static int grain(long depth) {
    return Math.toIntExact(Math.max(LEAST_STEPS, Math.ceilDiv(depth, MOST_GRAINS)));
  }

  /// Of a tile; the last one takes what is left.
  private long grainsOfTile() {
    return depth / grain();
  }

  private long grains() {
    return tiles * grainsOfTile();
  }

  /// How high the tree of the most parts is.
  private int turns() {
    long most = Math.ceilDiv(shares, tiles) + 1;
    return Long.SIZE - Long.numberOfLeadingZeros(most - 1);
  }

  /// Blocks of a list of buffers.
  int blocks() {
    return shares * cluster;
  }

  /// Memory for the sums of all blocks, and to say that they are there.
  /// @param runs lists of buffers of a launch
  long exchangeBytes(BlockTile tile, int runs) {
    return PartialSums.bytes(tile, (long) runs * blocks());
  }

  /// Writes a body for the pieces of this block, the first that it makes first.
  void pieces(Ir ir, List<Ir.Carried> carried, Visit body) {
    String share = share(ir);
    String from = firstGrain(ir, share);
    String below = firstGrain(ir, ir.plus(share, 1));
    String lowest = ir.quotient(from, grainsOfTile());
    String highest = ir.quotient(ir.plus(below, -1), grainsOfTile());
    String parts = ir.plus(ir.value("sub i64 " + highest + ", " + lowest), 1);
    ir.loop("0", ir.plus(parts, waves), 1, carried, (number, now) -> {
      String isPart = ir.value("icmp slt i64 " + number + ", " + parts);
      String tile = ir.value("sub i64 " + highest + ", " + number);
      String begin = ir.value("mul i64 " + tile + ", " + grainsOfTile());
      String first = ir.largest(ir.value("sub i64 " + from + ", " + begin), "0");
      String end = ir.value("sub i64 " + below + ", " + begin);
      String endsWithin = ir.value("and i1 " + isPart + ", " + ir.value("icmp slt i64 " + end + ", " + grainsOfTile()));
      String round = ir.value("mul i64 " + ir.value("sub i64 " + number + ", " + parts) + ", " + shares);
      String whole = ir.plus(ir.value("add i64 " + round + ", " + share), tiles);
      return body.at(new Piece(
          ir.value("select i1 " + isPart + ", i64 " + tile + ", i64 " + whole),
          ir.value("select i1 " + isPart + ", i64 " + ir.value("mul i64 " + first + ", " + grain()) + ", i64 0"),
          ir.value("select i1 " + endsWithin + ", i64 " + ir.value("mul i64 " + end + ", " + grain()) + ", i64 " + depth)), now);
    });
  }

  /// In which order a piece's steps are made, by the number of the step that is made instead of another: beginning where a share
  /// would if the first began with the tile. Blocks beside one another then make steps at a time that read the same rows of the
  /// factors, from the second-level cache, wherever their pieces begin.
  UnaryOperator<String> order(Ir ir, Piece piece) {
    long share = Math.ceilDiv(grains(), shares) * grain();
    String rounded = ir.value("mul i64 " + ir.quotient(ir.plus(piece.from, share - 1), share) + ", " + share);
    String isWithin = ir.value("icmp slt i64 " + rounded + ", " + piece.below);
    String skipped = ir.value("select i1 " + isWithin + ", i64 " + ir.value("sub i64 " + rounded + ", " + piece.from) + ", i64 0");
    String length = ir.value("sub i64 " + piece.below + ", " + piece.from);
    return step -> {
      String further = ir.value("add i64 " + step + ", " + skipped);
      String isBehind = ir.value("icmp sge i64 " + further + ", " + piece.below);
      return ir.value("select i1 " + isBehind + ", i64 " + ir.value("sub i64 " + further + ", " + length) + ", i64 " + further);
    };
  }

  /// The tile of this block among those of a cluster.
  String tile(Ir ir, Piece piece) {
    String first = ir.value("mul i64 " + piece.tile + ", " + cluster);
    return cluster == 1 ? piece.tile : ir.value("add i64 " + first + ", " + ir.remainder(Threads.block(ir), cluster));
  }

  private String share(Ir ir) {
    return cluster == 1 ? Threads.block(ir) : ir.quotient(Threads.block(ir), cluster);
  }

  /// The grain that a share begins with.
  private String firstGrain(Ir ir, String share) {
    return ir.quotient(ir.value("mul i64 " + share + ", " + grains()), shares);
  }

  /// Whose grain it is.
  private String shareOf(Ir ir, String grain) {
    return ir.quotient(ir.plus(ir.value("mul i64 " + ir.plus(grain, 1) + ", " + shares), -1), grains());
  }

  /// The sums of a piece and those of blocks before this one that it has to add: in the binomial tree whose root is the block with
  /// the tile's last step.
  List<Ir.Carried> added(Ir ir, Piece piece, List<Ir.Carried> sums, PartialSums parts) {
    return ir.when(ir.value("icmp sgt i64 " + piece.from + ", 0"), sums, () -> {
      String begin = ir.value("mul i64 " + piece.tile + ", " + grainsOfTile());
      String share = share(ir);
      String behind = ir.value("sub i64 " + shareOf(ir, ir.plus(begin, grainsOfTile() - 1)) + ", " + share);
      String before = ir.value("sub i64 " + share + ", " + shareOf(ir, begin));
      return ir.loop("0", Integer.toString(turns()), 1, sums, (turn, now) -> {
        String distance = ir.value("shl i64 1, " + turn);
        String others = ir.value("and i64 " + behind + ", " + ir.plus(ir.value("shl i64 " + distance + ", 1"), -1));
        String adds = ir.value("and i1 " + ir.value("icmp eq i64 " + others + ", 0") + ", " + ir.value("icmp sle i64 " + distance + ", " + before));
        String blocks = ir.value("mul i64 " + distance + ", " + cluster);
        return ir.when(adds, now, () -> parts.added(ir.value("sub i64 " + Threads.block(ir) + ", " + blocks), now));
      });
    });
  }
}
