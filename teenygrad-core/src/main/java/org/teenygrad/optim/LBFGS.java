package org.teenygrad.optim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Newton's method with an inverse Hessian of the last changes of parameters and gradients (Nocedal, 1980; Nocedal and Wright, *Numerical
/// Optimization*, algorithm 7.5): `torch.optim.LBFGS`.
///
/// One step evaluates the loss several times, so it takes a function. How far to go and when to stop is decided on the host: each iteration
/// waits for a few numbers (the loss, products of gradients and directions). Vectors of the parameters' size stay on the device.
/// ```java
/// var lbfgs = new LBFGS(Map.of("weight", weight), 1, LbfgsOptions.DEFAULT.withStrongWolfe(true));
/// double before = lbfgs.step(() -> x.linear(weight).sub(y).square().mean());
/// ```
public final class LBFGS {
  /// A change of the parameters and that of their gradient.
  private record Change(Tensor step, Tensor gradient, double curvature) {}

  /// A place on the line that is searched: how far, the loss and its gradient there, and the slope.
  record Point(double t, double loss, Tensor gradient, double slope) {}

  private final Map<String, Tensor> parameters;
  private final LbfgsOptions options;
  private final Deque<Change> history = new ArrayDeque<>();
  private double learningRate;
  private double scale = 1;
  private double length;
  private long iterations;
  private @Nullable Tensor direction;
  private @Nullable Tensor gradientBefore;

  /// With PyTorch's defaults.
  /// @throws IllegalArgumentException if a parameter asks for no gradient, or the rate is negative or not finite
  public LBFGS(Map<String, Tensor> parameters, double learningRate) {
    this(parameters, learningRate, LbfgsOptions.DEFAULT);
  }

  /// @throws IllegalArgumentException if a parameter asks for no gradient, or the rate is negative or not finite
  public LBFGS(Map<String, Tensor> parameters, double learningRate, LbfgsOptions options) {
    this.parameters = new LinkedHashMap<>(ParameterGroup.of(parameters, learningRate).parameters());
    this.learningRate = learningRate;
    this.options = options;
    Tensor.realize(this.parameters.values());
  }

  /// The factor of the steps to come.
  /// @throws IllegalArgumentException if it is negative or not finite
  public void learningRate(double rate) {
    ParameterGroup.requireRate("learning rate", rate);
    learningRate = rate;
  }

  /// Up to as many iterations as the options say. Afterwards the parameters have the gradients of the last evaluation.
  /// @param loss makes the loss of the parameters as they are, one number
  /// @return the loss at the beginning
  /// @throws IllegalStateException if the loss is not one number, or depends on no parameter
  public double step(Supplier<Tensor> loss) {
    Point here = evaluate(loss, null);
    double first = here.loss();
    int evaluations = 1;
    if (largest(here.gradient()) <= options.gradientTolerance()) {
      return first;
    }
    for (int iteration = 1; iteration <= options.iterations(); iteration++) {
      Tensor towards = next(here.gradient());
      double slope = dot(here.gradient(), towards);
      gradientBefore = here.gradient();
      length = iterations == 1 ? Math.min(1, 1 / here.gradient().abs().sum().itemDouble()) * learningRate : learningRate;
      if (slope > -options.changeTolerance()) {
        break;
      }
      double lossBefore = here.loss();
      boolean last = iteration == options.iterations();
      Map<String, Tensor> start = copies();
      if (options.strongWolfe()) {
        Line line = new Line(start, towards, loss);
        here = StrongWolfe.search(line, new Point(0, lossBefore, here.gradient(), slope), length, largest(towards), options.evaluations() - evaluations);
        length = here.t();
        evaluations += line.evaluations;
        move(start, towards, length);
      } else {
        move(start, towards, length);
        if (!last) {
          here = evaluate(loss, null);
          evaluations++;
        }
      }
      if (last || evaluations >= options.evaluations() || largest(here.gradient()) <= options.gradientTolerance()
          || largest(towards) * length <= options.changeTolerance() || Math.abs(here.loss() - lossBefore) < options.changeTolerance()) {
        break;
      }
    }
    return first;
  }

  /// The direction of the next move; takes in what the last one changed.
  private Tensor next(Tensor gradient) {
    iterations++;
    Tensor before = gradientBefore;
    Tensor moved = direction;
    if (before == null || moved == null) {
      direction = gradient.neg().realize();
      return direction;
    }
    Tensor change = gradient.sub(before).realize();
    Tensor step = moved.mul(number(length, moved)).realize();
    double curvature = dot(change, step);
    if (curvature > 1e-10) {
      if (history.size() == options.history()) {
        history.removeFirst();
      }
      history.addLast(new Change(step, change, curvature));
      scale = curvature / dot(change, change);
    }
    direction = newton(gradient);
    return direction;
  }

  /// The inverse Hessian times the negative gradient, by two walks through the history.
  private Tensor newton(Tensor gradient) {
    Tensor q = gradient.neg();
    Deque<Tensor> shares = new ArrayDeque<>();
    for (Iterator<Change> newest = history.descendingIterator(); newest.hasNext();) {
      Change change = newest.next();
      Tensor share = change.step().mul(q).sum().mul(number(1 / change.curvature(), q));
      q = q.sub(change.gradient().mul(share));
      shares.push(share);
    }
    q = q.mul(number(scale, q));
    for (Change change : history) {
      Tensor share = change.gradient().mul(q).sum().mul(number(1 / change.curvature(), q));
      q = q.add(change.step().mul(shares.pop().sub(share)));
    }
    return q.realize();
  }

  /// The loss on a line through the parameters.
  final class Line {
    private final Map<String, Tensor> start;
    private final Tensor towards;
    private final Supplier<Tensor> loss;
    private int evaluations;

    private Line(Map<String, Tensor> start, Tensor towards, Supplier<Tensor> loss) {
      this.start = start;
      this.towards = towards;
      this.loss = loss;
    }

    Point at(double t) {
      evaluations++;
      move(start, towards, t);
      Point point = evaluate(loss, towards);
      return new Point(t, point.loss(), point.gradient(), point.slope());
    }
  }

  /// The loss, its gradient as one vector and the slope in a direction.
  private Point evaluate(Supplier<Tensor> loss, @Nullable Tensor towards) {
    parameters.values().forEach(Tensor::zeroGrad);
    Tensor value = loss.get();
    value.backward();
    List<Tensor> flat = new ArrayList<>();
    parameters.values().forEach(p -> flat.add((p.hasGrad() ? p.grad().detach() : p.detach().zerosLike()).flatten()));
    Tensor gradient = Tensor.cat(flat, 0);
    Tensor.realize(List.of(value, gradient));
    return new Point(0, value.itemDouble(), gradient, towards == null ? 0 : dot(gradient, towards));
  }

  private Map<String, Tensor> copies() {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    parameters.forEach((name, p) -> copies.put(name, p.detach().add(0)));
    Tensor.realize(copies.values());
    return copies;
  }

  /// Gives the parameters the values `start + t towards`.
  private void move(Map<String, Tensor> start, Tensor towards, double t) {
    List<Tensor> changed = new ArrayList<>();
    int from = 0;
    for (Map.Entry<String, Tensor> begin : start.entrySet()) {
      Tensor p = Objects.requireNonNull(parameters.get(begin.getKey()));
      int to = from + Math.toIntExact(p.numel());
      Tensor part = towards.slice(0, from, to).reshape(p.shape());
      changed.add(p.assign(begin.getValue().add(part.mul(number(t, towards))).cast(p.dtype())));
      from = to;
    }
    Tensor.realize(changed);
  }

  /// Data, so that the kernels stay the same.
  private static Tensor number(double value, Tensor like) {
    return Tensor.of(new double[] {value}, Shape.SCALAR, like.device()).cast(like.dtype());
  }

  private static double dot(Tensor a, Tensor b) {
    return a.mul(b).sum().itemDouble();
  }

  private static double largest(Tensor x) {
    return x.abs().max().itemDouble();
  }
}
