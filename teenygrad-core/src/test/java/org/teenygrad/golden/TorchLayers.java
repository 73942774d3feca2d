package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.BagReduction;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.MultiHeadAttention;
import org.teenygrad.nn.Recurrent;
import org.teenygrad.nn.RecurrentCell;

/// What layers besides those of [TorchNetworks] compute.
final class TorchLayers {
  private static final String CELL = "(input, hx, w_ih, w_hh, b_ih=None, b_hh=None)";
  private static final String NORMS = "(input, norm_type, kernel_size, stride=None, ceil_mode=False)";

  private TorchLayers() {}

  static void fill(Torch.Table t) {
    t.one("lp_pool1d" + NORMS, c -> norms(c, 1));
    t.one("lp_pool2d" + NORMS, c -> norms(c, 2));
    t.one("lp_pool3d" + NORMS, c -> norms(c, 3));
    t.one("local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0)", c ->
        c.x().localResponseNorm(c.integer("size"), c.real("alpha"), c.real("beta"), c.real("k")));
    t.one("bilinear(input|input1, other|input2, weight, bias=None)", c ->
        c.x().bilinear(c.tensor("other"), c.tensor("weight"), c.optional("bias")));
    t.one("channel_shuffle native_channel_shuffle(input, groups)", c -> c.x().channelShuffle(c.integer("groups")));
    t.one("pdist(input, p=2.0)", c -> c.x().pdist(c.real("p")));
    t.one("conv_tbc(input, weight, bias, pad=0)", c -> c.x().permute(1, 2, 0)
        .conv1d(c.tensor("weight").permute(2, 1, 0), c.optional("bias"), Window.DEFAULT.padding(c.integer("pad"))).permute(2, 0, 1));
    t.one("max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None)", c ->
        c.x().maxUnpool1d(c.tensor("indices"), unpooled(c, 1)[0]));
    t.one("max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None)", c -> {
      int[] sizes = unpooled(c, 3);
      return c.x().maxUnpool3d(c.tensor("indices"), sizes[0], sizes[1], sizes[2]);
    });
    t.one("embedding_bag(input, weight, offsets=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False,"
        + " per_sample_weights=None, include_last_offset=False, padding_idx=None)", TorchLayers::bags);
    t.one("rrelu(input, lower=0.125, upper=0.3333333333333333, training=False)", c ->
        notRandom(c).rrelu(c.real("lower"), c.real("upper"), false));
    t.one("feature_alpha_dropout(input, p=0.5, training=False)", c -> notRandom(c).alphaDropout(c.real("p"), true, false));
    t.one("rnn_tanh_cell" + CELL, c -> cell(c, Recurrent.Kind.RNN).getFirst());
    t.one("rnn_relu_cell" + CELL, c -> cell(c, Recurrent.Kind.RNN_RELU).getFirst());
    t.one("gru_cell" + CELL, c -> cell(c, Recurrent.Kind.GRU).getFirst());
    t.several("lstm_cell" + CELL, c -> cell(c, Recurrent.Kind.LSTM));
    t.several("multi_head_attention_forward(input|query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v,"
        + " add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, attn_mask=None,"
        + " use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None,"
        + " average_attn_weights=True, is_causal=False)", TorchLayers::attention);
  }

  private static Tensor norms(Call c, int axes) {
    int[] kernel = c.sizes("kernel_size");
    int[] each = kernel.length == 1 ? new int[axes] : kernel;
    if (kernel.length == 1) {
      Arrays.fill(each, kernel[0]);
    }
    Window window = Window.DEFAULT.ceilMode(c.flag("ceil_mode"));
    return c.x().lpPool(c.real("norm_type"), c.has("stride") ? window.stride(c.sizes("stride")) : window, each);
  }

  /// The sizes of the last axes from which maxima may come.
  private static int[] unpooled(Call c, int axes) {
    int[] kernel = c.sizes("kernel_size");
    int[] stride = c.has("stride") ? c.sizes("stride") : kernel;
    int[] padding = c.sizes("padding");
    int[] sizes = c.sizes("output_size");
    return IntStream.range(0, axes).map(i -> sizes.length > 0 ? sizes[sizes.length - axes + i]
        : (c.x().size(i - axes) - 1) * stride[i % stride.length] - 2 * padding[i % padding.length] + kernel[i % kernel.length]).toArray();
  }

  private static Tensor notRandom(Call c) {
    if (c.flag("training")) {
      throw new Call.Unsupported(c.function() + " is random");
    }
    return c.x();
  }

  private static Tensor bags(Call c) {
    if (c.has("max_norm") || c.flag("scale_grad_by_freq")) {
      throw new Call.Unsupported("embedding_bag: max_norm or scale_grad_by_freq");
    }
    Tensor offsets = c.optional("offsets");
    offsets = offsets != null && c.flag("include_last_offset") ? offsets.slice(0, 0, offsets.size(0) - 1) : offsets;
    BagReduction reduction = BagReduction.valueOf(c.text("mode").toUpperCase(Locale.ROOT));
    Integer padding = c.has("padding_idx") ? (Integer) c.integer("padding_idx") : null;
    return c.tensor("weight").embeddingBag(c.x(), offsets, reduction, c.optional("per_sample_weights"), padding);
  }

  private static List<Tensor> cell(Call c, Recurrent.Kind kind) {
    var weights = new Recurrent.Cell(c.tensor("w_ih"), c.tensor("w_hh"), c.optional("b_ih"), c.optional("b_hh"));
    List<Tensor> states = c.tensors("hx");
    RecurrentCell.State next = new RecurrentCell(kind, weights).step(c.x(), states.getFirst(), kind == Recurrent.Kind.LSTM ? states.get(1) : null);
    Tensor other = next.cell();
    return other == null ? List.of(next.hidden()) : List.of(next.hidden(), other);
  }

  /// Times come before batches.
  private static List<Tensor> attention(Call c) {
    if (c.has("bias_k") || c.flag("add_zero_attn") || c.has("static_k") || c.has("static_v") || c.flag("training") && c.real("dropout_p") != 0) {
      throw new Call.Unsupported("multi_head_attention_forward: bias_k, add_zero_attn, static_k or dropout");
    }
    boolean single = c.x().rank() == 2;
    boolean apart = c.flag("use_separate_proj_weight");
    var module = new MultiHeadAttention(
        c.tensor(apart ? "q_proj_weight" : "in_proj_weight"), apart ? c.tensor("k_proj_weight") : null, apart ? c.tensor("v_proj_weight") : null,
        c.optional("in_proj_bias"), new Linear(c.tensor("out_proj_weight"), c.optional("out_proj_bias")), c.integer("num_heads"));
    Tensor query = batchFirst(c.x());
    AttentionOptions options = AttentionOptions.DEFAULT.withMask(mask(c, module.heads()));
    MultiHeadAttention.Attended attended =
        module.attend(query, batchFirst(c.tensor("key")), batchFirst(c.tensor("value")), options, c.flag("average_attn_weights"));
    List<Tensor> results = new ArrayList<>();
    results.add(single ? attended.output().squeeze(0) : attended.output().transpose(0, 1));
    if (c.flag("need_weights")) {
      results.add(single ? attended.weights().squeeze(0) : attended.weights());
    }
    return results;
  }

  private static Tensor batchFirst(Tensor x) {
    return x.rank() == 2 ? x.unsqueeze(0) : x.transpose(0, 1);
  }

  /// In PyTorch's bool masks true hides.
  private static @Nullable Tensor mask(Call c, int heads) {
    Tensor mask = c.optional("attn_mask");
    mask = mask == null || mask.rank() == 2 ? mask : mask.unflatten(0, mask.size(0) / heads, heads);
    Tensor padding = c.optional("key_padding_mask");
    padding = padding == null ? null : padding.rank() == 1 ? padding : padding.unsqueeze(1).unsqueeze(1);
    if (mask == null || padding == null) {
      Tensor one = mask == null ? padding : mask;
      return one == null ? null : visible(one);
    }
    return mask.dtype() == DType.BOOL && padding.dtype() == DType.BOOL ? visible(mask.or(padding)) : numbers(mask, c).add(numbers(padding, c));
  }

  private static Tensor visible(Tensor mask) {
    return mask.dtype() == DType.BOOL ? mask.logicalNot() : mask;
  }

  private static Tensor numbers(Tensor mask, Call c) {
    return mask.dtype() == DType.BOOL ? Tensor.zeros(c.x().dtype()).maskedFill(mask, Double.NEGATIVE_INFINITY) : mask;
  }
}
