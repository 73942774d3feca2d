package org.teenygrad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Devices;
import picocli.CommandLine;

class CudaCommandTest {
  private record Result(int status, String err) {}

  private static Result run(String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine command = Main.command();
    command.getSubcommands().values().forEach(sub -> sub.setErr(new PrintWriter(err, true)));
    int status = command.setErr(new PrintWriter(err, true)).execute(arguments);
    return new Result(status, err.toString().strip());
  }

  private static boolean hasGpu() {
    try {
      Devices.runtime(Device.of("cuda"));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void saysInOneSentenceThatThereIsNoGpu() {
    assumeTrue(!hasGpu());
    Result result = run("cuda");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err().lines()).singleElement().asString().startsWith("teenygrad bench: ").containsAnyOf("NVIDIA driver", "GPU");
  }

  @Test
  void theLadderSaysSoToo() {
    assumeTrue(!hasGpu());
    Result result = run("gemm", "--rung", "all", "--size", "256");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err().lines()).singleElement().asString().startsWith("teenygrad bench: ").containsAnyOf("NVIDIA driver", "GPU");
  }

  @Test
  void theLadderNamesItsRungsAndTypes() {
    assertThat(run("gemm", "--rung", "tensor").err()).isEqualTo("teenygrad bench: no rung 'tensor'; there are naive, shared, registers, mma, wgmma, tma");
    assertThat(run("gemm", "--rung", "mma", "--dtype", "int8").err()).contains("no products of 'int8' are measured; there are bfloat16, float16, float32, tf32");
    assertThat(run("gemm", "--rung", "mma", "--device", "cpu").err()).contains("--rung is for GPUs, and 'cpu' is none");
    assertThat(run("rows", "--rung", "mma").err()).contains("--rung is for gemm alone");
    assertThat(run("gemm", "--size", "64").err()).contains("--rung");
  }

  @Test
  void namesTheCasesWhereOneIsUnknown() {
    Result result = run("cuda", "--only", "nonsense");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("no case 'nonsense'; there are ", "matmul_4096", "gpt2_124m_step");
  }

  @Test
  void wantsAName() {
    Result result = run();
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("say what to measure: NAME", "teenygrad bench cuda");
  }
}
