package org.teenygrad.models.nanogpt;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.models.huggingface.WeightFiles;
import org.teenygrad.state.FileException;
import org.teenygrad.state.TensorFile;

/// Reads GPT-2 as Hugging Face stores it: a directory with `config.json` and the weights, in one file or several,
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
}
