package org.teenygrad.engine.codegen;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a sum of products on Hopper: as many blocks as there are multiprocessors go from tile to tile ([TileScheduler]). In
/// each, one thread has slabs brought by the tensor memory accelerator ([TileProducer]); groups of four warps multiply what has come
/// (`wgmma`), and each warp finishes its 16 rows by itself. Two blocks may be a cluster: their tiles lie below one another, and each
/// brings half of the right factor's slabs for both.
///
/// @see <a href="https://github.com/NVIDIA/cutlass/blob/main/media/docs/cpp/efficient_gemm.md">CUTLASS, warp specialization</a>
final class PersistentTiles implements LoopNest {
  private static final int GROUP_THREADS = 128;

  private final Emitter emitter;
  private final BlockTile tile;
  private final TileScheduler tiles;
  private final FactorSlabs slabs;
  private final @Nullable Prologue prologue;
  private final WarpgroupProducts products;
  private final WarpEpilogue epilogue;
  private final MbarrierRing mbarriers;
  private final WarpSpecializedPipeline pipeline;
  private final TileProducer producer;
  private final PartialSums parts;

  /// The byte in shared memory where slabs, and what is kept beside them, end.
  private final long slabsEnd;

  PersistentTiles(Emitter emitter, MatmulTiling plan, Target.Gpu target) {
    this.emitter = emitter;
    tile = plan.tile();
    prologue = plan.contraction().reducesRows() ? new Prologue(emitter, plan, 0) : null;
    slabs = FactorSlabs.of(plan);
    tiles = TileScheduler.of(emitter, plan, target);
    parts = new PartialSums(emitter.ir, Memory.pointer(emitter.analysis.slots().size()), tile, Math.toIntExact(tiles.blocks()));
    boolean leftInner = plan.leftStage().payload(Stage.class).alongInner();
    boolean rightInner = slabs.rights().getFirst().stage().alongInner();
    products = new WarpgroupProducts(emitter.ir, tile, slabs.rights().size(), plan.unit(), leftInner, rightInner);
    long kept = prologue == null ? 0 : prologue.bytes();
    slabsEnd = kept + tile.stages() * slabs.bytes();
    epilogue = new WarpEpilogue(emitter, plan, slabsEnd);
    long mbarriersBegin = slabsEnd + (long) WarpSums.BYTES * tile.warps();
    mbarriers = new MbarrierRing(emitter.ir, tile.stages(), mbarriersBegin, tile.warps(), plan.cluster());
    pipeline = new WarpSpecializedPipeline(emitter.ir, plan.steps(), mbarriers, kept, slabs.bytes());
    producer = new TileProducer(emitter, tiles, slabs, pipeline, tile.stages());
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
    return slabs.maps();
  }

  @Override
  public List<Integer> prefetched() {
    return producer.prefetched();
  }

  /// So that it is known how many registers a thread starts with (setmaxnreg).
  @Override
  public int residentBlocks() {
    return 1;
  }

  @Override
  public int clusterBlocks() {
    return mbarriers.blocks();
  }

  @Override
  public long exchangeBytes(int runs) {
    StreamK streamK = tiles.streamK();
    return streamK == null ? 0 : streamK.exchangeBytes(tile, runs);
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(tiles.blocks(), tile.threads() + GROUP_THREADS, slabsEnd + bytes(tile.rows(), tile.stages()));
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
      emitter.branch(ir.value("icmp eq i64 " + thread + ", " + tile.threads()), producer::emit);
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
      tiles.all(this::compute);
    });
    mbarriers.end();
  }

  private RegisterReallocation registers() {
    return tiles.isShared() ? RegisterReallocation.OF_PIECES : RegisterReallocation.OF_TILES;
  }

  private boolean movesRegisters() {
    return tile.threads() == 2 * GROUP_THREADS;
  }

  private MbarrierRing.Turn compute(String row, String column, StreamK.Piece piece, MbarrierRing.Turn turn) {
    List<Ir.Carried> results = pipeline.multiply(piece.from(), piece.below(), turn, products, new WarpSpecializedPipeline.Factors() {
      @Override
      public String left(String step, String slot) {
        return prologue == null ? slot : prologue.slab(step);
      }

      @Override
      public String right(String slot) {
        return emitter.ir.plus(slot, slabs.leftBytes());
      }
    });
    List<Ir.Carried> sums = results.subList(0, results.size() - 2);
    StreamK streamK = tiles.streamK();
    if (streamK == null) {
      epilogue.emit(row, column, sums);
    } else {
      List<Ir.Carried> all = streamK.added(emitter.ir, piece, sums, parts);
      String ends = emitter.ir.value("icmp eq i64 " + piece.below() + ", " + tiles.depth());
      emitter.branch(ends, () -> epilogue.emit(row, column, all), () -> parts.put(all));
    }
    return WarpSpecializedPipeline.turn(results);
  }
}
