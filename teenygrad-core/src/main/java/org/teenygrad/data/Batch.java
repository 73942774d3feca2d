package org.teenygrad.data;

/// Windows of tokens, and for each of their tokens the one that follows it. Both arrays are (sequences, length), row-major.
@SuppressWarnings("ArrayRecordComponent") // flat arrays on their way to a tensor; batches are not compared
public record Batch(int sequences, int length, int[] inputs, int[] targets) {}
