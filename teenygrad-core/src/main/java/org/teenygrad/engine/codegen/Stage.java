package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target.Rung;

/// How a STAGE keeps tiles of a factor in shared memory: some rows by a part of the inner dimension.
///
/// What is stored as it lies in the factor's own memory is copied asynchronously, past the registers; anything else is computed on
/// the way. For tensor cores numbers are in lines of 128 bytes, along the inner dimension if the factor lies so in memory, else
/// along the rows in panels of 64 (of 32, if float32). The eight 16-byte parts of a line are exchanged by the line's number, so
/// that eight lines' parts of one column fall on different banks: the 128-byte swizzle that `wgmma` expects. For threads that
/// multiply by themselves, there is a line for each step of the inner dimension.
///
/// @param rows of a tile
/// @param depth how much of the inner dimension a tile has
/// @param slots how many tiles there is room for: one is looked at, the others are on their way
/// @param alongInner whether lines run along the inner dimension
/// @param source how tiles come
/// @param stepLines whether there is a line for each step of the inner dimension
public record Stage(int rows, int depth, int slots, boolean alongInner, Source source, boolean stepLines) {
  static final int CHUNK = 16;

  /// How tiles come to shared memory.
  public enum Source {
    /// By threads, which compute them on the way.
    COMPUTED("computed"),

    /// As they are, by threads that name addresses.
    COPIED("copied"),

    /// As they are, by hardware that finds the addresses itself ([BulkTile]).
    MAPPED("copied by a tensor map");

    private final String text;

    Source(String text) {
      this.text = text;
    }
  }

  /// Floats between the lines of steps, so that they fall on different banks.
  static final int PADDING = 4;

  /// A STAGE for a factor.
  /// @param outer the loops that count rows
  /// @param inner those of the inner dimension
  /// @param rung what multiplies
  static OpNode of(Analysis analysis, OpNode factor, List<OpNode> outer, List<OpNode> inner, int rows, int depth, int slots, Rung rung) {
    boolean stepLines = !rung.hasMatrixUnit();
    DType element = factor.dtype();
    boolean alongInner = liesAlongInner(analysis, factor, outer, inner);
    OpNode along = alongInner ? inner.getLast() : outer.getLast();
    int lanes = CHUNK / element.bytes();
    boolean copied = !stepLines && Analysis.size(along) % lanes == 0 && factor.is(OpCode.LOAD) && (factor.inputs().size() == 2 || !analysis.dependsOn(factor.input(2), along))
        && factor.input(0).dtype() == element && analysis.isAligned(factor, along, lanes);
    return OpNode.of(OpCode.STAGE, new Stage(rows, depth, slots, alongInner, copied ? Source.COPIED : Source.COMPUTED, stepLines), List.of(factor));
  }

  /// Whether lines of a factor's tiles run along the inner dimension. Parts of a line that `ldmatrix` transposes have 16 bits at least.
  static boolean liesAlongInner(Analysis analysis, OpNode factor, List<OpNode> outer, List<OpNode> inner) {
    return factor.dtype().bytes() == 1 || lies(analysis, factor, inner.getLast()) >= lies(analysis, factor, outer.getLast());
  }

  /// How many loads of the factor run over neighbours in memory along a loop.
  private static int lies(Analysis analysis, OpNode factor, OpNode range) {
    return (int) Graph.topological(List.of(factor)).stream()
        .filter(node -> node.is(OpCode.LOAD) && analysis.stride(node, range) == 1).count();
  }

  /// The same, by a tensor map.
  Stage mapped() {
    return new Stage(rows, depth, slots, alongInner, Source.MAPPED, stepLines);
  }

  /// Whether threads start copies and go on.
  boolean asynchronous() {
    return source == Source.COPIED;
  }

  /// Shared memory for one tile.
  int bytes(DType element) {
    return stepLines ? depth * (rows + PADDING) * Float.BYTES : rows * depth * element.bytes();
  }

  @Override
  public String toString() {
    return rows + "x" + depth + (slots == 1 ? "" : ", " + slots + " at a time") + ", " + source.text + (alongInner ? "" : ", transposed");
  }
}
