package org.teenygrad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.runtime.Devices;
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
