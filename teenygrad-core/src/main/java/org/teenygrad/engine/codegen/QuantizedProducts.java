package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a [QuantizedContraction]: of any number of rows in one way, so that a row has the same bits alone and among others.
///
/// A work item is a panel of columns by a group of rows. The group's rows are rounded first ([RoundedRows]), once for all items of
/// it in a call; the panel's weights are unpacked to bytes ([BytePanel]); then tiles of rows are multiplied, whose sums stay in
/// registers over all blocks.
final class QuantizedProducts implements LoopNest {
  /// Rows of a tile where there are 32 vector registers, and where there are 16: two for each row, and some for the panel.
  private static final int ROWS = 12;
  private static final int ROWS_OF_FEW_REGISTERS = 4;

  /// Rows of a group at least, where there are so many: a panel is unpacked for each group.
  private static final long FEWEST_OF_GROUP = 96;

  private final Emitter emitter;
  private final Analysis analysis;
  private final QuantizedContraction plan;
  private final OpNode fold;
  private final OpNode m;
  private final OpNode n;
  private final List<OpNode> grid;
  private final int lanes;
  private final int rows;
  private final long groupRows;
  private final long groups;
  private final long panels;
  private final RoundedRows left;
  private final BytePanel right;
  private final ByteProducts products;

  QuantizedProducts(Emitter emitter, QuantizedContraction plan, Target.Cpu target) {
    this.emitter = emitter;
    this.plan = plan;
    analysis = emitter.analysis;
    plan.include(analysis);
    fold = plan.product().fold();
    m = plan.product().row();
    n = plan.product().column();
    grid = analysis.outer.stream().filter(range -> range != m && range != n).toList();
    lanes = target.vectorBytes() / Float.BYTES;
    long size = Analysis.size(m);
    int most = target.vectorRegisters() >= 32 ? ROWS : ROWS_OF_FEW_REGISTERS;
    rows = Math.toIntExact(Math.ceilDiv(size, Math.ceilDiv(size, most)));
    long fitting = Math.max(FEWEST_OF_GROUP, target.l2Bytes() / 4 / plan.product().products());
    long tiles = Math.ceilDiv(Math.ceilDiv(size, rows), Math.ceilDiv(size, fitting));
    groupRows = tiles * rows;
    groups = Math.ceilDiv(size, groupRows);
    panels = Math.ceilDiv(Analysis.size(n), (long) lanes);
    right = new BytePanel(emitter, plan, n, lanes, 0);
    left = new RoundedRows(emitter, plan, m, groupRows, plan.blocks(), right.bytes());
    products = new ByteProducts(emitter.ir, target.bytes(), lanes);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "quantized";
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Analysis.count(grid) * groups * panels, 1, right.bytes() + left.bytes());
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      String panel = ir.remainder(item, panels);
      String rest = ir.quotient(item, panels);
      String group = groups == 1 ? "0" : ir.remainder(rest, groups);
      emitter.unflatten(groups == 1 ? rest : ir.quotient(rest, groups), grid, () -> emitItem(item, panel, group));
      return none;
    });
  }

  private void emitItem(String item, String panel, String group) {
    Ir ir = emitter.ir;
    String first = groups == 1 ? "0" : ir.value("mul i64 " + group + ", " + groupRows);
    String count = groups == 1 ? Long.toString(Analysis.size(m)) : ir.smallest(Long.toString(groupRows), emitter.difference(Long.toString(Analysis.size(m)), first));
    String isFirst = ir.value("or i1 " + ir.value("icmp eq i64 " + item + ", %begin") + ", " + ir.value("icmp eq i64 " + panel + ", 0"));
    emitter.branch(isFirst, () -> left.fill(first, count));
    String column = ir.value("mul i64 " + panel + ", " + lanes);
    int rest = (int) (Analysis.size(n) % lanes);
    if (rest == 0) {
      emitPanel(first, count, column, lanes);
    } else {
      emitter.branch(ir.value("icmp eq i64 " + panel + ", " + (panels - 1)), () -> emitPanel(first, count, column, rest), () -> emitPanel(first, count, column, lanes));
    }
  }

  private void emitPanel(String first, String count, String column, int columns) {
    if (isOneTile()) {
      finish(fusedSums(column, columns), "0", rows, column, columns);
      return;
    }
    Ir ir = emitter.ir;
    right.fill(column, columns);
    int rest = (int) (Analysis.size(m) % rows);
    if (groups == 1) {
      long whole = Analysis.size(m) - rest;
      ir.loop("0", Long.toString(whole), rows, List.of(), (row, none) -> emitTile(first, row, rows, column, columns));
      if (rest > 0) {
        emitTile(first, Long.toString(whole), rest, column, columns);
      }
      return;
    }
    String whole = ir.value("sub i64 " + count + ", " + ir.remainder(count, rows)); // the last group alone has a part of a tile
    emitter.branch(ir.value("icmp sgt i64 " + whole + ", 0"), () -> ir.loop("0", whole, rows, List.of(), (row, none) -> emitTile(first, row, rows, column, columns)));
    if (rest > 0) {
      emitter.branch(ir.value("icmp slt i64 " + whole + ", " + count), () -> emitTile(first, whole, rest, column, columns));
    }
  }

  /// @param row the tile's first among those of the group
  private List<Ir.Carried> emitTile(String first, String row, int height, String column, int columns) {
    return finish(sums(row, height), emitter.sum(first, row), height, column, columns);
  }

  /// What follows the sums.
  private List<Ir.Carried> finish(List<Ir.Carried> sums, String row, int height, String column, int columns) {
    return emitter.within(m, row, Axis.unrolled(m, height), () -> emitter.within(n, column, Axis.vectors(n, columns, lanes), () -> {
      List<List<Integer>> instances = emitter.loops.instances(fold);
      for (int i = 0; i < instances.size(); i++) {
        emitter.define(fold, instances.get(i), narrowed(sums.get(i), columns));
      }
      emitter.emitReadyAlong(m, analysis.nodes);
      return List.of();
    }));
  }

  /// Whether a panel is multiplied once, so that it need not come to memory.
  private boolean isOneTile() {
    return rows == Analysis.size(m) && right.blocks().isWrittenOut();
  }

  private List<Ir.Carried> zeros(int height) {
    return Ir.times(height, i -> new Ir.Carried(Ir.vector("float", lanes), Instructions.neutral(OpCode.ADD, DType.FLOAT32, lanes)));
  }

  /// The sums of all rows and a panel whose blocks are multiplied as they are unpacked.
  private List<Ir.Carried> fusedSums(String column, int columns) {
    BytePanel.Fetching next = right.next(column);
    BlockLoops loops = right.blocks();
    return loops.parts(zeros(rows), (first, blocks, carried) -> {
      Map<String, List<String>> scales = new HashMap<>();
      emitter.within(n, column, Axis.vectors(n, columns, lanes), () -> {
        blocks.forEach(loops.sharing(right.scaleValues()), right.scaleValues(), (number, counter) -> scales.put(number, right.scales(columns)));
        return true;
      });
      List<Ir.Carried> sums = new ArrayList<>(carried);
      blocks.forEach(loops, List.of(), (number, counter) -> {
        String block = emitter.plus(first, Long.parseLong(number));
        next.emit(block);
        List<String> words = right.turned(column, counter, columns);
        List<String> scale = Objects.requireNonNull(scales.get(number));
        for (int i = 0; i < rows; i++) {
          sums.set(i, added(carried.get(i).type(), integers(words, i, block), scale, "0", i, block, sums.get(i).value()));
        }
      });
      return sums;
    });
  }

  /// The sums of a row's products with a block in registers.
  private String integers(List<String> words, int row, String block) {
    List<String> sums = new ArrayList<>(List.of(left.start("0", row, block, lanes), "zeroinitializer")); // one would wait for itself
    for (int word = 0; word < words.size(); word++) {
      sums.set(word % 2, products.add(sums.get(word % 2), words.get(word), left.fourIntegers("0", row, block, word, lanes)));
    }
    return emitter.ir.value("add " + Ir.vector("i32", lanes) + " " + sums.getFirst() + ", " + sums.getLast());
  }

  /// The sums of a tile and the panel in memory.
  private List<Ir.Carried> sums(String row, int height) {
    return emitter.ir.loop("0", Long.toString(plan.blocks()), 1, zeros(height), (block, carried) -> {
      List<String> integers = new ArrayList<>(Ir.times(height, i -> left.start(row, i, block, lanes)));
      for (int word = 0; word < plan.span() / Integer.BYTES; word++) {
        String weights = right.integers(block, word);
        for (int i = 0; i < height; i++) {
          integers.set(i, products.add(integers.get(i), weights, left.fourIntegers(row, i, block, word, lanes)));
        }
      }
      List<String> scales = right.scales(block);
      return Ir.times(height, i -> added(carried.get(i).type(), integers.get(i), scales, row, i, block, carried.get(i).value()));
    });
  }

  /// A row's sums with a block's added.
  private Ir.Carried added(String type, String integers, List<String> scales, String tile, int row, String block, String sums) {
    Ir ir = emitter.ir;
    String floats = ir.value("sitofp " + Ir.vector("i32", lanes) + " " + integers + " to " + type);
    String factor = ir.value("fmul " + type + " " + scales.getFirst() + ", " + left.factor(tile, row, block, lanes));
    String sum = fused(floats, factor, sums);
    return new Ir.Carried(type, scales.size() == 1 ? sum : fused(scales.getLast(), left.sum(tile, row, block, lanes), sum));
  }

  /// `a * b + c`, rounded once.
  private String fused(String a, String b, String c) {
    String type = Ir.vector("float", lanes);
    String name = "@llvm.fma." + Ir.suffix("float", lanes);
    emitter.ir.declare("declare " + type + " " + name + "(" + type + ", " + type + ", " + type + ")");
    return emitter.ir.value("call " + type + " " + name + "(" + type + " " + a + ", " + type + " " + b + ", " + type + " " + c + ")");
  }

  /// The sums of the columns that there are.
  private String narrowed(Ir.Carried sum, int columns) {
    if (columns == lanes) {
      return sum.value();
    }
    return columns == 1 ? emitter.ir.value("extractelement " + sum.type() + " " + sum.value() + ", i64 0")
        : emitter.ir.value("shufflevector " + sum.type() + " " + sum.value() + ", " + sum.type() + " poison, " + Transposition.mask(columns, lane -> lane));
  }
}
