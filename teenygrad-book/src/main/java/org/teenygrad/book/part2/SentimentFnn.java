package org.teenygrad.book.part2;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Reviews;
import org.teenygrad.book.Reviews.Review;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.nn.Dropout;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Init;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// Praise or blame by a feed-forward network. Logistic regression needs a weight of its own for `not bright`; a hidden layer that sees two
/// words at once, each as a vector, learns what `not` does to all words of a kind.
///
/// The network is that of a bag of vectors (Iyyer et al., *Deep unordered composition rivals syntactic methods for text
/// classification*, 2015) with windows of neighbours in place of single words. Without the hidden layer all that is
/// left is a sum over words, as in chapter 1.5.
@Section(number = "2.1", name = "sentiment-fnn",
    title = "Praise or blame by a hidden layer that learns what 'not' does to the word behind it",
    data = "a folder with rt-polarity.pos and rt-polarity.neg, or with SST-2's train.tsv and test.tsv")
public record SentimentFnn(
    @Help("steps of AdamW") int steps,
    @Help("reviews in a step") int batchSize,
    @Help("numbers in the vector of a word") int dim,
    @Help("hidden units") int hidden,
    @Help("share of the vectors' numbers that a step leaves out") double dropout,
    @Help("reviews that are generated") int reviews)
    implements Program {

  public SentimentFnn() {
    this(1_000, 128, 32, 64, 0.8, 4_000);
  }

  /// @throws IllegalArgumentException if there is no step, no review in a step, no unit, or fewer than 20 reviews
  public SentimentFnn {
    if (steps < 1 || batchSize < 1 || dim < 1 || hidden < 1 || reviews < 20) {
      throw new IllegalArgumentException("steps, batch_size, dim and hidden must be at least 1, and reviews 20");
    }
  }

  /// @param words a vector for each word; row 0 is no word
  record Network(Embedding words, Dropout dropout, Linear up, Linear out) implements Module {
    /// Vectors start small: what a rare word has been given by chance should not outweigh what others have learned.
    static Network of(int vocabulary, int dim, int hidden, double dropout) {
      return new Network(Embedding.of(vocabulary, dim, Init.normal(0.3)), Dropout.of(dropout), Linear.of(2 * dim, hidden),
          Linear.of(hidden, 1));
    }

    /// @param x numbers of words (reviews, places), 0 behind the last
    /// @return the logit of praise (reviews)
    Tensor forward(Tensor x) {
      Tensor there = x.ne(0).toFloat().unsqueeze(2); // (reviews, places, 1)
      Tensor v = dropout.forward(words.forward(x)).mul(there); // (reviews, places, dim)
      int places = x.size(1);
      Tensor pairs = Tensor.cat(List.of(v.narrow(1, 0, places - 1), v.narrow(1, 1, places - 1)), 2);
      Tensor seen = there.narrow(1, 0, places - 1);
      Tensor h = up.forward(pairs).relu().mul(seen).sum(1).div(seen.sum(1).clamp(1, places)); // the mean over the windows (reviews, hidden)
      return out.forward(h).squeeze(1);
    }
  }

  /// @param x (reviews, places)
  /// @param y 1 for praise (reviews)
  private record Batch(Tensor x, Tensor y) {
    Tensor loss(Network network) {
      return network.forward(x).binaryCrossEntropyWithLogits(y);
    }

    double accuracy(Network network) {
      return Mode.EVALUATION.call(() -> network.forward(x).gt(0).eq(y.gt(0)).toDouble().mean().itemDouble());
    }
  }

  @Override
  public void run(Page page) {
    Reviews data = Reviews.of(page, reviews);
    Map<String, Integer> numbers = vocabulary(data.train());
    int places = Math.max(2, Stream.of(data.train(), data.test()).flatMap(List::stream).mapToInt(review -> review.words().size()).max()
        .orElseThrow());
    Batch train = batch(data.train(), numbers, places);
    Batch test = batch(data.test(), numbers, places);
    page.say("%,d reviews to learn from, %,d to test with; %,d words that occur twice, reviews of up to %d.", data.train().size(),
        data.test().size(), numbers.size(), places);

    Network network = Network.of(numbers.size() + 1, dim, hidden, dropout);
    AdamW adamW = new AdamW(network.namedParameters(), 3e-3);
    int every = Math.max(1, steps / 5);
    double[][] curves = new double[3][steps / every];
    for (int step = 1; step <= steps; step++) {
      Tensor drawn = Tensor.randint(0, data.train().size(), batchSize);
      Tensor loss = new Batch(train.x.indexSelect(0, drawn), train.y.indexSelect(0, drawn)).loss(network);
      adamW.step(loss);
      if (step % every == 0) {
        int i = step / every - 1;
        curves[0][i] = step;
        curves[1][i] = 100 * train.accuracy(network);
        curves[2][i] = 100 * test.accuracy(network);
        page.say("  step %5d: loss %.4f, judged right in training %.1f %%, in test %.1f %%", step, loss.itemDouble(), curves[1][i],
            curves[2][i]);
      }
    }
    Plot accuracies = Plot.of("Judged right").x("step").y("%").path("in training", curves[0], curves[1])
        .path("in test", curves[0], curves[2]);
    page.picture("sentiment-fnn", Panels.of("Praise or blame by a hidden layer", 2, accuracies, logits(network, test))::write);
    if (page.data().isEmpty()) {
      negation(page, network, numbers);
    }
    page.claim("accuracy in test", test.accuracy(network)).isAtLeast(data.wanted());
  }

  /// `dull` blames and `not dull` praises, `bright` praises and `not bright` blames.
  private static void negation(Page page, Network network, Map<String, Integer> numbers) {
    List<Review> phrases = Stream.of("dull", "not dull", "bright", "not bright").map(text -> new Review("the plot is " + text, 0)).toList();
    double[] p = Mode.EVALUATION.call(() -> network.forward(batch(phrases, numbers, 5).x).sigmoid().toDoubleArray());
    page.say("P(praise) of 'the plot is ...': dull %.3f, not dull %.3f, bright %.3f, not bright %.3f", p[0], p[1], p[2], p[3]);
    page.claim("what 'not' does to P(praise): least of its rise for dull and its fall for bright", Math.min(p[1] - p[0], p[2] - p[3]))
        .isAtLeast(0.3);
  }

  private static Map<String, Integer> vocabulary(List<Review> reviews) {
    Map<String, Integer> counts = new HashMap<>();
    reviews.forEach(review -> review.words().forEach(word -> counts.merge(word, 1, Integer::sum)));
    List<String> known = counts.keySet().stream().filter(word -> counts.getOrDefault(word, 0) > 1).sorted().toList();
    Map<String, Integer> numbers = new HashMap<>();
    IntStream.range(0, known.size()).forEach(i -> numbers.put(known.get(i), i + 1));
    return numbers;
  }

  private static Batch batch(List<Review> reviews, Map<String, Integer> numbers, int places) {
    int[] words = new int[reviews.size() * places];
    for (int i = 0; i < reviews.size(); i++) {
      int[] known = reviews.get(i).words().stream().mapToInt(word -> numbers.getOrDefault(word, 0)).filter(number -> number > 0).toArray();
      System.arraycopy(known, 0, words, i * places, known.length);
    }
    Tensor labels = Tensor.of(reviews.stream().mapToInt(Review::label).toArray()).toFloat();
    return new Batch(Tensor.of(words, reviews.size(), places).realize(), labels.realize());
  }

  private static Plot logits(Network network, Batch test) {
    Tensor logits = Mode.EVALUATION.call(() -> network.forward(test.x).detach().toDouble().realize());
    Plot plot = Plot.of("Test reviews").x("logit").y("reviews");
    for (int label = 0; label < 2; label++) {
      plot.histogram(label == 0 ? "blame" : "praise", logits.maskedSelect(test.y.eq(label)).toDoubleArray(), 40);
    }
    return plot.vertical("boundary", 0);
  }
}
