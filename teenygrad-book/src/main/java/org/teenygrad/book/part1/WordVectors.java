package org.teenygrad.book.part1;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.Svd;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.data.TextFile;
import org.teenygrad.models.settings.Help;
import org.teenygrad.models.stories.StoryCorpus;
import org.teenygrad.plot.Plot;

/// A word is known by the company it keeps (Firth, 1957): words as vectors, by counting and one factorization.
///
/// How often two words stand near each other is a matrix. Its elements become the surprise of finding them together
/// (pointwise mutual information), and the singular value decomposition gives each word a few numbers that say nearly
/// the same as its long row. Words that are used alike then lie in one direction.
@Section(number = "1.6", name = "word-vectors",
    title = "Words as vectors: which words stand together, factored, and who is whose neighbour",
    data = "a text")
public record WordVectors(
    @Help("most frequent words that get a vector") int words,
    @Help("words to each side that count as near") int window,
    @Help("length of a vector") int dimensions,
    @Help("characters of the stories that are read") int characters)
    implements Program {
  private record Kind(String name, List<String> words) {}

  /// What the stories have several of, to see whether vectors find out. No vector is told.
  private static final List<Kind> KINDS = List.of(
      new Kind("child", List.of("mia", "lily", "anna", "nora", "ruby", "ella", "zoe", "ivy", "tom", "ben", "sam", "max", "leo", "finn",
          "jack", "hugo")),
      new Kind("animal", List.of("fox", "rabbit", "hedgehog", "squirrel", "mouse", "frog", "badger", "otter", "duck", "owl", "crow",
          "mole", "beaver")),
      new Kind("colour", List.of("red", "blue", "green", "yellow", "purple", "orange", "white", "silver", "golden")),
      new Kind("toy", List.of("kite", "wagon", "boat", "drum", "train", "robot", "lantern", "sled", "puppet")));

  public WordVectors() {
    this(500, 4, 40, 600_000);
  }

  /// @throws IllegalArgumentException if there are fewer words than dimensions, or no neighbours
  public WordVectors {
    if (dimensions < 2 || words < dimensions || window < 1 || characters < 1) {
      throw new IllegalArgumentException("word_vectors: at least 2 dimensions, as many words, a window and a character, not "
          + dimensions + ", " + words + ", " + window + " and " + characters);
    }
  }

  @Override
  public void run(Page page) {
    String text = page.data().map(TextFile::read).orElseGet(() -> StoryCorpus.generate(1, characters));
    List<String> all = Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}']+")).filter(word -> !word.isEmpty()).toList();
    Map<String, Long> counts = all.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    List<String> vocabulary = counts.keySet().stream()
        .sorted(Comparator.comparing((String word) -> -counts.getOrDefault(word, 0L)).thenComparing(word -> word)).limit(words).toList();
    page.say("%,d words, %,d different; the %,d most frequent get a vector of %d numbers.", all.size(), counts.size(), vocabulary.size(),
        dimensions);

    Tensor surprise = surprise(together(all, vocabulary)).realize();
    Svd svd = surprise.svd();
    int k = Math.min(dimensions, vocabulary.size());
    // rows of length 1: products are cosines
    Tensor vectors = svd.u().slice(1, 0, k).mul(svd.s().slice(0, 0, k).sqrt()).normalize(2, 1, 1e-12).realize();
    double kept = svd.s().slice(0, 0, k).square().sum().div(svd.s().square().sum()).itemDouble();
    page.say("The first %d of %d singular values hold %.0f %% of the sum of squares.", k, vocabulary.size(), 100 * kept);

    List<Kind> kinds = page.data().isEmpty() ? known(vocabulary) : List.of();
    List<String> asked = kinds.isEmpty() ? middle(vocabulary, 6) : kinds.stream().map(kind -> kind.words.getFirst()).toList();
    page.table(List.of("word", "nearest words"),
        asked.stream().map(word -> List.of(word, String.join(", ", nearest(word, vocabulary, vectors, 5)))).toList());
    page.picture("word-vectors", scatter(vocabulary, vectors, kinds)::write);

    // What rounding to float32 changes of the singular values; the factorization itself is done in float64.
    double s0 = svd.s().max().itemDouble();
    page.claim("singular values from float32 and float64: largest relative difference",
        surprise.toFloat().svdvals().toDouble().sub(svd.s()).abs().max().itemDouble() / s0).isAtMost(1e-6);
    Tensor best = svd.u().slice(1, 0, k).mul(svd.s().slice(0, 0, k)).matmul(svd.vt().slice(0, 0, k));
    page.claim("squared error of rank " + k + " over the squares of the other singular values", surprise.sub(best).square().sum()
        .div(svd.s().slice(0, k, vocabulary.size()).square().sum()).itemDouble()).isNear(1, 1e-9);
    if (!kinds.isEmpty()) {
      page.claim("share of the three nearest words that are of the word's kind", shareOfKind(kinds, vocabulary, vectors)).isAtLeast(0.6);
    }
  }

  /// How often word j stands within the window of word i: (words, words), symmetric. A pair of words is a number of two digits.
  private Tensor together(List<String> text, List<String> vocabulary) {
    Map<String, Integer> numbers = IntStream.range(0, vocabulary.size()).boxed().collect(Collectors.toMap(vocabulary::get, i -> i));
    int n = vocabulary.size();
    int[] ids = text.stream().mapToInt(word -> numbers.getOrDefault(word, -1)).toArray();
    int[] pairs = IntStream.range(0, ids.length).flatMap(i -> IntStream.rangeClosed(i + 1, Math.min(ids.length - 1, i + window))
        .filter(j -> ids[i] >= 0 && ids[j] >= 0).map(j -> ids[i] * n + ids[j])).toArray();
    Tensor ahead = Tensor.of(pairs).bincount(n * n).reshape(n, n).toDouble();
    return ahead.add(ahead.t());
  }

  /// ln P(i, j) / (P(i) P(j)), where it is positive: how much oftener two words meet than if they did not know each other.
  private static Tensor surprise(Tensor together) {
    Tensor expected = together.sum(1, true).mul(together.sum(0, true)).div(together.sum());
    return together.div(expected.clampMin(1e-300)).clampMin(1).log();
  }

  private static List<String> nearest(String word, List<String> vocabulary, Tensor vectors, int count) {
    Tensor cosines = vectors.matmul(vectors.select(0, vocabulary.indexOf(word)));
    return Arrays.stream(cosines.argsort(0, true).toIntArray()).mapToObj(vocabulary::get).filter(other -> !other.equals(word))
        .limit(count).toList();
  }

  private static List<Kind> known(List<String> vocabulary) {
    return KINDS.stream().map(kind -> new Kind(kind.name, kind.words.stream().filter(vocabulary::contains).toList()))
        .filter(kind -> kind.words.size() > 3).toList();
  }

  /// Words that are neither frequent nor rare.
  private static List<String> middle(List<String> vocabulary, int count) {
    return vocabulary.subList(vocabulary.size() / 4, Math.min(vocabulary.size(), vocabulary.size() / 4 + count));
  }

  private static double shareOfKind(List<Kind> kinds, List<String> vocabulary, Tensor vectors) {
    return kinds.stream()
        .flatMap(kind -> kind.words.stream().flatMap(word -> nearest(word, vocabulary, vectors, 3).stream().map(kind.words::contains)))
        .mapToDouble(same -> same ? 1 : 0).average().orElse(0);
  }

  /// The words of the kinds, or some of all words, in the two directions in which they differ most.
  private static Plot scatter(List<String> vocabulary, Tensor vectors, List<Kind> kinds) {
    List<Kind> shown = kinds.isEmpty() ? List.of(new Kind("words", middle(vocabulary, 60))) : kinds;
    Tensor rows = vectors.indexSelect(0,
        Tensor.of(shown.stream().flatMap(kind -> kind.words.stream()).mapToInt(vocabulary::indexOf).toArray()));
    Tensor centred = rows.sub(rows.mean(0, true));
    Tensor places = centred.matmul(centred.svd().vt().slice(0, 0, 2).t());
    Plot plot = Plot.of("Words that are used alike lie together").x("first direction").y("second direction");
    int at = 0;
    for (Kind kind : shown) {
      Tensor part = places.slice(0, at, at + kind.words.size());
      plot.points(kind.name, part.select(1, 0).toDoubleArray(), part.select(1, 1).toDoubleArray(), kind.words);
      at += kind.words.size();
    }
    return plot;
  }
}
