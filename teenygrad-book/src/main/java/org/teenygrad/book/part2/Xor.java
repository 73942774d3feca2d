package org.teenygrad.book.part2;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.teenygrad.LossReduction;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.Adam;
import org.teenygrad.plot.Grid;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// XOR is 1 where exactly one of two bits is 1. A linear model says 1 on one side of a straight line, and no line has
/// (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other (Minsky and Papert, *Perceptrons*, 1969). A layer
/// of units between input and output moves the four points to where a line can part them, and gradient descent finds
/// such units (Rumelhart, Hinton and Williams, 1986): from most starts, not from all.
@Section(number = "2.1", name = "xor", title = "XOR: what no straight line can do, and the hidden layer that does it")
public record Xor(
    @Help("networks that are trained side by side, each from a start of its own") int starts,
    @Help("steps of Adam") int steps,
    @Help("learning rate of Adam") double learningRate,
    @Help("what hidden units do to their sums: tanh, relu or none") Activation activation)
    implements Program {
  private static final int[] XOR = {0, 1, 1, 0};
  private static final String[] CLASSES = {"XOR is 0", "XOR is 1"};

  /// Below this cross-entropy all four points are clearly on their side.
  private static final double LEARNED = 0.1;

  /// What a hidden unit does to its sum.
  public enum Activation {
    TANH(Tensor::tanh),
    RELU(Tensor::relu),
    NONE(sum -> sum);

    private final UnaryOperator<Tensor> function;

    Activation(UnaryOperator<Tensor> function) {
      this.function = function;
    }
  }

  public Xor() {
    this(200, 600, 0.05, Activation.TANH);
  }

  /// @throws IllegalArgumentException if there is no start or no step
  public Xor {
    if (starts < 1 || steps < 1) {
      throw new IllegalArgumentException("starts and steps must be at least 1, not " + starts + " and " + steps);
    }
  }

  /// Many linear models `w x + b` side by side.
  /// @param w (models, 2, 1)
  /// @param b (models, 1, 1)
  record Lines(Tensor w, Tensor b) implements Module {
    /// @param x (points, 2)
    /// @return the logit of "1" at each point (models, points, 1)
    Tensor forward(Tensor x) {
      return x.matmul(w).add(b);
    }
  }

  /// Many networks of two layers side by side: `w2 activation(w1 x + b1) + b2`. The leading axis counts the networks,
  /// so that one batched product computes the layer of all.
  /// @param w1 (networks, 2, units)
  /// @param b1 (networks, 1, units)
  /// @param w2 (networks, units, 1)
  /// @param b2 (networks, 1, 1)
  record Networks(Tensor w1, Tensor b1, Tensor w2, Tensor b2, Activation activation) implements Module {
    static Networks of(int networks, int units, Activation activation) {
      return new Networks(
          Tensor.randn(networks, 2, units).requiresGrad(), Tensor.zeros(networks, 1, units).requiresGrad(),
          Tensor.randn(networks, units, 1).requiresGrad(), Tensor.zeros(networks, 1, 1).requiresGrad(), activation);
    }

    Tensor hidden(Tensor x) {
      return activation.function.apply(x.matmul(w1).add(b1)); // (networks, points, units)
    }

    Tensor forward(Tensor x) {
      return hidden(x).matmul(w2).add(b2);
    }

    Networks select(int network) {
      return Module.map(this, tensor -> tensor.narrow(0, network, 1));
    }
  }

  @Override
  public void run(Page page) {
    byALine(page);
    Networks two = byTwoLayers(page);
    int best = (int) losses(two.forward(inputs()), XOR).argmin().itemLong();
    Networks found = two.select(best);
    double[] p = found.forward(inputs()).sigmoid().toDoubleArray();
    page.say("%nThe best network with 2 hidden units: P(1) at 00, 01, 10, 11 is %.3f, %.3f, %.3f, %.3f.", p[0], p[1], p[2], p[3]);
    page.picture("xor", picture(found)::write);
    double worst = 0;
    for (int i = 0; i < XOR.length; i++) {
      worst = Math.max(worst, Math.abs(p[i] - XOR[i]));
    }
    page.claim("largest error of these four probabilities", worst).isAtMost(0.05);
  }

  /// All inputs of two bits (4, 2).
  private static Tensor inputs() {
    return Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
  }

  /// AND and OR are a line's work. On XOR the linear model's loss is least where it says 1/2 everywhere, and is ln 2
  /// there: as good as a coin.
  private void byALine(Page page) {
    List<String> names = List.of("AND", "OR", "XOR");
    int[] targets = {0, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0};
    Lines lines = new Lines(Tensor.randn(3, 2, 1).requiresGrad(), Tensor.zeros(3, 1, 1).requiresGrad());
    double[] losses = train(lines, () -> lines.forward(inputs()), targets).toDoubleArray();
    page.say("A linear model, w x + b, after %d steps of gradient descent on each function of two bits:", steps);
    page.table(List.of("function", "cross-entropy"), List.of(
        List.of(names.get(0), losses[0]), List.of(names.get(1), losses[1]), List.of(names.get(2), losses[2])));
    page.claim("what a line leaves of XOR", losses[2]).isNear(Math.log(2), 1e-3);
  }

  /// More units than needed make it less likely that all of them start where the gradient leads nowhere.
  private Networks byTwoLayers(Page page) {
    page.say("%nTwo layers on XOR, %d random starts for each number of hidden units:", starts);
    List<List<Object>> rows = new ArrayList<>();
    Networks two = Networks.of(starts, 2, activation);
    int wide = 0;
    for (int units : new int[] {1, 2, 3, 4, 8}) {
      Networks networks = units == 2 ? two : Networks.of(starts, units, activation);
      Tensor losses = train(networks, () -> networks.forward(inputs()), XOR);
      wide = (int) losses.lt(LEARNED).toLong().sum().itemLong();
      rows.add(List.of(units, 4 * units + 1, wide));
    }
    page.table(List.of("hidden units", "parameters", "starts that learn XOR"), rows);
    page.claim("percentage of starts that learn XOR with 8 units", 100.0 * wide / starts).isAtLeast(95);
    return two;
  }

  /// Trains models side by side: the gradient of the sum of their losses is each model's own.
  /// @return the loss of each model at the end (models)
  private Tensor train(Module models, Supplier<Tensor> logits, int... targets) {
    Adam adam = new Adam(models.namedParameters(), learningRate);
    for (int step = 0; step < steps; step++) {
      adam.step(losses(logits.get(), targets).sum());
    }
    return losses(logits.get(), targets).detach();
  }

  /// The cross-entropy of each model, a mean over the four points.
  /// @param logits (models, 4, 1)
  /// @param targets four for all models, or four for each
  private static Tensor losses(Tensor logits, int... targets) {
    Tensor wanted = Tensor.of(targets, targets.length / 4, 4, 1).toFloat().broadcastTo(logits.shape());
    return logits.binaryCrossEntropyWithLogits(wanted, LossReduction.NONE).mean(1, 2);
  }

  /// On the left the plane of inputs, on the right that of the two hidden units, where the same boundary is a straight line.
  private static Panels picture(Networks network) {
    Tensor moved = network.hidden(inputs()).reshape(4, 2);
    double[] low = moved.min(0).toDoubleArray();
    double[] high = moved.max(0).toDoubleArray();
    Plot inputs = plane("inputs", new double[] {0, 0}, new double[] {1, 1}, network::forward);
    Plot hidden = plane("hidden units", low, high, h -> h.matmul(network.w2).add(network.b2));
    return Panels.of("XOR by a network of two layers", 2, points(inputs.x("first bit").y("second bit"), inputs()),
        points(hidden.x("first unit").y("second unit"), moved));
  }

  /// What the network says around the box from `low` to `high`, with lines of equal probability of "1".
  private static Plot plane(String title, double[] low, double[] high, UnaryOperator<Tensor> logit) {
    int cells = 100;
    double[][] sides = new double[2][];
    for (int i = 0; i < 2; i++) {
      double margin = 0.3 * Math.max(high[i] - low[i], 0.1);
      sides[i] = Grid.between(low[i] - margin, high[i] + margin, cells);
    }
    List<Tensor> mesh = Tensor.meshgrid("xy", Tensor.of(sides[0]).toFloat(), Tensor.of(sides[1]).toFloat());
    Tensor p = logit.apply(Tensor.stack(mesh, -1).reshape(-1, 2)).sigmoid().reshape(cells + 1, cells + 1);
    Grid probability = grid(sides, p);
    return Plot.of(title).equalScales().regions(grid(sides, p.gt(0.5).toFloat()), CLASSES).contours(probability, 0.01, 0.5, 0.99);
  }

  private static Grid grid(double[][] sides, Tensor values) {
    return Grid.of(sides[0], sides[1], values.toDoubleMatrix());
  }

  private static Plot points(Plot plot, Tensor places) {
    return plot.classes(places.select(1, 0).toDoubleArray(), places.select(1, 1).toDoubleArray(), XOR, CLASSES);
  }
}
