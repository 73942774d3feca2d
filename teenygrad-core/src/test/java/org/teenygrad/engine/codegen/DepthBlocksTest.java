package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DepthBlocksTest {
  @Test
  void theLastBlockHasAWholeVectorAtLeast() {
    for (long size = 257; size <= 512 * 256; size++) {
      long steps = DepthBlocks.steps(size, 256, 16);
      long last = size - (Math.ceilDiv(size, steps) - 1) * steps;
      assertThat(steps % 16 == 0 && steps <= 256 && last >= 16 && last <= steps).as("%d in blocks of %d", size, steps).isTrue();
    }
  }
}
