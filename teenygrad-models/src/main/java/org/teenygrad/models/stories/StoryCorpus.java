package org.teenygrad.models.stories;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.teenygrad.data.CounterRandom;

/// Stories for children in simple English, to train a small language model on when there is no
/// other text.
///
/// A grammar of plots, phrases and words makes them, with people who keep their names, causes that
/// have effects, and dialogue. The same seed gives the same characters on every machine. The text
/// is ASCII with fewer than 80 distinct characters.
public final class StoryCorpus {

  /// Between two stories.
  public static final String SEPARATOR = "\n\n* * *\n\n";

  private static final long DEFAULT_SEED = 1;
  private static final int DEFAULT_CHARACTERS = 600_000;

  private StoryCorpus() {}

  /// The default corpus of about 600,000 characters.
  public static String text() {
    return generate(DEFAULT_SEED, DEFAULT_CHARACTERS);
  }

  /// Whole stories until there are at least `characters` characters. No plot comes twice in a row.
  /// @throws IllegalStateException if the jar lacks the words that stories are made of
  public static String generate(long seed, int characters) {
    var grammar = grammar();
    var random = CounterRandom.of(seed);
    var rest = new ArrayList<>(grammar.plots());
    var plot = rest.removeLast();
    var text = new StringBuilder(characters + 4096);
    while (text.length() < characters) {
      plot = rest.set(random.nextInt(rest.size()), plot);
      text.append(Story.tell(grammar, plot, random)).append(SEPARATOR);
    }
    return text.toString();
  }

  static StoryGrammar grammar() {
    try (var stream = StoryCorpus.class.getResourceAsStream("stories.txt")) {
      if (stream == null) {
        throw new IllegalStateException("stories.txt is missing from the jar of teenygrad-models");
      }
      return StoryGrammar.parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("stories.txt cannot be read from the jar of teenygrad-models", e);
    }
  }
}
