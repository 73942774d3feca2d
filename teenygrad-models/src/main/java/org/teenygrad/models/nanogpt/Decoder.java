package org.teenygrad.models.nanogpt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Reads a text token by token and says what may follow, keeping the keys and values of what it has read.
///
/// Where a token is, is data and not part of the expression, so that there are two schedules in all: one that reads a whole
/// context, padded to the block size, and one that reads one more token.
final class Decoder {
  private final Gpt model;
  private final int blockSize;
  private final List<KeyValueCache> caches;
  private final int[] context;
  private int length;

  Decoder(Gpt model) {
    this.model = model;
    blockSize = model.config().blockSize();
    context = new int[blockSize];
    caches = Stream.generate(() -> KeyValueCache.of(model.config())).limit(model.config().nLayer()).toList();
    Tensor.realize(caches.stream().flatMap(KeyValueCache::tensors).toList());
  }

  /// Begins with the last tokens of a text, as many as fit.
  /// @return the scores of the token that follows
  float[] read(int... text) {
    if (text.length == 0) {
      throw new IllegalArgumentException("there is nothing to continue: the prompt is empty");
    }
    length = Math.min(text.length, blockSize);
    System.arraycopy(text, text.length - length, context, 0, length);
    Arrays.fill(context, length, blockSize, 0); // in the future of the last token, which does not see it
    Tensor all = model.hidden(
        Tensor.of(context, 1, blockSize), Tensor.arange(blockSize, DType.INT32), caches.stream().map(KeyValueCache::filling).toList());
    Tensor last = all.reshape(blockSize, -1).embedding(Tensor.of(new int[] {length - 1}, 1));
    return compute(model.logits(last));
  }

  /// Reads one more token. If the block is full, its second half becomes the context.
  /// @return the scores of the token that follows
  float[] append(int token) {
    if (length == blockSize) {
      int kept = blockSize - blockSize / 2 - 1;
      int[] text = Arrays.copyOfRange(context, blockSize - kept, blockSize + 1);
      text[kept] = token;
      return read(text);
    }
    Tensor position = Tensor.of(new int[] {length}, 1);
    context[length++] = token;
    Tensor hidden = model.hidden(
        Tensor.of(new int[] {token}, 1, 1), position, caches.stream().map(cache -> cache.appending(position)).toList());
    return compute(model.logits(hidden));
  }

  private float[] compute(Tensor next) {
    Tensor scores = next.cast(DType.FLOAT32);
    List<Tensor> outputs = new ArrayList<>(List.of(scores));
    caches.stream().flatMap(KeyValueCache::tensors).forEach(outputs::add);
    Tensor.realize(outputs);
    return scores.toFloatArray();
  }

  /// The keys and values of one block, each (1, heads, blockSize, headDim), changed in place.
  private record KeyValueCache(Tensor keys, Tensor values) {
    static KeyValueCache of(GptConfig config) {
      Shape shape = Shape.of(1, config.nHead(), config.blockSize(), config.headDim());
      return new KeyValueCache(zeros(shape), zeros(shape));
    }

    private static Tensor zeros(Shape shape) {
      Tensor zeros = Tensor.full(shape, 0, DType.FLOAT32);
      return Tensor.full(shape, 0, DType.FLOAT32).assign(zeros); // with memory of its own
    }

    Stream<Tensor> tensors() {
      return Stream.of(keys, values);
    }

    /// Causal attention over a whole block, whose keys and values are kept.
    Gpt.View filling() {
      return (q, k, v, dropout) -> {
        keys.update(k);
        values.update(v);
        return Gpt.CausalSelfAttention.CAUSAL.attend(q, k, v, dropout);
      };
    }

    /// Attention of the token at a position to itself and all before it.
    Gpt.View appending(Tensor position) {
      return (q, k, v, dropout) -> {
        Tensor places = Tensor.arange(keys.size(2), DType.INT32);
        Tensor here = places.eq(position).unsqueeze(1); // (blockSize, 1)
        keys.update(here.where(k, keys));
        values.update(here.where(v, values));
        return q.scaledDotProductAttention(
            keys, values, AttentionOptions.DEFAULT.withMask(places.le(position)));
      };
    }
  }
}
