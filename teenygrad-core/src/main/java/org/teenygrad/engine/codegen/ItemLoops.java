package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpNode;

/// The work items of a contraction on a processor: each of a grid of products is cut into blocks of tiles down and of panels across
/// ([Tile]), of which an item computes one.
final class ItemLoops {
  private final Emitter emitter;
  private final OpNode m;
  private final OpNode n;
  private final List<OpNode> grid;
  private final Tile tile;
  private final long itemsDown;
  private final long itemsAcross;

  /// @param m the loop of rows, n that of columns, grid all others but those of the sum
  ItemLoops(Emitter emitter, OpNode m, OpNode n, List<OpNode> grid, Tile tile) {
    this.emitter = emitter;
    this.m = m;
    this.n = n;
    this.grid = grid;
    this.tile = tile;
    itemsDown = Math.ceilDiv(Math.ceilDiv(Analysis.size(m), tile.rows()), tile.tilesPerItem());
    itemsAcross = Math.ceilDiv(Math.ceilDiv(Analysis.size(n), tile.width()), tile.panelsPerItem());
  }

  /// What an item does, given its number and those of its blocks.
  interface Item {
    void emit(String item, String down, String across);
  }

  /// A piece of a loop: where it starts and how long it is.
  interface Part {
    void emit(String from, long count);
  }

  long count() {
    return Analysis.count(grid) * itemsAcross * itemsDown;
  }

  /// Runs over the items of a call; neighbours have the same columns.
  void emit(Item body) {
    Ir ir = emitter.ir;
    ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      String down = itemsDown == 1 ? "0" : ir.value("urem i64 " + item + ", " + itemsDown);
      String rest = itemsDown == 1 ? item : ir.value("udiv i64 " + item + ", " + itemsDown);
      String across = itemsAcross == 1 ? "0" : ir.value("urem i64 " + rest + ", " + itemsAcross);
      String others = itemsAcross == 1 ? rest : ir.value("udiv i64 " + rest + ", " + itemsAcross);
      emitter.unflatten(others, grid, () -> body.emit(item, down, across));
      return none;
    });
  }

  /// Does what items with the same columns need once: in the first of them and in the first of a call.
  void once(String item, String down, Runnable body) {
    if (itemsDown == 1) {
      body.run();
      return;
    }
    Ir ir = emitter.ir;
    String first = ir.value("icmp eq i64 " + item + ", %begin");
    String top = ir.value("icmp eq i64 " + down + ", 0");
    ir.branch(ir.value("or i1 " + first + ", " + top), body, () -> {});
  }

  /// The tiles of a block down.
  void tiles(String down, Part part) {
    blocks(down, itemsDown, tile.tilesPerItem(), tile.rows(), Analysis.size(m), part);
  }

  /// The panels of a block across.
  void panels(String across, Part part) {
    blocks(across, itemsAcross, tile.panelsPerItem(), tile.width(), Analysis.size(n), part);
  }

  /// The number of a column among those of its item.
  String columnInItem(String column, String across) {
    Ir ir = emitter.ir;
    String first = itemsAcross == 1 ? "0" : ir.value("mul i64 " + across + ", " + tile.panelsPerItem() * tile.width());
    return ir.value("sub i64 " + column + ", " + first);
  }

  /// The number of a row among those of its item.
  String rowInItem(String row, String down) {
    return itemsDown == 1 ? row : emitter.ir.value("sub i64 " + row + ", " + emitter.ir.value("mul i64 " + down + ", " + tile.tilesPerItem() * tile.rows()));
  }

  /// Runs over one block of a loop in steps, the last block also over what is left after the last whole step.
  private void blocks(String block, long blocks, long stepsPerBlock, long step, long size, Part part) {
    Ir ir = emitter.ir;
    long steps = size / step;
    long left = size - steps * step;
    if (blocks == 1) {
      if (steps > 0) {
        ir.loop("0", Long.toString(steps * step), step, List.of(), (at, none) -> {
          part.emit(at, step);
          return none;
        });
      }
      if (left > 0) {
        part.emit(Long.toString(steps * step), left);
      }
      return;
    }
    String from = ir.value("mul i64 " + block + ", " + stepsPerBlock * step);
    ir.declare("declare i64 @llvm.smin.i64(i64, i64)");
    String below = ir.value("call i64 @llvm.smin.i64(i64 " + ir.value("add i64 " + from + ", " + stepsPerBlock * step) + ", i64 " + steps * step + ")");
    ir.branch(ir.value("icmp slt i64 " + from + ", " + below), () -> ir.loop(from, below, step, List.of(), (at, none) -> {
      part.emit(at, step);
      return none;
    }), () -> {});
    if (left > 0) {
      ir.branch(ir.value("icmp eq i64 " + block + ", " + (blocks - 1)), () -> part.emit(Long.toString(steps * step), left), () -> {});
    }
  }
}
