package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// The producer of [PersistentTiles]: one thread that has the slabs of all tiles of its block brought. Those of the next tile come
/// while the sums of the last are stored. What the launches before this one did not write comes before these have ended.
///
/// @param tiles those of the block
/// @param slots how many steps' slabs there is room for
record TileProducer(Emitter emitter, TileScheduler tiles, FactorSlabs slabs, WarpSpecializedPipeline pipeline, int slots) {
  /// Slots of buffers: the larger factor's, such as weights, of all sums; none where blocks share tiles: the factors of such long
  /// sums are seldom older than the launch before.
  List<Integer> prefetched() {
    if (tiles.isShared()) {
      return List.of();
    }
    BulkTile left = slabs.left();
    List<BulkTile> factors = left != null && prefetchesLeft() ? List.of(left) : slabs.rights();
    return factors.stream().map(factor -> factor.map().slot()).distinct().toList();
  }

  /// Whether the larger factor is the left one.
  private boolean prefetchesLeft() {
    return tiles.raster().m() >= tiles.raster().n();
  }

  /// Fetches all tiles.
  void emit() {
    Ir ir = emitter.ir;
    StreamK streamK = tiles.streamK();
    if (streamK != null) {
      pieces(streamK);
      return;
    }
    ir.branch(ir.value("icmp eq i32 " + Runs.UNWRITTEN + ", 0"), () -> Threads.awaitLaunchesBefore(ir), () -> {});
    String first = Threads.block(ir);
    if (slabs.left() == null) {
      whole(first, MbarrierRing.Turn.first(), false);
      return;
    }
    MbarrierRing.Turn next = early(first);
    if (tiles.blocks() < tiles.raster().tiles()) {
      String second = ir.plus(first, tiles.blocks());
      emitter.branch(ir.value("icmp slt i64 " + second + ", " + tiles.raster().tiles()), () -> whole(second, next, true));
    }
  }

  /// Pieces of tiles.
  private void pieces(StreamK streamK) {
    tiles.all((row, column, piece, turn) -> {
      UnaryOperator<String> order = streamK.order(emitter.ir, piece);
      WarpSpecializedPipeline.Fetch fetch = slabs.fetch(emitter, row, column, true, true);
      return pipeline.fetch(piece.from(), piece.below(), turn,
          (stage, step, at, slot, counter) -> fetch.to(stage, order.apply(step), at, slot, counter));
    });
  }

  /// Whole tiles from one that there is on.
  private void whole(String from, MbarrierRing.Turn first, boolean fetchesLeft) {
    tiles.tiles(from, first, (row, column, whole, turn) ->
        pipeline.fetch(whole.from(), whole.below(), turn, slabs.fetch(emitter, row, column, fetchesLeft, true)));
  }

  /// The first tile. As many of its slabs as there are slots come in two parts: the prefetched factor's before the launches before
  /// have ended.
  /// @return the turn after it
  private MbarrierRing.Turn early(String tile) {
    List<MbarrierRing.Turn> after = new ArrayList<>();
    tiles.raster().at(emitter, tile, (row, column) -> {
      long steps = tiles.depth();
      String begun = Long.toString(Math.min(steps, slots));
      WarpSpecializedPipeline.Fetch early = slabs.fetch(emitter, row, column, prefetchesLeft(), !prefetchesLeft());
      WarpSpecializedPipeline.Fetch late = slabs.fetch(emitter, row, column, !prefetchesLeft(), prefetchesLeft());
      pipeline.fetch("0", begun, MbarrierRing.Turn.first(), early);
      Threads.awaitLaunchesBefore(emitter.ir);
      MbarrierRing.Turn filled = pipeline.complete("0", begun, MbarrierRing.Turn.first(), late);
      after.add(steps <= slots ? filled
          : pipeline.fetch(begun, Long.toString(steps), filled, slabs.fetch(emitter, row, column, true, true)));
    });
    return after.getFirst();
  }
}
