package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;

class ContractionsTest {
  @Test
  void matmulMultipliesMatrices() {
    Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Tensor b = Tensor.of(new float[] {1, 0, 2, 1, 0, 3}, 3, 2);
    assertThat(a.matmul(b).toFloatArray()).containsExactly(5, 11, 14, 23);
  }

  @Test
  void matmulBroadcastsLeadingAxes() {
    assertThat(Tensor.ones(2, 1, 5, 7).matmul(Tensor.ones(3, 7, 4)).shape()).isEqualTo(Shape.of(2, 3, 5, 4));
    assertThat(Tensor.ones(7).matmul(Tensor.ones(3, 7, 4)).shape()).isEqualTo(Shape.of(3, 4));
    assertThat(Tensor.ones(3, 4, 7).matmul(Tensor.ones(7)).shape()).isEqualTo(Shape.of(3, 4));
    assertThat(Tensor.ones(7).matmul(Tensor.ones(7)).item()).isEqualTo(7);
  }

  @Test
  void matmulOfEmptyInnerAxisIsZero() {
    assertThat(Tensor.zeros(2, 0).matmul(Tensor.zeros(0, 3)).toFloatArray()).containsExactly(0, 0, 0, 0, 0, 0);
    assertThat(Tensor.zeros(0, 2).matmul(Tensor.zeros(2, 3)).shape()).isEqualTo(Shape.of(0, 3));
  }

  @Test
  void matmulIsOneReductionOverOneProduct() {
    Tensor product = Tensor.of(new float[6], 2, 3).matmul(Tensor.of(new float[12], 3, 4));
    var ops = Graph.topological(List.of(product.node())).stream().map(node -> node.op()).toList();
    assertThat(ops).containsOnlyOnce(OpCode.REDUCE, OpCode.MUL);
  }

  @Test
  void bfloat16ProductsAddUpInFloat32() {
    Tensor ones = Tensor.ones(DType.BFLOAT16, 1000);
    Tensor sum = ones.dot(ones); // in bfloat16 the sum would stop at 256
    assertThat(sum.dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(sum.item()).isEqualTo(1000);
  }

  @Test
  void integersMultiplyExactly() {
    Tensor product = Tensor.of(new long[] {3_000_000_001L, 2}, 1, 2).matmul(Tensor.of(new long[] {2, 1}, 2, 1));
    assertThat(product.toLongArray()).containsExactly(6_000_000_004L);
  }

  @Test
  void errorsNameBothShapes() {
    assertThatThrownBy(() -> Tensor.zeros(32, 64).matmul(Tensor.zeros(63, 10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "matmul: inner dimensions differ: (32, 64) x (63, 10); the last axis of the left must equal the second-to-last of the right");
    assertThatThrownBy(() -> Tensor.zeros(2, 3, 4).matmul(Tensor.zeros(5, 4, 6)))
        .hasMessageContaining("leading axes of (2, 3, 4) x (5, 4, 6) do not broadcast");
    assertThatThrownBy(() -> Tensor.zeros().matmul(Tensor.zeros(3))).hasMessageContaining("scalar");
    assertThatThrownBy(() -> Tensor.ones(2, 3).linear(Tensor.ones(4, 5))).hasMessageContaining("(out, in)");
  }

  @Test
  void einsumTakesDiagonalsAndEllipses() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    assertThat(Tensor.einsum("ii", x).item()).isEqualTo(5);
    assertThat(Tensor.einsum("ii -> i", x).toFloatArray()).containsExactly(1, 4);
    assertThat(Tensor.einsum("...ij->...ji", x).toFloatArray()).containsExactly(1, 3, 2, 4);
    assertThat(Tensor.einsum("ba", x).toFloatArray()).containsExactly(1, 3, 2, 4);
  }

  @Test
  void einsumBroadcastsAxesOfSizeOne() {
    assertThat(Tensor.einsum("ij,ij->i", Tensor.ones(2, 3), Tensor.ones(1, 3)).toFloatArray()).containsExactly(3, 3);
  }

  @Test
  void einsumRefusesMalformedEquations() {
    assertThatThrownBy(() -> Tensor.einsum("ij,jk->ik", Tensor.ones(2, 3))).hasMessageContaining("2 operands, but 1");
    assertThatThrownBy(() -> Tensor.einsum("i->j", Tensor.ones(2))).hasMessageContaining("'j' of the output is in no operand");
    assertThatThrownBy(() -> Tensor.einsum("ij,jk", Tensor.ones(2, 3), Tensor.ones(4, 5)))
        .hasMessageContaining("'j' is 3 and 4 (operand 1, (4, 5))");
    assertThatThrownBy(() -> Tensor.einsum("ij", Tensor.ones(2))).hasMessageContaining("names 2 axes");
  }
}
