package org.teenygrad.book.part1;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Svd;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Plot;

/// More parameters than samples, and it still works: the error on new data falls, rises, and falls again (Belkin et al., 2019).
///
/// The model has random features relu(W x), of which only the coefficients are learned. With as many features as
/// samples there is just one way through all samples, noise included, and it swings wildly between them. With more
/// there are many, and least squares takes the one with the smallest coefficients. A price on coefficients (ridge)
/// removes the peak: it is nothing but variance.
@Section(number = "1.2.6", name = "double-descent",
    title = "Random features: the error peaks where parameters equal samples, and falls again")
public record DoubleDescent(
    @Help("samples to learn from") int samples,
    @Help("dimensions of a sample") int dimensions,
    @Help("standard deviation of the noise") double noise,
    @Help("draws of data and features") int draws)
    implements Program {
  private static final int TEST_SAMPLES = 500;
  private static final double RIDGE = 0.3;

  public DoubleDescent() {
    this(60, 10, 0.3, 20);
  }

  /// @throws IllegalArgumentException if there are fewer than 10 samples, no dimension or no draw, or the noise is negative
  public DoubleDescent {
    if (samples < 10 || dimensions < 1 || draws < 1 || !(noise >= 0)) {
      throw new IllegalArgumentException("double_descent: at least 10 samples, 1 dimension, 1 draw and noise 0, not " + samples + ", "
          + dimensions + ", " + draws + " and " + noise);
    }
  }

  @Override
  public void run(Page page) {
    int[] widths = IntStream.of(5, 10, 20, 30, 40, 50, 55, 58, 60, 62, 65, 70, 80, 100, 150, 300, 600).map(width -> width * samples / 60)
        .filter(width -> width > 0).distinct().toArray();
    double[][] errors = new double[3][widths.length]; // in training, in test, in test with ridge: mean over the draws
    double difference = 0;
    for (int draw = 0; draw < draws; draw++) {
      Tensor teacher = Tensor.randn(dimensions, 1).toDouble().div(Math.sqrt(dimensions));
      Tensor x = Tensor.randn(samples, dimensions).toDouble();
      Tensor y = target(x, teacher).add(Tensor.randn(samples, 1).toDouble().mul(noise)).realize();
      Tensor xTest = Tensor.randn(TEST_SAMPLES, dimensions).toDouble();
      Tensor yTest = target(xTest, teacher).realize();
      Tensor weights = Tensor.randn(dimensions, widths[widths.length - 1]).toDouble().realize();
      for (int i = 0; i < widths.length; i++) {
        Tensor w = weights.slice(1, 0, widths[i]);
        Tensor features = features(x, w);
        Tensor testFeatures = features(xTest, w);
        Svd svd = features.svd();
        Tensor least = coefficients(svd, y, 0);
        errors[0][i] += error(features, least, y) / draws;
        errors[1][i] += error(testFeatures, least, yTest) / draws;
        Tensor ridge = coefficients(svd, y, RIDGE);
        errors[2][i] += error(testFeatures, ridge, yTest) / draws;
        if (widths[i] == samples) {
          Tensor gram = features.t().matmul(features).add(Tensor.eye(samples).toDouble().mul(RIDGE));
          difference = Math.max(difference, gram.solve(features.t().matmul(y)).sub(ridge).abs().max().itemDouble());
        }
      }
      if ((draw + 1) % 5 == 0) {
        page.say("  %d of %d draws of data and features", draw + 1, draws);
      }
    }
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      rows.add(List.of(widths[i], errors[0][i], errors[1][i], errors[2][i]));
    }
    page.say("%n%d samples; mean squared errors:", samples);
    page.table(List.of("parameters", "train", "test", "test with ridge"), rows);

    double[] parameters = IntStream.of(widths).asDoubleStream().toArray();
    Plot plot = Plot.of("Double descent").x("parameters").y("mean squared error").logX().logY()
        .path("test", parameters, errors[1]).path("test with ridge", parameters, errors[2])
        .path("train", parameters, IntStream.range(0, widths.length).mapToDouble(i -> widths[i] < samples ? errors[0][i] : Double.NaN)
            .toArray())
        .vertical("as many parameters as samples", samples);
    page.picture("double-descent", plot::write);
    int peak = IntStream.range(0, widths.length).reduce((a, b) -> errors[1][b] > errors[1][a] ? b : a).orElseThrow();
    int same = IntStream.range(0, widths.length).filter(i -> widths[i] == samples).findFirst().orElseThrow();
    page.claim("parameters at the peak of the test error", widths[peak]).isNear(samples, 0);
    page.claim("training error with as many parameters as samples", errors[0][same]).isAtMost(1e-9);
    page.claim("ridge by singular values and by normal equations: largest difference", difference).isAtMost(1e-9);
    page.claim("test error at the peak over that with most parameters", errors[1][peak] / errors[1][widths.length - 1]).isAtLeast(10);
    page.claim("test error at the peak with ridge over that without", errors[2][peak] / errors[1][peak]).isAtMost(0.1);
  }

  private static Tensor target(Tensor x, Tensor teacher) {
    return x.matmul(teacher).tanh();
  }

  private Tensor features(Tensor x, Tensor weights) {
    return x.matmul(weights).relu().div(Math.sqrt(dimensions)).realize();
  }

  /// F = U S V'. Without a price b = V (U'y / s), the shortest of all that fit best; with one, s / (s² + ridge) takes
  /// the place of 1 / s: what noise does through small singular values is damped.
  private static Tensor coefficients(Svd svd, Tensor y, double ridge) {
    Tensor s = svd.s().unsqueeze(1);
    return svd.vt().t().matmul(svd.u().t().matmul(y).mul(s.div(s.square().add(ridge)))).realize();
  }

  private static double error(Tensor features, Tensor b, Tensor y) {
    return features.matmul(b).sub(y).square().mean().itemDouble();
  }
}
