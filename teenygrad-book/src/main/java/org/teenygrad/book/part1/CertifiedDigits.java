package org.teenygrad.book.part1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.QrFactors;
import org.teenygrad.Svd;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.data.TextFile;
import org.teenygrad.plot.Plot;
import org.teenygrad.state.FileException;

/// How many digits of a fit are right? Problems whose answers are known, and four ways to least squares in the same arithmetic.
///
/// The coefficients b that make |X b - y| least solve the normal equations X'X b = X'y. But X'X has the square of X's
/// condition number: of the 16 digits of a double, twice as many are lost as need be. Orthogonal factors of X itself,
/// by Householder's reflections (QR) or singular values, keep them. What `lstsq` adds to QR are inner products that are
/// rounded once, and one step of refinement: it fits what is left, and adds that to the coefficients.
@Section(number = "1.2", name = "certified-digits", title = "Least squares four ways: how many digits of the coefficients are right",
    data = "a file of NIST's Statistical Reference Datasets for linear regression, or a folder of them (.dat)")
public record CertifiedDigits() implements Program {
  /// Employment in the United States 1947-1962: Longley, An appraisal of least squares programs (1967). Columns that rise together make X'X
  /// nearly singular. NIST certified the coefficients (public domain).
  private static final String LONGLEY = """
      B0 -3482258.63459582  0
      B1  15.0618722713733  0
      B2 -0.358191792925910E-01  0
      B3 -2.02022980381683  0
      B4 -1.03322686717359  0
      B5 -0.511041056535807E-01  0
      B6  1829.15146461355  0
      Data: y x1 x2 x3 x4 x5 x6
      60323 83.0 234289 2356 1590 107608 1947
      61122 88.5 259426 2325 1456 108632 1948
      60171 88.2 258054 3682 1616 109773 1949
      61187 89.5 284599 3351 1650 110929 1950
      63221 96.2 328975 2099 3099 112075 1951
      63639 98.1 346999 1932 3594 113270 1952
      64989 99.0 365385 1870 3547 115094 1953
      63761 100.0 363112 3578 3350 116219 1954
      66019 101.2 397469 2904 3048 117388 1955
      67857 104.6 419180 2822 2857 118734 1956
      68169 108.4 442769 2936 2798 120445 1957
      66513 110.8 444546 4681 2637 121950 1958
      68655 112.6 482704 3813 2552 123366 1959
      69564 114.2 502601 3931 2514 125368 1960
      69331 115.7 518173 4806 2572 127852 1961
      70551 116.9 554894 4007 2827 130081 1962
      """;

  private static final Pattern CERTIFIED = Pattern.compile("(?m)^\\s*B(\\d+)\\s+(\\S+)\\s+\\S+\\s*$");

  private static final List<String> WAYS = List.of("normal equations", "QR", "SVD", "lstsq");

  /// What QR by reflections may be asked for on these problems; the rest is lost to their condition numbers.
  private static final Map<String, Double> REACHED = Map.of("Norris", 12.4, "Pontius", 12.2, "Filip", 7.9, "Longley", 10.9,
      "Wampler1", 9.4, "Wampler2", 13.0, "Wampler3", 9.1, "Wampler4", 7.8, "Wampler5", 5.8);

  /// @param x (rows, coefficients)
  /// @param y (rows, 1)
  /// @param certified (coefficients)
  private record Problem(String name, Tensor x, Tensor y, double[] certified) {
    /// Right decimal digits of the worst coefficient.
    double digits(Tensor b) {
      double[] found = b.toDoubleArray();
      return IntStream.range(0, found.length)
          .mapToDouble(i -> Math.clamp(-Math.log10(Math.abs(found[i] - certified[i]) / Math.abs(certified[i])), 0, 15)).min().orElseThrow();
    }
  }

  @Override
  public void run(Page page) {
    List<Problem> problems = page.data().map(CertifiedDigits::read)
        .orElseGet(() -> List.of(parse(Path.of("Longley.dat"), LONGLEY), wampler("Wampler1", 1), wampler("Wampler2", 0.1)));
    List<double[]> digits = new ArrayList<>();
    List<List<Object>> rows = new ArrayList<>();
    for (Problem problem : problems) {
      double[] found = Stream.of(normalEquations(problem), qr(problem), svd(problem), refined(problem)).mapToDouble(problem::digits)
          .toArray();
      double[] s = problem.x.svdvals().toDoubleArray();
      digits.add(found);
      rows.add(List.of(problem.name, String.format(Locale.ROOT, "%.0e", s[0] / s[s.length - 1]), found[0], found[1], found[2], found[3]));
    }
    page.say("Digits of the worst coefficient that are right, of about 16 that a double has:");
    page.table(Stream.concat(Stream.of("problem", "condition"), WAYS.stream()).toList(), rows);
    List<String> names = problems.stream().map(Problem::name).toList();
    Plot plot = Plot.of("Least squares in double precision").x("problem").y("right digits of the worst coefficient");
    for (int way = 0; way < WAYS.size(); way++) {
      int column = way;
      plot.bars(WAYS.get(way), names, digits.stream().mapToDouble(found -> found[column]).toArray());
    }
    page.picture("certified-digits", plot::write);
    for (int i = 0; i < names.size(); i++) {
      Double least = REACHED.get(names.get(i));
      if (least != null) {
        page.claim(names.get(i) + ": right digits by lstsq", digits.get(i)[3]).isAtLeast(least);
      }
    }
    page.claim("most digits that lstsq has over the normal equations",
        digits.stream().mapToDouble(found -> found[3] - found[0]).max().orElseThrow()).isAtLeast(3);
  }

  private static Tensor normalEquations(Problem problem) {
    Tensor xt = problem.x.t();
    return xt.matmul(problem.x).solve(xt.matmul(problem.y));
  }

  /// X = QR with orthonormal columns in Q and a triangle R: |X b - y| is least where R b = Q'y.
  private static Tensor qr(Problem problem) {
    QrFactors factors = problem.x.qr();
    return factors.r().solve(factors.q().t().matmul(problem.y));
  }

  /// X = U S V': b = V (U'y / s).
  private static Tensor svd(Problem problem) {
    Svd svd = problem.x.svd();
    return svd.vt().t().matmul(svd.u().t().matmul(problem.y).div(svd.s().unsqueeze(1)));
  }

  /// Columns are brought to one size first, by powers of two, which round nothing: else small ones would count as zero.
  private static Tensor refined(Problem problem) {
    Tensor scale = problem.x.norm(2, 0).log2().round().exp2();
    return problem.x.div(scale).lstsq(problem.y).div(scale.unsqueeze(1));
  }

  /// A polynomial of degree 5 through 21 points, all of whose coefficients are powers of `base` (Wampler, 1970).
  private static Problem wampler(String name, double base) {
    Tensor x = powers(Tensor.arange(21).toDouble(), 0, 5);
    double[] certified = IntStream.rangeClosed(0, 5).mapToDouble(i -> Double.parseDouble(base == 1 ? "1" : "1e-" + i)).toArray();
    // Whole numbers of hundred thousandths, exact until the one division: y is rounded once, as NIST's decimals are.
    double scale = base == 1 ? 1 : 1e5;
    double[] whole = IntStream.rangeClosed(0, 5).mapToDouble(i -> base == 1 ? 1 : Double.parseDouble("1e" + (5 - i))).toArray();
    return new Problem(name, x, x.matmul(Tensor.of(whole).unsqueeze(1)).div(scale), certified);
  }

  /// Products of x with itself: exact for small integers, where a power function may miss the last bit.
  private static Tensor powers(Tensor x, int first, int last) {
    List<Tensor> powers = new ArrayList<>(List.of(x.onesLike()));
    while (powers.size() <= last) {
      powers.add(powers.getLast().mul(x).realize());
    }
    return Tensor.stack(powers.subList(first, last + 1), 1);
  }

  private static List<Problem> read(Path path) {
    try (Stream<Path> files = Files.isDirectory(path) ? Files.list(path) : Stream.of(path)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".dat")).sorted().toList();
      if (found.isEmpty()) {
        throw FileException.malformed(path, "a folder of .dat files", "it has none");
      }
      return found.stream().map(file -> parse(file, TextFile.read(file))).toList();
    } catch (IOException e) {
      throw FileException.cannotRead(path, e);
    }
  }

  /// Certified values on lines `B0 value deviation`; after the last `Data:`, a row on each line, y first.
  private static Problem parse(Path file, String text) {
    List<String[]> certified = CERTIFIED.matcher(text).results().map(found -> new String[] {found.group(1), found.group(2)}).toList();
    if (certified.isEmpty() || !text.contains("Data:")) {
      throw FileException.malformed(file, "a reference dataset of linear regression",
          "it has no certified coefficients B0, B1, ... or no 'Data:' with rows behind it");
    }
    String[] lines = text.substring(text.lastIndexOf("Data:")).lines().skip(1).map(String::strip).filter(line -> !line.isEmpty())
        .toArray(String[]::new);
    Tensor table = Tensor.stack(Arrays.stream(lines)
        .map(line -> Tensor.of(Arrays.stream(line.split("\\s+")).mapToDouble(Double::parseDouble).toArray())).toList(), 0);
    int first = Integer.parseInt(certified.getFirst()[0]); // B1 where the line goes through the origin
    int last = first + certified.size() - 1;
    int variables = table.shape().size(1) - 1;
    Tensor x = variables == 1
        ? powers(table.select(1, 1), first, last)
        : Tensor.cat(List.of(Tensor.ones(table.select(1, 0).dtype(), lines.length, 1), table.slice(1, 1, variables + 1)), 1);
    return new Problem(file.getFileName().toString().replace(".dat", ""), x.realize(), table.slice(1, 0, 1),
        certified.stream().mapToDouble(value -> Double.parseDouble(value[1])).toArray());
  }
}
