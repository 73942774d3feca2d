package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.PadMode;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.nn.AdaptiveAvgPool;
import org.teenygrad.nn.AdaptiveMaxPool;
import org.teenygrad.nn.AvgPool1d;
import org.teenygrad.nn.AvgPool2d;
import org.teenygrad.nn.AvgPool3d;
import org.teenygrad.nn.BatchNorm;
import org.teenygrad.nn.Bilinear;
import org.teenygrad.nn.Conv1d;
import org.teenygrad.nn.Conv2d;
import org.teenygrad.nn.Conv3d;
import org.teenygrad.nn.ConvTranspose1d;
import org.teenygrad.nn.ConvTranspose2d;
import org.teenygrad.nn.ConvTranspose3d;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.GroupNorm;
import org.teenygrad.nn.InstanceNorm;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.MaxPool1d;
import org.teenygrad.nn.MaxPool2d;
import org.teenygrad.nn.MaxPool3d;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;
import org.teenygrad.nn.MultiHeadAttention;
import org.teenygrad.nn.RMSNorm;
import org.teenygrad.nn.Recurrent;
import org.teenygrad.nn.RecurrentCell;
import org.teenygrad.nn.Transformer;
import org.teenygrad.nn.TransformerDecoderLayer;

/// Layers with a state by PyTorch's names, as `layer_goldens.py` writes them: outputs, gradients of inputs and parameters, and
/// the state after the calls.
final class GoldenLayers {
  private GoldenLayers() {}

  /// A tensor of the file by its key.
  interface Source extends Function<String, Tensor> {}

  /// Says what differs, if anything, about a pair of tensors.
  interface Comparison {
    @Nullable String difference(String what, Tensor ours, String key);
  }

  static @Nullable String difference(Device device, GoldenCase c, Source file, Comparison comparison) {
    Module layer = Module.map(layer(c), tensor -> tensor.to(device));
    Map<String, Tensor> state = new LinkedHashMap<>();
    c.texts("state").forEach(name -> state.put(name, file.apply(key(c, "state", name))));
    layer.loadStateDict(state);
    List<Tensor> in = c.in().stream().map(file).toList();
    Map<String, Tensor> results = new LinkedHashMap<>();
    Mode mode = c.flag("train") ? Mode.TRAINING : Mode.EVALUATION;
    mode.run(() -> run(layer, in, c, file, results));
    c.texts("after").forEach(name -> results.put(key(c, "after", name), Objects.requireNonNull(layer.stateDict().get(name))));
    Tensor.realize(results.values());
    for (Map.Entry<String, Tensor> result : results.entrySet()) {
      String difference = comparison.difference(result.getKey(), result.getValue(), result.getKey());
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private static void run(Module layer, List<Tensor> in, GoldenCase c, Source file, Map<String, Tensor> results) {
    Map<String, Tensor> wrt = new LinkedHashMap<>();
    for (int i = 0; i < in.size(); i++) {
      String key = c.grad().get(i);
      if (key != null) {
        wrt.put(key, in.get(i).requiresGrad());
      }
    }
    Map<String, Tensor> parameters = layer.namedParameters();
    c.texts("gradients").forEach(name -> wrt.put(key(c, "gradient", name), Objects.requireNonNull(parameters.get(name))));
    List<Tensor> out = List.of();
    for (int call = 0; call < c.integer("calls", 1); call++) {
      out = outputs(layer, in, c);
      Tensor.realize(out);
    }
    Tensor objective = Tensor.zeros();
    for (int i = 0; i < out.size(); i++) {
      results.put(c.out().get(i), out.get(i));
      objective = objective.add(out.get(i).mul(file.apply(Objects.requireNonNull(c.cot().get(i)))).sum());
    }
    List<Tensor> gradients = Gradient.of(objective, List.copyOf(wrt.values()));
    List<String> keys = List.copyOf(wrt.keySet());
    for (int i = 0; i < keys.size(); i++) {
      results.put(keys.get(i), gradients.get(i));
    }
  }

  private static String key(GoldenCase c, String what, String name) {
    return c.name() + "/" + what + "/" + name;
  }

  private static List<Tensor> outputs(Module module, List<Tensor> in, GoldenCase c) {
    return switch (module) {
      case MultiHeadAttention attention when c.flag("weights") -> {
        MultiHeadAttention.Attended attended = attention.attend(in.get(0), in.get(1), in.get(2), AttentionOptions.DEFAULT, true);
        yield List.of(attended.output(), attended.weights());
      }
      case MultiHeadAttention attention -> List.of(attention.forward(in.get(0), in.get(1), in.get(2), AttentionOptions.DEFAULT));
      case TransformerDecoderLayer decoder -> List.of(decoder.forward(in.get(0), in.get(1), AttentionOptions.DEFAULT, AttentionOptions.DEFAULT));
      case Transformer transformer -> List.of(transformer.forward(in.get(0), in.get(1), AttentionOptions.DEFAULT, AttentionOptions.CAUSAL));
      case Bilinear bilinear -> List.of(bilinear.forward(in.get(0), in.get(1)));
      case RecurrentCell cell -> {
        RecurrentCell.State state = cell.step(in.get(0), in.get(1), in.size() == 3 ? in.get(2) : null);
        Tensor other = state.cell();
        yield other == null ? List.of(state.hidden()) : List.of(state.hidden(), other);
      }
      case Recurrent recurrent -> {
        Recurrent.Result result = recurrent.run(in.get(0), in.get(1), in.size() == 3 ? in.get(2) : null);
        List<Tensor> all = new ArrayList<>(List.of(result.output(), result.hidden()));
        if (result.cell() != null) {
          all.add(result.cell());
        }
        yield all;
      }
      case Layer layer -> List.of(layer.forward(in.getFirst()));
      default -> throw new Call.Unsupported("no way to call " + module);
    };
  }

  private static Module layer(GoldenCase c) {
    int in = c.integer("in_channels", 0);
    int out = c.integer("out_channels", 0);
    int channels = c.integer("channels", 0);
    int dim = c.integer("dim", 0);
    int[] kernel = c.integers("kernel_size");
    boolean bias = !Boolean.FALSE.equals(c.args().get("bias"));
    return switch (c.text("class", "")) {
      case "Linear" -> Linear.of(c.integer("in_features", 0), c.integer("out_features", 0));
      case "Conv1d" -> Conv1d.of(in, out, bias, window(c), kernel[0]);
      case "Conv2d" -> Conv2d.of(in, out, bias, window(c), kernel);
      case "Conv3d" -> Conv3d.of(in, out, bias, window(c), kernel);
      case "ConvTranspose1d" -> ConvTranspose1d.of(in, out, bias, window(c), kernel[0]);
      case "ConvTranspose2d" -> ConvTranspose2d.of(in, out, bias, window(c), kernel);
      case "ConvTranspose3d" -> ConvTranspose3d.of(in, out, bias, window(c), kernel);
      case "MaxPool1d" -> MaxPool1d.of(window(c), kernel[0]);
      case "MaxPool2d" -> MaxPool2d.of(window(c), kernel);
      case "MaxPool3d" -> MaxPool3d.of(window(c), kernel);
      case "AvgPool1d" -> AvgPool1d.of(window(c), kernel[0]);
      case "AvgPool2d" -> AvgPool2d.of(window(c), kernel);
      case "AvgPool3d" -> AvgPool3d.of(window(c), kernel);
      case "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d" -> AdaptiveAvgPool.of(c.integers("output_size"));
      case "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d" -> AdaptiveMaxPool.of(c.integers("output_size"));
      case "BatchNorm1d", "BatchNorm2d", "BatchNorm3d" -> batchNorm(c, channels);
      case "GroupNorm" -> groupNorm(c, channels);
      case "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d" -> {
        InstanceNorm norm = c.flag("affine") ? InstanceNorm.of(channels) : InstanceNorm.of();
        yield c.flag("running") ? norm.tracking(channels, c.number("momentum", 0.1)) : norm;
      }
      case "LayerNorm" -> LayerNorm.of(dim);
      case "RMSNorm" -> RMSNorm.of(dim);
      case "Embedding" -> c.has("padding_idx")
          ? Embedding.padded(c.integer("count", 0), dim, c.integer("padding_idx", 0)) : Embedding.of(c.integer("count", 0), dim);
      case "MultiheadAttention" -> c.has("kdim")
          ? MultiHeadAttention.of(dim, c.integer("heads", 1), c.integer("kdim", 0), c.integer("vdim", 0))
          : MultiHeadAttention.of(dim, c.integer("heads", 1));
      case "LSTM", "RNN", "GRU" -> c.has("projSize") ? Recurrent.projected(
          c.integer("inputSize", 0), c.integer("hiddenSize", 0), c.integer("projSize", 0), c.integer("layers", 1), c.flag("bidirectional"))
          : Recurrent.of(
          Recurrent.Kind.valueOf(c.text("class", "") + (c.flag("relu") ? "_RELU" : "")), c.integer("inputSize", 0), c.integer("hiddenSize", 0),
          c.integer("layers", 1), c.flag("bidirectional"), bias);
      default -> GoldenOtherLayers.layer(c);
    };
  }

  private static BatchNorm batchNorm(GoldenCase c, int channels) {
    BatchNorm norm = BatchNorm.of(channels, c.number("momentum", 0.1), c.number("eps", 1e-5));
    if (c.flag("cumulative")) {
      return BatchNorm.cumulative(channels);
    }
    boolean plain = Boolean.FALSE.equals(c.args().get("affine"));
    boolean untracked = Boolean.FALSE.equals(c.args().get("track_running_stats"));
    return new BatchNorm(
        plain ? null : norm.weight(), plain ? null : norm.bias(), untracked ? null : norm.running(), norm.momentum(), norm.eps());
  }

  private static GroupNorm groupNorm(GoldenCase c, int channels) {
    GroupNorm norm = GroupNorm.of(c.integer("groups", 1), channels);
    boolean plain = Boolean.FALSE.equals(c.args().get("affine"));
    return new GroupNorm(norm.groups(), plain ? null : norm.weight(), plain ? null : norm.bias(), c.number("eps", 1e-5));
  }

  private static Window window(GoldenCase c) {
    Window window = Window.DEFAULT
        .groups(c.integer("groups", 1))
        .ceilMode(c.flag("ceil_mode"))
        .countIncludePad(!Boolean.FALSE.equals(c.args().get("count_include_pad")));
    window = c.has("stride") ? window.stride(c.integers("stride")) : window;
    window = c.has("dilation") ? window.dilation(c.integers("dilation")) : window;
    window = c.has("output_padding") ? window.outputPadding(c.integers("output_padding")) : window;
    window = window.paddingMode(PadMode.valueOf(c.text("padding_mode", "zeros").toUpperCase(Locale.ROOT)));
    return switch (c.text("padding", "")) {
      case "same" -> window.samePadding();
      case "valid" -> window.padding(0);
      default -> c.has("padding") ? window.padding(c.integers("padding")) : window;
    };
  }
}
