package org.teenygrad.engine.ir;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;

class Float8Test {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT8_E4M3", "FLOAT8_E5M2"})
  void everyPatternIsItsOwnNearestAndHalvesGoToEven(DType dtype) {
    double before = -1;
    for (int code = 0; code < 0x7F; code++) {
      double number = Semantics.bitsToFloating(dtype, code);
      if (Double.isNaN(number)) {
        continue;
      }
      assertThat(number).isGreaterThan(before);
      assertThat(Semantics.floatingBits(dtype, number) & 0xFF).isEqualTo(code);
      assertThat(Semantics.floatingBits(dtype, -number) & 0xFF).isEqualTo(code | 0x80);
      if (before >= 0 && Double.isFinite(number)) {
        double half = (before + number) / 2;
        double even = code % 2 == 0 ? number : before;
        assertThat(Semantics.round(dtype, half)).isEqualTo(even);
        assertThat(Semantics.round(dtype, Math.nextUp(half))).isEqualTo(number);
        assertThat(Semantics.round(dtype, Math.nextDown(half))).isEqualTo(before);
      }
      before = number;
    }
  }

  /// As `torch.tensor(x).to(torch.float8_e4m3fn)` and `float8_e5m2`.
  @Test
  void largeNumbersBecomeWhatPyTorchMakesOfThem() {
    assertThat(DType.FLOAT8_E4M3.largest()).isEqualTo(448);
    assertThat(Semantics.round(DType.FLOAT8_E4M3, 464)).isEqualTo(448);
    assertThat(Semantics.round(DType.FLOAT8_E4M3, 480)).isEqualTo(448);
    assertThat(Semantics.round(DType.FLOAT8_E4M3, Double.NEGATIVE_INFINITY)).isEqualTo(-448);
    assertThat(Semantics.round(DType.FLOAT8_E4M3, Double.NaN)).isNaN();
    assertThat(DType.FLOAT8_E5M2.largest()).isEqualTo(57344);
    assertThat(Semantics.round(DType.FLOAT8_E5M2, 61439)).isEqualTo(57344);
    assertThat(Semantics.round(DType.FLOAT8_E5M2, -61440)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Semantics.round(DType.FLOAT8_E5M2, Double.NaN)).isNaN();
  }
}
