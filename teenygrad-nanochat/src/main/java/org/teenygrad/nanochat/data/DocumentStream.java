package org.teenygrad.nanochat.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A rank's share of the documents of a part of a corpus, epoch after epoch without an end. It can begin at any document.
///
/// Of each file's documents the ranks take one in turn.
///
/// ```java
/// try (DocumentStream stream = new DocumentStream(List.of(Path.of("corpus")), Split.TRAIN, 0, 1, DocumentStream.Position.START)) {
///   stream.next();
///   stream.position();   // where a stream goes on with the second document
/// }
/// ```
public final class DocumentStream implements AutoCloseable {
  private final List<Path> corpus;
  private final List<Path> files;
  private final Split split;
  private final int rank;
  private final int worldSize;
  private Position position;
  private @Nullable Documents open;
  private boolean readSinceStart;

  /// A place between two documents.
  /// @param epoch times that the corpus has been begun, from 1 on
  /// @param file index of the file among those of the part
  /// @param document documents of the file before this place, those of other ranks and parts included
  public record Position(int epoch, int file, int document) {
    public static final Position START = new Position(1, 0, 0);

    private Position nextDocument() {
      return new Position(epoch, file, Math.addExact(document, 1));
    }

    private Position nextFile(int files) {
      return file + 1 < files ? new Position(epoch, file + 1, 0) : new Position(epoch + 1, 0, 0);
    }
  }

  /// @param paths as [Documents#of]
  /// @param from where to begin
  /// @throws IllegalArgumentException if there are no files, the rank is not one of the world's, or the position is in none of the files
  public DocumentStream(List<Path> paths, Split split, int rank, int worldSize, Position from) {
    if (rank < 0 || rank >= worldSize) {
      throw new IllegalArgumentException("rank " + rank + " is not one of the " + worldSize + " from 0 on");
    }
    corpus = Documents.files(paths);
    files = split.files(corpus);
    if (from.epoch < 1 || from.file < 0 || from.file >= files.size() || from.document < 0) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "a stream of %d files cannot go on at %s: the files are others than those that were read before", files.size(), from));
    }
    this.split = split;
    this.rank = rank;
    this.worldSize = worldSize;
    position = from;
    readSinceStart = !from.equals(Position.START);
  }

  /// The next document.
  /// @throws IllegalArgumentException if a file is not what it should be, is shorter than it was, or the corpus has no document for
  ///     this rank
  /// @throws java.io.UncheckedIOException if a file cannot be read
  public String next() {
    while (true) {
      Documents documents = open == null ? openFile() : open;
      if (documents.hasNext()) {
        String document = documents.next();
        int index = position.document;
        position = position.nextDocument();
        if (split.has(corpus, index) && split.count(corpus, index) % worldSize == rank) {
          readSinceStart = true;
          return document;
        }
      } else {
        close();
        position = position.nextFile(files.size());
        requireProgress();
      }
    }
  }

  private Documents openFile() {
    Documents documents = Documents.of(List.of(files.get(position.file)));
    open = documents;
    for (int i = 0; i < position.document; i++) {
      if (!documents.hasNext()) {
        throw new IllegalArgumentException(files.get(position.file) + " has " + i + " documents, but " + position.document
            + " of them were read before: it is another file now");
      }
      documents.next();
    }
    return documents;
  }

  /// Without this, a corpus that has nothing for this rank would be read for ever.
  private void requireProgress() {
    if (position.file == 0) {
      if (!readSinceStart) {
        throw new IllegalArgumentException(nothing());
      }
      readSinceStart = false;
    }
  }

  private String nothing() {
    String part = split == Split.TRAIN ? "training" : "validation";
    String share = worldSize > 1 ? " for rank " + rank + " of " + worldSize : "";
    return "there are no documents for " + part + share + " in " + files
        + (corpus.size() == 1 ? ": of one file each tenth document is for validation, the others are for training" : ": the last file is for validation");
  }

  /// Where the next document is looked for.
  public Position position() {
    return position;
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
