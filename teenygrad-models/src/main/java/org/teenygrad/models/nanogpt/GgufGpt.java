package org.teenygrad.models.nanogpt;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.nn.Dropout;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.state.FileException;
import org.teenygrad.state.GgufWriter;
import org.teenygrad.state.GgufWriter.Entry;
import org.teenygrad.state.GgufWriter.Type;
import org.teenygrad.state.TensorFile;

/// GPT-2 as llama.cpp stores it. Weights that are read stay as they are in the file, quantised or of 16 bits, and are computed with
/// in float32.
public final class GgufGpt {
  private static final String PREFIX = "gpt2.";

  private final TensorFile file;
  private final double normEps;

  private GgufGpt(TensorFile file, double normEps) {
    this.file = file;
    this.normEps = normEps;
  }

  /// @param metadata of the file
  /// @throws IllegalArgumentException if it is of a model that this one cannot be
  public static CausalModel read(TensorFile file, ConfigFile metadata) {
    Map<String, Shape> shapes = file.shapes();
    Shape words = shapes.get("token_embd.weight");
    int dim = metadata.size(PREFIX + "embedding_length");
    metadata.require(PREFIX + "feed_forward_length", 4.0 * dim);
    GptConfig config = new GptConfig(
        words == null || words.rank() != 2 ? 0 : words.size(0), metadata.size(PREFIX + "context_length"), metadata.size(PREFIX + "block_count"),
        metadata.size(PREFIX + "attention.head_count"), dim, 0, true, GptConfig.Gelu.TANH);
    GgufGpt reader = new GgufGpt(file, metadata.number(PREFIX + "attention.layer_norm_epsilon", 1e-5));
    Gpt gpt = reader.model(config);
    return shapes.containsKey("output.weight") ? new Untied(gpt, new Linear(reader.get("output.weight", config.vocabSize(), dim), null)) : gpt;
  }

  /// A model whose head is not its embedding: llama.cpp may store that twice, in two types.
  record Untied(Gpt gpt, Linear head) implements Module, CausalModel {
    @Override
    public int vocabSize() {
      return gpt.vocabSize();
    }

    @Override
    public int maxPositions() {
      return gpt.maxPositions();
    }

    @Override
    public KeyValueShape keyValueShape() {
      return gpt.keyValueShape();
    }

    @Override
    public Tensor hidden(Tensor ids, @Nullable Past past, KeyValues keyValues) {
      return gpt.hidden(ids, past, keyValues);
    }

    @Override
    public Tensor scores(Tensor hidden) {
      return head.forward(hidden);
    }

    @Override
    public String toString() {
      return tree();
    }
  }

  private Gpt model(GptConfig config) {
    int dim = config.nEmbd();
    return new Gpt(
        config,
        new Embedding(get("token_embd.weight", config.vocabSize(), dim)),
        new Embedding(get("position_embd.weight", config.blockSize(), dim)),
        Dropout.of(0),
        IntStream.range(0, config.nLayer()).mapToObj(layer -> block(config, "blk." + layer + ".")).toList(),
        norm("output_norm", dim));
  }

  private Gpt.Block block(GptConfig config, String name) {
    int dim = config.nEmbd();
    return new Gpt.Block(
        norm(name + "attn_norm", dim),
        new Gpt.CausalSelfAttention(linear(name + "attn_qkv", dim, 3 * dim), linear(name + "attn_output", dim, dim), Dropout.of(0), config.nHead()),
        norm(name + "ffn_norm", dim),
        new Gpt.Mlp(linear(name + "ffn_up", dim, 4 * dim), linear(name + "ffn_down", 4 * dim, dim), Dropout.of(0), config.gelu()));
  }

  private Linear linear(String name, int in, int out) {
    return new Linear(get(name + ".weight", out, in), get(name + ".bias", out));
  }

  private LayerNorm norm(String name, int dim) {
    return new LayerNorm(get(name + ".weight", dim), get(name + ".bias", dim), normEps);
  }

  private Tensor get(String name, int... shape) {
    @Nullable Shape found = file.shapes().get(name);
    if (found == null || !found.equals(Shape.of(shape))) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its %s is %s instead of %s", name, found == null ? "not there" : found, Shape.of(shape)));
    }
    return file.tensor(name).cast(DType.FLOAT32);
  }

  /// Writes a model as llama.cpp reads it. Its GELU is the approximation by tanh: a model that was trained with the exact one has
  /// scores that are some 1e-3 away.
  /// @param type of the matrices; those whose rows are not of whole blocks get the next finer one that fits, all else stays float32
  /// @param written a [Gpt], or what [#read] gives
  /// @param tokenizer metadata of the tokenizer, or whatever else the file is to say
  /// @throws IllegalArgumentException if it is another model
  /// @throws FileException if the file cannot be written
  public static void write(CausalModel written, Type type, Map<String, Object> tokenizer, Path path) {
    Gpt model = switch (written) {
      case Gpt gpt -> gpt;
      case Untied(Gpt gpt, _) -> gpt;
      default -> throw new IllegalArgumentException("a " + written.getClass().getSimpleName() + " is no GPT-2");
    };
    GptConfig config = model.config();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "gpt2");
    metadata.put(PREFIX + "context_length", config.blockSize());
    metadata.put(PREFIX + "embedding_length", config.nEmbd());
    metadata.put(PREFIX + "feed_forward_length", 4 * config.nEmbd());
    metadata.put(PREFIX + "block_count", config.nLayer());
    metadata.put(PREFIX + "attention.head_count", config.nHead());
    metadata.put(PREFIX + "attention.layer_norm_epsilon", model.lnF().eps());
    metadata.putAll(tokenizer);
    Map<String, Entry> tensors = new LinkedHashMap<>();
    tensors.put("token_embd.weight", new Entry(model.wte().weight(), type.fitting(config.nEmbd())));
    if (written instanceof Untied(_, Linear head)) {
      tensors.put("output.weight", new Entry(head.weight(), type.fitting(config.nEmbd())));
    }
    tensors.put("position_embd.weight", new Entry(model.wpe().weight(), Type.F32));
    put(tensors, "output_norm", model.lnF());
    for (int layer = 0; layer < config.nLayer(); layer++) {
      Gpt.Block block = model.h().get(layer);
      String name = "blk." + layer + ".";
      put(tensors, name + "attn_norm", block.ln1());
      put(tensors, name + "attn_qkv", block.attn().cAttn(), type);
      put(tensors, name + "attn_output", block.attn().cProj(), type);
      put(tensors, name + "ffn_norm", block.ln2());
      put(tensors, name + "ffn_up", block.mlp().cFc(), type);
      put(tensors, name + "ffn_down", block.mlp().cProj(), type);
    }
    GgufWriter.write(path, metadata, tensors);
  }

  private static void put(Map<String, Entry> tensors, String name, LayerNorm norm) {
    put(tensors, name, new Entry(norm.weight(), Type.F32), norm.bias());
  }

  private static void put(Map<String, Entry> tensors, String name, Linear layer, Type type) {
    put(tensors, name, new Entry(layer.weight(), type.fitting(layer.weight().size(1))), layer.bias());
  }

  /// What has no bias gets one of zeros, which GPT-2's readers ask for.
  private static void put(Map<String, Entry> tensors, String name, Entry weight, @Nullable Tensor bias) {
    tensors.put(name + ".weight", weight);
    tensors.put(name + ".bias", new Entry(bias == null ? Tensor.zeros(weight.tensor().size(0)) : bias, Type.F32));
  }
}
