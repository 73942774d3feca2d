package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// Convolutions and their derivatives on Hopper, whose windows come by tensor maps of images, are what the Interpreter computes, where no GPU is.
class SimulatedHopperConvolutionTest {
  private static final long FIRST = Long.getLong("teenygrad.fuzz.first", 0);

  /// Random convolutions; `-Pcampaign` takes ten times as many.
  private static final int TIMES = Integer.getInteger("teenygrad.fuzz.times", 1);

  private static final Comparison COMPARISON = new Comparison(Device.of("interpreter"), SimulatedGpu.hopper());

  @ParameterizedTest
  @CsvSource({"2, 64, 64, 5, 7, 3, 1, 1", "1, 64, 72, 9, 8, 3, 2, 1", "2, 64, 64, 8, 8, 1, 1, 0"})
  void convolutions(int batch, int channels, int outputs, int height, int width, int window, int stride, int padding) {
    List<Program> windows = windows(new Random(height + width), batch, channels, outputs, height, width, window, Window.DEFAULT.stride(stride).padding(padding));
    assertThat(windows.stream().map(Program::name)).as("products of windows").hasSizeGreaterThanOrEqualTo(window == 1 ? 0 : 2);
  }

  @Test
  void randomConvolutions() {
    int windows = 0;
    for (long seed = FIRST; seed < FIRST + TIMES; seed++) {
      Random random = new Random(seed);
      int window = 2 + random.nextInt(2);
      Window how = Window.DEFAULT.stride(1 + random.nextInt(2)).padding(random.nextInt(window)).dilation(1 + random.nextInt(2));
      windows += windows(random, 1 + random.nextInt(2), 64, 8 * (4 + random.nextInt(6)), 5 + random.nextInt(4), 5 + random.nextInt(4), window, how).size();
    }
    assertThat(windows).as("products of windows").isGreaterThanOrEqualTo(TIMES);
  }

  /// A convolution and its derivatives by images and weights, compared.
  /// @return the kernels whose windows come by tensor maps of images
  private static List<Program> windows(Random random, int batch, int channels, int outputs, int height, int width, int window, Window how) {
    List<Tensor> inputs = List.of(WholeNumbers.of(random, DType.BFLOAT16, 1, batch, channels, height, width), WholeNumbers.of(random, DType.BFLOAT16, 1, outputs, channels, window, window));
    Tensor result = inputs.get(0).conv2d(inputs.get(1), null, how);
    List<Tensor> gradients = Gradient.vjp(result, WholeNumbers.of(random, DType.BFLOAT16, 1, result.shape().toArray()), inputs);
    List<OpNode> roots = List.of(result.node(), gradients.getFirst().node(), gradients.getLast().node());
    String name = "convolution of " + batch + "x" + channels + "x" + height + "x" + width + " by " + outputs + " windows of " + window + ", " + how;
    return SimulatedGpu.launches(() -> COMPARISON.check(name, roots, 0)).stream().filter(program -> program.maps().stream().anyMatch(map -> map.pixels() != null)).toList();
  }
}
