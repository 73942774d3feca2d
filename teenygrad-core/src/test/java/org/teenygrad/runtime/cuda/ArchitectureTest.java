package org.teenygrad.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.runtime.llvm.LlvmCompiler;

class ArchitectureTest {
  @ParameterizedTest
  @CsvSource({
    "8, 0, sm_80, false", "8, 6, sm_86, false", "8, 9, sm_89, false", "9, 0, sm_90a, true", "10, 0, sm_100a, false", "12, 0, sm_120, false",
    // between rows: what is made for all later GPUs, and nothing that 9.0 alone has
    "8, 8, sm_87, false", "9, 1, sm_90, false", "10, 3, sm_100, false", "11, 0, sm_100, false", "12, 1, sm_120, false", "13, 0, sm_120, false"
  })
  void aCapabilityRunsTheCodeOfItsRowOrOfTheRowBelow(int major, int minor, String processor, boolean warpgroups) {
    Architecture row = Architecture.of(major, minor).orElseThrow();
    assertThat(row.llvmTarget(major, minor).cpu()).isEqualTo(processor);
    assertThat(row.warpgroups(major, minor)).isEqualTo(warpgroups);
  }

  @Test
  void whatIsOlderThanAllHasNoRow() {
    assertThat(Architecture.of(7, 5)).isEmpty();
    assertThat(Architecture.of(6, 1)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void llvmWritesPtxThatPtxasAssembles(Architecture row, @TempDir Path folder) throws IOException, InterruptedException {
    String ptx = new LlvmCompiler(row.llvmTarget(row.major, row.minor)).assembly(AddKernel.IR);
    String processor = row.llvmTarget(row.major, row.minor).cpu();
    assertThat(ptx).contains(".target " + processor).contains("add.rn.f32");
    Ptxas ptxas = Ptxas.find().orElse(null);
    assumeTrue(ptxas != null, "no ptxas to assemble the PTX with");
    assertThat(ptxas.assemble(processor, Map.of("add", ptx), folder)).hasSize(1);
  }
}
