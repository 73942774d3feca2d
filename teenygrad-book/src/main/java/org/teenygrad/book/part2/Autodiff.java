package org.teenygrad.book.part2;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Plot;

/// Four ways to the derivatives of d = exp(x1) sin(x2)^2 at (9, 10): by differences, by rules on formulas, forwards and backwards through
/// the computation. The last is what `Tensor.backward()` does; here is all of it on a page.
@Section(number = "2.2", name = "autodiff", title = "Four ways to a derivative, and why networks take the one that goes backwards")
public record Autodiff(@Help("inputs of the largest function whose operations are counted") int mostInputs) implements Program {
  private static final double[] POINT = {9, 10};

  public Autodiff() {
    this(64);
  }

  /// @throws IllegalArgumentException if there are fewer than 2 inputs
  public Autodiff {
    if (mostInputs < 2) {
      throw new IllegalArgumentException("most_inputs must be at least 2, not " + mostInputs);
    }
  }

  /// A formula. One that is used twice is one object: together they are a graph.
  sealed interface Expr {
    record Input(int index) implements Expr {}

    record Constant(double value) implements Expr {}

    record Add(Expr a, Expr b) implements Expr {}

    record Mul(Expr a, Expr b) implements Expr {}

    record Exp(Expr a) implements Expr {}

    record Sin(Expr a) implements Expr {}

    record Cos(Expr a) implements Expr {}

    default List<Expr> operands() {
      return switch (this) {
        case Input _, Constant _ -> List.of();
        case Add(Expr a, Expr b) -> List.of(a, b);
        case Mul(Expr a, Expr b) -> List.of(a, b);
        case Exp(Expr a) -> List.of(a);
        case Sin(Expr a) -> List.of(a);
        case Cos(Expr a) -> List.of(a);
      };
    }
  }

  /// A number for each part of a formula, and how many operations it took to find them.
  static final class Numbers {
    private final Map<Expr, Double> of = new IdentityHashMap<>();
    long operations;

    double at(Expr e) {
      return Objects.requireNonNull(of.get(e));
    }

    double computed(double result) {
      operations++;
      return result;
    }
  }

  /// Each part's value, operands before those that use them.
  static Numbers values(Expr root, double... x) {
    Numbers v = new Numbers();
    for (Expr e : inOrder(root)) {
      v.of.put(e, switch (e) {
        case Expr.Input(int i) -> x[i];
        case Expr.Constant(double c) -> c;
        case Expr.Add(Expr a, Expr b) -> v.computed(v.at(a) + v.at(b));
        case Expr.Mul(Expr a, Expr b) -> v.computed(v.at(a) * v.at(b));
        case Expr.Exp(Expr a) -> v.computed(Math.exp(v.at(a)));
        case Expr.Sin(Expr a) -> v.computed(Math.sin(v.at(a)));
        case Expr.Cos(Expr a) -> v.computed(Math.cos(v.at(a)));
      });
    }
    return v;
  }

  static List<Expr> inOrder(Expr root) {
    Map<Expr, Boolean> seen = new IdentityHashMap<>();
    List<Expr> order = new ArrayList<>();
    visit(root, seen, order);
    return order;
  }

  private static void visit(Expr e, Map<Expr, Boolean> seen, List<Expr> order) {
    if (seen.put(e, true) == null) {
      e.operands().forEach(operand -> visit(operand, seen, order));
      order.add(e);
    }
  }

  /// 1. Differences: two evaluations for each input, and never exact. A long step misses the curve, a short one leaves rounding alone.
  static double numeric(Expr f, int i, double step) {
    double[] up = POINT.clone();
    double[] down = POINT.clone();
    up[i] += step;
    down[i] -= step;
    return (values(f, up).at(f) - values(f, down).at(f)) / (2 * step);
  }

  /// 2. Rules: from a formula to the formula of its derivative, as at school. The product rule writes both factors down again.
  static Expr symbolic(Expr f, int i) {
    return switch (f) {
      case Expr.Input(int j) -> new Expr.Constant(i == j ? 1 : 0);
      case Expr.Constant _ -> new Expr.Constant(0);
      case Expr.Add(Expr a, Expr b) -> plus(symbolic(a, i), symbolic(b, i));
      case Expr.Mul(Expr a, Expr b) -> plus(times(symbolic(a, i), b), times(a, symbolic(b, i)));
      case Expr.Exp(Expr a) -> times(new Expr.Exp(a), symbolic(a, i));
      case Expr.Sin(Expr a) -> times(new Expr.Cos(a), symbolic(a, i));
      case Expr.Cos(Expr a) -> times(new Expr.Mul(new Expr.Constant(-1), new Expr.Sin(a)), symbolic(a, i));
    };
  }

  private static Expr plus(Expr a, Expr b) {
    return is(a, 0) ? b : is(b, 0) ? a : new Expr.Add(a, b);
  }

  private static Expr times(Expr a, Expr b) {
    return is(a, 0) || is(b, 1) ? a : is(b, 0) || is(a, 1) ? b : new Expr.Mul(a, b);
  }

  private static boolean is(Expr e, double value) {
    return e instanceof Expr.Constant(double c) && c == value;
  }

  /// How fast an operation's result moves when its first, second... operand moves.
  static double[] slopes(Expr e, Numbers v) {
    return switch (e) {
      case Expr.Input _, Expr.Constant _ -> new double[0];
      case Expr.Add _ -> new double[] {1, 1};
      case Expr.Mul(Expr a, Expr b) -> new double[] {v.at(b), v.at(a)};
      case Expr.Exp _ -> new double[] {v.at(e)};
      case Expr.Sin(Expr a) -> new double[] {v.computed(Math.cos(v.at(a)))};
      case Expr.Cos(Expr a) -> new double[] {v.computed(-Math.sin(v.at(a)))};
    };
  }

  /// 3. Forwards: each part's tangent, how fast it moves when input i moves, from those of its operands. A pass for each input.
  static Numbers forward(Expr f, int i, Numbers v) {
    Numbers t = new Numbers();
    for (Expr e : inOrder(f)) {
      double[] slope = slopes(e, v);
      double sum = e instanceof Expr.Input(int j) && i == j ? 1 : 0;
      for (int k = 0; k < slope.length; k++) {
        double part = t.computed(slope[k] * t.at(e.operands().get(k)));
        sum = k == 0 ? part : t.computed(sum + part);
      }
      t.of.put(e, sum);
    }
    return t;
  }

  /// 4. Backwards: each part's gradient, how fast the result moves when it moves, handed on to its operands. What is used twice gets two
  /// parts, which are added. One pass for all inputs.
  static Numbers reverse(Expr f, Numbers v) {
    Numbers g = new Numbers();
    g.of.put(f, 1.0);
    for (Expr e : inOrder(f).reversed()) {
      double[] slope = slopes(e, v);
      for (int k = 0; k < slope.length; k++) {
        g.of.merge(e.operands().get(k), g.computed(g.at(e) * slope[k]), (one, other) -> g.computed(one + other));
      }
    }
    return g;
  }

  /// exp(x1) sin(x2)^2 exp(x3) sin(x4)^2 ..., of so many inputs.
  static Expr product(int inputs) {
    Expr product = new Expr.Exp(new Expr.Input(0));
    for (int i = 1; i < inputs; i++) {
      Expr sine = new Expr.Sin(new Expr.Input(i));
      product = new Expr.Mul(product, i % 2 == 0 ? new Expr.Exp(new Expr.Input(i)) : new Expr.Mul(sine, sine));
    }
    return product;
  }

  @Override
  public void run(Page page) {
    Expr d = product(2);
    Expr x1 = inOrder(d).getFirst();
    Expr x2 = inOrder(d).get(2);
    Numbers v = values(d, POINT);
    Tensor t1 = Tensor.of(POINT[0]).requiresGrad();
    Tensor t2 = Tensor.of(POINT[1]).requiresGrad();
    t1.exp().mul(t2.sin().square()).backward();
    page.say("d = exp(x1) sin(x2)^2 at x1 = 9, x2 = 10. Differences (1) approach dd/dx2, until rounding takes over:");
    List<List<Object>> errors = IntStream.of(1, 3, 5, 7, 9, 11)
        .mapToObj(digits -> List.<Object>of("1e-" + digits, Math.abs(numeric(d, 1, Math.pow(10, -digits)) / t2.grad().itemDouble() - 1)))
        .toList();
    page.table(List.of("step", "relative error"), errors);
    Expr rule1 = symbolic(d, 0);
    Expr rule2 = symbolic(d, 1);
    page.say("Rules (2) give dd/dx2 = %s", text(rule2));
    page.say("Forwards (3) takes a pass for each input, backwards (4) one for both. All five ways:");
    Numbers g = reverse(d, v);
    List<List<Object>> ways = List.of(
        List.of("differences, step 1e-5", numeric(d, 0, 1e-5), numeric(d, 1, 1e-5)),
        List.of("rules", values(rule1, POINT).at(rule1), values(rule2, POINT).at(rule2)),
        List.of("forwards", forward(d, 0, v).at(d), forward(d, 1, v).at(d)),
        List.of("backwards", g.at(x1), g.at(x2)),
        List.of("Tensor.backward()", t1.grad().itemDouble(), t2.grad().itemDouble()));
    page.table(List.of("way", "dd/dx1", "dd/dx2"), ways);
    count(page);
    page.claim("dd/dx1, backwards", g.at(x1)).isNear(2398.2, 0.05);
    page.claim("dd/dx2, backwards", g.at(x2)).isNear(7397.7, 0.05);
    page.claim("differences: least relative error", errors.stream().mapToDouble(row -> (double) row.get(1)).min().orElseThrow())
        .isAtMost(1e-8);
    page.claim("rules, forwards, backwards: largest relative difference from Tensor.backward()", ways.subList(1, 4).stream()
        .flatMapToDouble(row -> IntStream.of(1, 2).mapToDouble(i -> Math.abs((double) row.get(i) / (double) ways.getLast().get(i) - 1)))
        .max().orElseThrow()).isAtMost(1e-12);
  }

  /// Operations for all derivatives of a function of n inputs: what is paid for each input makes n^2.
  private void count(Page page) {
    List<List<Object>> rows = new ArrayList<>();
    for (int n = 2; n <= mostInputs; n *= 2) {
      Expr f = product(n);
      double[] x = IntStream.range(0, n).mapToDouble(i -> 1 + 0.01 * i).toArray();
      Numbers v = values(f, x);
      long once = v.operations;
      long rules = IntStream.range(0, n).mapToLong(i -> size(symbolic(f, i))).sum();
      long forward = IntStream.range(0, n).mapToLong(i -> {
        Numbers own = values(f, x);
        return forward(f, i, own).operations + own.operations;
      }).sum();
      long backward = reverse(f, v).operations + v.operations;
      rows.add(List.of(n, once, 2 * n * once + 2 * n, rules, forward, backward));
    }
    List<String> columns = List.of("inputs", "value", "differences", "rules", "forwards", "backwards");
    page.say("Operations for all derivatives of exp(x1) sin(x2)^2 exp(x3) sin(x4)^2 ...:");
    page.table(columns, rows);
    Plot plot = Plot.of("Operations for all derivatives").x("inputs").y("operations").logX().logY();
    for (int c = 1; c < columns.size(); c++) {
      int column = c;
      plot.path(columns.get(c), rows.stream().mapToDouble(row -> (int) row.getFirst()).toArray(),
          rows.stream().mapToDouble(row -> (long) row.get(column)).toArray());
    }
    page.picture("autodiff-operations", plot::write);
    List<Object> last = rows.getLast();
    page.claim("backwards, in values of the function, at " + last.getFirst() + " inputs",
        (double) (long) last.get(5) / (long) last.get(1)).isAtMost(4);
    page.claim("forwards over backwards, there", (double) (long) last.get(4) / (long) last.get(5)).isAtLeast((int) last.getFirst() / 4.0);
  }

  /// Operations of a formula as it is written.
  private static long size(Expr e) {
    return e.operands().stream().mapToLong(Autodiff::size).sum() + (e.operands().isEmpty() ? 0 : 1);
  }

  private static String text(Expr e) {
    return switch (e) {
      case Expr.Input(int i) -> "x" + (i + 1);
      case Expr.Constant(double c) -> String.format(Locale.ROOT, "%.4g", c);
      case Expr.Add(Expr a, Expr b) -> "(" + text(a) + " + " + text(b) + ")";
      case Expr.Mul(Expr a, Expr b) -> text(a) + " * " + text(b);
      default -> e.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "(" + text(e.operands().getFirst()) + ")";
    };
  }
}
