package org.teenygrad.book.part1;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Plot;

/// The sunrise problem (Laplace, 1774): the sun has risen on each of n days; how probable is it that it rises tomorrow?
///
/// Nothing is known of the sun but what was seen, so the probability p of a sunrise is itself uncertain: at first any value in [0, 1] is as
/// good as another. The answer is a conditional probability, and is found three ways: by counting worlds, by Bayes's theorem on a grid of
/// p, and by Laplace's rule of succession (s + 1) / (n + 2), where s of the n days had a sunrise.
@Section(number = "1.1", name = "sunrise", title = "Will the sun rise tomorrow? A conditional probability, counted and computed")
public record Sunrise(
    @Help("days that were seen") int days,
    @Help("worlds that are drawn, to count in") int worlds,
    @Help("values of p in [0, 1] for which the posterior is computed") int gridSize)
    implements Program {

  public Sunrise() {
    this(10, 1_000_000, 100_000);
  }

  /// @throws IllegalArgumentException if there is no day, world or value of p
  public Sunrise {
    if (days < 1 || worlds < 1 || gridSize < 1) {
      throw new IllegalArgumentException("days, worlds and grid_size must be at least 1, not " + days + ", " + worlds + " and " + gridSize);
    }
  }

  @Override
  public void run(Page page) {
    byCounting(page);
    byBayes(page);
  }

  /// An event is a set of worlds: here a column of booleans, one for each world. The probability of an event is the share of worlds
  /// in it, and P(A | B) = P(A and B) / P(B) counts within B alone.
  private void byCounting(Page page) {
    Tensor p = Tensor.rand(worlds, 1); // each world has a sun of its own
    Tensor rises = Tensor.rand(worlds, days + 1).lt(p); // (worlds, days and tomorrow)
    Tensor seen = rises.slice(1, 0, days).all(1);
    Tensor tomorrow = rises.select(1, days);
    double pSeen = seen.toDouble().mean().itemDouble();
    double pBoth = seen.logicalAnd(tomorrow).toDouble().mean().itemDouble();
    page.say("In %,d worlds, each with a sun of its own:", worlds);
    page.table(List.of("event", "probability"), List.of(
        List.of("tomorrow", tomorrow.toDouble().mean().itemDouble()),
        List.of(days + " sunrises", pSeen),
        List.of(days + " sunrises and tomorrow", pBoth),
        List.of("tomorrow, given " + days + " sunrises", pBoth / pSeen)));
    // Of the worlds in B a share is in A: the standard error of a share is sqrt(q (1 - q) / count).
    double q = succession(days, days);
    double error = Math.sqrt(q * (1 - q) / (pSeen * worlds));
    page.claim("P(tomorrow | " + days + " sunrises) by counting", pBoth / pSeen).isNear(q, 4 * error);
  }

  /// Bayes's theorem: posterior(p) = likelihood(p) prior(p) / evidence. With the prior 1 the posterior after s sunrises in n days is
  /// p^s (1 - p)^(n - s), divided by its integral; the probability of the next sunrise is the posterior's mean.
  private void byBayes(Page page) {
    Tensor p = Tensor.arange(gridSize, DType.FLOAT64).add(0.5).div(gridSize); // the midpoints of gridSize equal parts
    double worst = 0;
    List<List<Object>> rows = new ArrayList<>();
    for (int s : IntStream.of(0, days / 2, days).distinct().toArray()) {
      Tensor posterior = normalized(likelihood(p, s, days));
      double mean = posterior.mul(p).mean().itemDouble();
      worst = Math.max(worst, Math.abs(mean - succession(s, days)));
      rows.add(List.of(s, days - s, mean, succession(s, days)));
    }
    page.say("By Bayes's theorem, starting from a uniform prior:");
    page.table(List.of("sunrises", "none", "P(tomorrow)", "(s+1)/(n+2)"), rows);
    page.picture("sunrise", posteriors()::write);
    page.claim("largest difference from the rule of succession", worst).isAtMost(1e-9);
  }

  /// Each sunrise moves what is believed of p to the right; what remains for small p shrinks, but never to nothing.
  private Plot posteriors() {
    Tensor p = Tensor.arange(400, DType.FLOAT64).add(0.5).div(400);
    Plot plot = Plot.of("What is known of p after each sunrise").x("p, the probability of a sunrise").y("posterior density");
    IntStream.of(0, 1, 2, 3, 5, days).filter(n -> n <= days).distinct().forEach(n -> plot.line(
        n == 1 ? "1 sunrise" : n + " sunrises", p.toDoubleArray(), normalized(likelihood(p, n, n)).toDoubleArray()));
    return plot;
  }

  private static Tensor likelihood(Tensor p, int sunrises, int days) {
    return p.pow(sunrises).mul(p.rsub(1).pow(days - sunrises));
  }

  /// A density: its integral over [0, 1], which is the mean over the grid, becomes 1.
  private static Tensor normalized(Tensor values) {
    return values.div(values.mean());
  }

  /// Laplace's rule: one more sunrise, and one more day without, than were seen.
  private static double succession(int sunrises, int days) {
    return (sunrises + 1.0) / (days + 2.0);
  }
}
