package org.teenygrad.nanochat.training;

import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;

/// The cross-entropy of a text in bits for each of its bytes, which models of any vocabulary can be compared by. Special tokens
/// stand for no bytes and do not count.
///
/// @param tokenBytes how many bytes each token stands for (vocab, 1), float32
record BitsPerByte(Tensor tokenBytes) {
  static BitsPerByte of(NanochatTokenizer tokenizer) {
    int[] bytes = tokenizer.tokenBytes();
    return new BitsPerByte(Tensor.of(bytes, bytes.length, 1).toFloat().realize());
  }

  /// Bits of a batch, for each of its tokens.
  Tensor bits(Gpt model, Batch batch) {
    Tensor counted = bytesOf(batch).gt(0).cast(DType.FLOAT32);
    return model.losses(batch.inputs(), batch.targets()).mul(counted).mean().div(Math.log(2));
  }

  /// Bytes of a batch, for each of its tokens.
  Tensor bytes(Batch batch) {
    return bytesOf(batch).mean();
  }

  private Tensor bytesOf(Batch batch) {
    Tensor targets = batch.targets().reshape(-1);
    Tensor bytes = tokenBytes.embedding(targets.clampMin(0)).reshape(-1);
    return targets.ge(0).where(bytes, 0);
  }
}
