package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.KernelCase.Input;
import org.teenygrad.bench.KernelCase.Sample;

/// The convolutions of ResNet-50 (He et al., 2015; strides as in PyTorch's), each of its 3x3 and strided ones and the
/// 1x1 ones of each stage.
final class ConvolutionCases {
  private static final int BATCH = 64;

  private ConvolutionCases() {}

  static List<ComparedCase> all() {
    List<Layer> layers = new ArrayList<>(List.of(new Layer(BATCH, 3, 64, 224, 7, 2)));
    for (int stage = 0; stage < 4; stage++) {
      int width = 64 << stage;
      int size = 56 >> stage;
      layers.add(new Layer(BATCH, width, width, size, 3, 1));
      layers.add(new Layer(BATCH, 4 * width, width, size, 1, 1));
      layers.add(new Layer(BATCH, width, 4 * width, size, 1, 1));
      if (stage > 0) {
        layers.add(new Layer(BATCH, width, width, 2 * size, 3, 2));
        layers.add(new Layer(BATCH, 2 * width, 4 * width, 2 * size, 1, 2));
      }
    }
    return layers.stream().<ComparedCase>flatMap(layer -> Stream.of(layer.forward(), layer.backward())).toList();
  }

  /// Images (batch, from, size, size) and weights (to, from, kernel, kernel) of bfloat16, padded such that a stride of 1 keeps the size.
  ///
  /// @param from channels of the images
  /// @param to channels of the result
  /// @param size height and width of the images
  record Layer(int batch, int from, int to, int size, int kernel, int stride) {
    private String name() {
      return String.format(Locale.ROOT, "conv%dx%d%s_%d_%d_%d", kernel, kernel, stride == 1 ? "" : "s" + stride, from, to, size);
    }

    private int resultSize() {
      return (size + 2 * (kernel / 2) - kernel) / stride + 1;
    }

    private double flops() {
      return 2.0 * batch * to * resultSize() * resultSize() * from * kernel * kernel;
    }

    private Tensor convolve(List<Tensor> x) {
      return x.get(0).conv2d(x.get(1), null, Window.DEFAULT.stride(stride).padding(kernel / 2));
    }

    KernelCase forward() {
      int image = Sample.step(batch, 4);
      int channel = Sample.step(to, 8);
      return measured(name(), 1, 4, List.of(images(), weights()), x -> List.of(convolve(x)),
          List.of(Sample.of(List.of(List.of(image, 1, 1, 1), List.of(channel, 1, 1, 1)), List.of(image, channel, 1, 1))));
    }

    /// The result and the gradients of images and weights. Each needs another sample: a gradient of images all channels
    /// of the result, one of weights all images.
    KernelCase backward() {
      int image = Sample.step(batch, 4);
      int a = Sample.step(from, 4);
      int b = Sample.step(to, 8);
      Input cotangent = Input.of(batch, to, resultSize(), resultSize());
      return measured(name() + "_backward", 3, 2, List.of(images(), weights(), cotangent), x -> {
        Tensor result = convolve(x);
        List<Tensor> gradients = Gradient.vjp(result, x.get(2), x.subList(0, 2));
        return List.of(result, gradients.get(0), gradients.get(1));
      }, List.of(
          new Sample(List.of(List.of(image, 1, 1, 1), List.of(b, 1, 1, 1), List.of(image, b, 1, 1)), Map.of(0, List.of(image, b, 1, 1))),
          new Sample(List.of(List.of(image, a, 1, 1), List.of(1, a, 1, 1), List.of(image, 1, 1, 1)), Map.of(1, List.of(image, a, 1, 1))),
          new Sample(List.of(List.of(1, a, 1, 1), List.of(b, a, 1, 1), List.of(1, b, 1, 1)), Map.of(2, List.of(b, a, 1, 1)))));
    }

    private Input images() {
      return Input.of(batch, from, size, size);
    }

    private Input weights() {
      return Input.of(to, from, kernel, kernel);
    }

    private KernelCase measured(String name, int passes, int copies, List<Input> inputs,
        UnaryOperator<List<Tensor>> expression, List<Sample> samples) {
      return new KernelCase(name, Unit.TERAFLOPS, passes * flops(), DType.BFLOAT16, copies, Rounding.ONCE, inputs, expression, samples);
    }
  }
}
