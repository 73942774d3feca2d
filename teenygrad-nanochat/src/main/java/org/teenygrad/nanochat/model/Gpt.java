package org.teenygrad.nanochat.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.LossReduction;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Init;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.RotaryEmbedding;

/// nanochat's transformer (Karpathy, github.com/karpathy/nanochat): it reads tokens and says, for each, which one comes next.
///
/// What it has that GPT-2 has not: norms without weights, one of them after the token embedding; rotary positions; a head of its own,
/// whose scores are softly capped; squared ReLU; windows of attention. And from modded-nanogpt: value embeddings, a *smear* that mixes the
/// token before into each, factors for the residual stream of each block, which also takes in the first embedding again, and the
/// *backout*, which takes what the stream was in the middle away from what it is at the end.
///
/// ```java
/// var model = Gpt.of(new GptConfig(2048, 32768, 12, 6, 6, 768, "SSSL"), DType.FLOAT32);
/// optimizer.step(model.loss(inputs, targets));
/// ```
/// The names of its parameters are nanochat's.
///
/// @param lmHead the head (paddedVocab, dim)
/// @param residLambdas what the residual stream is multiplied with before each block (layers)
/// @param x0Lambdas how much of the first embedding comes in again before each block (layers)
/// @param smearGate reads 24 channels of a token (1, 24)
/// @param smearLambda how much of the token before is mixed in (1)
/// @param backoutLambda how much of the middle is taken away (1)
/// @param valueEmbeds a vector of values for each token (paddedVocab, kvHeads headDim), by the block
public record Gpt(
    GptConfig config,
    Transformer transformer,
    Linear lmHead,
    Tensor residLambdas,
    Tensor x0Lambdas,
    Linear smearGate,
    Tensor smearLambda,
    Tensor backoutLambda,
    Map<Integer, Embedding> valueEmbeds,
    RotaryEmbedding rotary)
    implements NanochatModule, CausalModel {

  /// @param wte a vector for each token (paddedVocab, dim)
  /// @param h the blocks
  public record Transformer(Embedding wte, List<Block> h) implements NanochatModule {}

  /// A target that is none: it adds nothing to the loss.
  public static final int IGNORED = -1;

  /// Gates start a little above neutral.
  static final Init GATES = Init.uniform(0, 0.02);

  /// Scores are between minus and plus this.
  public static final double SOFT_CAP = 15;

  /// What norms add to the mean square: PyTorch's default for float32.
  public static final double NORM_EPS = Math.ulp(1f);

  /// Of the wavelengths of rotary positions.
  public static final double ROTARY_BASE = 100_000;

  /// Sizes of layers that are multiplied in 8 bits: multiples of this, and not below that.
  private static final int FLOAT8_UNIT = 16;

  private static final int FEWEST_OF_FLOAT8 = 128;

  /// Contexts may be so much longer than those of training.
  private static final int LONGER = 10;

  /// A model that has learned nothing. Its weights are drawn from the shared random numbers; see [Tensor#manualSeed].
  /// @param embeddings the type in which token and value embeddings are stored: bfloat16, as nanochat has them, halves what are most of a
  ///     small model's parameters; float32 keeps what updates would lose by rounding
  public static Gpt of(GptConfig config, DType embeddings) {
    int dim = config.nEmbd();
    int layers = config.nLayer();
    Map<Integer, Embedding> values = new LinkedHashMap<>();
    Embedding wte = embedding(config.paddedVocabSize(), dim, Init.normal(0.8), embeddings);
    Linear lmHead = Linear.of(dim, config.paddedVocabSize(), Init.normal(0.001), null);
    List<Block> blocks = IntStream.range(0, layers).mapToObj(layer -> Block.of(config, layer)).toList();
    for (int layer = 0; layer < layers; layer++) {
      if (config.hasValueEmbedding(layer)) {
        values.put(layer, embedding(config.paddedVocabSize(), config.kvDim(), uniform(dim), embeddings));
      }
    }
    return new Gpt(
        config,
        new Transformer(wte, blocks),
        lmHead,
        falling(1.15, 0.10, layers),
        falling(0.20, 0.15, layers),
        Linear.of(GptConfig.SMEAR_CHANNELS, 1, GATES, null),
        Init.ZEROS.parameter(1),
        Tensor.full(Shape.of(1), 0.2, DType.FLOAT32).requiresGrad(),
        values,
        RotaryEmbedding.of(config.headDim(), LONGER * config.sequenceLen(), ROTARY_BASE, RotaryEmbedding.Pairs.HALVES).reversed());
  }

  /// How many bytes the tables of [#rotary] take, which are no parameters.
  public static long rotaryBytes(GptConfig config) {
    long angles = (long) LONGER * config.sequenceLen() * (config.headDim() / 2);
    return 2 * angles * DType.FLOAT32.bytes();
  }

  private static Embedding embedding(int count, int dim, Init init, DType type) {
    return new Embedding(init.draw(count, dim).cast(type).requiresGrad());
  }

  /// From the first block to the last.
  private static Tensor falling(double first, double drop, int layers) {
    float[] factors = new float[layers];
    for (int layer = 0; layer < layers; layer++) {
      factors[layer] = (float) (first - drop * layer / Math.max(layers - 1, 1));
    }
    return Tensor.of(factors, layers).requiresGrad();
  }

  /// Uniform with standard deviation `1 / sqrt(dim)`: no outliers.
  static Init uniform(int dim) {
    return Init.uniform(-bound(dim), bound(dim));
  }

  static double bound(int dim) {
    return Math.sqrt(3.0 / dim);
  }

  /// Scores of the token that follows each token.
  ///
  /// @param ids tokens (batch, time)
  /// @return logits (batch, time, vocab), float32
  /// @throws IllegalArgumentException if time is longer than the model has positions
  public Tensor forward(Tensor ids) {
    return scores(hidden(ids, null, KeyValues.CAUSAL));
  }

  /// What [#scores] are made of, at some positions only: most of the head's work is saved.
  ///
  /// @param ids tokens (batch, time)
  /// @param positions numbers of tokens in all rows, `row time + position` (count)
  /// @return hidden states (count, dim)
  public Tensor hiddenAt(Tensor ids, Tensor positions) {
    return hidden(ids, null, KeyValues.CAUSAL).reshape(-1, config.nEmbd()).embedding(positions);
  }

  /// The mean cross-entropy of what follows each token, in nats; 0 where every target is [#IGNORED].
  ///
  /// @param ids tokens (batch, time)
  /// @param targets the token after each, or [#IGNORED] (batch, time)
  public Tensor loss(Tensor ids, Tensor targets) {
    Tensor counted = targets.ne(IGNORED).cast(DType.FLOAT32).sum().gather().clampMin(1); // of all ranks
    return losses(ids, targets, LossReduction.SUM).div(counted);
  }

  /// The cross-entropy of each token; 0 where the target is [#IGNORED].
  ///
  /// @param ids tokens (batch, time)
  /// @param targets as for [#loss]
  /// @return (batch time)
  public Tensor losses(Tensor ids, Tensor targets) {
    return losses(ids, targets, LossReduction.NONE).reshape(-1);
  }

  private Tensor losses(Tensor ids, Tensor targets, LossReduction reduction) {
    return hidden(ids, null, KeyValues.CAUSAL)
        .linearCrossEntropy(lmHead.weight().narrow(0, 0, config.vocabSize()), targets, IGNORED, SOFT_CAP, reduction);
  }

  @Override
  public int vocabSize() {
    return config.vocabSize();
  }

  @Override
  public int maxPositions() {
    return rotary.cos().size(0);
  }

  @Override
  public KeyValueShape keyValueShape() {
    return new KeyValueShape(config.nLayer(), config.nKvHead(), config.headDim(), type());
  }

  @Override
  public Tensor hidden(Tensor ids, @Nullable Past past, KeyValues keyValues) {
    Tensor first = smeared(norm(embedded(transformer.wte(), ids)), past);
    Tensor positions = past == null ? null : past.positions().unsqueeze(1);
    Tensor x = first;
    Tensor middle = first;
    for (int layer = 0; layer < config.nLayer(); layer++) {
      x = x.mul(residLambdas.narrow(0, layer, 1)).add(first.mul(x0Lambdas.narrow(0, layer, 1))).cast(type());
      Embedding values = valueEmbeds.get(layer);
      AttentionContext context = new AttentionContext(rotary, positions, keyValues, layer, config.window(layer));
      x = transformer.h().get(layer).forward(x, values == null ? null : embedded(values, ids), context);
      middle = layer == config.nLayer() / 2 ? x : middle;
    }
    return norm(x.sub(middle.mul(backoutLambda)).cast(type()));
  }

  private Tensor embedded(Embedding table, Tensor ids) {
    return table.forward(ids).cast(type());
  }

  /// The type that is computed in: that of the weights that are multiplied with.
  private DType type() {
    return lmHead.weight().dtype();
  }

  /// Each token with some of the one before it: what pairs of tokens mean, for little work.
  private Tensor smeared(Tensor x, @Nullable Past past) {
    Tensor before = past == null
        ? x.narrow(1, 0, x.size(1) - 1).padAxis(1, 1, 0) // nothing is before the first
        : past.positions().unsqueeze(2).gt(0).where(norm(embedded(transformer.wte(), past.before())), 0);
    Tensor gate = smearGate.forward(x.narrow(-1, 0, GptConfig.SMEAR_CHANNELS)).sigmoid().mul(smearLambda); // (batch, time, 1)
    return x.add(gate.mul(before)).cast(type());
  }

  @Override
  public Tensor scores(Tensor x) {
    Tensor scores = lmHead.forward(x).narrow(-1, 0, config.vocabSize()).cast(DType.FLOAT32);
    return scores.div(SOFT_CAP).tanh().mul(SOFT_CAP);
  }

  /// Mean square 1 over the channels.
  static Tensor norm(Tensor x) {
    return new Norm(1).apply(x);
  }

  /// The same model with the weights of its linear layers in another type, through which gradients flow to these. Embeddings stay
  /// as they are stored; the vectors that are looked up are cast.
  ///
  /// ```java
  /// optimizer.step(model.in(DType.BFLOAT16).loss(inputs, targets));
  /// ```
  /// @param type the floating type to compute in
  public Gpt in(DType type) {
    return new Gpt(
        config,
        new Transformer(transformer.wte(), transformer.h().stream().map(block -> block.in(type)).toList()),
        cast(lmHead, type),
        residLambdas,
        x0Lambdas,
        cast(smearGate, type),
        smearLambda,
        backoutLambda,
        valueEmbeds,
        rotary);
  }

  /// The same model, whose blocks round factors of products to 8 bits in training, those of gradients included; see
  /// [Linear#inFloat8]. The head, whose scores are never in memory at once, and layers with sizes below 128 or no multiple of 16
  /// stay as they are.
  ///
  /// ```java
  /// optimizer.step(model.in(DType.BFLOAT16).inFloat8().loss(inputs, targets));
  /// ```
  public Gpt inFloat8() {
    return new Gpt(
        config,
        new Transformer(transformer.wte(), transformer.h().stream().map(Block::inFloat8).toList()),
        lmHead,
        residLambdas,
        x0Lambdas,
        smearGate,
        smearLambda,
        backoutLambda,
        valueEmbeds,
        rotary);
  }

  static Linear inFloat8(Linear layer) {
    int least = Math.min(layer.weight().size(0), layer.weight().size(1));
    boolean fits = layer.weight().size(0) % FLOAT8_UNIT == 0 && layer.weight().size(1) % FLOAT8_UNIT == 0;
    return fits && least >= FEWEST_OF_FLOAT8 ? layer.inFloat8() : layer;
  }

  static Linear cast(Linear layer, DType type) {
    return new Linear(layer.weight().cast(type), null);
  }

  @Override
  public String toString() {
    return tree();
  }
}
