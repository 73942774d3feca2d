package org.teenygrad.engine.runtime.llvm;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("restricted")
class ObjectCodeTest {
  private final LlvmCompiler host = new LlvmCompiler(LlvmTarget.host());

  private static double call(MemorySegment function, double x) throws Throwable {
    return (double)
        Linker.nativeLinker()
            .downcallHandle(function, FunctionDescriptor.of(JAVA_DOUBLE, JAVA_DOUBLE))
            .invokeExact(x);
  }

  @Test
  void functionsOfLibmResolve() throws Throwable {
    try (ObjectCode code =
        ObjectCode.link(host.object(Kernels.callLibm("useExp", "exp")), "useExp")) {
      assertThat(call(code.address("useExp"), 1)).isCloseTo(Math.E, within(1e-15));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fmodf", "powf", "tanhf", "erff", "sincosf", "memcpy", "memset"})
  void functionsThatLlvmCallsOfItselfResolve(String function) {
    ObjectCode.link(host.object(Kernels.callLibm("caller", function)), "caller").close();
  }

  @Test
  void twoKernelsMayHaveOneName() throws Throwable {
    try (ObjectCode exp = ObjectCode.link(host.object(Kernels.callLibm("same", "exp")), "same");
        ObjectCode floor =
            ObjectCode.link(host.object(Kernels.callLibm("same", "floor")), "same")) {
      assertThat(call(exp.address("same"), 0)).isEqualTo(1);
      assertThat(call(floor.address("same"), 2.5)).isEqualTo(2);
    }
  }

  @Test
  void aNameIsFreeAgainAfterClose() throws Throwable {
    for (int i = 0; i < 3; i++) {
      try (ObjectCode code =
          ObjectCode.link(host.object(Kernels.callLibm("again", "floor")), "again")) {
        assertThat(call(code.address("again"), 7.25)).isEqualTo(7);
      }
    }
  }

  @Test
  void aFunctionThatNobodyDefinesIsNamed() {
    byte[] object = host.object(Kernels.callLibm("useNothing", "no_such_function"));
    assertThatThrownBy(() -> ObjectCode.link(object, "useNothing"))
        .isInstanceOf(LlvmException.class)
        .hasMessageContaining("useNothing");
    assertThatThrownBy(() -> ObjectCode.link(object, "useNothing"))
        .isInstanceOf(LlvmException.class)
        .hasMessageNotContaining("uplicate");
  }

  @Test
  void bytesThatAreNoObjectAreAnException() {
    assertThatThrownBy(() -> ObjectCode.link(new byte[100], "f")).isInstanceOf(LlvmException.class);
  }
}
