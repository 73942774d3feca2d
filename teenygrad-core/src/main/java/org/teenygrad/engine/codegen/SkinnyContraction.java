package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.Consumer;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a product of few rows with a matrix that is computed from less, such as weights that are quantised or of 16 bits,
/// and lies along the inner loop: as in generating text. A weight (columns, inner) is read once, from memory straight into the
/// registers that multiply it.
///
/// A copy of the matrix ([PackedContraction]) would cost as much as the products; but plain matrices get one, so that few rows are
/// added up in the same order as many. Here vectors run along the inner loop, each sum has one accumulator, and a tile of rows and
/// columns has as many as there are registers; what the matrix is computed from, such as quantised blocks, is computed once for all
/// rows of a tile. The order of additions does not depend on how many rows or columns there are.
final class SkinnyContraction implements LoopNest {
  /// Of more rows copies pay: as many texts as are continued at once.
  private static final int MOST_ROWS = 64;

  /// Smaller matrices stay in the second-level cache, where copies are cheap.
  private static final long FEWEST_OF_MATRIX = 1 << 16;

  /// Rows of a tile at most, so that two columns of most products fit.
  private static final int MOST_ROWS_OF_TILE = 4;

  /// Several columns share what is loaded of the left factor. Of one tile of rows that stays in half of the first-level cache
  /// memory is the limit, and one column after the other is fetched ahead better than pieces of several in turns (25 instead of 14
  /// GB/s of 16-bit weights, 2 cores of Zen 4).
  private static final int MOST_COLUMNS_OF_TILE = 4;

  /// Columns that a work item has about.
  private static final long COLUMNS_OF_ITEM = 16;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode m;
  private final OpNode n;
  private final List<OpNode> grid;
  private final long rows;
  private final long columns;
  private final long columnsOfItem;
  private final long itemsAcross;

  SkinnyContraction(Emitter emitter, Contraction plan, Target.Cpu target) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    m = plan.row();
    n = plan.column();
    grid = analysis.outer.stream().filter(range -> range != m && range != n).toList();
    long tiles = Math.ceilDiv(Analysis.size(m), MOST_ROWS_OF_TILE);
    rows = Math.ceilDiv(Analysis.size(m), tiles);
    long sums = target.vectorRegisters() >= 32 ? 24 : 12;
    boolean isStream = tiles == 1 && 2 * rows * plan.products() * Float.BYTES <= target.l1Bytes();
    columns = isStream ? 1 : divisor(Analysis.size(n), Math.clamp(sums / rows, 1, MOST_COLUMNS_OF_TILE));
    columnsOfItem = columns * divisor(Analysis.size(n) / columns, COLUMNS_OF_ITEM / columns);
    itemsAcross = Analysis.size(n) / columnsOfItem;
  }

  /// The largest divisor of a size up to `most`.
  private static long divisor(long size, long most) {
    long divisor = most;
    while (size % divisor != 0) {
      divisor--;
    }
    return divisor;
  }

  /// Whether a plan's factors are such.
  static boolean fits(Contraction plan, Target.Cpu target) {
    Analysis analysis = plan.analysis();
    OpNode last = plan.inner().getLast();
    long lanes = target.vectorBytes() / Float.BYTES;
    return plan.element() == DType.FLOAT32 && plan.fold().dtype() == DType.FLOAT32 && plan.rows().size() <= 1 && Analysis.size(plan.row()) <= MOST_ROWS
        && Analysis.size(last) % lanes == 0 && Analysis.size(plan.column()) * plan.products() >= FEWEST_OF_MATRIX
        && !plan.right().is(OpCode.LOAD) && analysis.liesAlong(plan.right(), last, plan.column()) && plan.left().is(OpCode.LOAD) && analysis.stride(plan.left(), last) == 1;
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "skinny";
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Analysis.count(grid) * itemsAcross, 1, 0);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      String across = ir.remainder(item, itemsAcross);
      emitter.unflatten(ir.quotient(item, itemsAcross), grid, () -> {
        String from = ir.value("mul i64 " + across + ", " + columnsOfItem);
        tiles(row -> ir.loop(from, emitter.plus(from, columnsOfItem), columns, List.of(), (column, nothing) -> {
          emitTile(row, column);
          return nothing;
        }));
      });
      return none;
    });
  }

  /// Where a tile's rows begin, and how many they are.
  private record Rows(String from, long count) {}

  /// The rows, a tile at a time: those stay in the first-level cache while an item's columns pass.
  private void tiles(Consumer<Rows> body) {
    long size = Analysis.size(m);
    long whole = size / rows * rows;
    if (whole == rows) {
      body.accept(new Rows("0", rows));
    } else {
      emitter.ir.loop("0", Long.toString(whole), rows, List.of(), (row, none) -> {
        body.accept(new Rows(row, rows));
        return none;
      });
    }
    if (whole < size) {
      body.accept(new Rows(Long.toString(whole), size - whole));
    }
  }

  private void emitTile(Rows part, String column) {
    emitter.within(n, column, Axis.unrolled(n, Math.toIntExact(columns)), () -> emitter.within(m, part.from(), Axis.unrolled(m, Math.toIntExact(part.count())), () -> {
      emitter.emitReady(analysis.nodes);
      return true;
    }));
  }
}
