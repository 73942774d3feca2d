package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.MultiHeadAttention;
import org.teenygrad.nn.Recurrent;

/// Convolutions, poolings and layers.
final class TorchNetworks {
  private TorchNetworks() {}

  static void fill(Torch.Table t) {
    t.one("conv1d", c -> c.x().conv1d(c.tensor(1, "weight"), c.optional(2, "bias"), sliding(c)));
    t.one("conv2d", c -> c.x().conv2d(c.tensor(1, "weight"), c.optional(2, "bias"), sliding(c)));
    t.one("conv3d", c -> c.x().conv3d(c.tensor(1, "weight"), c.optional(2, "bias"), sliding(c)));
    t.one("conv_transpose1d", c -> c.x().convTranspose1d(c.tensor(1, "weight"), c.optional(2, "bias"), spreading(c)));
    t.one("conv_transpose2d", c -> c.x().convTranspose2d(c.tensor(1, "weight"), c.optional(2, "bias"), spreading(c)));
    t.one("conv_transpose3d", c -> c.x().convTranspose3d(c.tensor(1, "weight"), c.optional(2, "bias"), spreading(c)));
    t.several("max_pool2d max_pool2d_with_indices", c -> {
      Tensor values = c.x().maxPool2d(maxima(c), c.sizes(1, "kernel_size"));
      return c.flag(6, "return_indices") || c.function().endsWith("indices")
          ? List.of(values, c.x().maxPool2dIndices(maxima(c), c.sizes(1, "kernel_size")))
          : List.of(values);
    });
    t.one("max_pool3d", c -> c.x().maxPool3d(maxima(c), c.sizes(1, "kernel_size")));
    t.one("max_unpool2d", TorchNetworks::unpool);
    t.one("avg_pool2d", c -> c.x().avgPool2d(averages(c), c.sizes(1, "kernel_size")));
    t.one("avg_pool3d", c -> c.x().avgPool3d(averages(c), c.sizes(1, "kernel_size")));
    t.one("adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d", c -> c.x().adaptiveAvgPool(c.sizes(1, "output_size")));
    t.one("rnn", c -> recurrent(c, Recurrent.Kind.RNN));
    t.one("lstm", c -> recurrent(c, Recurrent.Kind.LSTM));
    t.one("gru", c -> recurrent(c, Recurrent.Kind.GRU));
    t.one("multi_head_attention", c -> new MultiHeadAttention(
            c.tensor(1, ""), c.tensor(2, ""), new Linear(c.tensor(3, ""), c.tensor(4, "")), c.integer(9, "num_heads", 1))
        .forward(c.x(), AttentionOptions.DEFAULT));
  }

  private static Window sliding(Call c) {
    return Window.DEFAULT
        .stride(c.sizes(3, "stride", 1))
        .padding(c.sizes(4, "padding", 0))
        .dilation(c.sizes(5, "dilation", 1))
        .groups(c.integer(6, "groups", 1));
  }

  private static Window spreading(Call c) {
    return Window.DEFAULT
        .stride(c.sizes(3, "stride", 1))
        .padding(c.sizes(4, "padding", 0))
        .outputPadding(c.sizes(5, "output_padding", 0))
        .groups(c.integer(6, "groups", 1))
        .dilation(c.sizes(7, "dilation", 1));
  }

  private static Window maxima(Call c) {
    return Window.DEFAULT
        .stride(c.sizes(2, "stride"))
        .padding(c.sizes(3, "padding", 0))
        .dilation(c.sizes(4, "dilation", 1))
        .ceilMode(c.flag(5, "ceil_mode"));
  }

  private static Window averages(Call c) {
    return Window.DEFAULT
        .stride(c.sizes(2, "stride"))
        .padding(c.sizes(3, "padding", 0))
        .ceilMode(c.flag(4, "ceil_mode"))
        .countIncludePad(!Boolean.FALSE.equals(c.get(5, "count_include_pad")));
  }

  private static Tensor unpool(Call c) {
    Tensor x = c.x();
    int[] kernel = c.sizes(2, "kernel_size");
    int[] stride = c.sizes(3, "stride", kernel);
    int[] padding = c.sizes(4, "padding", 0);
    int[] size = c.sizes(5, "output_size");
    if (size.length == 0) {
      size = new int[2];
      for (int i = 0; i < 2; i++) {
        size[i] = (x.size(i - 2) - 1) * of(stride, i) - 2 * of(padding, i) + of(kernel, i);
      }
    }
    return x.maxUnpool2d(c.tensor(1, "indices"), size[size.length - 2], size[size.length - 1]);
  }

  private static int of(int[] numbers, int axis) {
    return numbers[numbers.length == 1 ? 0 : axis];
  }

  private static Tensor recurrent(Call c, Recurrent.Kind kind) {
    List<Recurrent.Cell> cells = new ArrayList<>();
    for (int i = 1; i + 3 < c.args().size(); i += 4) {
      cells.add(new Recurrent.Cell(c.tensor(i, ""), c.tensor(i + 1, ""), c.tensor(i + 2, ""), c.tensor(i + 3, "")));
    }
    return new Recurrent(kind, cells, c.flag(99, "bidirectional")).forward(c.x());
  }
}
