package org.teenygrad.models.nanogpt;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.teenygrad.data.CharTokenizer;
import org.teenygrad.data.TextFile;
import org.teenygrad.data.TokenDataset;
import org.teenygrad.models.stories.StoryCorpus;

/// A text to learn from, as numbers of characters: the first 90% to train on, the rest to validate with.
///
/// @param source where it came from: a file, or [#STORIES]
/// @param checksum of the text, to tell whether a training goes on with the text that it began with
public record Corpus(String source, long checksum, CharTokenizer tokenizer, TokenDataset.Split tokens) {
  /// The source of the text that comes with teenygrad.
  public static final String STORIES = "stories";

  /// The stories that come with teenygrad.
  public static Corpus stories() {
    String text = StoryCorpus.text();
    return of(STORIES, text, CharTokenizer.of(text));
  }

  /// A file in UTF-8.
  /// @throws org.teenygrad.state.FileException if it cannot be read, is empty, or is no UTF-8
  public static Corpus of(Path file) {
    String text = TextFile.read(file);
    return of(file.toString(), text, CharTokenizer.of(text));
  }

  /// What [#source] names, in the numbers of another vocabulary.
  /// @throws org.teenygrad.state.FileException if it cannot be read
  /// @throws IllegalArgumentException if it has a character that the vocabulary has not
  public static Corpus of(String source, String vocabulary) {
    String text = source.equals(STORIES) ? StoryCorpus.text() : TextFile.read(Path.of(source));
    return of(source, text, CharTokenizer.of(vocabulary));
  }

  /// @param source what it is called in messages
  /// @throws IllegalArgumentException if the text has a character that the tokenizer has not
  public static Corpus of(String source, String text, CharTokenizer tokenizer) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    int[] tokens;
    try {
      tokens = tokenizer.encode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(source + " does not fit the checkpoint: " + e.getMessage(), e);
    }
    return new Corpus(source, crc.getValue(), tokenizer, TokenDataset.split(source, tokens));
  }

  /// The number of characters.
  public int size() {
    return tokens.train().size() + tokens.validation().size();
  }
}
