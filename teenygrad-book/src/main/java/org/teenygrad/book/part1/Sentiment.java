package org.teenygrad.book.part1;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Reviews;
import org.teenygrad.book.Reviews.Review;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.SGD;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// Does a review praise or blame? Logistic regression on a bag of words.
///
/// A review is the set of its words and pairs of words; their order is lost but for the pairs. Each has a weight, the
/// sum of weights is a logit, and a sigmoid makes a probability of it. Gradient descent moves the weights: the
/// derivative of the loss is the error of the probability, times the words.
@Section(number = "1.5", name = "sentiment", title = "Praise or blame? Logistic regression on a bag of words, by gradient descent",
    data = "a folder with rt-polarity.pos and rt-polarity.neg, or with SST-2's train.tsv and test.tsv")
public record Sentiment(
    @Help("steps of gradient descent") int steps,
    @Help("learning rate") double learningRate,
    @Help("price of a squared weight") double weightDecay,
    @Help("words that stand together in a feature, at most") int nGram,
    @Help("reviews that are generated") int reviews)
    implements Program {
  public Sentiment() {
    this(300, 10, 1e-5, 2, 4_000);
  }

  /// @throws IllegalArgumentException if there is no step, no word, or fewer than 20 reviews
  public Sentiment {
    if (steps < 1 || nGram < 1 || reviews < 20) {
      throw new IllegalArgumentException("sentiment: at least 1 step, 1 word and 20 reviews, not " + steps + ", " + nGram + " and "
          + reviews);
    }
  }

  /// Reviews as numbers.
  /// @param features (reviews, most features of one); rows are filled up with feature 0
  /// @param values (reviews, most features of one); 0 where nothing is
  /// @param labels (reviews)
  private record Bags(Tensor features, Tensor values, Tensor labels) {
    Tensor logits(Tensor weights, Tensor bias) {
      return weights.take(features).mul(values).sum(1).add(bias);
    }
  }

  @Override
  public void run(Page page) {
    Reviews data = Reviews.of(page, reviews);
    page.say("%,d reviews to learn from, %,d to test with, such as: %s", data.train().size(), data.test().size(),
        data.train().getFirst().text());
    if (nGram > 1) {
      page.say("With words alone %.4f of the test reviews are judged right; with runs of up to %d words:", learn(page, data, 1, false),
          nGram);
    }
    double accuracy = learn(page, data, nGram, true);
    page.claim("accuracy in test", accuracy).isAtLeast(data.wanted());
  }

  /// @return the accuracy in test
  private double learn(Page page, Reviews data, int n, boolean report) {
    Map<String, Integer> documents = new HashMap<>();
    data.train().forEach(review -> features(review, n).forEach(feature -> documents.merge(feature, 1, Integer::sum)));
    List<String> vocabulary = documents.keySet().stream().filter(feature -> documents.getOrDefault(feature, 0) > 1).sorted().toList();
    Bags train = bags(data.train(), vocabulary, documents, data.train().size(), n);
    Bags test = bags(data.test(), vocabulary, documents, data.train().size(), n);
    Tensor weights = Tensor.zeros(vocabulary.size()).requiresGrad();
    Tensor bias = Tensor.of(0f).requiresGrad();
    double difference = gradientDifference(train, weights, bias);
    SGD sgd = new SGD(List.of(new ParameterGroup(Map.of("weights", weights), learningRate, weightDecay),
        ParameterGroup.of(List.of(bias), learningRate)), 0.9, 0, false);
    double[][] losses = new double[2][steps];
    for (int step = 0; step < steps; step++) {
      Tensor loss = train.logits(weights, bias).binaryCrossEntropyWithLogits(train.labels);
      losses[1][step] = test.logits(weights, bias).binaryCrossEntropyWithLogits(test.labels).itemDouble();
      sgd.step(loss);
      losses[0][step] = loss.itemDouble();
      if (report && (step == 0 || (step + 1) % Math.max(1, steps / 4) == 0)) {
        page.say("  step %4d: loss %.4f, in test %.4f, accuracy in test %.4f", step + 1, losses[0][step], losses[1][step],
            accuracy(test, weights, bias));
      }
    }
    if (report) {
      int[] order = weights.detach().argsort(0, false).toIntArray();
      int most = Math.min(8, order.length / 2);
      List<Integer> strongest = IntStream.concat(IntStream.range(0, most), IntStream.range(order.length - most, order.length))
          .map(i -> order[i]).boxed().toList();
      page.say("Strongest for blame:  %s", strongest.stream().limit(most).map(vocabulary::get).collect(Collectors.joining(", ")));
      page.say("Strongest for praise: %s",
          strongest.reversed().stream().limit(most).map(vocabulary::get).collect(Collectors.joining(", ")));
      page.picture("sentiment", Panels.of("Praise or blame", 2, lossPlot(losses), strongestPlot(strongest, vocabulary, weights),
          boundaryPlot(train, test, vocabulary.size()),
          logitPlot(test, weights, bias))::write);
      page.claim("gradient less X'(p - y) / n, largest", difference).isAtMost(1e-6);
    }
    return accuracy(test, weights, bias);
  }

  /// Runs of up to n words, each once.
  private static Stream<String> features(Review review, int n) {
    List<String> words = review.words();
    return IntStream.rangeClosed(1, n).boxed()
        .flatMap(length -> IntStream.rangeClosed(0, words.size() - length).mapToObj(at ->
            String.join(" ", words.subList(at, at + length)))).distinct();
  }

  /// A feature of few reviews says more: it counts ln(reviews / reviews that have it). A review has length 1, so that
  /// long ones do not count more.
  private static Bags bags(List<Review> reviews, List<String> vocabulary, Map<String, Integer> documents, int all, int n) {
    Map<String, Integer> numbers = IntStream.range(0, vocabulary.size()).boxed().collect(Collectors.toMap(vocabulary::get, i -> i));
    List<List<String>> known = reviews.stream().map(review -> features(review, n).filter(numbers::containsKey).toList()).toList();
    int width = known.stream().mapToInt(List::size).max().orElseThrow();
    int[] features = new int[reviews.size() * width];
    float[] values = new float[features.length];
    for (int i = 0; i < reviews.size(); i++) {
      for (int j = 0; j < known.get(i).size(); j++) {
        String feature = known.get(i).get(j);
        features[i * width + j] = numbers.getOrDefault(feature, 0);
        values[i * width + j] = (float) Math.log((double) all / documents.getOrDefault(feature, all));
      }
    }
    Tensor labels = Tensor.of(reviews.stream().mapToInt(Review::label).toArray()).toFloat();
    return new Bags(Tensor.of(features, reviews.size(), width), Tensor.of(values, reviews.size(), width).normalize(2, 1, 1e-12).realize(),
        labels.realize());
  }

  /// What makes logistic regression simple: the derivative is X'(p - y) / n, the error of the probabilities times the features.
  private static double gradientDifference(Bags bags, Tensor weights, Tensor bias) {
    Tensor logits = bags.logits(weights, bias);
    logits.binaryCrossEntropyWithLogits(bags.labels).backward();
    Tensor errors = logits.sigmoid().sub(bags.labels).div(bags.labels.shape().size(0));
    Tensor byHand = weights.zerosLike().detach().scatterAdd(0, bags.features.flatten(), bags.values.mul(errors.unsqueeze(1)).flatten());
    double difference = byHand.sub(weights.grad()).abs().max().itemDouble();
    weights.zeroGrad();
    bias.zeroGrad();
    return difference;
  }

  private static double accuracy(Bags bags, Tensor weights, Tensor bias) {
    return bags.logits(weights, bias).gt(0).eq(bags.labels.gt(0)).toDouble().mean().itemDouble();
  }

  private static Plot lossPlot(double[][] losses) {
    return Plot.of("Loss").x("step").y("nats").line("train", losses[0]).line("test", losses[1]);
  }

  private static Plot strongestPlot(List<Integer> strongest, List<String> vocabulary, Tensor weights) {
    double[] all = weights.detach().toDouble().toDoubleArray();
    return Plot.of("Strongest words").x("").y("weight").bars("", strongest.stream().map(vocabulary::get).toList(),
        strongest.stream().mapToDouble(i -> all[i]).toArray());
  }

  private static Plot logitPlot(Bags test, Tensor weights, Tensor bias) {
    Tensor logits = test.logits(weights, bias).detach().toDouble();
    Plot plot = Plot.of("Test reviews").x("logit").y("reviews");
    for (int label = 0; label < 2; label++) {
      plot.histogram(label == 0 ? "blame" : "praise", logits.maskedSelect(test.labels.eq(label)).toDoubleArray(), 40);
    }
    return plot.vertical("boundary", 0);
  }

  /// The same method with two features only, so that the boundary is a line: how much of a review is made of features
  /// that occur more often in praise, and how much of those that occur more often in blame. The line starts anywhere
  /// and is turned and moved by the gradient.
  private static Plot boundaryPlot(Bags train, Bags test, int vocabulary) {
    Tensor sign = train.labels.mul(2).sub(1).unsqueeze(1).mul(train.values.gt(0).toFloat());
    Tensor lean = Tensor.zeros(vocabulary).scatterAdd(0, train.features.flatten(), sign.flatten());
    Tensor trainPoints = plane(train, lean);
    Tensor testPoints = plane(test, lean);
    Tensor w = Tensor.of(1f, 1f).requiresGrad();
    Tensor b = Tensor.of(-6f).requiresGrad();
    SGD sgd = new SGD(List.of(ParameterGroup.of(List.of(w, b), 0.05)), 0, 0, false);
    int shown = Math.min(300, testPoints.shape().size(0));
    double[] xs = testPoints.slice(0, 0, shown).select(1, 0).toDouble().toDoubleArray();
    double[] ys = testPoints.slice(0, 0, shown).select(1, 1).toDouble().toDoubleArray();
    double[] ends = {0, testPoints.max().itemDouble()};
    Plot plot = Plot.of("A boundary moving").x("words that lean to praise").y("words that lean to blame").xRange(0, ends[1])
        .yRange(0, ends[1])
        .classes(xs, ys, test.labels.slice(0, 0, shown).toInt().toIntArray(), "blame", "praise");
    for (int step = 0; step <= 1000; step++) {
      if (step == 0 || step == 3 || step == 30 || step == 1000) {
        double[] weights = w.detach().toDouble().toDoubleArray();
        double bias = b.itemDouble();
        plot.line("step " + step, ends, new double[] {-bias / weights[1], -(bias + weights[0] * ends[1]) / weights[1]});
      }
      sgd.step(trainPoints.matmul(w).add(b).binaryCrossEntropyWithLogits(train.labels));
    }
    return plot;
  }

  private static Tensor plane(Bags bags, Tensor lean) {
    Tensor leans = lean.take(bags.features).mul(bags.values);
    return Tensor.stack(List.of(leans.gt(0).toFloat().sum(1), leans.lt(0).toFloat().sum(1)), 1).realize();
  }
}
