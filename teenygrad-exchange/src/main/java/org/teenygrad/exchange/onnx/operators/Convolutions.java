package org.teenygrad.exchange.onnx.operators;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// Convolutions.
final class Convolutions {
  private Convolutions() {}

  static void addTo(OperatorTable table) {
    table.alike("Conv", 1, call -> of(call, call.in(0), call.in(1), call.optional(2)));
    table.alike("ConvTranspose", 1, Convolutions::transposed);
    table.alike("Col2Im", 18, Convolutions::fold);
    table.alike("DeformConv", 19, Deformable::convolution);
  }

  static Tensor of(Call call, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Windowing windows = Windowing.of(call, x, kernel(weight));
    Window window = Window.DEFAULT.stride(windows.strides()).dilation(windows.dilations()).groups(call.axis("group", 1));
    boolean symmetric = windows.isSymmetric();
    Tensor input = symmetric ? x : windows.padded(x, 0);
    Window padded = symmetric ? window.padding(windows.before()) : window;
    return switch (windows.axes()) {
      case 1 -> input.conv1d(weight, bias, padded);
      case 2 -> input.conv2d(weight, bias, padded);
      case 3 -> input.conv3d(weight, bias, padded);
      default -> throw new UnsupportedOperationException("convolutions over " + windows.axes() + " axes");
    };
  }

  static int[] kernel(Tensor weight) {
    return Arrays.copyOfRange(weight.shape().toArray(), Math.min(2, weight.rank()), weight.rank());
  }

  /// All that the kernels reach, then cut to the wanted sizes.
  private static Tensor transposed(Call call) {
    Tensor x = call.in(0);
    Tensor weight = call.in(1);
    int[] kernel = kernel(weight);
    int axes = kernel.length;
    int[] strides = call.each("strides", axes, 1);
    int[] dilations = call.each("dilations", axes, 1);
    int[] more = call.each("output_padding", axes, 0);
    long[] wanted = call.numbers("output_shape");
    long[] pads = call.numbers("pads");
    int[][] pairs = pads == null ? new int[axes][2] : Shapes.pairs(axes, pads);
    String auto = call.text("auto_pad", "NOTSET");
    Tensor y = spread(x, weight, strides, dilations, call.axis("group", 1));
    for (int i = 0; i < axes; i++) {
      int full = y.size(2 + i) + more[i];
      if (wanted != null || auto.startsWith("SAME")) {
        int size = wanted == null ? x.size(2 + i) * strides[i] : Call.clamped(wanted[wanted.length - axes + i]);
        int surplus = full - size;
        int half = Math.max(0, surplus) / 2;
        int rest = surplus - half;
        pairs[i] = auto.equals("SAME_UPPER") || surplus < 0 ? new int[] {half, rest} : new int[] {rest, half};
      }
      int size = full - pairs[i][0] - pairs[i][1];
      y = y.padAxis(2 + i, Math.max(0, -pairs[i][0]), Math.max(0, more[i] - pairs[i][1]))
          .narrow(2 + i, Math.max(0, pairs[i][0]), size);
    }
    Tensor bias = call.optional(2);
    return bias == null ? y : y.add(bias.reshape(perChannel(y.rank(), bias.size(0))));
  }

  private static Tensor spread(Tensor x, Tensor weight, int[] strides, int[] dilations, int groups) {
    Window window = Window.DEFAULT.stride(strides).dilation(dilations).groups(groups);
    return switch (strides.length) {
      case 1 -> x.convTranspose1d(weight, null, window);
      case 2 -> x.convTranspose2d(weight, null, window);
      case 3 -> x.convTranspose3d(weight, null, window);
      default -> throw new UnsupportedOperationException("convolutions over " + strides.length + " axes");
    };
  }

  static int[] perChannel(int rank, int channels) {
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    shape[1] = channels;
    return shape;
  }

  /// The transposed convolution whose kernels have a single one each, at the place where a block's element goes.
  private static Tensor fold(Call call) {
    Tensor x = call.in(0);
    int[] image = call.ints(1);
    int[] block = call.ints(2);
    int axes = image.length;
    int[] strides = call.each("strides", axes, 1);
    int[] dilations = call.each("dilations", axes, 1);
    long[] pads = call.numbers("pads");
    int[][] pairs = pads == null ? new int[axes][2] : Shapes.pairs(axes, pads);
    int inBlock = Arrays.stream(block).reduce(1, Math::multiplyExact);
    int channels = x.size(1) / inBlock;
    int[] blocks = IntStream.range(0, axes)
        .map(i -> (image[i] + pairs[i][0] + pairs[i][1] - dilations[i] * (block[i] - 1) - 1) / strides[i] + 1)
        .toArray();
    int[] weightShape = IntStream.concat(IntStream.of(inBlock, 1), Arrays.stream(block)).toArray();
    int[] repeats = IntStream.concat(IntStream.of(channels, 1), Arrays.stream(block).map(i -> 1)).toArray();
    Tensor weight = Tensor.eye(inBlock).cast(x.dtype()).reshape(weightShape).repeat(repeats);
    int[] shape = IntStream.concat(IntStream.of(x.size(0), x.size(1)), Arrays.stream(blocks)).toArray();
    Tensor y = spread(x.reshape(shape), weight, strides, dilations, channels);
    for (int i = 0; i < axes; i++) {
      int behind = image[i] + pairs[i][0] - y.size(2 + i);
      y = y.padAxis(2 + i, 0, Math.max(0, behind)).narrow(2 + i, pairs[i][0], image[i]);
    }
    return y;
  }
}
