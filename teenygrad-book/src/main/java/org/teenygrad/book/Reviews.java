package org.teenygrad.book;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.state.FileException;

/// Reviews that praise or blame, the data of all programs that tell which: a reader's own, or generated ones.
///
/// @param wanted the accuracy in test that a good program reaches on them
public record Reviews(List<Review> train, List<Review> test, double wanted) {
  private static final double RT_POLARITY = 0.75;
  private static final double SST2 = 0.80;
  private static final double GENERATED = 0.90;

  /// @param label 1 for praise, 0 for blame
  public record Review(String text, int label) {
    /// Its words in their order, lower case.
    public List<String> words() {
      return Stream.of(text.toLowerCase(Locale.ROOT).split("[^a-z0-9']+")).filter(word -> !word.isEmpty()).toList();
    }
  }

  /// Those of the page's data: a folder with rt-polarity.pos and rt-polarity.neg, or with train.tsv and test.tsv; else generated ones.
  /// @param count how many are generated
  /// @throws FileException if a file cannot be read, or a line of a table has no label
  public static Reviews of(Page page, int count) {
    return page.data().map(Reviews::read).orElseGet(() -> generated(count));
  }

  private static Reviews read(Path folder) {
    try {
      if (Files.exists(folder.resolve("rt-polarity.pos"))) {
        List<Review> all = new ArrayList<>();
        List<String> praise = Files.readAllLines(folder.resolve("rt-polarity.pos"), StandardCharsets.ISO_8859_1);
        List<String> blame = Files.readAllLines(folder.resolve("rt-polarity.neg"), StandardCharsets.ISO_8859_1);
        praise.forEach(line -> all.add(new Review(line, 1)));
        blame.forEach(line -> all.add(new Review(line, 0)));
        return split(all, RT_POLARITY);
      }
      return new Reviews(tsv(folder.resolve("train.tsv")), tsv(folder.resolve("test.tsv")), SST2);
    } catch (IOException e) {
      throw FileException.cannotRead(folder, e);
    }
  }

  /// A line is a review, a tab, and 1 for praise or 0 for blame.
  private static List<Review> tsv(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(line -> {
      int tab = line.lastIndexOf('\t');
      if (tab < 0 || !line.substring(tab + 1).matches("[01]\\s*")) {
        throw FileException.malformed(file, "a table of reviews", "no tab with 0 or 1 behind it ends the line '" + line + "'");
      }
      return new Review(line.substring(0, tab), line.charAt(tab + 1) - '0');
    }).toList();
  }

  /// Every fifth review is for the test.
  private static Reviews split(List<Review> all, double wanted) {
    return new Reviews(IntStream.range(0, all.size()).filter(i -> i % 5 != 4).mapToObj(all::get).toList(),
        IntStream.range(0, all.size()).filter(i -> i % 5 == 4).mapToObj(all::get).toList(), wanted);
  }

  /// Three statements each, of which most agree. Every third has a `not` that turns its adjective around, which only
  /// pairs of words can tell.
  private static Reviews generated(int count) {
    String[] subjects = {"the plot", "the music", "the acting", "the ending", "the first hour", "her voice", "the camera", "his part",
        "the dialogue", "the pace", "the cast", "the story"};
    String[] verbs = {"is", "was", "seemed", "felt", "looked"};
    String[][] adjectives = {
      {"dull", "flat", "clumsy", "noisy", "tired", "stale", "hollow", "endless", "silly", "grey", "forced", "thin"},
      {"bright", "clever", "moving", "fresh", "warm", "daring", "funny", "tender", "rich", "subtle", "lively", "honest"}};
    CounterRandom random = CounterRandom.of(5);
    List<Review> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(2);
      List<String> statements = new ArrayList<>();
      for (int j = 0; j < 3; j++) {
        int says = random.nextInt(10) == 0 ? 1 - label : label;
        boolean not = random.nextInt(3) == 0;
        String[] words = adjectives[not ? 1 - says : says];
        statements.add(subjects[random.nextInt(subjects.length)] + " " + verbs[random.nextInt(verbs.length)] + (not ? " not " : " ")
            + words[random.nextInt(words.length)]);
      }
      all.add(new Review(String.join(", ", statements), label));
    }
    return split(all, GENERATED);
  }
}
