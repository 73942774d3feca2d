package org.teenygrad.nanochat.data;

import java.nio.file.Path;
import java.util.List;

/// A part of a corpus. The last file is for validation, the others are for training, as nanochat has it. Of a corpus of one file each tenth
/// document is for validation.
public enum Split {
  TRAIN,
  VALIDATION;

  private static final int VALIDATION_EVERY = 10;

  /// The files that hold this part.
  List<Path> files(List<Path> corpus) {
    int last = corpus.size() - 1;
    if (last == 0) {
      return corpus;
    }
    return this == TRAIN ? corpus.subList(0, last) : corpus.subList(last, last + 1);
  }

  /// How many of a file's first documents are in this part.
  int count(List<Path> corpus, int documents) {
    if (corpus.size() > 1) {
      return documents;
    }
    int validation = documents / VALIDATION_EVERY;
    return this == TRAIN ? documents - validation : validation;
  }

  /// Whether a document of a file of this part is in it.
  boolean has(List<Path> corpus, int document) {
    return count(corpus, document + 1) > count(corpus, document);
  }
}
