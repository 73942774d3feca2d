package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Printer;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;
import org.teenygrad.engine.schedule.Recording;

/// The package-infos of `schedule` and `codegen` show what really becomes of their examples.
class ToursTest {
  private static final Pattern SHOWN = Pattern.compile("/// ```text\n(.*?)/// ```\n", Pattern.DOTALL);

  private static List<String> shown(String name) throws IOException {
    String text = Files.readString(Path.of("src/main/java/org/teenygrad/engine/" + name + "/package-info.java"));
    return SHOWN.matcher(text).results().map(found -> found.group(1).lines().map(line -> line.replaceFirst("^/// ?", "").stripTrailing()).collect(Collectors.joining("\n"))).toList();
  }

  private static String text(OpNode graph) {
    return Printer.text(List.of(graph)).lines().map(line -> line.replaceFirst("#\\d+@(\\S+) +", "on $1  ").stripTrailing()).collect(Collectors.joining("\n"));
  }

  @Test
  void aGroupBecomesAKernelOfLoops() throws IOException {
    Device device = Device.of("cpu");
    Tensor x = Tensor.of(new float[6], Shape.of(2, 3), device);
    Tensor y = x.mul(2).add(1).sum(1);
    String asked = text(y.node());
    OpNode kernel = Recording.of(y::realize).launches().getFirst().kernel();
    assertThat(List.of(asked, text(kernel))).isEqualTo(shown("schedule"));
  }

  @Test
  void aProductBecomesTilesAndThenInstructions() throws IOException {
    AbsentGpu gpu = AbsentGpu.A100;
    PtxKernel product = gpu.launches(() -> gpu.tensor(DType.BFLOAT16, 256, 256).matmul(gpu.tensor(DType.BFLOAT16, 256, 256)).realize()).getFirst();
    String instructions = product.ptx().lines().map(String::strip).filter(line -> line.startsWith("cp.async") || line.startsWith("bar.") || line.startsWith("ldmatrix") || line.startsWith("mma."))
        .map(line -> line.replaceFirst("[ \t].*", "")).reduce((a, b) -> a.endsWith(b) ? a : a + "\n" + b).orElseThrow();
    assertThat(List.of(text(product.program().graph()), text(gpu.tiles(product)), instructions)).isEqualTo(shown("codegen"));
  }
}
