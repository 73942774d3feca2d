package org.teenygrad.models.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.teenygrad.data.CounterRandom;

class StoryCorpusTest {

  private static final String CORPUS = StoryCorpus.text();
  private static final List<String> STORIES =
      List.of(CORPUS.split(Pattern.quote(StoryCorpus.SEPARATOR)));

  /// Change the digest together with the grammar: every machine must make the same text.
  @Test
  void isTheSameTextOnEveryMachine() throws Exception {
    var digest = MessageDigest.getInstance("SHA-256").digest(CORPUS.getBytes(StandardCharsets.US_ASCII));
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo("3083c05499b4128560e4ce87a12460621269c225e84f8b1e693804370cb81dc9");
  }

  @Test
  void hasTheSizeAndTheCharactersOfASmallCorpus() {
    assertThat(CORPUS.length()).isBetween(600_000, 604_000);
    assertThat(CORPUS).matches(Pattern.compile("[\\n -~]*"));
    assertThat(CORPUS.chars().distinct().count()).isLessThan(80);
  }

  @Test
  void noStoryComesTwice() {
    assertThat(STORIES).hasSizeGreaterThan(400).doesNotHaveDuplicates();
  }

  @Test
  void everySentenceIsWhole() {
    STORIES.forEach(StoryCorpusTest::assertWhole);
  }

  @Test
  void everyPlotCanBeTold() {
    var grammar = StoryCorpus.grammar();
    for (var plot : grammar.plots()) {
      var random = CounterRandom.of(3);
      for (int i = 0; i < 50; i++) {
        var story = Story.tell(grammar, plot, random);
        assertWhole(story);
        assertThat(story.split("\n\n")).hasSize(1 + plot.paragraphs().size());
      }
    }
  }

  private static void assertWhole(String story) {
    assertThat(story).as("markup").doesNotContainPattern("[\\[\\]{}<>|]");
    assertThat(story).as("spaces").doesNotContainPattern("  | [,.!?;:]|[,.!?;:]{2}|\\b[Aa] [aeiou]");
    var paragraphs = List.of(story.split("\n\n"));
    for (var paragraph : paragraphs.subList(1, paragraphs.size())) {
      assertThat(paragraph).as("end").matches("(?s).*[.!?]\"?");
      assertThat(paragraph.chars().filter(c -> c == '"').count() % 2).as(paragraph).isZero();
      assertThat(paragraph).as("capitals").doesNotContainPattern("[.] \"?[a-z]|^\"?[a-z]");
    }
  }

  @Test
  void seedsGiveOtherStories() {
    var others = List.of(StoryCorpus.generate(2, 50_000).split(Pattern.quote(StoryCorpus.SEPARATOR)));
    assertThat(others).doesNotContainAnyElementsOf(STORIES);
    assertThat(CORPUS).startsWith(StoryCorpus.generate(1, 10_000));
  }

  @Test
  void namesWhatAGrammarLacks() {
    assertThatThrownBy(() -> StoryGrammar.parse("@child: sex\nMia"))
        .hasMessageContaining("the row 'Mia' does not have the columns sex");
    assertThatThrownBy(() -> StoryGrammar.parse("oops\n")).hasMessageContaining("oops");
  }
}
