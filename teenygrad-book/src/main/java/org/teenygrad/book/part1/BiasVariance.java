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
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// Why does a model fail on data that it has not seen? Because it cannot bend as the truth does, or because it bends with the noise.
///
/// A curve f is known here, so both can be measured. Polynomials are fitted to many small data sets y = f(x) + noise.
/// What their mean misses of f is the bias; how far the fits lie from their mean is the variance. The expected squared
/// error of a prediction is bias² + variance + noise², exactly.
@Section(number = "1.2.6", name = "bias-variance", title = "What an error consists of: bias, variance and noise of polynomials by degree")
public record BiasVariance(
    @Help("data sets") int sets,
    @Help("points in each") int points,
    @Help("degree of the polynomials, at most") int degree,
    @Help("standard deviation of the noise") double noise)
    implements Program {
  private static final int TEST_POINTS = 50;

  public BiasVariance() {
    this(2_000, 30, 12, 0.3);
  }

  /// @throws IllegalArgumentException if there are not two sets, a point for each coefficient, and a noise of 0 or more
  public BiasVariance {
    if (sets < 2 || degree < 0 || points <= degree || !(noise >= 0)) {
      throw new IllegalArgumentException(
          "bias_variance: at least 2 sets, more points than the degree, and noise of 0 or more, not " + sets + ", " + points + ", "
              + degree + " and " + noise);
    }
  }

  private static Tensor truth(Tensor x) {
    return x.mul(Math.PI).sin().add(x.mul(0.5));
  }

  @Override
  public void run(Page page) {
    Tensor x = Tensor.linspace(-1, 1, points).toDouble();
    Tensor at = Tensor.linspace(-0.95, 0.95, TEST_POINTS).toDouble();
    Tensor seen = truth(x).unsqueeze(1).add(Tensor.randn(points, sets).toDouble().mul(noise)).realize(); // (points, sets)
    Tensor unseen = truth(at).unsqueeze(1).add(Tensor.randn(TEST_POINTS, sets).toDouble().mul(noise)).realize();

    double[][] parts = new double[4][degree + 1];
    double worst = 0;
    double furthest = 0;
    List<List<Object>> rows = new ArrayList<>();
    for (int d = 0; d <= degree; d++) {
      // (test points, sets): all sets have the same x, so one factorization serves all
      Tensor fits = legendre(at, d).matmul(legendre(x, d).lstsq(seen));
      Tensor mean = fits.mean(1, true);
      double bias2 = mean.sub(truth(at).unsqueeze(1)).square().mean().itemDouble();
      double variance = fits.sub(mean).square().mean().itemDouble();
      double ofTruth = fits.sub(truth(at).unsqueeze(1)).square().mean().itemDouble();
      Tensor squares = fits.sub(unseen).square().mean(0); // (sets)
      double measured = squares.mean().itemDouble();
      worst = Math.max(worst, Math.abs(ofTruth - bias2 - variance));
      furthest = Math.max(furthest, Math.abs(measured - bias2 - variance - noise * noise) / (squares.std().itemDouble() / Math.sqrt(sets)));
      double[] found = {bias2, variance, bias2 + variance + noise * noise, measured};
      for (int part = 0; part < found.length; part++) {
        parts[part][d] = found[part];
      }
      rows.add(List.of(d, bias2, variance, noise * noise, found[2], measured));
    }
    page.say("%,d sets of %d points, and a polynomial of each degree through each set:", sets, points);
    page.table(List.of("degree", "bias^2", "variance", "noise^2", "sum", "error on new points"), rows);
    int best = IntStream.rangeClosed(0, degree).reduce((a, b) -> parts[3][b] < parts[3][a] ? b : a).orElseThrow();
    page.say("Degree %d errs least: a lower one is too stiff, a higher one follows the noise.", best);
    page.picture("bias-variance", panels(x, seen, parts, best)::write);
    page.claim("error from the true curve less bias^2 and variance, largest", worst).isAtMost(1e-12);
    page.claim("error on new points less the sum, in standard errors", furthest).isAtMost(4);
    page.claim("variance of the last degree on its own points, over noise^2 (d + 1) / n", varianceOnSets(x, seen)).isNear(1, 0.1);
  }

  /// A fit of d + 1 coefficients projects the noise on d + 1 of n dimensions; it keeps that part of its squares.
  private double varianceOnSets(Tensor x, Tensor seen) {
    Tensor fits = legendre(x, degree).matmul(legendre(x, degree).lstsq(seen));
    return fits.sub(fits.mean(1, true)).square().mean().itemDouble() / (noise * noise * (degree + 1) / points);
  }

  /// Legendre's polynomials 0 to d (x, d + 1): they span what powers span, but are nearly orthogonal on [-1, 1].
  private static Tensor legendre(Tensor x, int d) {
    List<Tensor> columns = new ArrayList<>(List.of(Tensor.ones(DType.FLOAT64, x.shape().size(0)), x));
    for (int n = 1; n < d; n++) {
      columns.add(x.mul(columns.get(n)).mul(2 * n + 1).sub(columns.get(n - 1).mul(n)).div(n + 1).realize());
    }
    return Tensor.stack(columns.subList(0, d + 1), 1);
  }

  private Panels panels(Tensor x, Tensor seen, double[][] parts, int best) {
    double[] degrees = IntStream.rangeClosed(0, degree).asDoubleStream().toArray();
    Plot error = Plot.of("Error by degree").x("degree").y("squared error").logY()
        .path("bias²", degrees, parts[0]).path("variance", degrees, parts[1]).line("sum with noise²", degrees, parts[2])
        .points("on new points", degrees, parts[3]);
    return Panels.of("What an error consists of", 2, error, fits(x, seen, 1), fits(x, seen, best), fits(x, seen, degree));
  }

  private static Plot fits(Tensor x, Tensor seen, int d) {
    Tensor at = Tensor.linspace(-1, 1, 200).toDouble();
    Plot plot = Plot.of("Degree " + d + ": 15 fits").x("x").y("y").yRange(-2.5, 2.5);
    Tensor fits = legendre(at, d).matmul(legendre(x, d).lstsq(seen));
    for (int set = 0; set < Math.min(15, seen.shape().size(1)); set++) {
      plot.thin("fits", at.toDoubleArray(), fits.select(1, set).toDoubleArray());
    }
    return plot.line("truth", at.toDoubleArray(), truth(at).toDoubleArray());
  }
}
