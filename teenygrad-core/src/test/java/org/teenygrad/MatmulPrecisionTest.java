package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is allowed of products of float32; what a GPU makes of it is in `LadderTest`.
class MatmulPrecisionTest {
  @Test
  void isTheInnermostAndElseTheHighest() {
    assertThat(MatmulPrecision.current()).isEqualTo(MatmulPrecision.HIGHEST);
    MatmulPrecision.HIGH.run(() -> {
      assertThat(MatmulPrecision.current()).isEqualTo(MatmulPrecision.HIGH);
      assertThat(MatmulPrecision.HIGHEST.call(MatmulPrecision::current)).isEqualTo(MatmulPrecision.HIGHEST);
    });
    assertThat(MatmulPrecision.current()).isEqualTo(MatmulPrecision.HIGHEST);
  }

  /// 1 + 2^-23 has more bits than TensorFloat32.
  @ParameterizedTest
  @ValueSource(strings = {"interpreter", "cpu"})
  void isAPermissionThatProcessorsDoNotUse(String device) {
    float fine = Math.nextUp(1f);
    Tensor x = Tensor.full(Shape.of(16, 16), fine, DType.FLOAT32).to(Device.of(device));
    float[] product = MatmulPrecision.HIGH.call(() -> x.matmul(Tensor.eye(16).to(Device.of(device))).toFloatArray());
    assertThat(product).containsOnly(fine);
  }
}
