package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Target;

/// Which tiles of a sum of products each block of [PersistentTiles] makes, one after the other: every so-manyth, or pieces of tiles
/// where blocks share these ([StreamK]). The thread that fetches and those that multiply go the same way.
///
/// @param depth steps of a tile
/// @param blocks of a list of buffers
/// @param streamK null where each tile is one block's
record TileScheduler(Emitter emitter, Raster raster, long depth, long blocks, @Nullable StreamK streamK) {
  static TileScheduler of(Emitter emitter, MatmulTiling plan, Target.Gpu target) {
    StreamK streamK = plan.streamK();
    int cluster = plan.cluster();
    long blocks = streamK == null ? Math.min(target.processors() / cluster * cluster, plan.raster().tiles()) : streamK.blocks();
    return new TileScheduler(emitter, plan.raster(), plan.depth(), blocks, streamK);
  }

  /// What is done with a tile, or a piece of one.
  interface Visit {
    MbarrierRing.Turn at(String row, String column, StreamK.Piece piece, MbarrierRing.Turn turn);
  }

  /// Whether blocks share tiles.
  boolean isShared() {
    return streamK != null;
  }

  /// All that this block makes.
  void all(Visit visit) {
    if (streamK == null) {
      tiles(Threads.block(emitter.ir), MbarrierRing.Turn.first(), visit);
    } else {
      pieces(visit);
    }
  }

  /// The tiles of this block from one that there is on.
  void tiles(String from, MbarrierRing.Turn first, Visit visit) {
    emitter.ir.loop(from, Long.toString(raster.tiles()), blocks, List.of(first.slot(), first.phase()), (number, carried) -> {
      List<Ir.Carried> after = new ArrayList<>();
      StreamK.Piece whole = new StreamK.Piece(number, "0", Long.toString(depth));
      MbarrierRing.Turn turn = WarpSpecializedPipeline.turn(carried);
      raster.at(emitter, number, (row, column) -> after.addAll(carried(visit.at(row, column, whole, turn))));
      return after;
    });
  }

  /// The pieces of tiles of this block.
  private void pieces(Visit visit) {
    StreamK shared = Objects.requireNonNull(streamK);
    shared.pieces(emitter.ir, carried(MbarrierRing.Turn.first()), (piece, carried) -> {
      List<Ir.Carried> after = new ArrayList<>();
      MbarrierRing.Turn turn = WarpSpecializedPipeline.turn(carried);
      raster.at(emitter, shared.tile(emitter.ir, piece), (row, column) -> after.addAll(carried(visit.at(row, column, piece, turn))));
      return after;
    });
  }

  private static List<Ir.Carried> carried(MbarrierRing.Turn turn) {
    return WarpSpecializedPipeline.carried(List.of(), turn);
  }
}
