package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A factor that is small integers times a scale, plus a shift, along a loop: `scale * (integers + offset) + shift`, as quantised
/// blocks are unpacked.
///
/// @param integers uint8, which change along the loop
/// @param offset a constant that is added to them: -8 of 4-bit numbers with a sign, -128 of signed bytes, whose first bit is turned
/// @param scale float32, the same along the loop
/// @param shift float32, the same along the loop; null where there is none
record QuantizedFactor(OpNode integers, long offset, OpNode scale, @Nullable OpNode shift) {
  /// What the integers are made of.
  List<OpNode> bytes() {
    return Graph.topological(List.of(integers), node -> !node.is(OpCode.LOAD)).stream().filter(node -> node.is(OpCode.LOAD)).toList();
  }

  /// Whether columns differ in nothing but the bytes along the loop that their integers are made of.
  boolean isAlike(Analysis analysis, OpNode column, OpNode loop) {
    return bytes().stream().allMatch(load -> analysis.dependsOn(load, loop))
        && Graph.topological(List.of(integers), node -> !node.is(OpCode.LOAD)).stream().noneMatch(node -> node == column);
  }

  private static final int BITS = 8;
  private static final long MOST = 255;

  /// Further ones would make sums of a block's products inexact in float32.
  private static final double LARGEST_OFFSET = 256;

  /// @param factor float32
  /// @param loop along which the integers lie
  static Optional<QuantizedFactor> of(Analysis analysis, OpNode factor, OpNode loop) {
    return Optional.ofNullable(unpacked(analysis, factor, loop));
  }

  private static @Nullable QuantizedFactor unpacked(Analysis analysis, OpNode node, OpNode loop) {
    if (node.dtype() != DType.FLOAT32) {
      return null;
    }
    return switch (node.op()) {
      case CAST -> integers(node.input(0));
      case NEG -> scaled(unpacked(analysis, node.input(0), loop), OpNode.constant(DType.FLOAT32, -1.0));
      case MUL -> analysis.dependsOn(node.input(0), loop) == analysis.dependsOn(node.input(1), loop) ? null
          : analysis.dependsOn(node.input(0), loop) ? scaled(unpacked(analysis, node.input(0), loop), node.input(1)) : scaled(unpacked(analysis, node.input(1), loop), node.input(0));
      case ADD -> analysis.dependsOn(node.input(0), loop) == analysis.dependsOn(node.input(1), loop) ? null
          : analysis.dependsOn(node.input(0), loop) ? shifted(unpacked(analysis, node.input(0), loop), node.input(1)) : shifted(unpacked(analysis, node.input(1), loop), node.input(0));
      case SUB -> analysis.dependsOn(node.input(1), loop) ? null : shifted(unpacked(analysis, node.input(0), loop), negative(node.input(1)));
      default -> null;
    };
  }

  private static OpNode negative(OpNode node) {
    return node.payload() instanceof Double value ? OpNode.constant(DType.FLOAT32, -value) : OpNode.of(OpCode.NEG, node);
  }

  private static @Nullable QuantizedFactor scaled(@Nullable QuantizedFactor factor, OpNode by) {
    return factor == null ? null : new QuantizedFactor(factor.integers, factor.offset, times(factor.scale, by), factor.shift == null ? null : times(factor.shift, by));
  }

  private static OpNode times(OpNode a, OpNode b) {
    return isOne(a) ? b : OpNode.of(OpCode.MUL, a, b);
  }

  private static boolean isOne(OpNode node) {
    return node.payload() instanceof Double value && value == 1;
  }

  private static @Nullable QuantizedFactor shifted(@Nullable QuantizedFactor factor, OpNode by) {
    if (factor == null) {
      return null;
    }
    if (by.payload() instanceof Double value && value == Math.rint(value) && isOne(factor.scale) && Math.abs(factor.offset + value) <= LARGEST_OFFSET && factor.shift == null) {
      return new QuantizedFactor(factor.integers, factor.offset + value.longValue(), factor.scale, null);
    }
    return new QuantizedFactor(factor.integers, factor.offset, factor.scale, factor.shift == null ? by : OpNode.of(OpCode.ADD, factor.shift, by));
  }

  private static @Nullable QuantizedFactor integers(OpNode node) {
    OpNode one = OpNode.constant(DType.FLOAT32, 1.0);
    if (node.dtype() == DType.INT8 && node.is(OpCode.BITCAST) && node.input(0).dtype() == DType.UINT8) {
      return new QuantizedFactor(OpNode.of(OpCode.XOR, node.input(0), OpNode.constant(DType.UINT8, 128L)), -128, one, null);
    }
    OpNode bytes = asBytes(node);
    return bytes == null ? null : new QuantizedFactor(bytes, 0, one, null);
  }

  /// The same integers computed in bytes, of which a vector has four times as many; null where they may not fit.
  private static @Nullable OpNode asBytes(OpNode node) {
    if (node.dtype().isFloating() || IntegerBounds.most(node) > MOST) {
      return null;
    }
    return switch (node.op()) {
      case CONST -> node.payload() instanceof Long value ? OpNode.constant(DType.UINT8, value) : null;
      case LOAD -> node.dtype() == DType.UINT8 ? node : null;
      case CAST -> asBytes(node.input(0));
      case AND, OR -> of(node.op(), asBytes(node.input(0)), asBytes(node.input(1)));
      case SHL, SHR -> IntegerBounds.most(node.input(1)) < BITS ? of(node.op(), asBytes(node.input(0)), OpNode.create(OpCode.CAST, DType.UINT8, List.of(node.input(1)), null)) : null;
      default -> null;
    };
  }

  private static @Nullable OpNode of(OpCode op, @Nullable OpNode a, @Nullable OpNode b) {
    return a == null || b == null ? null : OpNode.of(op, a, b);
  }
}
