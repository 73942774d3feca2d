package org.teenygrad.book.part2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.optim.Adam;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Muon;
import org.teenygrad.optim.MuonOptions;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.SGD;
import org.teenygrad.plot.Grid;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// Five optimizers go down the same surfaces of two parameters. Each rule is written out in [Rule#next] and compared,
/// step by step, with the library's.
@Section(number = "2.2.2", name = "optimizers", title = "SGD, momentum, Adam, AdamW and Muon go down the same surfaces")
public record Optimizers(
    @Help("steps of each") int steps,
    @Help("how much steeper the ravine is across than along") double condition)
    implements Program {
  private static final double DECAY = 0.1;

  public Optimizers() {
    this(150, 50);
  }

  /// @throws IllegalArgumentException if there is no step, or `condition` is below 1
  public Optimizers {
    if (steps < 1 || !(condition >= 1)) {
      throw new IllegalArgumentException("steps and condition must be at least 1, not " + steps + " and " + condition);
    }
  }

  /// What an optimizer remembers: means of gradients (m) and of their squares (v), and how often it has stepped.
  private record Memory(double[] m, double[] v, int t) {}

  enum Rule {
    SGD("SGD"), MOMENTUM("momentum"), ADAM("Adam"), ADAMW("AdamW"), MUON("Muon");

    final String text;

    Rule(String text) {
      this.text = text;
    }

    Optimizer of(Tensor p, double rate) {
      Map<String, Tensor> parameters = Map.of("p", p);
      ParameterGroup group = ParameterGroup.of(parameters, rate);
      return switch (this) {
        case SGD -> new SGD(parameters, rate);
        case MOMENTUM -> new SGD(parameters, rate, 0.9);
        case ADAM -> new Adam(parameters, rate);
        case ADAMW -> new AdamW(List.of(new ParameterGroup(parameters, rate, DECAY)), 0.9, 0.999, 1e-8);
        case MUON -> new Muon(List.of(group), MuonOptions.DEFAULT.withMomentum(0.9, false));
      };
    }

    /// Where p goes, whose gradient is g; changes m and v.
    double[] next(double[] p, double[] g, double rate, Memory memory) {
      double[] next = p.clone();
      double norm = 0;
      for (int i = 0; i < p.length; i++) {
        double m = switch (this) {
          case SGD -> g[i];
          case MOMENTUM -> 0.9 * memory.m[i] + g[i];
          case ADAM, ADAMW, MUON -> 0.9 * memory.m[i] + 0.1 * g[i];
        };
        memory.m[i] = m;
        memory.v[i] = 0.999 * memory.v[i] + 0.001 * g[i] * g[i];
        norm = Math.hypot(norm, m);
      }
      for (int i = 0; i < p.length; i++) {
        double m = memory.m[i];
        next[i] -= rate * switch (this) {
          case SGD, MOMENTUM -> m;
          // The means start from 0: they are divided by how much of them is not that 0. Then each parameter has a step of its own size.
          case ADAM -> adam(m, memory.v[i], memory.t);
          case ADAMW -> adam(m, memory.v[i], memory.t) + DECAY * p[i];
          // All singular values of the step become about 1. A matrix of one row has one, its length.
          case MUON -> m / norm * nearOne();
        };
      }
      return next;
    }

    private static double adam(double m, double v, int t) {
      return m / (1 - Math.pow(0.9, t)) / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
    }

    /// What Muon's five steps make of a singular value of 1.
    private static double nearOne() {
      double s = 1;
      for (int k = 0; k < 5; k++) {
        s = 3.4445 * s - 4.7750 * s * s * s + 2.0315 * s * s * s * s * s;
      }
      return s;
    }
  }

  /// A function of two parameters, where to start, and each rule's learning rate.
  record Surface(String name, BinaryOperator<Tensor> f, double[] start, double[] from, double[] to, double[] rates) {
    Tensor at(Tensor p) {
      return f.apply(p.select(-1, 0), p.select(-1, 1)).sum();
    }

    Grid grid() {
      double[] xs = Grid.between(from[0], to[0], 120);
      double[] ys = Grid.between(from[1], to[1], 120);
      Tensor z = f.apply(Tensor.of(xs).reshape(1, xs.length), Tensor.of(ys).reshape(ys.length, 1));
      return Grid.of(xs, ys, z.add(1e-3).log10().toDoubleMatrix()); // levels at equal ratios
    }
  }

  record Path(double[] xs, double[] ys, double[] losses, double apart) {
    /// The first step whose loss is below a bound; -1 if none is.
    int firstBelow(double bound) {
      return IntStream.range(0, losses.length).filter(i -> losses[i] < bound).findFirst().orElse(-1);
    }

    double stepLength(int i) {
      return Math.hypot(xs[i + 1] - xs[i], ys[i + 1] - ys[i]);
    }
  }

  Path walk(Surface surface, Rule rule) {
    double rate = surface.rates[rule.ordinal()];
    Tensor p = Tensor.of(surface.start).reshape(1, 2).requiresGrad();
    Optimizer optimizer = rule.of(p, rate);
    List<double[]> points = new ArrayList<>();
    double[] losses = new double[steps + 1];
    Memory memory = new Memory(new double[2], new double[2], 0);
    double apart = 0;
    for (int i = 0; i <= steps; i++) {
      double[] here = p.toDoubleArray();
      points.add(here);
      optimizer.zeroGrad();
      Tensor loss = surface.at(p);
      loss.backward();
      losses[i] = loss.itemDouble();
      optimizer.step();
      memory = new Memory(memory.m, memory.v, i + 1);
      double[] expected = rule.next(here, p.grad().toDoubleArray(), rate, memory);
      double[] got = p.toDoubleArray();
      apart = Math.max(apart, Math.hypot(expected[0] - got[0], expected[1] - got[1]));
    }
    return new Path(column(points, 0), column(points, 1), losses, apart);
  }

  private static double[] column(List<double[]> points, int axis) {
    return points.stream().mapToDouble(point -> point[axis]).toArray();
  }

  List<Surface> surfaces() {
    // For a bowl of curvatures 1 and c no constant step beats 2 / (1 + c).
    double rate = 2 / (1 + condition);
    return List.of(
        new Surface("Ravine", (x, y) -> x.square().add(y.square().mul(condition)).div(2), new double[] {-4, 1},
            new double[] {-4.5, -1.5}, new double[] {1.5, 1.5}, new double[] {rate, rate / 2, 0.2, 0.2, 0.1}),
        new Surface("Banana", (x, y) -> x.rsub(1).square().add(y.sub(x.square()).square().mul(20)), new double[] {-1.4, 1.2},
            new double[] {-1.8, -0.8}, new double[] {1.6, 2.2}, new double[] {0.006, 0.002, 0.1, 0.1, 0.05}),
        new Surface("Ripples", (x, y) -> x.square().add(y.square()).mul(0.1).add(x.mul(3).cos().mul(y.mul(3).cos()).rsub(1)),
            new double[] {-3, 2.2},
            new double[] {-3.5, -2}, new double[] {1.5, 3}, new double[] {0.05, 0.03, 0.2, 0.2, 0.1}));
  }

  @Override
  public void run(Page page) {
    List<Plot> plots = new ArrayList<>();
    double apart = 0;
    List<Path> ravine = List.of();
    for (Surface surface : surfaces()) {
      List<Path> paths = Arrays.stream(Rule.values()).map(rule -> walk(surface, rule)).toList();
      ravine = ravine.isEmpty() ? paths : ravine;
      Plot plot = Plot.of(surface.name).x("first parameter").y("second parameter").contours(surface.grid());
      List<List<Object>> rows = new ArrayList<>();
      for (Rule rule : Rule.values()) {
        Path path = paths.get(rule.ordinal());
        plot.line(rule.text, path.xs, path.ys);
        apart = Math.max(apart, path.apart);
        int reached = path.firstBelow(0.01);
        rows.add(List.of(rule.text, surface.rates[rule.ordinal()], path.losses[steps], reached < 0 ? "never" : reached));
      }
      plots.add(plot.points("start", new double[] {surface.start[0]}, new double[] {surface.start[1]}));
      page.say("%s, %d steps:", surface.name, steps);
      page.table(List.of("rule", "learning rate", "loss at the end", "below 0.01 after"), rows);
    }
    Plot losses = Plot.of("Loss in the ravine").x("step").y("loss").logY();
    for (Rule rule : Rule.values()) {
      losses.line(rule.text, ravine.get(rule.ordinal()).losses);
    }
    plots.add(losses);
    page.picture("optimizers", Panels.of("Five optimizers; contours are powers of ten of the loss", 2, plots.toArray(Plot[]::new))::write);
    page.say("SGD must take steps that suit the steepest direction. Momentum adds up those that agree; Adam gives each parameter a step of");
    page.say("its own size; AdamW also shrinks what it trains; Muon's steps are all of one length, so a constant rate cannot settle.");
    Path adam = ravine.get(Rule.ADAM.ordinal());
    double[] muon = IntStream.range(0, steps).mapToDouble(ravine.get(Rule.MUON.ordinal())::stepLength).toArray();
    page.claim("largest distance of a step from the rule as written here", apart).isAtMost(1e-9);
    page.claim("SGD's steps over momentum's, to a loss of 0.01 in the ravine",
        (double) ravine.get(Rule.SGD.ordinal()).firstBelow(0.01) / ravine.get(Rule.MOMENTUM.ordinal()).firstBelow(0.01)).isAtLeast(1.5);
    page.claim("Adam's first step along a slope of 4, over that along one of " + (int) condition,
        Math.abs((adam.xs[1] - adam.xs[0]) / (adam.ys[1] - adam.ys[0]))).isNear(1, 1e-6);
    page.claim("Muon's longest step over its shortest",
        DoubleStream.of(muon).max().orElseThrow() / DoubleStream.of(muon).min().orElseThrow()).isNear(1, 1e-6);
  }
}
