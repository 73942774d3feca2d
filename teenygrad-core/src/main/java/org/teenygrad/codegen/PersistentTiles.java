package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.runtime.Program;
import org.teenygrad.runtime.Target;

/// The loops of a sum of products on Hopper: as many blocks as there are multiprocessors go from tile to tile. In each, one thread has
/// slabs brought by the tensor memory accelerator ([BulkTile]), also those of the next tile while the sums of the last are stored; groups of
/// four warps multiply what has come (`wgmma`) and finish 64 rows each, by themselves.
///
/// @see <a href="https://github.com/NVIDIA/cutlass/blob/main/media/docs/cpp/efficient_gemm.md">CUTLASS, warp specialization</a>
final class PersistentTiles implements LoopNest {
  /// Columns of sums that are finished at a time.
  private static final int PIECE = 64;

  private static final int PADDING = 4;
  private static final int GROUP_ROWS = 64;
  private static final int GROUP_THREADS = 128;

  private final Emitter emitter;
  private final Raster raster;
  private final BlockTile tile;
  private final long steps;
  private final OpNode leftStage;
  private final BulkTile left;
  private final BulkTile right;
  private final WarpgroupProducts products;
  private final Epilogue epilogue;
  private final Handover handover;
  private final Conveyor conveyor;
  private final long blocks;

  /// @param emitter of a SINK of STEPS and STOREs
  /// @param parts of the contraction that they make
  PersistentTiles(Emitter emitter, Parts parts, BlockTile tile, BulkTile left, BulkTile right, Target.Gpu target) {
    this.emitter = emitter;
    this.tile = tile;
    this.left = left;
    this.right = right;
    OpNode order = emitter.analysis.sink.input(0);
    OpNode fold = order.inputs().stream().filter(effect -> effect.is(OpCode.FOLD)).findFirst().orElseThrow();
    leftStage = fold.input(0).input(0);
    raster = new Raster(Contraction.count(parts.rows()), Contraction.count(parts.columns()), parts.grid(emitter.analysis), tile.rows(), tile.columns());
    steps = Math.ceilDiv(Contraction.count(parts.inner()), tile.depth());
    blocks = Math.min(target.processors(), raster.tiles());
    products = new WarpgroupProducts(emitter.ir, tile, leftStage.dtype(), left.stage().alongInner(), right.stage().alongInner());
    long slotBytes = (long) left.bytes() + right.bytes();
    long ring = tile.stages() * slotBytes;
    BlockTile piece = new BlockTile(GROUP_ROWS, PIECE, tile.depth(), tile.stages(), GROUP_THREADS, tile.rung());
    epilogue = new Epilogue(emitter, List.of(fold), null, parts.rows(), parts.columns(), piece, new Epilogue.Place(ring, PADDING));
    handover = new Handover(emitter.ir, tile.stages(), ring + finishBytes(tile.rows()), tile.warps());
    conveyor = new Conveyor(emitter.ir, order, handover, slotBytes);
  }

  /// Shared memory beside the slabs.
  static long bytes(int rows, int stages) {
    return finishBytes(rows) + Handover.bytes(stages);
  }

  private static long finishBytes(int rows) {
    return rows / GROUP_ROWS * new Epilogue.Place(0, PADDING).bytes(GROUP_ROWS, PIECE);
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
  public List<Program.TensorMap> maps() {
    return List.of(left.map(), right.map());
  }

  @Override
  public Program.Launch launch() {
    long bytes = tile.stages() * ((long) left.bytes() + right.bytes()) + bytes(tile.rows(), tile.stages());
    return new Program.Launch(blocks, tile.threads() + Team.WARP, bytes);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    SharedTile.declare(ir);
    String thread = Team.thread(ir);
    handover.prepare(thread);
    emitter.branch(ir.value("icmp eq i64 " + thread + ", " + tile.threads()), () -> tiles(this::fetch));
    emitter.branch(ir.value("icmp ult i64 " + thread + ", " + tile.threads()), () -> tiles(this::compute));
  }

  /// What is done with a tile.
  private interface Visit {
    Handover.Turn at(String row, String column, Handover.Turn turn);
  }

  /// All tiles of this block, one after the other.
  private void tiles(Visit visit) {
    Ir ir = emitter.ir;
    Handover.Turn first = Handover.Turn.first();
    ir.loop(Team.block(ir), Long.toString(raster.tiles()), blocks, List.of(first.slot(), first.phase()), (number, carried) -> {
      List<Ir.Carried> after = new ArrayList<>();
      raster.at(emitter, number, (row, column) -> {
        Handover.Turn turn = visit.at(row, column, new Handover.Turn(carried.get(0), carried.get(1)));
        after.addAll(List.of(turn.slot(), turn.phase()));
      });
      return after;
    });
  }

  private Handover.Turn fetch(String row, String column, Handover.Turn turn) {
    Ir ir = emitter.ir;
    String run = Team.row(ir);
    return conveyor.fetch(steps, turn, (stage, step, slot, counter) -> {
      if (stage == leftStage) {
        left.fetch(emitter, row, step, slot, 0, run, counter);
      } else {
        right.fetch(emitter, column, step, ir.plus(slot, left.bytes()), 1, run, counter);
      }
    });
  }

  private Handover.Turn compute(String row, String column, Handover.Turn turn) {
    List<Ir.Carried> results = conveyor.multiply(steps, turn, products.zero(), new Multiplying());
    finish(row, column, results.subList(0, results.size() - 2));
    return Conveyor.after(results);
  }

  /// What follows the sums of a group's rows, some columns at a time.
  private void finish(String row, String column, List<Ir.Carried> sums) {
    Ir ir = emitter.ir;
    String thread = Team.thread(ir);
    String group = ir.value("udiv i64 " + thread + ", " + GROUP_THREADS);
    String own = ir.value("and i64 " + thread + ", " + (GROUP_THREADS - 1));
    var share = new Epilogue.Share(own, ir.value("mul i64 " + group + ", " + GROUP_ROWS * epilogue.pitch()));
    String firstRow = ir.value("add i64 " + row + ", " + ir.value("mul i64 " + group + ", " + GROUP_ROWS));
    boolean whole = raster.m() % tile.rows() == 0 && raster.n() % tile.columns() == 0;
    for (int piece = 0; piece < tile.columns() / PIECE; piece++) {
      String firstColumn = ir.plus(column, (long) piece * PIECE);
      products.store(sums, piece * PIECE, PIECE, epilogue.pitch(), epilogue.offset(0));
      Team.barrier(ir, group, GROUP_THREADS);
      Runnable store = () -> epilogue.emit(share, firstRow, firstColumn, emitter.analysis.nodes);
      if (whole) {
        store.run();
      } else {
        String below = ir.value("icmp slt i64 " + firstRow + ", " + raster.m());
        String inside = ir.value("icmp slt i64 " + firstColumn + ", " + raster.n());
        emitter.branch(ir.value("and i1 " + below + ", " + inside), store);
      }
      Team.barrier(ir, group, GROUP_THREADS);
    }
  }

  private final class Multiplying implements Pipeline.Work {
    @Override
    public List<Ir.Carried> fold(List<OpNode> folds, String step, String slot, List<Ir.Carried> states) {
      return products.multiply(states, slot, emitter.ir.plus(slot, left.bytes()));
    }

    @Override
    public List<Ir.Carried> settle(List<Ir.Carried> states) {
      return products.settle(states);
    }

    @Override
    public void fence() {
      // What hardware has brought, hardware sees.
    }
  }
}
