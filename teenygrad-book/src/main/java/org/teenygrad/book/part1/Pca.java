package org.teenygrad.book.part1;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Eigen;
import org.teenygrad.Svd;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;
import org.teenygrad.state.CsvTable;
import org.teenygrad.state.FileException;

/// Principal component analysis (Pearson, 1901): of many measurements, the few directions in which they vary.
///
/// The directions are the eigenvectors of the covariance matrix, and the variances along them its eigenvalues. They are
/// also the right singular vectors of the centred data, whose singular values squared, divided by n - 1, are the same
/// variances. What is lost by keeping k directions is the sum of the others.
@Section(number = "1.6", name = "pca", title = "Eight measurements, two directions: principal components, computed two ways",
    data = "a CSV table; its first column of text tells the classes")
public record Pca(
    @Help("objects that are measured") int objects,
    @Help("directions that are kept") int kept)
    implements Program {
  private static final int CLASSES = 3;
  private static final int MEASUREMENTS = 8;

  public Pca() {
    this(300, 2);
  }

  /// @throws IllegalArgumentException if there are fewer than 10 objects, or fewer than two directions
  public Pca {
    if (objects < 10 || kept < 2) {
      throw new IllegalArgumentException("pca: at least 10 objects and 2 directions, not " + objects + " and " + kept);
    }
  }

  /// @param x (objects, measurements)
  /// @param classes (objects)
  private record Data(Tensor x, int[] classes, List<String> names) {}

  @Override
  public void run(Page page) {
    Data data = page.data().map(Pca::read).orElseGet(this::generated);
    int n = data.x.shape().size(0);
    int m = data.x.shape().size(1);
    int k = Math.min(kept, m);
    // each measurement with mean 0 and variance 1
    Tensor x = data.x.sub(data.x.mean(0, true)).div(data.x.std(0, 1, true).clampMin(1e-12)).realize();
    page.say("%,d objects, %d measurements of each, classes: %s.", n, m, String.join(", ", data.names));

    Eigen eigen = x.t().matmul(x).div(n - 1).eigh(); // ascending
    Tensor variances = eigen.values().flip(0);
    Svd svd = x.svd();
    Tensor bySingularValues = svd.s().square().div(n - 1);
    double[] variance = variances.toDoubleArray();
    double all = variances.sum().itemDouble();
    double[] shares = IntStream.range(0, m).mapToDouble(i -> IntStream.rangeClosed(0, i).mapToDouble(j -> variance[j]).sum() / all)
        .toArray();
    page.table(List.of("direction", "variance", "share of all so far"),
        IntStream.range(0, Math.min(m, 8)).mapToObj(i -> List.of(i + 1, variance[i], shares[i])).toList());

    Tensor directions = svd.vt().slice(0, 0, k); // (k, measurements)
    Tensor places = x.matmul(directions.t()); // (objects, k)
    double lost = x.sub(places.matmul(directions)).square().sum().div(n - 1).itemDouble();
    double rest = IntStream.range(k, m).mapToDouble(i -> variance[i]).sum();
    page.picture("pca", panels(data, places, shares)::write);
    page.claim("variances by eigenvalues and by singular values: largest difference",
        variances.sub(bySingularValues).abs().max().itemDouble()).isAtMost(1e-9);
    page.claim("variance that " + k + " directions lose, less the sum of the other eigenvalues", lost - rest).isNear(0, 1e-9);
    page.claim("covariance of the first two directions", places.select(1, 0).mul(places.select(1, 1)).sum().div(n - 1).itemDouble())
        .isNear(0, 1e-9);
    page.claim("directions of both ways: smallest cosine of one with itself", Math.min(
        cosine(directions, eigen.vectors(), 0), cosine(directions, eigen.vectors(), 1))).isNear(1, 1e-9);
  }

  /// A direction has no sign.
  private static double cosine(Tensor directions, Tensor ascending, int which) {
    int m = ascending.shape().size(1);
    return directions.select(0, which).mul(ascending.select(1, m - 1 - which)).sum().abs().itemDouble();
  }

  /// Three classes that differ in two hidden properties, each measurement a mixture of both with an error of its own.
  private Data generated() {
    Tensor centers = Tensor.of(new double[] {-2, 0, 2, 0.5, 0, 2.5}, CLASSES, 2);
    int[] classes = IntStream.range(0, objects).map(i -> i % CLASSES).toArray();
    Tensor hidden = centers.indexSelect(0, Tensor.of(classes)).add(Tensor.randn(objects, 2).toDouble().mul(0.6));
    Tensor mixture = Tensor.randn(2, MEASUREMENTS).toDouble();
    return new Data(hidden.matmul(mixture).add(Tensor.randn(objects, MEASUREMENTS).toDouble().mul(0.4)).realize(), classes,
        List.of("round", "long", "tall"));
  }

  /// Rows with a number missing are left out.
  private static Data read(Path file) {
    CsvTable table = CsvTable.read(file);
    String[] measurements = table.columns().stream().filter(column -> !table.isText(column)).toArray(String[]::new);
    if (measurements.length < 2) {
      throw FileException.malformed(file, "a table of measurements", "it needs two columns of numbers, and has " + measurements.length);
    }
    Tensor numbers = table.numbers(measurements);
    Tensor whole = numbers.isNan().any(1).logicalNot().nonzero().squeeze(1);
    Tensor x = numbers.indexSelect(0, whole).realize();
    return table.columns().stream().filter(table::isText).findFirst()
        .map(text -> new Data(x, table.codes(text).indexSelect(0, whole).toIntArray(), table.categories(text)))
        .orElseGet(() -> new Data(x, new int[x.shape().size(0)], List.of("all")));
  }

  private static Panels panels(Data data, Tensor places, double[] shares) {
    double[] numbers = IntStream.rangeClosed(1, shares.length).asDoubleStream().toArray();
    return Panels.of("Principal components", 2,
        Plot.of("The first two directions").x("first").y("second")
            .classes(places.select(1, 0).toDoubleArray(), places.select(1, 1).toDoubleArray(), data.classes,
                data.names.toArray(String[]::new)),
        Plot.of("What they hold").x("directions").y("share of the variance").yRange(0, 1).path("", numbers, shares));
  }
}
