package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.KernelCase.Input;
import org.teenygrad.bench.KernelCase.Sample;

/// The convolutions of ResNet-50 (He et al., 2015; strides as in PyTorch's), each of its 3x3 and strided ones and the
/// 1x1 ones of each stage. All lie in memory with the channels innermost, which is fastest for both, as `torch.channels_last`
/// does; with [#CHANNELS_FIRST] behind their names with the pixels innermost.
final class ConvolutionCases {
  /// What the names of other layouts look like.
  static final String FORM = "convKxK_FROM_TO_SIZE_channels_first";

  private static final String CHANNELS_FIRST = "_channels_first";
  private static final int BATCH = 64;

  private ConvolutionCases() {}

  static List<ComparedCase> all() {
    return layers().<ComparedCase>flatMap(layer -> Stream.of(layer.forward(), layer.backward())).toList();
  }

  /// The case of a name of the form [#FORM], or null.
  static @Nullable ComparedCase of(String name) {
    return layers().map(layer -> layer.in(Layout.CHANNELS_FIRST)).<ComparedCase>flatMap(layer -> Stream.of(layer.forward(), layer.backward()))
        .filter(known -> known.name().equals(name)).findFirst().orElse(null);
  }

  private static Stream<Layer> layers() {
    List<Layer> layers = new ArrayList<>(List.of(Layer.of(BATCH, 3, 64, 224, 7, 2)));
    for (int stage = 0; stage < 4; stage++) {
      int width = 64 << stage;
      int size = 56 >> stage;
      layers.add(Layer.of(BATCH, width, width, size, 3, 1));
      layers.add(Layer.of(BATCH, 4 * width, width, size, 1, 1));
      layers.add(Layer.of(BATCH, width, 4 * width, size, 1, 1));
      if (stage > 0) {
        layers.add(Layer.of(BATCH, width, width, 2 * size, 3, 2));
        layers.add(Layer.of(BATCH, 2 * width, 4 * width, 2 * size, 1, 2));
      }
    }
    return layers.stream();
  }

  /// How images (batch, channels, height, width) and weights lie in memory.
  enum Layout {
    CHANNELS_FIRST, CHANNELS_LAST;

    /// What is said of each axis, in the order of memory.
    List<Integer> inMemory(int batch, int channels, int height, int width) {
      return this == CHANNELS_FIRST ? List.of(batch, channels, height, width) : List.of(batch, height, width, channels);
    }

    Input input(int batch, int channels, int height, int width) {
      return Input.of(inMemory(batch, channels, height, width).stream().mapToInt(i -> i).toArray());
    }

    /// Memory as (batch, channels, height, width).
    Tensor view(Tensor memory) {
      return this == CHANNELS_FIRST ? memory : memory.permute(0, 3, 1, 2);
    }

    Tensor toMemory(Tensor images) {
      return this == CHANNELS_FIRST ? images : images.permute(0, 2, 3, 1);
    }
  }

  /// Images (batch, from, size, size) and weights (to, from, kernel, kernel) of bfloat16, padded such that a stride of 1 keeps the size.
  ///
  /// @param from channels of the images
  /// @param to channels of the result
  /// @param size height and width of the images
  record Layer(int batch, int from, int to, int size, int kernel, int stride, Layout layout) {
    static Layer of(int batch, int from, int to, int size, int kernel, int stride) {
      return new Layer(batch, from, to, size, kernel, stride, Layout.CHANNELS_LAST);
    }

    Layer in(Layout other) {
      return new Layer(batch, from, to, size, kernel, stride, other);
    }

    private String name(String passes) {
      return String.format(Locale.ROOT, "conv%dx%d%s_%d_%d_%d%s%s", kernel, kernel, stride == 1 ? "" : "s" + stride, from, to, size, passes,
          layout == Layout.CHANNELS_FIRST ? CHANNELS_FIRST : "");
    }

    private int resultSize() {
      return (size + 2 * (kernel / 2) - kernel) / stride + 1;
    }

    private double flops() {
      return 2.0 * batch * to * resultSize() * resultSize() * from * kernel * kernel;
    }

    private Tensor convolve(Tensor images, Tensor weights) {
      return images.conv2d(weights, null, Window.DEFAULT.stride(stride).padding(kernel / 2));
    }

    KernelCase forward() {
      int image = Sample.step(batch, 4);
      int channel = Sample.step(to, 8);
      Sample sample = Sample.of(List.of(every(image, 1), every(channel, 1)), every(image, channel));
      return measured("", 1, 4, List.of(images(), weights()), x -> List.of(convolve(x.get(0), x.get(1))), List.of(sample));
    }

    /// The result and the gradients of images and weights. Each needs another sample: a gradient of images all channels
    /// of the result, one of weights all images.
    KernelCase backward() {
      int image = Sample.step(batch, 4);
      int a = Sample.step(from, 4);
      int b = Sample.step(to, 8);
      Input cotangent = layout.input(batch, to, resultSize(), resultSize());
      return measured("_backward", 3, 2, List.of(images(), weights(), cotangent), x -> {
        Tensor result = convolve(x.get(0), x.get(1));
        List<Tensor> gradients = Gradient.vjp(result, x.get(2), x.subList(0, 2));
        return List.of(result, gradients.get(0), gradients.get(1));
      }, List.of(
          new Sample(List.of(every(image, 1), every(b, 1), every(image, b)), Map.of(0, every(image, b))),
          new Sample(List.of(every(image, a), every(1, a), every(image, 1)), Map.of(1, every(image, a))),
          new Sample(List.of(every(1, a), every(b, a), every(1, b)), Map.of(2, every(b, a)))));
    }

    /// So many-th of the first two axes, and all pixels.
    private List<Integer> every(int first, int second) {
      return layout.inMemory(first, second, 1, 1);
    }

    private Input images() {
      return layout.input(batch, from, size, size);
    }

    private Input weights() {
      return layout.input(to, from, kernel, kernel);
    }

    /// @param expression of (batch, channels, height, width), whatever the layout is
    private KernelCase measured(String name, int passes, int copies, List<Input> inputs,
        UnaryOperator<List<Tensor>> expression, List<Sample> samples) {
      return new KernelCase(name(name), Unit.TERAFLOPS, passes * flops(), DType.BFLOAT16, copies, Rounding.ONCE, inputs,
          x -> expression.apply(x.stream().map(layout::view).toList()).stream().map(layout::toMemory).toList(), samples);
    }
  }
}
