package org.teenygrad.nanochat.tasks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Role;

/// Words to spell, nanochat's `SimpleSpelling`: a model sees tokens and has to learn which letters each has. `cat:c,a,t`.
///
/// ```java
/// SimpleSpelling.read(Path.of("words.txt"), 200_000, false).conversation(0);
/// ```
/// @param words in an order that differs from [SpellingBee]'s
/// @param size the number of conversations; a word may come several times
/// @param test whether these are others than those to train on
public record SimpleSpelling(List<String> words, int size, boolean test) implements GradedTask {
  private static final long SHUFFLE_SEED = 42;

  public SimpleSpelling {
    words = List.copyOf(words);
  }

  /// @param file a word a line
  /// @throws IllegalArgumentException if there is no file, or no word in it
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static SimpleSpelling read(Path file, int size, boolean test) {
    List<String> words = new ArrayList<>(Words.read(file).words());
    new PythonRandom(SHUFFLE_SEED).shuffle(words);
    return new SimpleSpelling(words, size, test);
  }

  private String word(int index) {
    return Words.random(test, Objects.checkIndex(index, size)).choice(words);
  }

  private static String spelled(String word) {
    return word + ":" + Words.letters(word);
  }

  @Override
  public Conversation conversation(int index) {
    String word = word(index);
    return new Conversation(List.of(Message.of(Role.USER, "Spell the word: " + word), Message.of(Role.ASSISTANT, spelled(word))));
  }

  @Override
  public boolean isCorrect(int index, String answer) {
    return answer.strip().equals(spelled(word(index)));
  }
}
