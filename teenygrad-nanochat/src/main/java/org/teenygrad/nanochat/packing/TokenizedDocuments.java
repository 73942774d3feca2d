package org.teenygrad.nanochat.packing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.teenygrad.nanochat.data.DocumentStream;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// Documents of a stream as tokens. Texts are read by the calling thread; the next chunks of them are tokenized by others meanwhile.
final class TokenizedDocuments implements AutoCloseable {
  /// nanochat's tokenizer batch.
  private static final int CHUNK_DOCUMENTS = 128;

  private static final int CHUNKS_A_THREAD = 2;

  private final DocumentStream stream;
  private final NanochatTokenizer tokenizer;
  private final int rowTokens;
  private final int chunksAhead;
  private final ExecutorService threads;
  private final Deque<Pending> pending = new ArrayDeque<>();

  /// A document from `<|bos|>` on.
  /// @param length its tokens
  /// @param tokens those that a row has room for
  record Document(int length, int[] tokens) {}

  /// @param after where the stream stood behind these
  record Chunk(List<Document> documents, DocumentStream.Position after) {}

  private record Pending(Future<List<Document>> documents, DocumentStream.Position after) {}

  TokenizedDocuments(DocumentStream stream, NanochatTokenizer tokenizer, PackingOptions options) {
    this.stream = stream;
    this.tokenizer = tokenizer;
    rowTokens = options.rowTokens();
    chunksAhead = CHUNKS_A_THREAD * options.threads();
    threads = Executors.newFixedThreadPool(options.threads(), Thread.ofPlatform().name("tokenizer-", 0).daemon().factory());
  }

  Chunk next() {
    while (pending.size() < chunksAhead) {
      List<String> texts = new ArrayList<>(CHUNK_DOCUMENTS);
      while (texts.size() < CHUNK_DOCUMENTS) {
        texts.add(stream.next());
      }
      pending.add(new Pending(threads.submit(() -> texts.stream().map(this::tokenized).toList()), stream.position()));
    }
    Pending first = pending.remove();
    return new Chunk(Waiting.result(first.documents), first.after);
  }

  private Document tokenized(String text) {
    int[] tokens = tokenizer.encode(text);
    int[] kept = new int[Math.min(rowTokens, tokens.length + 1)];
    kept[0] = tokenizer.token(SpecialToken.BOS);
    System.arraycopy(tokens, 0, kept, 1, kept.length - 1);
    return new Document(tokens.length + 1, kept);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
    stream.close();
  }
}
