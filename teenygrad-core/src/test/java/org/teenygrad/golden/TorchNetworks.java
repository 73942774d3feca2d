package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.nn.Recurrent;

/// Convolutions, poolings, norms, attention and recurrent layers.
final class TorchNetworks {
  private static final String SLIDING = "(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)";
  private static final String SPREADING = "(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1)";
  private static final String MAXIMA = "(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False)";
  private static final String AVERAGES =
      "(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None)";
  private static final String RECURRENT =
      "(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)";

  private TorchNetworks() {}

  static void fill(Torch.Table t) {
    t.one("conv1d" + SLIDING, c -> c.x().conv1d(c.tensor("weight"), c.optional("bias"), sliding(c)));
    t.one("conv2d" + SLIDING, c -> c.x().conv2d(c.tensor("weight"), c.optional("bias"), sliding(c)));
    t.one("conv3d" + SLIDING, c -> c.x().conv3d(c.tensor("weight"), c.optional("bias"), sliding(c)));
    t.one("conv_transpose1d" + SPREADING, c -> c.x().convTranspose1d(c.tensor("weight"), c.optional("bias"), spreading(c)));
    t.one("conv_transpose2d" + SPREADING, c -> c.x().convTranspose2d(c.tensor("weight"), c.optional("bias"), spreading(c)));
    t.one("conv_transpose3d" + SPREADING, c -> c.x().convTranspose3d(c.tensor("weight"), c.optional("bias"), spreading(c)));
    t.several("max_pool1d max_pool1d_with_indices" + MAXIMA, c ->
        placed(c, c.x().maxPool1d(maxima(c), c.sizes("kernel_size")[0]), () -> c.x().maxPool1dIndices(maxima(c), c.sizes("kernel_size")[0])));
    t.several("max_pool2d max_pool2d_with_indices" + MAXIMA, c ->
        placed(c, c.x().maxPool2d(maxima(c), c.sizes("kernel_size")), () -> c.x().maxPool2dIndices(maxima(c), c.sizes("kernel_size"))));
    t.several("max_pool3d max_pool3d_with_indices" + MAXIMA, c ->
        placed(c, c.x().maxPool3d(maxima(c), c.sizes("kernel_size")), () -> c.x().maxPool3dIndices(maxima(c), c.sizes("kernel_size"))));
    t.one("max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None)", TorchNetworks::unpool);
    t.one("avg_pool1d" + AVERAGES, c -> c.x().avgPool1d(averages(c), c.sizes("kernel_size")[0]));
    t.one("avg_pool2d" + AVERAGES, c -> c.x().avgPool2d(averages(c), c.sizes("kernel_size")));
    t.one("avg_pool3d" + AVERAGES, c -> c.x().avgPool3d(averages(c), c.sizes("kernel_size")));
    t.one("adaptive_avg_pool1d(input, output_size)", c -> c.x().adaptiveAvgPool(outputs(c, 1)));
    t.one("adaptive_avg_pool2d(input, output_size)", c -> c.x().adaptiveAvgPool(outputs(c, 2)));
    t.one("adaptive_avg_pool3d(input, output_size)", c -> c.x().adaptiveAvgPool(outputs(c, 3)));
    for (int axes = 1; axes <= 3; axes++) {
      int count = axes;
      String name = "adaptive_max_pool" + axes + "d";
      t.several(name + " " + name + "_with_indices(input, output_size, return_indices=False)", c ->
          placed(c, c.x().adaptiveMaxPool(outputs(c, count)), () -> c.x().adaptiveMaxPoolIndices(outputs(c, count))));
    }

    t.one("layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05, cudnn_enable=True)", c ->
        c.x().layerNorm(normalized(c), c.optional("weight"), c.optional("bias"), c.real("eps")));
    t.one("rms_norm(input, normalized_shape, weight=None, eps=None)", c ->
        c.x().rmsNorm(normalized(c), c.optional("weight"), c.has("eps") ? c.real("eps") : epsilon(c.x().dtype())));
    t.one("group_norm(input, num_groups, weight=None, bias=None, eps=1e-05, cudnn_enabled=True)", c ->
        c.x().groupNorm(c.integer("num_groups"), c.optional("weight"), c.optional("bias"), c.real("eps")));
    t.one("instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05)",
        c -> c.flag("use_input_stats")
            ? c.x().instanceNorm(c.optional("weight"), c.optional("bias"), c.real("eps")) : byStatistics(c));
    t.one("batch_norm(input, running_mean=None, running_var=None, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05,"
        + " cudnn_enabled=True)",
        c -> c.flag("training") ? c.x().batchNorm(c.optional("weight"), c.optional("bias"), c.real("eps")) : byStatistics(c));
    t.one("scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False)",
        TorchNetworks::attention);
    t.several("rnn_tanh" + RECURRENT, c -> recurrent(c, Recurrent.Kind.RNN));
    t.several("rnn_relu" + RECURRENT, c -> recurrent(c, Recurrent.Kind.RNN_RELU));
    t.several("lstm" + RECURRENT, c -> recurrent(c, Recurrent.Kind.LSTM));
    t.several("gru" + RECURRENT, c -> recurrent(c, Recurrent.Kind.GRU));
  }

  private static Window sliding(Call c) {
    Window window = Window.DEFAULT
        .stride(c.sizes("stride"))
        .dilation(c.sizes("dilation"))
        .groups(c.integer("groups"));
    return switch (c.text("padding")) {
      case "same" -> window.samePadding();
      case "valid" -> window.padding(0);
      default -> window.padding(c.sizes("padding"));
    };
  }

  private static Window spreading(Call c) {
    return Window.DEFAULT
        .stride(c.sizes("stride"))
        .padding(c.sizes("padding"))
        .outputPadding(c.sizes("output_padding"))
        .groups(c.integer("groups"))
        .dilation(c.sizes("dilation"));
  }

  private static List<Tensor> placed(Call c, Tensor values, Supplier<Tensor> indices) {
    return c.flag("return_indices") || c.function().endsWith("indices") ? List.of(values, indices.get()) : List.of(values);
  }

  private static Window maxima(Call c) {
    return Window.DEFAULT
        .stride(c.sizes("stride"))
        .padding(c.sizes("padding"))
        .dilation(c.sizes("dilation"))
        .ceilMode(c.flag("ceil_mode"));
  }

  private static Window averages(Call c) {
    if (c.has("divisor_override") && c.integer("divisor_override") == 0) {
      throw new IllegalArgumentException(c.function() + ": divisor_override must not be zero");
    }
    return Window.DEFAULT
        .stride(c.sizes("stride"))
        .padding(c.sizes("padding"))
        .ceilMode(c.flag("ceil_mode"))
        .divisorOverride(c.has("divisor_override") ? c.integer("divisor_override") : 0)
        .countIncludePad(c.flag("count_include_pad"));
  }

  /// One size for each axis, where None means that of the input.
  private static int[] outputs(Call c, int axes) {
    Tensor x = c.x();
    Object sizes = c.get("output_size");
    return IntStream.range(0, axes)
        .map(i -> (sizes instanceof List<?> list ? list.get(list.size() == 1 ? 0 : i) : sizes) instanceof Number n ? n.intValue() : x.size(i - axes))
        .toArray();
  }

  private static Tensor unpool(Call c) {
    Tensor x = c.x();
    int[] kernel = c.sizes("kernel_size");
    int[] stride = c.has("stride") ? c.sizes("stride") : kernel;
    int[] padding = c.sizes("padding");
    int[] size = c.sizes("output_size");
    if (size.length == 0) {
      size = new int[2];
      for (int i = 0; i < 2; i++) {
        size[i] = (x.size(i - 2) - 1) * of(stride, i) - 2 * of(padding, i) + of(kernel, i);
      }
    }
    return x.maxUnpool2d(c.tensor("indices"), size[size.length - 2], size[size.length - 1]);
  }

  private static int of(int[] numbers, int axis) {
    return numbers[numbers.length == 1 ? 0 : axis];
  }

  private static Shape normalized(Call c) {
    return Shape.of(c.sizes("normalized_shape"));
  }

  /// The distance from 1 to the next number: `torch.finfo(dtype).eps`.
  private static double epsilon(DType type) {
    return switch (type) {
      case FLOAT16 -> 0x1p-10;
      case BFLOAT16 -> 0x1p-7;
      case FLOAT64 -> 0x1p-52;
      default -> 0x1p-23;
    };
  }

  private static Tensor byStatistics(Call c) {
    return c.x().batchNorm(
        c.tensor("running_mean"), c.tensor("running_var"), c.optional("weight"), c.optional("bias"), c.real("eps"));
  }

  private static Tensor attention(Call c) {
    if (c.real("dropout_p") != 0) {
      throw new Call.Unsupported("scaled_dot_product_attention: dropout is random");
    }
    AttentionOptions plain = (c.flag("is_causal") ? AttentionOptions.CAUSAL : AttentionOptions.DEFAULT).withMask(c.optional("attn_mask"));
    AttentionOptions options = c.has("scale") ? plain.withScale(c.real("scale")) : plain;
    return c.tensor("query").scaledDotProductAttention(c.tensor("key"), c.tensor("value"), options);
  }

  /// What PyTorch's layers call: the states before the first step, and the weights as one list.
  private static List<Tensor> recurrent(Call c, Recurrent.Kind kind) {
    List<Tensor> states = c.tensors("hx");
    boolean batchFirst = c.flag("batch_first");
    Recurrent layers = new Recurrent(kind, cells(c.tensors("params"), c.flag("has_biases")), c.flag("bidirectional"));
    Recurrent.Result result =
        layers.run(batchFirst ? c.x() : c.x().transpose(0, 1), states.get(0), states.size() > 1 ? states.get(1) : null);
    List<Tensor> all = new ArrayList<>(List.of(batchFirst ? result.output() : result.output().transpose(0, 1), result.hidden()));
    if (result.cell() != null) {
      all.add(result.cell());
    }
    return all;
  }

  /// Two weights for each cell, and two biases if it has them.
  static List<Recurrent.Cell> cells(List<Tensor> weights, boolean biases) {
    List<Recurrent.Cell> cells = new ArrayList<>();
    for (int i = 0; i < weights.size(); i += biases ? 4 : 2) {
      @Nullable Tensor biasIh = biases ? weights.get(i + 2) : null;
      @Nullable Tensor biasHh = biases ? weights.get(i + 3) : null;
      cells.add(new Recurrent.Cell(weights.get(i), weights.get(i + 1), biasIh, biasHh));
    }
    return cells;
  }
}
