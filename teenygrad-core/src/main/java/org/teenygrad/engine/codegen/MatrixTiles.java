package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a sum of products on a GPU: each block of threads computes a tile of sums.
///
/// The loops that only one factor depends on are flattened to rows, those of the other to columns, the summed ones to one inner
/// dimension; all others count separate products. Step by step along the inner dimension, a slab of each factor is brought to shared
/// memory ([Stage]), some steps ahead of the multiplications ([Products]). Then the sums pass through shared memory once more, so
/// that what follows them (bias, activation, residual) runs over whole vectors of neighbours.
final class MatrixTiles implements LoopNest {
  private final Emitter emitter;
  private final MatmulTiling plan;
  private final Raster raster;
  private final BlockTile tile;
  private final Products products;
  private final Epilogue epilogue;

  /// Stores what stands below the diagonal; null where tiles there are made themselves.
  private final @Nullable Epilogue mirrored;

  private final SharedTile left;
  private final SharedTile right;

  MatrixTiles(Emitter emitter, MatmulTiling plan) {
    this.emitter = emitter;
    this.plan = plan;
    tile = plan.tile();
    raster = plan.raster();
    List<OpNode> rows = plan.contraction().rows();
    List<OpNode> columns = plan.contraction().columns();
    List<OpNode> inner = plan.contraction().inner();
    left = new SharedTile(emitter, plan.leftStage(), rows, inner, tile.threads());
    right = new SharedTile(emitter, plan.rightStage(), columns, inner, tile.threads());
    epilogue = new Epilogue(emitter, plan.folds(), null, rows, columns, tile);
    mirrored = plan.isSymmetric() ? epilogue.mirrored() : null;
    MatrixUnit unit = plan.unit();
    products = switch (unit.scope) {
      case THREAD -> new ScalarProducts(emitter.ir, tile);
      case WARP -> new WarpProducts(emitter.ir, tile, unit, left.isInner(), right.isInner());
      case WARPGROUP -> new WarpgroupProducts(emitter.ir, tile, 1, unit, left.isInner(), right.isInner());
    };
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "contract";
  }

  /// Two blocks of threads that multiply by themselves: one does while the other waits for its slabs.
  @Override
  public int residentBlocks() {
    return tile.rung() == Target.Rung.REGISTERS ? 2 : 0;
  }

  @Override
  public Program.Launch launch() {
    long stages = (long) tile.stages() * (left.bytes() + right.bytes());
    return new Program.Launch(raster.tiles(), tile.threads(), Math.max(stages, epilogue.bytes()));
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    SharedTile.declare(ir);
    raster.at(emitter, Threads.block(ir), (row, column) -> {
      List<Ir.Carried> sums = sums(row, column);
      Threads.barrier(ir);
      products.store(sums, epilogue.pitch());
      Threads.barrier(ir);
      epilogue.emit(row, column, emitter.analysis.nodes);
      if (mirrored != null) {
        emitter.branch(ir.value("icmp slt i64 " + row + ", " + column), () ->
            mirrored.emit(Epilogue.Share.mirrored(ir, Threads.thread(ir), epilogue::sums), column, row, emitter.analysis.nodes));
      }
    });
  }

  /// All steps along the inner dimension.
  private List<Ir.Carried> sums(String row, String column) {
    Ir ir = emitter.ir;
    Pipeline.Mover fetchLeft = (step, slot, exists) -> left.fetched(row, step, slot, exists);
    Pipeline.Mover fetchRight = (step, slot, exists) -> right.fetched(column, step, ir.plus(slot, left.bytes()), exists);
    Pipeline pipeline = new Pipeline(ir, plan.steps(), Map.of(plan.leftStage(), fetchLeft, plan.rightStage(), fetchRight), 0, (long) left.bytes() + right.bytes(), new MatmulStep(ir, products, left.bytes()));
    String count = Long.toString(plan.depth());
    pipeline.fill("0", count);
    return pipeline.run("0", count, products.zero());
  }
}
