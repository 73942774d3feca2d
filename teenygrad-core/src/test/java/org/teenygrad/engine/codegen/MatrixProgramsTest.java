package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;

class MatrixProgramsTest {
  private static final Target.Cpu AVX512 = new Target.Cpu(64, 32, 32 << 10, 1 << 20, 2);
  private static final Target.Cpu AVX2 = new Target.Cpu(32, 16, 32 << 10, 256 << 10, 2);
  private static final Target.Cpu NEON = new Target.Cpu(16, 32, 64 << 10, 1 << 20, 2);

  static Stream<Arguments> everyProgramAndMachine() {
    return Stream.<BiFunction<Target.Cpu, Boolean, Program>>of(MatrixPrograms::products, MatrixPrograms::innerProducts, MatrixPrograms::rotations).flatMap(program -> Stream.of(
        Arguments.of(program.apply(AVX512, false), new LlvmTarget("x86_64-unknown-linux-gnu", "skylake-avx512", ""), "vfn?madd\\d+pd\\s.*%zmm", "\\(%rsp\\), %zmm"),
        Arguments.of(program.apply(AVX2, true), new LlvmTarget("x86_64-unknown-linux-gnu", "haswell", ""), "vfn?madd\\d+pd\\s.*%ymm", "\\(%rsp\\), %ymm"),
        Arguments.of(program.apply(NEON, true), new LlvmTarget("aarch64-unknown-linux-gnu", "neoverse-n1", ""), "fmla\\s+v\\d+\\.2d", "ldr\\s+q\\d+, \\[sp")));
  }

  /// Sums of loops are in vector registers of the machine: none is read from the stack there.
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyProgramAndMachine")
  void innerLoopsKeepTheirSumsInRegisters(Program program, LlvmTarget target, String multiplies, String reloads) {
    String assembly = new LlvmCompiler(target, LlvmCompiler.CLEAN_UP, 2, true).assembly(program.source());
    assertThat(assembly).containsPattern(multiplies).doesNotContainPattern(reloads);
  }
}
