package org.teenygrad.engine.codegen;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// What follows tiles of sums on a GPU: the sums lie in shared memory, and each thread takes vectors of neighbours among the columns,
/// so that what is loaded beside them and what is stored is whole vectors, too. A number for each row may lie behind them.
final class Epilogue {
  private static final int PADDING = 8;

  /// Vectors that a thread works on at a time.
  private static final int TOGETHER = 4;

  private final Emitter emitter;
  private final List<OpNode> folds;
  private final @Nullable OpNode rowFold;
  private final List<OpNode> rows;
  private final List<OpNode> columns;
  private final BlockTile tile;
  private final long m;
  private final long n;

  /// @param folds the sums, each a tile of its own
  /// @param rowFold what is known of each row besides
  Epilogue(Emitter emitter, List<OpNode> folds, @Nullable OpNode rowFold, List<OpNode> rows, List<OpNode> columns, BlockTile tile) {
    this.emitter = emitter;
    this.folds = folds;
    this.rowFold = rowFold;
    this.rows = rows;
    this.columns = columns;
    this.tile = tile;
    m = Analysis.count(rows);
    n = Analysis.count(columns);
  }

  /// The same for tiles that stand where this one's do if rows and columns are exchanged.
  Epilogue mirrored() {
    BlockTile mirrored = new BlockTile(tile.columns(), tile.rows(), tile.depth(), tile.stages(), tile.threads(), tile.rung());
    return new Epilogue(emitter, folds, rowFold, rows, columns, mirrored);
  }

  /// How many floats apart the rows of sums are, so that four rows' pairs of neighbours fall on different banks.
  int pitch() {
    return tile.columns() + PADDING;
  }

  /// Where in shared memory a tile of sums starts, in floats.
  int offset(int number) {
    return number * tile.rows() * pitch();
  }

  /// Shared memory for tiles of sums and the rows' numbers.
  static long bytes(BlockTile tile, int sums, boolean rowNumbers) {
    return sums * bytes(tile.rows(), tile.columns()) + (rowNumbers ? (long) tile.rows() * Float.BYTES : 0);
  }

  long bytes() {
    return bytes(tile, folds.size(), rowFold != null);
  }

  /// Writes a row's number.
  void putRow(String row, String value) {
    emitter.ir.effect("store float " + value + ", ptr addrspace(3) " + pointer(emitter.ir.plus(row, offset(folds.size()))) + ", align 4");
  }

  private String pointer(String place) {
    return emitter.ir.value("getelementptr inbounds float, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + place);
  }

  static long bytes(int rows, int columns) {
    return (long) rows * (columns + PADDING) * Float.BYTES;
  }

  /// Computes and stores what follows the sums of the tile that starts at a row and a column.
  /// @param nodes what is to be computed, inputs before users
  void emit(String row, String column, List<OpNode> nodes) {
    emit(new Share(Threads.thread(emitter.ir), this::sums, () -> {}), row, column, nodes);
  }

  /// Who finishes a tile.
  ///
  /// @param thread a thread's number among those that do
  /// @param sums where it finds sums
  /// @param bring puts them there; where each thread comes by once, loads that do not need them are on their way before
  record Share(String thread, Sums sums, Runnable bring) {
    /// Of sums that are there already, for the tile that mirrors theirs.
    static Share mirrored(Ir ir, String thread, Sums sums) {
      return new Share(thread, (number, row, column, lanes) -> ir.joined(lanes, lane -> sums.load(number, ir.plus(column, lane), row, 1)), () -> {});
    }
  }

  /// Neighbours of a row of sums.
  interface Sums {
    /// @param number of the tile
    /// @param row in the tile
    String load(int number, String row, String column, int lanes);
  }

  /// The same by a share of the block's threads.
  void emit(Share share, String row, String column, List<OpNode> nodes) {
    emit(share, row, column, nodes, m % tile.rows() == 0 && n % tile.columns() == 0);
  }

  /// @param inside whether no row and no column of the tile is beyond the last
  void emit(Share share, String row, String column, List<OpNode> nodes, boolean inside) {
    if (liesAlongRows()) {
      share.bring.run();
      emitAlongRows(share, row, column, nodes);
      return;
    }
    Ir ir = emitter.ir;
    OpNode last = columns.getLast();
    int lanes = Threads.divisor(storedLanes(last), Analysis.size(last));
    int vectors = tile.columns() / lanes;
    int rowsAtOnce = Math.max(1, tile.threads() / vectors);
    boolean oneLoop = rows.size() == 1 || Analysis.size(rows.getLast()) % tile.rows() == 0;
    boolean together = inside && oneLoop && tile.threads() % vectors == 0 && tile.rows() % (rowsAtOnce * TOGETHER) == 0;
    long total = (long) tile.rows() * vectors;
    boolean once = together && total == (long) TOGETHER * tile.threads();
    if (!once) {
      share.bring.run();
    }
    ir.loop("0", Long.toString(together ? total / TOGETHER : total), tile.threads(), List.of(), (counter, none) -> {
      String vector = emitter.sum(counter, share.thread);
      String across = ir.value("mul i64 " + ir.remainder(vector, vectors) + ", " + lanes);
      String globalColumn = ir.value("add i64 " + column + ", " + across);
      String down = ir.quotient(vector, vectors);
      if (together) {
        // Passes of the block over its rows, some at a time: a block of TOGETHER passes starts at this thread's row of the first.
        String pass = ir.value("mul i64 " + ir.quotient(down, rowsAtOnce) + ", " + rowsAtOnce * TOGETHER);
        down = ir.value("add i64 " + pass + ", " + ir.remainder(down, rowsAtOnce));
      }
      String first = down;
      String globalRow = ir.value("add i64 " + row + ", " + first);
      // Some rows that are equally far apart: what they load is then on its way at the same time.
      Axis some = together ? new Axis(rows.getLast(), TOGETHER, 1, 1, rowsAtOnce) : null;
      Runnable body = () -> emitter.unflatten(globalRow, rows, some, () -> emitter.unflatten(globalColumn, columns, Axis.ofLanes(columns, lanes), () -> {
        if (once) {
          emitter.emitReady(loads(nodes));
          share.bring.run();
        }
        for (List<Integer> steps : emitter.loops.instances(folds.getFirst())) {
          String own = ir.plus(first, (long) rowsAtOnce * emitter.loops.step(rows.getLast(), steps));
          for (int i = 0; i < folds.size(); i++) {
            emitter.define(folds.get(i), steps, share.sums.load(i, own, across, lanes));
          }
          if (rowFold != null) {
            emitter.define(rowFold, steps, rowNumber(own));
          }
        }
        emitter.emitReady(nodes);
      }));
      Runnable checked = inside ? body : () -> {
        String below = ir.value("icmp slt i64 " + globalRow + ", " + m);
        String before = ir.value("icmp slt i64 " + globalColumn + ", " + n);
        emitter.branch(ir.value("and i1 " + below + ", " + before), body);
      };
      below(vector, total, checked);
      return none;
    });
  }

  /// What can be loaded before the sums are there.
  private List<OpNode> loads(List<OpNode> nodes) {
    Set<OpNode> after = new HashSet<>(folds);
    if (rowFold != null) {
      after.add(rowFold);
    }
    nodes.stream().filter(node -> node.inputs().stream().anyMatch(after::contains)).forEach(after::add);
    return nodes.stream().filter(node -> node.is(OpCode.LOAD) && !after.contains(node)).toList();
  }

  private boolean liesAlongRows() {
    return emitter.analysis.stores().stream().allMatch(store -> emitter.analysis.stride(store, rows.getLast()) == 1);
  }

  /// The same in vectors along the last loop of the rows, where that is how the result lies in memory.
  private void emitAlongRows(Share share, String row, String column, List<OpNode> nodes) {
    Ir ir = emitter.ir;
    OpNode last = rows.getLast();
    int lanes = Threads.divisor(storedLanes(last), Analysis.size(last));
    int vectors = tile.rows() / lanes;
    long total = (long) tile.columns() * vectors;
    ir.loop("0", Long.toString(total), tile.threads(), List.of(), (counter, none) -> {
      String vector = emitter.sum(counter, share.thread);
      String down = ir.value("mul i64 " + ir.remainder(vector, vectors) + ", " + lanes);
      String across = ir.quotient(vector, vectors);
      String globalRow = ir.value("add i64 " + row + ", " + down);
      String globalColumn = ir.value("add i64 " + column + ", " + across);
      Runnable body = () -> emitter.unflatten(globalColumn, columns, () -> emitter.unflatten(globalRow, rows, Axis.ofLanes(rows, lanes), () -> {
        for (int i = 0; i < folds.size(); i++) {
          int tileNumber = i;
          emitter.define(folds.get(i), emitter.loops.zeroSteps(), ir.joined(lanes, lane -> share.sums.load(tileNumber, ir.plus(down, lane), across, 1)));
        }
        if (rowFold != null) {
          emitter.define(rowFold, emitter.loops.zeroSteps(), ir.joined(lanes, lane -> rowNumber(ir.plus(down, lane))));
        }
        emitter.emitReady(nodes);
      }));
      String before = ir.value("icmp slt i64 " + globalRow + ", " + m);
      String inside = ir.value("icmp slt i64 " + globalColumn + ", " + n);
      below(vector, total, () -> emitter.branch(ir.value("and i1 " + before + ", " + inside), body));
      return none;
    });
  }

  /// Leaves out the threads that have no vector in the last pass.
  private void below(String vector, long total, Runnable body) {
    if (total % tile.threads() == 0) {
      body.run();
    } else {
      emitter.branch(emitter.ir.value("icmp slt i64 " + vector + ", " + total), body);
    }
  }

  String sums(int number, String row, String column, int lanes) {
    Ir ir = emitter.ir;
    String place = ir.value("add i64 " + ir.value("mul i64 " + row + ", " + pitch()) + ", " + column);
    String pointer = pointer(ir.plus(place, offset(number)));
    return ir.value("load " + Ir.type(DType.FLOAT32, lanes) + ", ptr addrspace(3) " + pointer + ", align " + Math.min(16, 4 * lanes));
  }

  private String rowNumber(String row) {
    return emitter.ir.value("load float, ptr addrspace(3) " + pointer(emitter.ir.plus(row, offset(folds.size()))) + ", align 4");
  }

  private int storedLanes(OpNode last) {
    int narrowest = emitter.analysis.stores().stream().filter(store -> emitter.analysis.stride(store, last) == 1)
        .mapToInt(store -> store.input(0).dtype().bytes()).min().orElse(Analysis.VECTOR_BYTES);
    return Math.min(Math.min(8, Analysis.VECTOR_BYTES / narrowest), tile.rows() * tile.columns() / tile.threads());
  }
}
