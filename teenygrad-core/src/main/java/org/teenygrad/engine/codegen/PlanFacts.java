package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.teenygrad.engine.runtime.Target;

/// What a [Plan] decided, in words.
final class PlanFacts {
  private PlanFacts() {}

  static List<String> of(Plan plan, Target target) {
    List<String> facts = new ArrayList<>(switch (plan) {
      case Plan.Elementwise _ -> List.of("one loop over elements, a few vectors of 16 bytes a thread; such kernels may share a launch");
      case Plan.Loops _ -> List.of("loops over independent elements, the innermost in vectors; reductions inside of them");
      case Plan.Transposition transposition -> List.of("a tile comes to shared memory along its own lines and is read along the results'",
          transposition.across().size() + " operands lie across");
      case Plan.RowScan _ -> List.of("a running sum or extreme along each row");
      case Plan.RowSort _ -> List.of("each row is sorted");
      case Plan.Scatter scatter -> List.of(RowScatter.fits(scatter)
          ? "a warp has a row, or a part of one, and writes it if no later row has its place"
          : "each place has one owner, which goes through all indices in order: no atomics, the same bits each time");
      case Plan.Communication _ -> List.of("an exchange with other ranks");
      case Contraction contraction -> of(contraction);
      case QuantizedContraction _ -> List.of("quantised weights are multiplied as 8-bit integers, block by block, with what meets them rounded to blocks of 8 bits");
      case MatmulTiling tiling -> of(tiling);
      case AttentionTiling tiling -> List.of("attention whose scores stay in registers", tile(tiling.tile()), tiling.parts() + " parts of the keys a block");
      case AttentionLanes lanes -> List.of(String.format(Locale.ROOT, "attention whose scores stay in the first two caches: %d rows in lanes of vectors by %d steps at a time", lanes.rows(), AttentionLanes.STEP));
      case Decoding _ -> List.of("attention of few queries: a block for each part of the keys");
    });
    if (plan.isCoarse()) {
      facts.add("results have 16 bits, so shorter ways to them are taken");
    }
    double seconds = Durations.of(plan, target);
    if (seconds > 0) {
      facts.add(String.format(Locale.ROOT, "about %.1f µs by the plan's own estimate", seconds * 1e6));
    }
    return facts;
  }

  private static List<String> of(Contraction contraction) {
    return List.of(String.format(Locale.ROOT, "%,d rows by %,d columns of sums of %,d products each, in %s", Analysis.count(contraction.rows()), Analysis.count(contraction.columns()), contraction.products(), contraction.element()));
  }

  private static List<String> of(MatmulTiling tiling) {
    List<String> facts = new ArrayList<>(of(tiling.contraction()));
    BlockTile tile = tiling.tile();
    facts.add(tile(tile));
    facts.add(String.format(Locale.ROOT, "a number of a tile is multiplied %d or %d times: %.0f products for each number that a block brings", tile.columns(), tile.rows(), (double) tile.rows() * tile.columns() / (tile.rows() + tile.columns())));
    if (!tiling.maps().isEmpty()) {
      facts.add("tensor maps bring the tiles: one thread asks, the others multiply");
    }
    return facts;
  }

  private static String tile(BlockTile tile) {
    return String.format(Locale.ROOT, "a block of %d threads makes %d x %d sums, %d steps of the inner dimension at a time, %d tiles ahead, by %s", tile.threads(), tile.rows(), tile.columns(), tile.depth(), tile.stages(), tile.rung());
  }
}
