package org.teenygrad.book.part1;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.QrFactors;
import org.teenygrad.Svd;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.SGD;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;
import org.teenygrad.state.CsvTable;
import org.teenygrad.state.FileException;

/// What is a house worth? A price as a sum of features, each with a coefficient.
///
/// The coefficients that make the sum of squared errors least are found five ways: by the normal equations, by
/// orthogonal factors (QR, singular values), by going down the gradient, and, with a price on large coefficients, by
/// ridge regression. Then products of features make curves of the same method, and a part of the houses that no fit has
/// seen says when to stop.
@Section(number = "1.2", name = "house-prices",
    title = "Least squares five ways, curves by polynomial features, and houses that no fit has seen",
    data = "a CSV table whose last column of numbers is the price: Boston's, California's")
public record HousePrices(
    @Help("houses that are generated") int houses,
    @Help("degree of the polynomials, at most") int degree,
    @Help("steps of gradient descent") int steps,
    @Help("price of a squared coefficient in ridge regression") double ridge)
    implements Program {
  private static final List<String> GENERATED = List.of("area", "rooms", "age", "distance");

  public HousePrices() {
    this(200, 4, 5_000, 1);
  }

  /// @throws IllegalArgumentException if there are fewer than 20 houses, no degree or no step, or the price is negative
  public HousePrices {
    if (houses < 20 || degree < 1 || steps < 1 || !(ridge >= 0)) {
      throw new IllegalArgumentException("house_prices: at least 20 houses, degree and steps 1, and ridge 0, not " + houses + ", "
          + degree + ", " + steps + " and " + ridge);
    }
  }

  /// @param names of the features
  /// @param x (houses, features)
  /// @param y (houses, 1)
  private record Data(List<String> names, Tensor x, Tensor y) {
    Data rows(Tensor which) {
      return new Data(names, x.indexSelect(0, which).realize(), y.indexSelect(0, which).realize());
    }

    int size() {
      return x.shape().size(0);
    }
  }

  /// @param b (features + 1, 1)
  private record Way(String name, Tensor b) {}

  @Override
  public void run(Page page) {
    Data all = page.data().map(HousePrices::read).orElseGet(this::generated);
    Tensor fifth = Tensor.arange(all.size()).remainder(5).eq(0);
    Data train = all.rows(fifth.logicalNot().nonzero().squeeze(1));
    Data test = all.rows(fifth.nonzero().squeeze(1));
    page.say("%,d houses to learn from, %,d to test with; features: %s.", train.size(), test.size(), String.join(", ", all.names));

    Tensor x = design(train.x, train.x, 1);
    Tensor normal = byNormalEquations(x, train.y, 0);
    Tensor qr = byQr(x, train.y);
    Tensor svd = bySvd(x, train.y);
    Tensor descended = byGradient(x, train.y);
    List<Way> ways = List.of(new Way("normal equations", normal), new Way("QR", qr), new Way("SVD", svd),
        new Way("gradient descent", descended),
        new Way("ridge", byNormalEquations(x, train.y, ridge)));
    List<List<Object>> rows = new ArrayList<>();
    for (Way way : ways) {
      rows.add(List.of(way.name, error(x, way.b, train.y), error(design(test.x, train.x, 1), way.b, test.y),
          way.b.slice(0, 1, way.b.shape().size(0)).norm().itemDouble()));
    }
    page.say("%nA straight line in each feature. Errors are roots of mean squares; features have deviation 1:");
    page.table(List.of("way", "train error", "test error", "size of coefficients"), rows);

    double[][] errors = byDegree(page, train, test);
    page.picture("house-prices", panels(train, test, errors)::write);
    double scale = qr.abs().max().itemDouble();
    page.claim("QR, SVD and normal equations: largest relative difference",
        Math.max(svd.sub(qr).abs().max().itemDouble(), normal.sub(qr).abs().max().itemDouble()) / scale).isAtMost(1e-9);
    page.claim("gradient descent and QR: largest relative difference", descended.sub(qr).abs().max().itemDouble() / scale).isAtMost(1e-3);
    page.claim("mean residual over the deviation of prices", train.y.sub(x.matmul(qr)).mean().itemDouble() / train.y.std().itemDouble())
        .isNear(0, 1e-9);
    page.claim("training error over that of the degree before, largest", IntStream.range(1, errors[0].length)
        .mapToDouble(d -> errors[0][d] / errors[0][d - 1]).max().orElse(0)).isAtMost(1 + 1e-9);
  }

  /// Price in thousands: it bends with area, a room more matters in a large house only, and years and kilometres take their part.
  private Data generated() {
    Tensor area = Tensor.uniform(40, 240, houses, 1).toDouble();
    Tensor rooms = area.div(35).add(Tensor.randn(houses, 1).toDouble().mul(0.8)).round().clampMin(1);
    Tensor age = Tensor.uniform(0, 90, houses, 1).toDouble();
    Tensor distance = Tensor.uniform(0, 30, houses, 1).toDouble();
    Tensor price = area.mul(2.2).add(area.sub(140).square().mul(0.012)).add(rooms.mul(area).mul(0.05))
        .sub(age.mul(0.9)).add(distance.mul(-0.2).exp().mul(180)).add(Tensor.randn(houses, 1).toDouble().mul(25));
    return new Data(GENERATED, Tensor.cat(List.of(area, rooms, age, distance), 1).realize(), price.realize());
  }

  /// Rows with a number missing are left out. A column of text, as California's nearness to the ocean, becomes a column
  /// of 0 and 1 for each word but the first.
  private static Data read(Path file) {
    CsvTable table = CsvTable.read(file);
    List<String> numbers = table.columns().stream().filter(column -> !table.isText(column)).toList();
    if (numbers.size() < 2) {
      throw FileException.malformed(file, "a table of houses",
          "it needs a column of numbers for a feature and one for the price, and has " + numbers.size());
    }
    List<String> names = new ArrayList<>(numbers.subList(0, numbers.size() - 1));
    List<Tensor> columns = new ArrayList<>(List.of(table.numbers(names.toArray(String[]::new))));
    for (String text : table.columns().stream().filter(table::isText).toList()) {
      for (int word = 1; word < table.categories(text).size(); word++) {
        columns.add(table.codes(text).eq(word).toDouble().unsqueeze(1));
        names.add(table.categories(text).get(word));
      }
    }
    Tensor x = Tensor.cat(columns, 1);
    Tensor y = table.numbers(numbers.getLast());
    Tensor whole = x.isNan().any(1).logicalOr(y.isNan().any(1)).logicalNot().nonzero().squeeze(1);
    return new Data(names, x, y).rows(whole);
  }

  /// A column of ones, and the features: shifted and scaled as those of `like` need it to have mean 0 and deviation 1,
  /// with powers up to `degree`.
  private static Tensor design(Tensor x, Tensor like, int degree) {
    Tensor z = x.sub(like.mean(0, true)).div(like.std(0, 1, true).clampMin(1e-12));
    List<Tensor> columns = new ArrayList<>(List.of(Tensor.ones(DType.FLOAT64, x.shape().size(0), 1)));
    IntStream.rangeClosed(1, degree).forEach(power -> columns.add(z.pow(power)));
    return Tensor.cat(columns, 1).realize();
  }

  /// (X'X + ridge I) b = X'y; the constant costs nothing.
  private static Tensor byNormalEquations(Tensor x, Tensor y, double ridge) {
    Tensor price = Tensor.full(x.select(0, 0).shape(), ridge, DType.FLOAT64).mul(Tensor.arange(x.shape().size(1)).gt(0).toDouble());
    return x.t().matmul(x).add(price.diag()).solve(x.t().matmul(y)).realize();
  }

  private static Tensor byQr(Tensor x, Tensor y) {
    QrFactors factors = x.qr();
    return factors.r().solve(factors.q().t().matmul(y)).realize();
  }

  private static Tensor bySvd(Tensor x, Tensor y) {
    Svd svd = x.svd();
    return svd.vt().t().matmul(svd.u().t().matmul(y).div(svd.s().unsqueeze(1))).realize();
  }

  /// Nothing is solved: each step goes down the slope of the mean squared error. How fast depends on the condition of X'X.
  private Tensor byGradient(Tensor x, Tensor y) {
    double steepest = x.svdvals().max().square().itemDouble() * 2 / x.shape().size(0);
    Tensor b = Tensor.zeros(DType.FLOAT64, x.shape().size(1), 1).requiresGrad();
    SGD sgd = new SGD(List.of(ParameterGroup.of(List.of(b), 1 / steepest)), 0.9, 0, false);
    for (int step = 0; step < steps; step++) {
      sgd.step(x.matmul(b).mseLoss(y));
    }
    return b.detach();
  }

  private static double error(Tensor x, Tensor b, Tensor y) {
    return x.matmul(b).sub(y).square().mean().sqrt().itemDouble();
  }

  /// @return errors in training and test, by degree
  private double[][] byDegree(Page page, Data train, Data test) {
    double[][] errors = new double[2][degree];
    List<List<Object>> rows = new ArrayList<>();
    for (int d = 1; d <= degree; d++) {
      Tensor x = design(train.x, train.x, d);
      Tensor b = x.lstsq(train.y);
      errors[0][d - 1] = error(x, b, train.y);
      errors[1][d - 1] = error(design(test.x, train.x, d), b, test.y);
      rows.add(List.of(d, x.shape().size(1), errors[0][d - 1], errors[1][d - 1]));
    }
    page.say("%nPowers of the features are features, too:");
    page.table(List.of("degree", "coefficients", "train error", "test error"), rows);
    return errors;
  }

  private Panels panels(Data train, Data test, double[][] errors) {
    int best = IntStream.range(0, degree).reduce((a, b) -> errors[1][b] < errors[1][a] ? b : a).orElseThrow() + 1;
    Tensor b = design(train.x, train.x, best).lstsq(train.y);
    Tensor predicted = design(test.x, train.x, best).matmul(b);
    double[] price = test.y.flatten().toDoubleArray();
    double[] found = predicted.flatten().toDoubleArray();
    double low = test.y.min().itemDouble();
    double high = test.y.max().itemDouble();
    double[] degrees = IntStream.rangeClosed(1, degree).asDoubleStream().toArray();
    return Panels.of("Houses that no fit has seen", 2,
        Plot.of("Fit of degree " + best).x("price").y("predicted").points("houses", price, found)
            .line("right", new double[] {low, high}, new double[] {low, high}),
        Plot.of("Residuals").x("predicted").y("price - predicted")
            .points("houses", found, test.y.sub(predicted).flatten().toDoubleArray()).horizontal("right", 0),
        Plot.of("Residuals as a histogram").x("price - predicted").y("houses")
            .histogram("", test.y.sub(predicted).flatten().toDoubleArray(), 25),
        Plot.of("Errors by degree").x("degree").y("root of the mean square").path("train", degrees, errors[0])
            .path("test", degrees, errors[1]));
  }
}
