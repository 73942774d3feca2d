package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a sum of products on Hopper: as many blocks as there are multiprocessors go from tile to tile. In each, one thread
/// has slabs brought by the tensor memory accelerator ([BulkTile]), also those of the next tile while the sums of the last are
/// stored; groups of four warps multiply what has come (`wgmma`), and each warp finishes its 16 rows by itself. Two blocks may be a
/// cluster: their tiles lie below one another, and each brings half of the right factor's slabs for both. Long sums of a few tiles
/// blocks may share ([StreamK]).
///
/// @see <a href="https://github.com/NVIDIA/cutlass/blob/main/media/docs/cpp/efficient_gemm.md">CUTLASS, warp specialization</a>
final class PersistentTiles implements LoopNest {
  private static final int GROUP_THREADS = 128;

  /// Registers of a thread: what the group of the one that fetches needs few of, two groups that compute take. Together they are
  /// all that a multiprocessor has.
  record Registers(int fetching, int computing) {
    static final Registers OF_TILES = new Registers(24, 240);

    /// Where the thread that fetches goes over pieces of tiles.
    static final Registers OF_PIECES = new Registers(40, 232);

    void keep(Ir ir) {
      ir.gpu().keepRegisters(fetching);
    }

    void take(Ir ir) {
      ir.gpu().takeRegisters(computing);
    }
  }

  private final Emitter emitter;
  private final Raster raster;
  private final BlockTile tile;
  private final long steps;
  private final OpNode leftStage;
  private final List<OpNode> rightStages;

  /// What brings the left factor; null where a prologue computes it.
  private final @Nullable BulkTile left;

  private final @Nullable Prologue prologue;
  private final List<BulkTile> rights;
  private final WarpgroupProducts products;
  private final WarpEpilogue epilogue;
  private final MbarrierRing mbarriers;
  private final WarpSpecializedPipeline pipeline;
  private final long slabs;
  private final int cluster;
  private final long blocks;
  private final @Nullable StreamK streamK;
  private final PartialSums parts;

  PersistentTiles(Emitter emitter, MatmulTiling plan, Target.Gpu target) {
    this.emitter = emitter;
    tile = plan.tile();
    prologue = plan.contraction().reducesRows() ? new Prologue(emitter, plan, 0) : null;
    left = prologue == null ? plan.maps().getFirst() : null;
    rights = plan.maps().subList(left == null ? 0 : 1, plan.maps().size());
    leftStage = plan.leftStage();
    rightStages = plan.rightStages();
    raster = plan.raster();
    steps = plan.depth();
    cluster = plan.cluster();
    streamK = plan.streamK();
    blocks = streamK == null ? Math.min(target.processors() / cluster * cluster, raster.tiles()) : streamK.blocks();
    parts = new PartialSums(emitter.ir, Memory.pointer(emitter.analysis.slots().size()), tile, Math.toIntExact(blocks));
    boolean leftInner = leftStage.payload(Stage.class).alongInner();
    products = new WarpgroupProducts(emitter.ir, tile, rights.size(), plan.unit(), leftInner, rights.getFirst().stage().alongInner());
    long slotBytes = leftBytes() + rights.stream().mapToLong(BulkTile::bytes).sum();
    long kept = prologue == null ? 0 : prologue.bytes();
    slabs = kept + tile.stages() * slotBytes;
    epilogue = new WarpEpilogue(emitter, plan, slabs);
    mbarriers = new MbarrierRing(emitter.ir, tile.stages(), slabs + (long) WarpSums.BYTES * tile.warps(), tile.warps(), cluster);
    pipeline = new WarpSpecializedPipeline(emitter.ir, plan.steps(), mbarriers, kept, slotBytes);
  }

  /// Of a slot.
  private int leftBytes() {
    return left == null ? 0 : left.bytes();
  }

  /// Shared memory beside the slabs.
  static long bytes(int rows, int stages) {
    return (long) WarpSums.BYTES * rows / WarpSums.ROWS + MbarrierRing.bytes(stages);
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
    return Stream.concat(Stream.ofNullable(left), rights.stream()).map(BulkTile::map).toList();
  }

  /// So that it is known how many registers a thread starts with (setmaxnreg).
  @Override
  public int residentBlocks() {
    return 1;
  }

  @Override
  public int clusterBlocks() {
    return cluster;
  }

  @Override
  public long exchangeBytes(int runs) {
    return streamK == null ? 0 : streamK.exchangeBytes(tile, runs);
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(blocks, tile.threads() + GROUP_THREADS, slabs + bytes(tile.rows(), tile.stages()));
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    SharedTile.declare(ir);
    String thread = Threads.thread(ir);
    mbarriers.prepare(thread);
    emitter.branch(ir.value("icmp uge i64 " + thread + ", " + tile.threads()), () -> {
      if (movesRegisters()) {
        registers().keep(ir);
      }
      emitter.branch(ir.value("icmp eq i64 " + thread + ", " + tile.threads()), this::fetch);
    });
    emitter.branch(ir.value("icmp ult i64 " + thread + ", " + tile.threads()), () -> {
      if (movesRegisters()) {
        registers().take(ir);
      }
      if (!prefetched().isEmpty()) {
        Threads.awaitLaunchesBefore(ir);
      }
      if (prologue != null) {
        prologue.emit();
        products.fence();
        Threads.barrier(ir, tile.threads());
      }
      if (streamK == null) {
        tiles(Threads.block(ir), MbarrierRing.Turn.first(), this::compute);
      } else {
        pieces(this::compute);
      }
    });
    mbarriers.end();
  }

  private Registers registers() {
    return streamK == null ? Registers.OF_TILES : Registers.OF_PIECES;
  }

  private boolean movesRegisters() {
    return tile.threads() == 2 * GROUP_THREADS;
  }

  /// What is done with a tile, or a piece of one.
  private interface Visit {
    MbarrierRing.Turn at(String row, String column, StreamK.Piece piece, MbarrierRing.Turn turn);
  }

  /// The tiles of this block from one that there is on, one after the other.
  private void tiles(String from, MbarrierRing.Turn first, Visit visit) {
    Ir ir = emitter.ir;
    ir.loop(from, Long.toString(raster.tiles()), blocks, List.of(first.slot(), first.phase()), (number, carried) -> {
      List<Ir.Carried> after = new ArrayList<>();
      StreamK.Piece whole = new StreamK.Piece(number, "0", Long.toString(steps));
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

  /// Whether the larger factor is the left one.
  private boolean prefetchesLeft() {
    return raster.m() >= raster.n();
  }

  /// The larger factor, such as weights, of all sums; none where blocks share tiles: the factors of such long sums are seldom older
  /// than the launch before.
  @Override
  public List<Integer> prefetched() {
    if (streamK != null) {
      return List.of();
    }
    List<BulkTile> factors = left != null && prefetchesLeft() ? List.of(left) : rights;
    return factors.stream().map(factor -> factor.map().slot()).distinct().toList();
  }

  /// Fetches all tiles. As many slabs of the first one as there are slots come in two parts: the prefetched factor's before the
  /// launches before have ended.
  private void fetch() {
    Ir ir = emitter.ir;
    if (streamK != null) {
      pieces((row, column, piece, turn) -> {
        UnaryOperator<String> order = streamK.order(ir, piece);
        WarpSpecializedPipeline.Fetch fetch = fetch(row, column, true, true);
        return pipeline.fetch(piece.from(), piece.below(), turn,
            (stage, step, at, slot, counter) -> fetch.to(stage, order.apply(step), at, slot, counter));
      });
      return;
    }
    ir.branch(ir.value("icmp eq i32 " + Runs.UNWRITTEN + ", 0"), () -> Threads.awaitLaunchesBefore(ir), () -> {});
    String first = Threads.block(ir);
    if (left == null) {
      tiles(first, MbarrierRing.Turn.first(), (row, column, whole, turn) ->
          pipeline.fetch(whole.from(), whole.below(), turn, fetch(row, column, false, true)));
      return;
    }
    List<MbarrierRing.Turn> next = new ArrayList<>();
    raster.at(emitter, first, (row, column) -> {
      String slots = Long.toString(Math.min(steps, tile.stages()));
      WarpSpecializedPipeline.Fetch early = fetch(row, column, prefetchesLeft(), !prefetchesLeft());
      WarpSpecializedPipeline.Fetch late = fetch(row, column, !prefetchesLeft(), prefetchesLeft());
      pipeline.fetch("0", slots, MbarrierRing.Turn.first(), early);
      Threads.awaitLaunchesBefore(ir);
      MbarrierRing.Turn filled = pipeline.complete("0", slots, MbarrierRing.Turn.first(), late);
      next.add(steps <= tile.stages() ? filled : pipeline.fetch(slots, Long.toString(steps), filled, fetch(row, column, true, true)));
    });
    if (blocks < raster.tiles()) {
      String second = ir.plus(first, blocks);
      emitter.branch(ir.value("icmp slt i64 " + second + ", " + raster.tiles()), () ->
          tiles(second, next.getFirst(), (row, column, whole, turn) ->
              pipeline.fetch(whole.from(), whole.below(), turn, fetch(row, column, true, true))));
    }
  }

  /// How the factors' parts of a tile are fetched, or one's alone.
  private WarpSpecializedPipeline.Fetch fetch(String row, String column, boolean fetchesLeft, boolean fetchesRight) {
    Ir ir = emitter.ir;
    String run = Threads.row(ir);
    return (stage, step, turn, slot, counter) -> {
      if (stage == leftStage && fetchesLeft && left != null) {
        left.fetch(emitter, row, step, slot, 0, run, counter);
      } else if (stage != leftStage && fetchesRight) {
        int number = rightStages.indexOf(stage);
        String own = ir.plus(slot, leftBytes() + (long) number * rights.getFirst().bytes());
        rights.get(number).fetch(emitter, column, step, own, maps().size() - rights.size() + number, run, counter);
      }
    };
  }

  private MbarrierRing.Turn compute(String row, String column, StreamK.Piece piece, MbarrierRing.Turn turn) {
    List<Ir.Carried> results = pipeline.multiply(piece.from(), piece.below(), turn, products, new WarpSpecializedPipeline.Factors() {
      @Override
      public String left(String step, String slot) {
        return prologue == null ? slot : prologue.slab(step);
      }

      @Override
      public String right(String slot) {
        return emitter.ir.plus(slot, leftBytes());
      }
    });
    List<Ir.Carried> sums = results.subList(0, results.size() - 2);
    if (streamK == null) {
      epilogue.emit(row, column, sums);
    } else {
      List<Ir.Carried> all = streamK.added(emitter.ir, piece, sums, parts);
      String ends = emitter.ir.value("icmp eq i64 " + piece.below() + ", " + steps);
      emitter.branch(ends, () -> epilogue.emit(row, column, all), () -> parts.put(all));
    }
    return WarpSpecializedPipeline.turn(results);
  }
}
