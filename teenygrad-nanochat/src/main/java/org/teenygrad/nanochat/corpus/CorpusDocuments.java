package org.teenygrad.nanochat.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.teenygrad.data.CounterRandom;

/// Documents of the small world: stories, facts, sums and spellings. Each is made from a seed and its number.
record CorpusDocuments(Grammar stories, List<Fact> facts, List<String> words) {
  private static final int FACTS = 7;
  private static final int PROBLEMS = 3;
  private static final int SPELLINGS = 6;
  private static final int SHORTEST_WORD = 3;

  static CorpusDocuments create() {
    List<Fact> facts = Fact.all();
    return new CorpusDocuments(Grammar.of(Lines.of("stories.txt")), facts, words(facts));
  }

  /// The words of the facts that are letters only, by alphabet.
  private static List<String> words(List<Fact> facts) {
    TreeSet<String> words = new TreeSet<>();
    for (Fact fact : facts) {
      for (String word : (fact.subject() + " " + fact.object()).toLowerCase(Locale.ROOT).split(" ")) {
        if (word.length() >= SHORTEST_WORD && !word.equals("the")) {
          words.add(word);
        }
      }
    }
    return List.copyOf(words);
  }

  String document(CounterRandom random) {
    int percent = random.nextInt(100);
    if (percent < 45) {
      return stories.write("story", random);
    }
    if (percent < 75) {
      return lines(FACTS, " ", () -> facts.get(random.nextInt(facts.size())).statement(random));
    }
    if (percent < 90) {
      return lines(PROBLEMS, "\n", () -> WordProblem.of(WordProblem.Part.TRAIN, random).prose());
    }
    return lines(SPELLINGS, "\n", () -> spelling(words.get(random.nextInt(words.size()))));
  }

  private static String lines(int count, String separator, Supplier<String> line) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(line.get());
    }
    return String.join(separator, lines);
  }

  /// `cat:c,a,t`: letters without blanks are tokens of their own.
  static String spelling(String word) {
    return word + ":" + String.join(",", Arrays.asList(word.split("")));
  }
}
