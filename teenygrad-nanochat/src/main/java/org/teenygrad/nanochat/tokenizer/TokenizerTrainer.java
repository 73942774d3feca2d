package org.teenygrad.nanochat.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Trains a tokenizer on documents.
///
/// Documents are read by the calling thread, cut and counted by the others. A thread counts in a table of its own and empties it into
/// the common one when it is large, so that the heap holds each distinct piece about once, however many threads there are.
///
/// ```java
/// NanochatTokenizer tokenizer = new TokenizerTrainer(512).train(documents.iterator()).tokenizer();
/// ```
/// @param vocabSize tokens with the 9 special ones
/// @param docCap characters that are read of a document
/// @param maxChars training ends after the document with which more characters than these are read
/// @param threads threads that cut and count
public record TokenizerTrainer(int vocabSize, int docCap, long maxChars, int threads) {
  /// nanochat's defaults.
  public static final int DEFAULT_VOCAB_SIZE = 32_768;

  public static final int DEFAULT_DOC_CAP = 10_000;
  public static final long DEFAULT_MAX_CHARS = 2_000_000_000;

  private static final int BATCH_CHARS = 1 << 18;
  private static final int LOCAL_PIECES = 1 << 16;

  /// @throws IllegalArgumentException if a number is too small
  public TokenizerTrainer {
    int least = NanochatTokenizer.BYTES + SpecialToken.values().length;
    if (vocabSize < least) {
      throw new IllegalArgumentException("vocab-size " + vocabSize + " is too small: 256 bytes and 9 special tokens need " + least);
    }
    if (docCap < 1 || maxChars < 1 || threads < 1) {
      throw new IllegalArgumentException("doc-cap " + docCap + ", max-chars " + maxChars + " and threads " + threads + " must be positive");
    }
  }

  /// With nanochat's limits, on all processors.
  public TokenizerTrainer(int vocabSize) {
    this(vocabSize, DEFAULT_DOC_CAP, DEFAULT_MAX_CHARS, Runtime.getRuntime().availableProcessors());
  }

  /// What came of a training.
  /// @param documents documents that were read
  /// @param characters characters of them, each document cut to the cap
  /// @param bytes the same in UTF-8
  /// @param distinctPieces different pieces into which the text was split
  public record Training(NanochatTokenizer tokenizer, long documents, long characters, long bytes, int distinctPieces) {}

  /// Learns a vocabulary.
  /// @throws IllegalArgumentException if the text has fewer pairs than the vocabulary needs
  public Training train(Iterator<String> documents) {
    Counting counting = count(documents);
    if (counting.characters == 0) {
      throw new IllegalArgumentException("there is no text to train a tokenizer on");
    }
    int merges = vocabSize - NanochatTokenizer.BYTES - SpecialToken.values().length;
    List<byte[]> learned = new MergeLearner(counting.pieces).learn(merges);
    if (learned.size() < merges) {
      throw new IllegalArgumentException("the text gives a vocabulary of " + (vocabSize - merges + learned.size()) + ", not of " + vocabSize
          + ": give more text, or --vocab-size " + (vocabSize - merges + learned.size()));
    }
    return new Training(NanochatTokenizer.ofMerged(learned), counting.documents, counting.characters, counting.bytes,
        counting.pieces.size());
  }

  private Counting count(Iterator<String> documents) {
    Counting counting = new Counting();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      ExecutorCompletionService<Long> workers = new ExecutorCompletionService<>(pool);
      int running = 0;
      while (documents.hasNext() && counting.characters <= maxChars) {
        List<String> batch = counting.batch(documents, this);
        if (running == 2 * threads) { // enough to keep all threads busy, and no more text than that in memory
          counting.bytes += taken(workers);
          running--;
        }
        workers.submit(() -> counting.count(batch));
        running++;
      }
      for (; running > 0; running--) {
        counting.bytes += taken(workers);
      }
    }
    counting.collect();
    return counting;
  }

  private static long taken(ExecutorCompletionService<Long> workers) {
    try {
      return workers.take().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException problem) {
        throw problem;
      }
      throw new IllegalStateException("counting failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while counting", e);
    }
  }

  private String capped(String document) {
    return document.length() <= docCap || document.codePointCount(0, document.length()) <= docCap
        ? document
        : document.substring(0, document.offsetByCodePoints(0, docCap));
  }

  /// Counts that threads share.
  private static final class Counting {
    final SliceTable pieces = new SliceTable();
    long documents;
    long characters;
    long bytes;

    /// Tables that no thread is using.
    private final List<SliceTable> idle = new ArrayList<>();

    List<String> batch(Iterator<String> from, TokenizerTrainer limits) {
      List<String> batch = new ArrayList<>();
      long end = characters + BATCH_CHARS;
      while (from.hasNext() && characters < end && characters <= limits.maxChars) {
        String document = limits.capped(from.next());
        documents++;
        characters += document.codePointCount(0, document.length());
        batch.add(document);
      }
      return batch;
    }

    /// @return bytes of the batch
    long count(List<String> batch) {
      SliceTable table = idle();
      long sum = 0;
      for (String document : batch) {
        byte[] utf8 = document.getBytes(StandardCharsets.UTF_8);
        SplitPattern pattern = new SplitPattern(utf8, utf8.length);
        for (int begin = 0; begin < utf8.length; ) {
          int end = pattern.pieceEnd(begin);
          table.add(utf8, begin, end, 1);
          begin = end;
        }
        sum += utf8.length;
      }
      giveBack(table);
      return sum;
    }

    private synchronized SliceTable idle() {
      return idle.isEmpty() ? new SliceTable() : idle.removeLast();
    }

    private synchronized void giveBack(SliceTable table) {
      if (table.size() > LOCAL_PIECES) {
        pieces.addAll(table);
      } else {
        idle.add(table);
      }
    }

    synchronized void collect() {
      idle.forEach(pieces::addAll);
      idle.clear();
    }
  }
}
