package org.teenygrad.book.part1;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.SGD;
import org.teenygrad.plot.Grid;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// Four distributions: Gaussian, exponential, Bernoulli and categorical.
///
/// Each has a log-probability, the only formula that has to be known of it, and a way to draw from it. What was drawn
/// is compared with what was asked for (Kolmogorov-Smirnov). Then the way back: the parameters that make the samples
/// most probable (maximum likelihood), and those that are most probable given few samples and a prior (maximum a
/// posteriori). Both go up a gradient, and both have closed forms to compare with.
@Section(number = "1.1", name = "distributions",
    title = "Four distributions: draw from them, then find out from the samples what they were")
public record Distributions(
    @Help("samples of each distribution") int samples,
    @Help("samples that are seen where a prior matters") int few,
    @Help("steps up the gradient") int steps)
    implements Program {
  private static final double MEAN = 1.5;
  private static final double DEVIATION = 0.7;
  private static final double RATE = 0.8;
  private static final double P = 0.3;
  private static final double[] CLASSES = {0.1, 0.4, 0.2, 0.3};

  /// The prior of p is Beta(5, 5): as if four ones and four zeros had been seen.
  private static final double HEADS = 5;

  /// The difference between two distribution functions, times the root of the count, is above this in one of 1,000 fair
  /// draws (Kolmogorov, 1933).
  private static final double KOLMOGOROV = 1.95;

  public Distributions() {
    this(10_000, 20, 1_000);
  }

  /// @throws IllegalArgumentException if there is no step, or there are fewer than two samples
  public Distributions {
    if (samples < 2 || few < 2 || few > samples || steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1, and 2 <= few <= samples, not " + steps + ", " + few + " and "
          + samples);
    }
  }

  @Override
  public void run(Page page) {
    Tensor gauss = Tensor.randn(samples).toDouble().mul(DEVIATION).add(MEAN);
    Tensor waits = uniform().rsub(1).log().div(-RATE); // where F(x) = 1 - e^(-rate x) is u: x = -ln(1 - u) / rate
    Tensor tosses = uniform().lt(P).toDouble();
    // the first whose sum is above u
    Tensor classes = Tensor.of(CLASSES).cumsum(0).searchsorted(uniform(), true).clampMax(CLASSES.length - 1);
    Tensor.realize(gauss, waits, tosses, classes);

    double farthest = 0;
    for (double d : new double[] {
        kolmogorov(gauss, x -> x.sub(MEAN).div(DEVIATION * Math.sqrt(2)).erf().add(1).div(2)),
        kolmogorov(waits, x -> x.mul(-RATE).expm1().neg()),
        kolmogorov(tosses, x -> x.mul(P).add(1 - P)),
        kolmogorov(classes.toDouble(), x -> Tensor.of(CLASSES).cumsum(0).indexSelect(0, x.toLong()))}) {
      farthest = Math.max(farthest, d);
    }
    double likelihood = mostLikely(page, gauss, waits, tosses, classes);
    double posterior = mostProbable(page, waits.slice(0, 0, few), tosses.slice(0, 0, few), classes.slice(0, 0, few),
        gauss.slice(0, 0, few));
    page.picture("distributions", panels(gauss, waits, tosses, classes)::write);
    page.claim("samples: largest Kolmogorov-Smirnov statistic", farthest).isAtMost(KOLMOGOROV);
    page.claim("maximum likelihood: largest difference from the closed forms", likelihood).isAtMost(1e-9);
    page.claim("maximum a posteriori: largest difference from the closed forms", posterior).isAtMost(1e-9);
  }

  private Tensor uniform() {
    return Tensor.rand(samples).toDouble();
  }

  // The logarithm of the density, or of the probability, of each x.

  private static Tensor gaussian(Tensor x, Tensor mean, Tensor logDeviation) {
    Tensor z = x.sub(mean).div(logDeviation.exp());
    return z.square().add(Math.log(2 * Math.PI)).mul(-0.5).sub(logDeviation);
  }

  private static Tensor exponential(Tensor x, Tensor logRate) {
    return logRate.sub(logRate.exp().mul(x));
  }

  private static Tensor bernoulli(Tensor x, Tensor logit) {
    return x.mul(logit.logSigmoid()).add(x.rsub(1).mul(logit.neg().logSigmoid()));
  }

  private static Tensor categorical(Tensor x, Tensor logits) {
    return logits.logSoftmax(0).indexSelect(0, x);
  }

  /// The largest distance between a distribution function and the part of the samples that are at most x, times the root of their number.
  private static double kolmogorov(Tensor samples, UnaryOperator<Tensor> distributionFunction) {
    Tensor sorted = samples.sort(0, false).values();
    int n = sorted.shape().size(0);
    Tensor below = sorted.searchsorted(sorted, true).toDouble().div(n);
    return distributionFunction.apply(sorted).sub(below).abs().max().itemDouble() * Math.sqrt(n);
  }

  /// Each parameter is a free number: e^s is a deviation or a rate, a sigmoid or softmax of logits a probability.
  /// @return the largest difference from what is known to be most likely
  private double mostLikely(Page page, Tensor gauss, Tensor waits, Tensor tosses, Tensor classes) {
    Tensor mean = scalar();
    Tensor logDeviation = scalar();
    Tensor logRate = scalar();
    Tensor logit = scalar();
    Tensor logits = Tensor.zeros(DType.FLOAT64, CLASSES.length).requiresGrad();
    climb(List.of(mean, logDeviation, logRate, logit, logits), () -> Tensor.stack(
        gaussian(gauss, mean, logDeviation).mean(), exponential(waits, logRate).mean(), bernoulli(tosses, logit).mean(),
        categorical(classes, logits).mean()).sum());

    Tensor shares = classes.oneHot(CLASSES.length).toDouble().mean(0);
    Found[] found = {
      new Found("Gaussian mean", MEAN, mean, gauss.mean()),
      new Found("Gaussian deviation", DEVIATION, logDeviation.exp(), gauss.var(0, 0, false).sqrt()), // divided by n, not n - 1
      new Found("exponential rate", RATE, logRate.exp(), waits.mean().reciprocal()),
      new Found("Bernoulli p", P, logit.sigmoid(), tosses.mean()),
      new Found("categorical p of 1", CLASSES[1], logits.softmax(0).select(0, 1), shares.select(0, 1))};
    page.say("Most likely, given %,d samples of each:", samples);
    page.table(List.of("parameter", "drawn with", "by gradient", "closed form"),
        IntStream.range(0, found.length).mapToObj(i -> found[i].row()).toList());
    return IntStream.range(0, found.length).mapToDouble(i -> found[i].difference()).max().orElseThrow();
  }

  /// The prior of each parameter is conjugate: multiplied by the likelihood it keeps its form, as if it were samples seen before. Their
  /// logarithms are those of densities over the parameter itself, up to constants.
  private double mostProbable(Page page, Tensor waits, Tensor tosses, Tensor classes, Tensor gauss) {
    double shape = 3; // Gamma(3, 2): two waits of 2 units together
    double scale = 2;
    double each = 3; // Dirichlet(3, 3, 3, 3): two of each class
    double priorDeviation = 0.5; // Normal(0, 0.5) for the mean of a Gaussian whose deviation is known
    Tensor mean = scalar();
    Tensor logRate = scalar();
    Tensor logit = scalar();
    Tensor logits = Tensor.zeros(DType.FLOAT64, CLASSES.length).requiresGrad();
    climb(List.of(mean, logRate, logit, logits), () -> Tensor.stack(
        gaussian(gauss, mean, Tensor.of(Math.log(DEVIATION))).sum()
            .add(gaussian(mean, Tensor.of(0.0), Tensor.of(Math.log(priorDeviation)))),
        exponential(waits, logRate).sum().add(logRate.mul(shape - 1)).sub(logRate.exp().mul(scale)),
        bernoulli(tosses, logit).sum().add(logit.logSigmoid().add(logit.neg().logSigmoid()).mul(HEADS - 1)),
        // a mean: the priors count as samples
        categorical(classes, logits).sum().add(logits.logSoftmax(0).sum().mul(each - 1))).sum().div(few + 2 * (HEADS - 1)));

    double precision = few / (DEVIATION * DEVIATION) + 1 / (priorDeviation * priorDeviation);
    Tensor counts = classes.oneHot(CLASSES.length).toDouble().sum(0);
    Found[] found = {
      new Found("Gaussian mean", MEAN, mean, gauss.sum().div(DEVIATION * DEVIATION * precision)),
      new Found("exponential rate", RATE, logRate.exp(), waits.sum().add(scale).rdiv(few + shape - 1)),
      new Found("Bernoulli p", P, logit.sigmoid(), tosses.sum().add(HEADS - 1).div(few + 2 * (HEADS - 1))),
      new Found("categorical p of 1", CLASSES[1], logits.softmax(0).select(0, 1),
          counts.add(each - 1).div(few + CLASSES.length * (each - 1)).select(0, 1))};
    page.say("%nMost probable, given %d samples and a prior:", few);
    page.table(List.of("parameter", "drawn with", "by gradient", "closed form"),
        IntStream.range(0, found.length).mapToObj(i -> found[i].row()).toList());
    return IntStream.range(0, found.length).mapToDouble(i -> found[i].difference()).max().orElseThrow();
  }

  private record Found(String parameter, double drawnWith, Tensor byGradient, Tensor closedForm) {
    List<Object> row() {
      return List.of(parameter, drawnWith, byGradient.itemDouble(), closedForm.itemDouble());
    }

    double difference() {
      return Math.abs(byGradient.itemDouble() - closedForm.itemDouble());
    }
  }

  private static Tensor scalar() {
    return Tensor.of(0.0).requiresGrad();
  }

  /// Goes up the gradient of an objective.
  private void climb(List<Tensor> parameters, Supplier<Tensor> objective) {
    SGD sgd = new SGD(List.of(ParameterGroup.of(parameters, 0.8)), 0, 0, false);
    for (int step = 0; step < steps; step++) {
      sgd.step(objective.get().neg());
    }
  }

  private Panels panels(Tensor gauss, Tensor waits, Tensor tosses, Tensor classes) {
    return Panels.of("Four distributions, and the way back from samples", 2,
        density("Gaussian", gauss, x -> gaussian(x, Tensor.of(MEAN), Tensor.of(Math.log(DEVIATION)))),
        density("Exponential", waits, x -> exponential(x, Tensor.of(Math.log(RATE)))),
        bars("Bernoulli", List.of("0", "1"), tosses.toLong(), 1 - P, P),
        bars("Categorical", List.of("0", "1", "2", "3"), classes, CLASSES),
        surface(gauss),
        posterior(tosses.slice(0, 0, few)));
  }

  private static Plot density(String title, Tensor samples, UnaryOperator<Tensor> logDensity) {
    Tensor x = Tensor.linspace(samples.min().itemDouble(), samples.max().itemDouble(), 200).toDouble();
    return Plot.of(title).x("x").y("density").density("samples", samples.toDoubleArray(), 40)
        .line("density", x.toDoubleArray(), logDensity.apply(x).exp().toDoubleArray());
  }

  private static Plot bars(String title, List<String> names, Tensor samples, double... probabilities) {
    double[] shares = samples.oneHot(names.size()).toDouble().mean(0).toDoubleArray();
    return Plot.of(title).x("x").y("probability").bars("share of samples", names, shares).bars("probability", names, probabilities);
  }

  /// The mean log-likelihood of a Gaussian's two parameters, and the way up.
  private static Plot surface(Tensor samples) {
    double m = samples.mean().itemDouble();
    double v = samples.var(0, 0, false).itemDouble();
    Grid grid = Grid.of(-0.5, 2.5, 0.4, 2, 120, (mean, deviation) ->
        -Math.log(deviation) - Math.log(2 * Math.PI) / 2 - (v + (m - mean) * (m - mean)) / (2 * deviation * deviation));
    Tensor mean = scalar();
    Tensor logDeviation = scalar();
    SGD sgd = new SGD(List.of(ParameterGroup.of(List.of(mean, logDeviation), 0.15)), 0, 0, false);
    double[][] way = new double[2][30];
    for (int step = 0; step < way[0].length; step++) {
      way[0][step] = mean.itemDouble();
      way[1][step] = Math.exp(logDeviation.itemDouble());
      sgd.step(gaussian(samples, mean, logDeviation).mean().neg());
    }
    return Plot.of("Likelihood of a Gaussian").x("mean").y("deviation").contours(grid, -3, -2.5, -2, -1.75, -1.5, -1.3, -1.15)
        .path("gradient ascent", way[0], way[1]);
  }

  /// What is known of p before the tosses, what they say, and both together.
  private static Plot posterior(Tensor tosses) {
    Tensor p = Tensor.arange(200, DType.FLOAT64).add(0.5).div(200);
    double ones = tosses.sum().itemDouble();
    double zeros = tosses.shape().size(0) - ones;
    return Plot.of("A coin after few tosses").x("p").y("density")
        .line("prior", p.toDoubleArray(), beta(p, HEADS - 1, HEADS - 1))
        .line("likelihood", p.toDoubleArray(), beta(p, ones, zeros))
        .line("posterior", p.toDoubleArray(), beta(p, HEADS - 1 + ones, HEADS - 1 + zeros));
  }

  private static double[] beta(Tensor p, double ones, double zeros) {
    Tensor values = p.log().mul(ones).add(p.neg().log1p().mul(zeros)).exp();
    return values.div(values.mean()).toDoubleArray();
  }
}
