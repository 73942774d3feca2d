package org.teenygrad.nanochat.packing;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.data.DocumentStream;
import org.teenygrad.nanochat.data.DocumentStream.Position;
import org.teenygrad.nanochat.data.Split;
import org.teenygrad.nanochat.packing.TokenizedDocuments.Chunk;
import org.teenygrad.nanochat.packing.TokenizedDocuments.Document;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;

/// Rows full of documents: nanochat's `tokenizing_distributed_data_loader_bos_bestfit`. The longest buffered document that fits comes next;
/// where none fits, the shortest is cut to fill the row. No row has padding; what is cut off is lost.
///
/// Of a document that is longer than a row only what a row can hold is buffered, so that the state stays small.
final class DocumentRows implements RowSource {
  private final List<Path> paths;
  private final Split split;
  private final NanochatTokenizer tokenizer;
  private final PackingOptions options;
  private final BestFitBuffer<Document> buffer = new BestFitBuffer<>();
  private Position position = Position.START;
  private long consumed;
  private @Nullable TokenizedDocuments documents;

  DocumentRows(List<Path> paths, Split split, NanochatTokenizer tokenizer, PackingOptions options) {
    this.paths = List.copyOf(paths);
    this.split = split;
    this.tokenizer = tokenizer;
    this.options = options;
  }

  @Override
  public Row next() {
    int[] row = new int[options.rowTokens()];
    for (int filled = 0; filled < row.length; ) {
      int room = row.length - filled;
      Document document = take(room);
      int used = Math.min(room, document.length());
      System.arraycopy(document.tokens(), 0, row, filled, used);
      filled += used;
    }
    return new Row(Arrays.copyOf(row, row.length - 1), Arrays.copyOfRange(row, 1, row.length));
  }

  private Document take(int room) {
    while (true) {
      if (buffer.size() >= options.bufferSize()) {
        Document fits = buffer.takeLongest(room);
        Document taken = fits == null ? buffer.takeShortest() : fits;
        if (taken != null) {
          consumed++;
          return taken;
        }
      }
      refill();
    }
  }

  private void refill() {
    TokenizedDocuments from = documents;
    if (from == null) {
      from = new TokenizedDocuments(new DocumentStream(paths, split, options.rank(), options.worldSize(), position), tokenizer, options);
      documents = from;
    }
    Chunk chunk = from.next();
    chunk.documents().forEach(document -> buffer.add(document.length(), document));
    position = chunk.after();
  }

  @Override
  public Snapshot snapshot() {
    List<Document> buffered = buffer.contents();
    Position at = position;
    long used = consumed;
    return new Snapshot(at.epoch(), used, () -> words(buffered, at, used));
  }

  private int[] words(List<Document> buffered, Position at, long used) {
    IntStream.Builder words = IntStream.builder();
    header().forEach(words);
    words.add(at.epoch()).add(at.file()).add(at.document()).add((int) (used >>> 32)).add((int) used);
    for (Document document : buffered) {
      words.add(document.length());
      Arrays.stream(document.tokens()).forEach(words);
    }
    return words.build().toArray();
  }

  /// What a state must have been made with.
  private IntStream header() {
    return IntStream.of(options.sequenceLength(), options.rank(), options.worldSize());
  }

  @Override
  public void restore(int... words) {
    if (words.length < 8 || !Arrays.equals(Arrays.copyOf(words, 3), header().toArray())) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "the state is not that of rows of %d tokens on rank %d of %d: it begins with %s",
          options.sequenceLength(), options.rank(), options.worldSize(), Arrays.toString(Arrays.copyOf(words, Math.min(3, words.length)))));
    }
    position = new Position(words[3], words[4], words[5]);
    consumed = (long) words[6] << 32 | words[7] & 0xFFFF_FFFFL;
    for (int at = 8; at < words.length; ) {
      int length = words[at++];
      int kept = Math.min(length, options.rowTokens());
      if (length < 1 || at + kept > words.length) {
        throw new IllegalArgumentException("the state of the rows is broken: a document of " + length + " tokens at " + (at - 1) + " of " + words.length);
      }
      buffer.add(length, new Document(length, Arrays.copyOfRange(words, at, at + kept)));
      at += kept;
    }
  }

  @Override
  public void close() {
    if (documents != null) {
      documents.close();
    }
  }
}
