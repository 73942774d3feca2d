package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// Convolutions and their derivatives on Hopper, whose windows come by tensor maps of images, are what the Interpreter computes, where no GPU is.
class SimulatedHopperConvolutionTest {
  private static final Comparison COMPARISON = new Comparison(Device.of("interpreter"), SimulatedGpu.hopper());

  @ParameterizedTest
  @CsvSource({"2, 64, 64, 7, 9, 3, 1, 1", "1, 64, 72, 12, 10, 3, 2, 1", "2, 64, 64, 8, 8, 1, 1, 0"})
  void convolutions(int batch, int channels, int outputs, int height, int width, int window, int stride, int padding) {
    Random random = new Random(height + width);
    List<Tensor> inputs = List.of(WholeNumbers.of(random, DType.BFLOAT16, 1, batch, channels, height, width), WholeNumbers.of(random, DType.BFLOAT16, 1, outputs, channels, window, window));
    Tensor result = inputs.get(0).conv2d(inputs.get(1), null, Window.DEFAULT.stride(stride).padding(padding));
    List<Tensor> gradients = Gradient.vjp(result, WholeNumbers.of(random, DType.BFLOAT16, 1, result.shape().toArray()), inputs);
    List<OpNode> roots = List.of(result.node(), gradients.getFirst().node(), gradients.getLast().node());
    assertThat(SimulatedGpu.launches(() -> COMPARISON.check("convolution", roots, 0))).filteredOn(program -> program.maps().stream().anyMatch(map -> map.pixels() != null)).as("products of windows").hasSizeGreaterThanOrEqualTo(window == 1 ? 0 : 2);
  }
}
