package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Semantics;

class ThreefryTest {
  private static final Lanes LANES = new Lanes(Decompositions.rewrite(
      OpNode.of(OpCode.THREEFRY, Lanes.argument(0, DType.INT64), Lanes.argument(1, DType.INT64))));

  /// The vectors of Random123 (D. E. Shaw Research, 2011), 20 rounds.
  @Test
  void knownAnswersAreMet() {
    long[] counters = {words(0, 0), words(-1, -1), words(0x243f6a88, 0x85a308d3)};
    long[] keys = {words(0, 0), words(-1, -1), words(0x13198a2e, 0x03707344)};
    assertThat(LANES.longs(counters, keys)).containsExactly(
        words(0x6b200159, 0x99ba4efe), words(0x1cb996fc, 0xbb002be7), words(0xc4923a9c, 0x483df7a0));
  }

  @Test
  void agreesWithItsDefinition() {
    long counter = 0x123456789abcdef0L;
    long key = 0xfedcba9876543210L;
    assertThat(LANES.longs(new long[] {counter}, new long[] {key}))
        .containsExactly(Semantics.integral(OpCode.THREEFRY, DType.INT64, counter, key, 0));
  }

  private static long words(int low, int high) {
    return (long) high << 32 | Integer.toUnsignedLong(low);
  }
}
