package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Semantics;

class IntegerGuardsTest {
  private static final long[] VALUES = {
    0, 1, -1, 2, -2, 3, -3, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 100, -100, 127, -128, 255, 1000, -32768,
    Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"UINT8", "INT8", "INT16", "INT32", "INT64"})
  void divisionAndShiftsAreTotalAndNeverTrap(DType type) {
    for (OpCode op : List.of(OpCode.IDIV, OpCode.MOD, OpCode.SHL, OpCode.SHR)) {
      OpNode x = Lanes.argument(0, type);
      OpNode y = Lanes.argument(1, type);
      OpNode expanded = Decompositions.rewrite(OpNode.of(op, x, y));
      for (long a : VALUES) {
        for (long b : VALUES) {
          long left = Semantics.wrap(type, a);
          long right = Semantics.wrap(type, b);
          OpNode byConstant = Decompositions.rewrite(OpNode.of(op, x, OpNode.constant(type, right)));
          Object expected = Semantics.evaluate(op, type, List.of(type, type), left, right);
          assertThat(run(expanded, left, right)).as("%s %s %s %s", type, left, op, right).isEqualTo(expected);
          assertThat(run(byConstant, left, right)).as("%s %s %s %s", type, left, op, right).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 31, -2, 100})
  void harmlessConstantDivisorsGetNoGuard(long divisor) {
    OpNode x = Lanes.argument(0, DType.INT32);
    OpNode division = OpNode.of(OpCode.IDIV, x, OpNode.constant(DType.INT32, divisor));
    assertThat(Decompositions.rewrite(division)).isSameAs(division);
  }

  @Test
  void constantShiftsInRangeGetNoGuard() {
    OpNode x = Lanes.argument(0, DType.INT32);
    OpNode shift = OpNode.of(OpCode.SHR, x, OpNode.constant(DType.INT32, 31));
    assertThat(Decompositions.rewrite(shift)).isSameAs(shift);
  }

  /// As a machine would: division by 0 or -1 and shifts out of range are errors.
  private static Object run(OpNode root, Object... arguments) {
    Map<OpNode, Object> values = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(List.of(root))) {
      Object[] in = node.inputs().stream().map(values::get).toArray();
      values.put(node, switch (node.op()) {
        case PARAM -> arguments[node.payload(Param.class).slot()];
        case CONST -> node.payload(Object.class);
        default -> {
          if (node.is(OpCode.IDIV) || node.is(OpCode.MOD)) {
            assertThat(in[1]).isNotIn(0L, -1L);
          }
          if (node.is(OpCode.SHL) || node.is(OpCode.SHR)) {
            assertThat((Long) in[1]).isBetween(0L, 8L * node.dtype().bytes() - 1);
          }
          List<DType> types = node.inputs().stream().map(OpNode::dtype).toList();
          yield Semantics.evaluate(node.op(), node.dtype(), types, in);
        }
      });
    }
    return Objects.requireNonNull(values.get(root));
  }
}
