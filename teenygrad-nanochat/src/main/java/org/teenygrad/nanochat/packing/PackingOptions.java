package org.teenygrad.nanochat.packing;

import java.util.Locale;

/// How rows are packed.
///
/// ```java
/// PackingOptions.of(32, 2048).withRank(0, 8);
/// ```
/// @param batchSize rows of a batch
/// @param sequenceLength tokens of a row's inputs, and of its targets
/// @param rank which of the ranks this is, from 0 on
/// @param worldSize ranks that share the data
/// @param bufferSize documents or conversations among which the best fit is looked for
/// @param threads threads that tokenize documents; they do not change what comes
public record PackingOptions(int batchSize, int sequenceLength, int rank, int worldSize, int bufferSize, int threads) {
  /// nanochat's, for documents.
  public static final int DEFAULT_BUFFER_SIZE = 1000;

  /// nanochat's, for conversations.
  public static final int CONVERSATION_BUFFER_SIZE = 100;

  /// @throws IllegalArgumentException if a number is too small, or the rank is not one of the world's
  public PackingOptions {
    if (batchSize < 1 || sequenceLength < 1 || bufferSize < 1 || threads < 1) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "batch size %d, sequence length %d, buffer size %d and threads %d must be positive", batchSize, sequenceLength, bufferSize, threads));
    }
    if (rank < 0 || rank >= worldSize) {
      throw new IllegalArgumentException("rank " + rank + " is not one of the " + worldSize + " from 0 on");
    }
  }

  /// For one rank, with nanochat's buffer of documents, tokenized on all processors.
  /// @throws IllegalArgumentException if a number is not positive
  public static PackingOptions of(int batchSize, int sequenceLength) {
    return new PackingOptions(batchSize, sequenceLength, 0, 1, DEFAULT_BUFFER_SIZE, Runtime.getRuntime().availableProcessors());
  }

  public PackingOptions withRank(int chosen, int ofSize) {
    return new PackingOptions(batchSize, sequenceLength, chosen, ofSize, bufferSize, threads);
  }

  public PackingOptions withBufferSize(int chosen) {
    return new PackingOptions(batchSize, sequenceLength, rank, worldSize, chosen, threads);
  }

  public PackingOptions withThreads(int chosen) {
    return new PackingOptions(batchSize, sequenceLength, rank, worldSize, bufferSize, chosen);
  }

  /// Tokens of a packed row: inputs and targets are all but its last and all but its first.
  int rowTokens() {
    return sequenceLength + 1;
  }
}
