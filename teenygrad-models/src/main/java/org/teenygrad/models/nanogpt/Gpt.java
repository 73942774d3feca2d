package org.teenygrad.models.nanogpt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nn.Dropout;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Init;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;

/// A GPT as nanoGPT trains it, which is GPT-2 (Radford et al., *Language models are unsupervised multitask learners*, 2019):
/// a transformer that reads tokens and says, for each, which one comes next.
///
/// ```java
/// var model = Gpt.of(new GptConfig(vocabSize, 64, 4, 4, 128, 0.0, false));
/// optimizer.step(model.loss(inputs, targets));
/// ```
/// The names of the parts are GPT-2's. The last layer, from vectors to scores of tokens, has no weight of its own: it is `wte`
/// again, read in the other direction.
///
/// @param wte a vector for each token
/// @param wpe a vector for each position of the context
/// @param lnF the last layer norm
public record Gpt(GptConfig config, Embedding wte, Embedding wpe, Dropout drop, List<Block> h, LayerNorm lnF)
    implements Module, CausalModel {

  /// As nanoGPT samples.
  public static final Sampling SAMPLING = new Sampling(0.8, 200, 1, 1337);

  /// Standard deviation of the weights at the start.
  private static final double DEVIATION = 0.02;

  /// A model that has learned nothing. Its weights are drawn from the shared random numbers; see [Tensor#manualSeed].
  public static Gpt of(GptConfig config) {
    Init normal = Init.normal(DEVIATION);
    return new Gpt(
        config,
        Embedding.of(config.vocabSize(), config.nEmbd(), normal),
        Embedding.of(config.blockSize(), config.nEmbd(), normal),
        Dropout.of(config.dropout()),
        Stream.generate(() -> Block.of(config)).limit(config.nLayer()).toList(),
        LayerNorm.of(config.nEmbd(), config.bias()));
  }

  /// Scores of the token that follows each token.
  ///
  /// @param ids tokens (batch, time)
  /// @return logits (batch, time, vocab)
  /// @throws IllegalArgumentException if time is longer than the block size
  public Tensor forward(Tensor ids) {
    return logits(hidden(ids, null, Mode.current() == Mode.TRAINING ? trained(config.dropout()) : KeyValues.CAUSAL));
  }

  /// Causal attention some of whose weights are dropped.
  private static KeyValues trained(double dropout) {
    return (layer, q, k, v, window, cap) -> q.scaledDotProductAttention(k, v, AttentionOptions.CAUSAL.withDropout(dropout));
  }

  /// The mean cross-entropy of what follows each token, in float32 at least: as under PyTorch's autocast.
  ///
  /// @param ids tokens (batch, time)
  /// @param targets the token after each (batch, time)
  public Tensor loss(Tensor ids, Tensor targets) {
    Tensor logits = forward(ids).reshape(-1, config.vocabSize());
    return (logits.dtype().bytes() < 4 ? logits.cast(DType.FLOAT32) : logits).crossEntropy(targets.reshape(-1));
  }

  /// Cuts the blocks over the ranks along an axis of a mesh: tensor parallelism. Each has some heads of each attention and some
  /// units of each perceptron, and keeps those parts of the weights alone; what they add to the stream is added up over the ranks,
  /// twice a block and twice more for derivatives (Shoeybi et al., *Megatron-LM*, 2019). Of the weights that make queries, keys and
  /// values each rank keeps columns, and those of its heads are exchanged as they are used: as heads they would be three parts, and
  /// not one. Embeddings and norms stay whole.
  /// ```java
  /// Mesh mesh = world.mesh(new Mesh.Axis("data", 1), new Mesh.Axis("model", world.size()));
  /// model.cut(mesh, "model").loss(inputs, targets).gather();   // on all ranks
  /// ```
  /// @return this model, changed
  /// @throws IllegalArgumentException if there is no such axis, or the heads do not divide by its ranks
  public Gpt cut(Mesh mesh, String axis) {
    int along = IntStream.range(0, mesh.axes().size()).filter(i -> mesh.axes().get(i).name().equals(axis)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no axis " + axis + " of " + mesh));
    int ranks = mesh.axes().get(along).size();
    if (config.nHead() % ranks != 0) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%d heads do not divide by %d ranks along %s", config.nHead(), ranks, axis));
    }
    List<Placement> whole = Collections.nCopies(mesh.axes().size(), Placement.replicate());
    List<Tensor> weights = new ArrayList<>();
    cuts().forEach((weight, cut) -> {
      List<Placement> placements = new ArrayList<>(whole);
      placements.set(along, Placement.shard(cut));
      weights.add(weight.assign(weight.detach().shard(mesh, placements.toArray(Placement[]::new))));
    });
    Tensor.realize(weights);
    return this;
  }

  /// The axis along which each weight of a block is cut that is not whole on all ranks.
  Map<Tensor, Integer> cuts() {
    Map<Tensor, Integer> cuts = new LinkedHashMap<>();
    for (Block block : h) {
      cuts.put(block.attn.cAttn.weight(), 1);
      cuts.put(block.attn.cProj.weight(), 1);
      cuts.put(block.mlp.cFc.weight(), 0);
      if (block.mlp.cFc.bias() != null) {
        cuts.put(block.mlp.cFc.bias(), 0);
      }
      cuts.put(block.mlp.cProj.weight(), 1);
    }
    return cuts;
  }

  /// A layer each rank of which may have some inputs alone: what they make is added up.
  private static Tensor added(Linear layer, Tensor x) {
    Tensor sum = x.linear(layer.weight(), null);
    Tensor bias = layer.bias();
    boolean isTerm = sum.placements().stream().anyMatch(Placement.Partial.class::isInstance);
    return !isTerm ? layer.forward(x) : bias == null ? sum.allReduce() : sum.allReduce().add(bias);
  }

  @Override
  public int vocabSize() {
    return config.vocabSize();
  }

  @Override
  public int maxPositions() {
    return config.blockSize();
  }

  @Override
  public KeyValueShape keyValueShape() {
    return new KeyValueShape(config.nLayer(), config.nHead(), config.headDim(), wte.weight().dtype());
  }

  /// @throws IllegalArgumentException if a text is longer than the block size
  @Override
  public Tensor hidden(Tensor ids, @Nullable Past past, KeyValues keyValues) {
    if (past == null && ids.size(1) > config.blockSize()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "a context of %d tokens is longer than the block size, %d",
              ids.size(1), config.blockSize()));
    }
    Tensor positions = past == null ? Tensor.arange(ids.size(1), DType.INT32) : past.positions();
    Tensor x = drop.forward(wte.forward(ids).add(wpe.forward(positions)));
    for (int layer = 0; layer < h.size(); layer++) {
      int number = layer;
      x = h.get(layer).forward(x, (q, k, v) -> keyValues.attend(number, q, k, v, config.blockSize()));
    }
    return lnF.forward(x);
  }

  @Override
  public Tensor scores(Tensor hidden) {
    return logits(hidden).cast(DType.FLOAT32);
  }

  /// @param x what [#hidden] makes (..., dim)
  /// @return scores of tokens (..., vocab)
  private Tensor logits(Tensor x) {
    return x.linear(wte.weight(), null);
  }

  /// Continues a text, however long. Up to the block size each token costs one pass over one token, since keys and values are kept;
  /// beyond it, the second half of the context is read again whenever the block is full. [Engine] continues several texts at once.
  ///
  /// ```java
  /// model.generate(tokenizer.encode("Once"), 80, Gpt.SAMPLING, token -> IO.print(tokenizer.decode(token)));
  /// ```
  /// @param prompt at least one token
  /// @param sink gets each token as soon as it is chosen
  public void generate(int[] prompt, int maxNewTokens, Sampling sampling, IntConsumer sink) {
    Engine engine = Engine.of(this, 1);
    int[] context = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - config.blockSize()), prompt.length);
    int left = maxNewTokens;
    for (long seed = sampling.seed(); left > 0; seed += Engine.SEED_STEP) {
      Request request = Request.of(context, left, sampling.withSeed(seed)).withSink(token -> sink.accept(token.token()));
      List<GeneratedToken> added = engine.generate(List.of(request)).getFirst().tokens();
      left -= added.size();
      int[] text = Stream.concat(Arrays.stream(context).boxed(), added.stream().map(GeneratedToken::token)).mapToInt(i -> i).toArray();
      context = Arrays.copyOfRange(text, Math.max(0, text.length - (config.blockSize() - config.blockSize() / 2)), text.length);
    }
  }

  /// The same model with its weights in another type, through which gradients flow to these: mixed precision. Layer norms keep
  /// theirs, as under PyTorch's autocast.
  ///
  /// ```java
  /// optimizer.step(model.in(DType.BFLOAT16).loss(inputs, targets));
  /// ```
  /// @param type the floating type to compute in
  public Gpt in(DType type) {
    return new Gpt(
        config, cast(wte, type), cast(wpe, type), drop, h.stream().map(block -> block.in(type)).toList(), lnF);
  }

  private static Embedding cast(Embedding layer, DType type) {
    return new Embedding(layer.weight().cast(type));
  }

  private static Linear cast(Linear layer, DType type) {
    Tensor bias = layer.bias();
    return new Linear(layer.weight().cast(type), bias == null ? null : bias.cast(type));
  }

  private static Linear linear(int in, int out, double deviation, boolean bias) {
    return Linear.of(in, out, Init.normal(deviation), bias ? Init.ZEROS : null);
  }

  /// Layers that write into the residual stream start smaller, so that its variance does not grow with depth.
  private static Linear residual(int in, GptConfig config) {
    return linear(in, config.nEmbd(), DEVIATION / Math.sqrt(2.0 * config.nLayer()), config.bias());
  }

  /// How a block's queries look at keys and values, each (batch, heads, time, headDim).
  @FunctionalInterface
  interface View {
    Tensor attend(Tensor q, Tensor k, Tensor v);
  }

  /// Attention, then a perceptron; each adds what it finds to the stream.
  public record Block(LayerNorm ln1, CausalSelfAttention attn, LayerNorm ln2, Mlp mlp) implements Module {
    static Block of(GptConfig config) {
      return new Block(
          LayerNorm.of(config.nEmbd(), config.bias()),
          CausalSelfAttention.of(config),
          LayerNorm.of(config.nEmbd(), config.bias()),
          Mlp.of(config));
    }

    Tensor forward(Tensor x, View view) { // (batch, time, dim)
      x = x.add(attn.forward(ln1.forward(x), view));
      return x.add(mlp.forward(ln2.forward(x)));
    }

    Block in(DType type) {
      return new Block(ln1, attn.in(type), ln2, mlp.in(type));
    }
  }

  /// Every token looks at itself and those before it, in several heads.
  ///
  /// @param cAttn queries, keys and values in one: (3 dim, dim)
  public record CausalSelfAttention(Linear cAttn, Linear cProj, Dropout drop, int heads) implements Module {
    static CausalSelfAttention of(GptConfig config) {
      int dim = config.nEmbd();
      return new CausalSelfAttention(
          linear(dim, 3 * dim, DEVIATION, config.bias()), residual(dim, config), Dropout.of(config.dropout()), config.nHead());
    }

    Tensor forward(Tensor x, View view) {
      int batch = x.size(0);
      int time = x.size(1);
      int dim = x.size(2);
      Tensor qkv = cAttn.weight().placements().contains(Placement.shard(1)) ? ofOwnHeads(x) : cAttn.forward(x).reshape(batch, time, 3, heads, dim / heads).permute(2, 0, 3, 1, 4);
      Tensor y = view.attend(qkv.select(0, 0), qkv.select(0, 1), qkv.select(0, 2));
      return drop.forward(added(cProj, y.transpose(1, 2).reshape(batch, time, dim)));
    }

    /// Queries, keys and values (3, batch, heads, time, headDim) where each rank computes some heads.
    private Tensor ofOwnHeads(Tensor x) {
      int dim = x.size(2);
      Tensor weight = cAttn.weight().reshape(3, heads, dim / heads, dim);
      Placement[] byHead = weight.placements().stream().map(placement -> placement.equals(Placement.shard(3)) ? Placement.shard(1) : placement).toArray(Placement[]::new);
      Tensor qkv = Tensor.einsum("btc,shdc->sbhtd", x, weight.redistribute(byHead));
      Tensor bias = cAttn.bias();
      return bias == null ? qkv : qkv.add(bias.reshape(3, 1, heads, 1, dim / heads));
    }

    CausalSelfAttention in(DType type) {
      return new CausalSelfAttention(cast(cAttn, type), cast(cProj, type), drop, heads);
    }
  }

  /// Two linear layers with an activation between them.
  public record Mlp(Linear cFc, Linear cProj, Dropout drop, GptConfig.Gelu gelu) implements Module {
    static Mlp of(GptConfig config) {
      int dim = config.nEmbd();
      return new Mlp(
          linear(dim, 4 * dim, DEVIATION, config.bias()),
          residual(4 * dim, config),
          Dropout.of(config.dropout()),
          config.gelu());
    }

    Tensor forward(Tensor x) {
      return drop.forward(added(cProj, gelu.of(cFc.forward(x))));
    }

    Mlp in(DType type) {
      return new Mlp(cast(cFc, type), cast(cProj, type), drop, gelu);
    }
  }
}
