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
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// An image is a matrix, and a matrix is a sum of columns times rows, the most important first.
///
/// The singular value decomposition A = s1 u1 v1' + s2 u2 v2' + ... can be cut after k terms. No matrix of rank k is
/// nearer to A (Eckart and Young, 1936): the squared distance is the sum of the squares of the singular values that
/// were left out. What is smooth needs few terms, what is oblique or rough many.
@Section(number = "1.6", name = "low-rank-image", title = "An image as a sum of columns times rows: what ten, thirty, all of them show")
public record LowRankImage(@Help("pixels of a side of the image") int size) implements Program {
  private static final int[] RANKS = {1, 3, 10, 30, 60};

  public LowRankImage() {
    this(200);
  }

  /// @throws IllegalArgumentException if the image has fewer than 64 pixels a side
  public LowRankImage {
    if (size < 64) {
      throw new IllegalArgumentException("size: " + size + " pixels; there must be 64 or more");
    }
  }

  @Override
  public void run(Page page) {
    Tensor image = landscape();
    Svd svd = image.svd();
    double whole = image.square().sum().itemDouble();
    double worst = 0;
    List<List<Object>> rows = new ArrayList<>();
    List<Plot> panels = new ArrayList<>(List.of(gray("The image", image)));
    for (int rank : RANKS) {
      Tensor terms = best(svd, rank);
      double error = image.sub(terms).square().sum().itemDouble();
      double left = svd.s().slice(0, rank, size).square().sum().itemDouble();
      worst = Math.max(worst, Math.abs(error - left) / whole);
      rows.add(List.of(rank, rank * (2 * size + 1), 100.0 * rank * (2 * size + 1) / (size * size), Math.sqrt(error / whole)));
      panels.add(gray("Rank " + rank, terms));
    }
    page.say("%d x %d pixels, and its best approximations of rank k:", size, size);
    page.table(List.of("k", "numbers", "% of the pixels", "relative error"), rows);
    panels.add(Plot.of("Singular values").x("number").y("singular value").logY().line("", svd.s().toDoubleArray()));
    panels.add(Plot.of("First columns").x("row of the image").y("").line("u1", svd.u().select(1, 0).toDoubleArray()).line("u2",
        svd.u().select(1, 1).toDoubleArray()));
    panels.add(Plot.of("What is left out").x("rank k").y("relative error").line("",
        svd.s().square().flip(0).cumsum(0).flip(0).div(whole).sqrt().toDoubleArray()));
    page.picture("low-rank-image", new Panels("An image, term by term", 3, panels)::write);

    Tensor fromFloat = image.toFloat().svdvals().toDouble();
    Tensor eigenvalues = image.t().matmul(image).eigvalsh().flip(0).clampMin(0).sqrt();
    page.claim("squared errors less the squares left out, relative", worst).isAtMost(1e-12);
    page.claim("singular values from float32 and float64: largest relative difference",
        fromFloat.sub(svd.s()).abs().max().itemDouble() / svd.s().max().itemDouble()).isAtMost(1e-6);
    page.claim("singular values and roots of the eigenvalues of A'A: largest relative difference",
        eigenvalues.sub(svd.s()).abs().max().itemDouble() / svd.s().max().itemDouble()).isAtMost(1e-6);
    page.claim("error of another rank-10 projection over the best", another(image) / image.sub(best(svd, 10)).norm().itemDouble())
        .isAtLeast(1);
  }

  private static Tensor best(Svd svd, int rank) {
    return svd.u().slice(1, 0, rank).mul(svd.s().slice(0, 0, rank)).matmul(svd.vt().slice(0, 0, rank)).realize();
  }

  /// The image on ten directions that were found by multiplying random ones by A, rather than by the factorization: near, but never nearer.
  private double another(Tensor image) {
    Tensor q = image.matmul(Tensor.randn(size, 10).toDouble()).qr().q();
    return image.sub(q.matmul(q.t().matmul(image))).norm().itemDouble();
  }

  /// A sky that is lighter below, a sun, two ranges of hills, and a field with oblique furrows: brightness from 0 to 1, (size, size).
  private Tensor landscape() {
    double[] pixels = IntStream.range(0, size * size)
        .mapToDouble(i -> brightness((double) (i % size) / size, (double) (i / size) / size)).toArray();
    return Tensor.of(pixels, size, size);
  }

  private static double brightness(double x, double y) {
    double far = 0.5 + 0.06 * Math.sin(9 * x) + 0.04 * Math.sin(23 * x + 1);
    double near = 0.68 + 0.07 * Math.sin(5 * x + 2);
    if (y > near) {
      return 0.35 + 0.12 * Math.sin(60 * (x - 0.5) / (0.3 + y - near) * 0.4) - 0.2 * (y - near);
    }
    if (y > far) {
      return 0.25 + 0.3 * (y - far);
    }
    return Math.hypot(x - 0.72, y - 0.22) < 0.11 ? 1 : 0.55 + 0.5 * y * y + 0.05 * Math.sin(7 * x + 40 * y * y);
  }

  private static Plot gray(String title, Tensor image) {
    return Plot.of(title).colorRange(0, 1).gray(image.toDoubleMatrix());
  }
}
