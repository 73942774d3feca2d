package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a product of few rows with a matrix that lies along the inner loop, such as a layer's float32 weights (columns,
/// inner) or the keys of a cache: it is read once, where it lies.
///
/// Sums have to be those of many rows, added up one product after the other ([PackedContraction]), so vectors run across columns:
/// squares of the matrix are turned in registers ([Transposition]), and each of their rows is multiplied at once by a number of
/// each left row. A work item is a panel of as many columns as a register has lanes.
final class StreamedContraction implements LoopNest {
  /// More rows have the matrix copied, as then its copy is read more often than it is made.
  private static final int MOST_ROWS = 8;

  /// Registers for what is not a square of the matrix or a sum.
  private static final int OTHERS = 4;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode fold;
  private final OpNode left;
  private final OpNode right;
  private final OpNode m;
  private final OpNode n;
  private final List<OpNode> grid;
  private final int lanes;
  private final long panels;
  private final Panels squares;

  /// Where columns end that count, if data says so: of panels behind that nothing is read.
  private final @Nullable OpNode columnsEnd;

  StreamedContraction(Emitter emitter, Contraction plan, Target.Cpu target) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    fold = plan.fold();
    left = plan.left();
    right = plan.right();
    m = plan.row();
    n = plan.column();
    grid = analysis.outer.stream().filter(range -> range != m && range != n).toList();
    lanes = lanes(plan, target);
    panels = Math.ceilDiv(Analysis.size(n), (long) lanes);
    columnsEnd = LoopEnds.ofColumns(analysis, fold, n, Stream.concat(Stream.of(m, n), plan.inner().stream()).toList()).orElse(null);
    if (columnsEnd != null) {
      analysis.include(columnsEnd);
    }
    squares = new Panels(emitter, fold, plan.inner(), right, n, lanes, lanes, plan.products(), 0, target.l2Bytes() / 2);
  }

  private static int lanes(Contraction plan, Target.Cpu target) {
    return target.vectorBytes() / plan.fold().dtype().bytes();
  }

  /// Whether a plan's factors are such.
  static boolean fits(Contraction plan, Target.Cpu target) {
    int lanes = lanes(plan, target);
    OpNode last = plan.inner().getLast();
    long rows = Analysis.size(plan.row());
    return plan.element() == plan.fold().dtype() && plan.rows().size() <= 1 && rows <= MOST_ROWS && rows + lanes + OTHERS <= target.vectorRegisters()
        && plan.inner().size() == 1 && last.inputs().isEmpty() && Analysis.size(last) % lanes == 0 && Analysis.size(plan.column()) >= lanes
        && plan.left().is(OpCode.LOAD) && plan.right().is(OpCode.LOAD) && plan.analysis().stride(plan.right(), last) == 1;
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "contract";
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Analysis.count(grid) * panels, 1, 0);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    int left = (int) (Analysis.size(n) % lanes);
    ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      String panel = ir.remainder(item, panels);
      emitter.unflatten(ir.quotient(item, panels), grid, () -> {
        String column = ir.value("mul i64 " + panel + ", " + lanes);
        if (left == 0) {
          emitPanel(column, lanes);
        } else {
          emitter.branch(ir.value("icmp eq i64 " + panel + ", " + (panels - 1)), () -> emitPanel(column, left), () -> emitPanel(column, lanes));
        }
      });
      return none;
    });
  }

  private void emitPanel(String column, int columns) {
    String end = columnsEnd == null ? null : emitter.operand(columnsEnd, emitter.loops.zeroSteps(), 1);
    emitter.within(m, "0", Axis.unrolled(m, Math.toIntExact(Analysis.size(m))), () -> {
      List<Ir.Carried> sums = end == null ? panelSums(column, columns)
          : emitter.ir.choose(emitter.ir.value("icmp slt i64 " + column + ", " + end), () -> panelSums(column, columns), this::zeros);
      return emitter.within(n, column, Axis.vectors(n, columns, lanes), () -> {
        List<List<Integer>> instances = emitter.loops.instances(fold);
        for (int i = 0; i < instances.size(); i++) {
          emitter.define(fold, instances.get(i), narrowed(sums.get(i), columns));
        }
        emitter.emitReadyAlong(m, analysis.nodes);
        return true;
      });
    });
  }

  private List<Ir.Carried> panelSums(String column, int columns) {
    return emitter.within(n, column, Axis.unrolled(n, columns), () -> {
      emitter.emitReady(Graph.topological(List.of(right)));
      return sums(columns);
    });
  }

  private List<Ir.Carried> zeros() {
    String type = Ir.type(fold.dtype(), lanes);
    return Ir.times(rows().size(), row -> new Ir.Carried(type, Instructions.neutral(OpCode.ADD, fold.dtype(), lanes)));
  }

  /// A vector of sums for each row.
  private List<Ir.Carried> sums(int columns) {
    List<Ir.Carried> zeros = zeros();
    OpNode last = Analysis.foldRanges(fold).getLast();
    long size = Analysis.size(last);
    BlockedLoop loop = new BlockedLoop(emitter, size / lanes, true, lanes, PackedContraction.block(fold, lanes), zeros, this::added);
    return loop.emit(Long.toString(size), lanes, zeros, (counter, carried) -> {
      squares.fetchAhead(counter, lanes);
      List<String> square = squares.transposed(counter, lanes, columns);
      List<Ir.Carried> sums = carried;
      for (int step = 0; step < lanes; step++) {
        sums = multiplied(square.get(step), emitter.plus(counter, step), sums);
      }
      return sums;
    });
  }

  private List<Ir.Carried> multiplied(String vector, String counter, List<Ir.Carried> sums) {
    OpNode fused = OpNode.of(OpCode.FMA, left, right, fold.input(0));
    return emitter.within(Analysis.foldRanges(fold).getLast(), counter, null, () -> {
      List<Ir.Carried> next = new ArrayList<>();
      for (int row = 0; row < sums.size(); row++) {
        String number = emitter.splat(Ir.type(fold.dtype(), 1), emitter.operand(left, rows().get(row), 1), lanes);
        next.add(new Ir.Carried(sums.get(row).type(), emitter.instructions.emit(fused, lanes, List.of(number, vector, sums.get(row).value()))));
      }
      return next;
    });
  }

  /// The steps of each row.
  private List<List<Integer>> rows() {
    return emitter.loops.instances(left);
  }

  private List<Ir.Carried> added(List<Ir.Carried> before, List<Ir.Carried> block) {
    return Ir.times(before.size(), i -> new Ir.Carried(before.get(i).type(),
        emitter.instructions.binary(OpCode.ADD, fold.dtype(), lanes, before.get(i).value(), block.get(i).value())));
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
