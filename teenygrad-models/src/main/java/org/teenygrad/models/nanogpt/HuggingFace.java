package org.teenygrad.models.nanogpt;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.models.huggingface.WeightFiles;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;
import org.teenygrad.state.TensorFile;

/// Reads and writes GPT-2 as Hugging Face stores it: a directory with `config.json` and the weights, in one file or several,
/// safetensors or PyTorch's. Weights of any floating type become float32.
///
/// ```java
/// Gpt model = HuggingFace.gpt2(Path.of("gpt2"));
/// Tensor logits = Mode.EVALUATION.call(() -> model.forward(ids));
/// ```
public final class HuggingFace {
  private static final String KIND = "the weights of its config.json";

  private static final Pattern IN_BLOCK = Pattern.compile("h\\.([0-9]{1,6})\\.([a-z0-9_.]+)");

  /// The names of a block's parts. Those of GPT-2's `Conv1D` have matrices (in, out), ours have (out, in).
  private static final Map<String, String> PARTS = Map.of(
      "ln_1", "ln1",
      "attn.c_attn", "attn.cAttn",
      "attn.c_proj", "attn.cProj",
      "ln_2", "ln2",
      "mlp.c_fc", "mlp.cFc",
      "mlp.c_proj", "mlp.cProj");

  private HuggingFace() {}

  /// The model of a directory.
  /// @throws FileException if something is missing, damaged, or not of a GPT-2 that this model can be
  public static Gpt gpt2(Path directory) {
    GptConfig config = HuggingFaceConfig.read(directory.resolve("config.json"));
    Path weights = WeightFiles.of(directory);
    try (TensorFile file = TensorFile.open(weights)) {
      Map<String, Tensor> state = state(file);
      Map<String, Shape> shapes = new HashMap<>();
      state.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
      StateSizes.require(config, shapes);
      Gpt model = Gpt.of(config);
      model.loadStateDict(state);
      return model;
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(weights, KIND, String.valueOf(e.getMessage()));
    }
  }

  /// The tensors under our names. Causal masks, which old files have, and the head, which is `wte`, are left out.
  private static Map<String, Tensor> state(TensorFile file) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (String stored : file.shapes().keySet()) {
      String name = stored.startsWith("transformer.") ? stored.substring("transformer.".length()) : stored;
      if (name.equals("lm_head.weight") || name.endsWith(".attn.bias") || name.endsWith(".attn.masked_bias")) {
        continue;
      }
      Tensor value = file.tensor(stored);
      boolean isConv1d = IN_BLOCK.matcher(name).matches() && name.endsWith(".weight") && value.rank() == 2;
      if (state.put(ours(name), isConv1d ? value.transpose(0, 1) : value) != null) {
        throw new IllegalArgumentException("it has two tensors " + name + ", one of them below 'transformer.'");
      }
    }
    return state;
  }

  private static String ours(String name) {
    Matcher block = IN_BLOCK.matcher(name);
    if (!block.matches()) {
      return name.startsWith("ln_f.") ? "lnF." + name.substring(5) : name;
    }
    String path = block.group(2);
    int dot = path.lastIndexOf('.');
    String part = dot < 0
        ? path : PARTS.getOrDefault(path.substring(0, dot), path.substring(0, dot)) + path.substring(dot);
    return "h." + block.group(1) + "." + part;
  }

  /// Writes `config.json` and `model.safetensors` into a folder. Biases that the model has not are zeros there.
  /// @param type of the weights
  /// @throws FileException if a file cannot be written
  public static void write(Gpt model, DType type, Path directory) {
    Map<String, String> parts = new HashMap<>();
    PARTS.forEach((theirs, ours) -> parts.put(ours, theirs));
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> named : withBiases(model).entrySet()) {
      String name = named.getKey();
      int dot = name.lastIndexOf('.');
      String part = name.substring(0, dot).replaceFirst("^h\\.[0-9]+\\.", "");
      String theirs = name.substring(0, dot - part.length()) + (part.equals("lnF") ? "ln_f" : parts.getOrDefault(part, part)) + name.substring(dot);
      boolean isConv1d = !part.startsWith("w") && named.getValue().rank() == 2;
      Tensor value = named.getValue().detach().cast(type);
      weights.put("transformer." + theirs, isConv1d ? value.transpose(0, 1).contiguous() : value);
    }
    State.save(directory.resolve("model.safetensors"), weights, Map.of("format", "pt"));
    AtomicFiles.write(directory.resolve("config.json"), JsonText.indented(HuggingFaceConfig.members(model.config(), type)));
  }

  private static Map<String, Tensor> withBiases(Gpt model) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    model.stateDict().forEach((name, tensor) -> {
      state.put(name, tensor);
      String bias = name.replaceFirst("\\.weight$", ".bias");
      if (!name.startsWith("w") && !bias.equals(name)) {
        state.putIfAbsent(bias, Tensor.zeros(tensor.size(0)));
      }
    });
    return state;
  }
}
