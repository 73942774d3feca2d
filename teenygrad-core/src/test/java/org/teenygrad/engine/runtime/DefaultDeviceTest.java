package org.teenygrad.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;
import org.teenygrad.testing.JavaProcess;

class DefaultDeviceTest {
  private static final String NO_LLVM = "-Dteenygrad.llvm=there/is/none";

  static final class TwoSums {
    public static void main(String[] arguments) {
      System.out.println(Tensor.of(1f, 2f).sum().item() + Tensor.of(3f, 4f).sum().item());
    }
  }

  @Test
  void whoComputesOnTheInterpreterWithoutHavingChosenItIsToldOnceAndHow() {
    String output = JavaProcess.run(TwoSums.class, List.of(NO_LLVM), Map.of("TEENYGRAD_DEVICE", ""));
    assertThat(output).contains("10.0").containsOnlyOnce("teenygrad: computes on the interpreter").contains("there/is/none", "TEENYGRAD_DEVICE=interpreter");
  }

  @Test
  void whoHasChosenItIsNot() {
    assertThat(JavaProcess.run(TwoSums.class, List.of(NO_LLVM), Map.of("TEENYGRAD_DEVICE", "interpreter"))).isEqualToIgnoringNewLines("10.0");
  }
}
