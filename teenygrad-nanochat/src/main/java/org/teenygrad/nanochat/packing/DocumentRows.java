package org.teenygrad.nanochat.packing;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
  private static final int STATE_WORDS = StateHeader.SIZE + 5;

  private final List<Path> paths;
  private final Split split;
  private final NanochatTokenizer tokenizer;
  private final PackingOptions options;
  private final StateHeader header;
  private final BestFitBuffer<Document> buffer = new BestFitBuffer<>();
  private Position position = Position.START;
  private long consumed;
  private @Nullable TokenizedDocuments documents;

  DocumentRows(List<Path> paths, Split split, NanochatTokenizer tokenizer, PackingOptions options) {
    this.paths = List.copyOf(paths);
    this.split = split;
    this.tokenizer = tokenizer;
    this.options = options;
    header = new StateHeader(StateHeader.Rows.DOCUMENTS, options);
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
    IntStream documents = buffered.stream().flatMapToInt(document -> IntStream.concat(IntStream.of(document.length()), Arrays.stream(document.tokens())));
    return Stream.of(header.words(), IntStream.of(at.epoch(), at.file(), at.document()), StateHeader.words(used), documents)
        .flatMapToInt(Function.identity()).toArray();
  }

  @Override
  public void restore(int... words) {
    header.require(STATE_WORDS, words);
    position = new Position(words[StateHeader.SIZE], words[StateHeader.SIZE + 1], words[StateHeader.SIZE + 2]);
    consumed = StateHeader.count(words[StateHeader.SIZE + 3], words[StateHeader.SIZE + 4]);
    for (int at = STATE_WORDS; at < words.length; ) {
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
