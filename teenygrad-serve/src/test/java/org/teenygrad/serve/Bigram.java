package org.teenygrad.serve;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// A model in which each token is followed by one other: it says what a test wants.
record Bigram(Tensor table) implements CausalModel {
  private static final int VOCAB = TinyServer.BYTES.vocabularySize();

  /// Says `a`, calls the calculator, and ends with a point after its answer.
  static final ServedModel CALCULATING = served("calculating", List.of(
      chain(SpecialToken.ASSISTANT_START, 'a', SpecialToken.PYTHON_START, '9', '+', '3', SpecialToken.PYTHON_END, 'x'),
      chain(SpecialToken.OUTPUT_END, '.', SpecialToken.ASSISTANT_END)));

  /// Never ends: `abcabc...`.
  static final ServedModel ENDLESS = served("endless", List.of(chain(SpecialToken.ASSISTANT_START, 'a', 'b', 'c', 'a'), chain(SpecialToken.BOS, 'a')));

  /// Says `aé€.`.
  static final ServedModel EURO = served("euro", List.of(
      chain(SpecialToken.ASSISTANT_START, 'a', 0xC3, 0xA9, 0xE2, 0x82, 0xAC, '.', SpecialToken.ASSISTANT_END)));

  private static ServedModel served(String id, List<int[]> chains) {
    int[] next = new int[VOCAB];
    chains.forEach(chain -> {
      for (int i = 0; i + 1 < chain.length; i++) {
        next[chain[i]] = chain[i + 1];
      }
    });
    int bos = TinyServer.BYTES.token(SpecialToken.BOS);
    return new ServedModel(
        id, new Bigram(Tensor.of(next, VOCAB)), TinyServer.BYTES, new int[] {bos}, new int[] {bos, TinyServer.BYTES.token(SpecialToken.ASSISTANT_END)},
        new NanochatModel(TinyServer.BYTES), Sampling.GREEDY);
  }

  private static int[] chain(Object... tokens) {
    return Arrays.stream(tokens).mapToInt(token -> switch (token) {
      case SpecialToken special -> TinyServer.BYTES.token(special);
      case Character character -> character;
      default -> (Integer) token;
    }).toArray();
  }

  @Override
  public int vocabSize() {
    return VOCAB;
  }

  @Override
  public int maxPositions() {
    return 1 << 16;
  }

  @Override
  public KeyValueShape keyValueShape() {
    return new KeyValueShape(0, 1, 1, DType.FLOAT32);
  }

  @Override
  public List<Tensor> weights() {
    return List.of(table);
  }

  @Override
  public Tensor hidden(Tensor ids, @Nullable Past past, KeyValues keyValues) {
    return table.index(ids.reshape(-1)).reshape(ids.shape()).unsqueeze(-1).eq(Tensor.arange(VOCAB)).cast(DType.FLOAT32);
  }

  @Override
  public Tensor scores(Tensor hidden) {
    return hidden.mul(20);
  }
}
