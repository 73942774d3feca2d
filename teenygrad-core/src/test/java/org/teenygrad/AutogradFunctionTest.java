package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AutogradFunctionTest {
  private record Written(Function<List<Tensor>, Tensor> value, BiFunction<List<Tensor>, Tensor, List<Tensor>> derivative) implements AutogradFunction {
    @Override
    public Tensor forward(List<Tensor> inputs) {
      return value.apply(inputs);
    }

    @Override
    public List<Tensor> backward(List<Tensor> inputs, Tensor gradient) {
      return derivative.apply(inputs, gradient);
    }
  }

  /// A product whose derivatives are told from the chain rule's.
  private static final AutogradFunction PRODUCT =
      new Written(x -> x.get(0).mul(x.get(1)), (x, g) -> List.of(g.mul(x.get(1)).mul(10), g.mul(x.get(0)).mul(100)));

  @Test
  void theDerivativeIsItsOwn() {
    Tensor x = Tensor.of(2f, 3f).requiresGrad();
    Tensor y = Tensor.of(5f, 7f).requiresGrad();
    Tensor product = PRODUCT.apply(x.mul(2), y);
    assertThat(product.toFloatArray()).containsExactly(20, 42);
    List<Tensor> gradients = Gradient.of(product.square().sum(), x, y);
    assertThat(gradients.get(0).toFloatArray()).containsExactly(2 * 20 * 5 * 10 * 2, 2 * 42 * 7 * 10 * 2);
    assertThat(gradients.get(1).toFloatArray()).containsExactly(2 * 20 * 4 * 100, 2 * 42 * 6 * 100);
  }

  @Test
  void derivativesOfTheDerivativeAreThoseOfItsExpression() {
    Tensor x = Tensor.of(3f).requiresGrad();
    AutogradFunction cubeAsSquare = new Written(v -> v.getFirst().square(), (v, g) -> List.of(g.mul(v.getFirst().pow(3))));
    Tensor first = Gradient.of(cubeAsSquare.apply(x).sum(), x);
    assertThat(first.item()).isEqualTo(27);
    assertThat(Gradient.of(first.sum(), x).item()).isEqualTo(27); // of x³
  }

  @Test
  void inEagerModeAndWithIntegers() {
    AutogradFunction picked = new Written(x -> x.get(0).embedding(x.get(1)), (x, g) -> List.of(Tensor.full(x.get(0).shape(), 4, DType.FLOAT64), x.get(1)));
    try (var _ = Eager.scope()) {
      Tensor table = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).requiresGrad();
      Tensor row = picked.apply(table, Tensor.of(1));
      assertThat(row.toFloatArray()).containsExactly(3, 4);
      Tensor gradient = Gradient.of(row.sum(), table);
      assertThat(gradient.dtype()).isEqualTo(DType.FLOAT32);
      assertThat(gradient.toFloatArray()).containsExactly(4, 4, 4, 4);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor x = Tensor.of(1f, 2f).requiresGrad();
    assertThatThrownBy(() -> new Written(v -> v.getFirst().gt(0), (v, g) -> List.of(g)).apply(x)).hasMessageContaining("floating, not bool");
    Tensor two = new Written(List::getFirst, (v, g) -> List.of(g, g)).apply(x);
    assertThatThrownBy(() -> Gradient.of(two.sum(), x).realize()).hasMessageContaining("2 gradients for 1 inputs");
    Tensor scalar = new Written(List::getFirst, (v, g) -> List.of(g.sum())).apply(x);
    assertThatThrownBy(() -> Gradient.of(scalar.sum(), x).realize()).hasMessageContaining("the gradient of input 0 is (), the input (2,)");
    assertThatThrownBy(() -> Gradient.jvp(two, x, x).realize()).hasMessageContaining("from results to inputs alone");
  }
}
