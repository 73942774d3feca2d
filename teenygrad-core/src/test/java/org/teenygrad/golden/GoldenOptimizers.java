package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.optim.ASGD;
import org.teenygrad.optim.Adadelta;
import org.teenygrad.optim.Adafactor;
import org.teenygrad.optim.Adagrad;
import org.teenygrad.optim.Adam;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Adamax;
import org.teenygrad.optim.LAMB;
import org.teenygrad.optim.LBFGS;
import org.teenygrad.optim.LbfgsOptions;
import org.teenygrad.optim.Muon;
import org.teenygrad.optim.MuonOptions;
import org.teenygrad.optim.NAdam;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.RAdam;
import org.teenygrad.optim.RMSprop;
import org.teenygrad.optim.Rprop;
import org.teenygrad.optim.SGD;

/// Optimizers with parameter groups, as `optimizer_goldens.py` writes them.
final class GoldenOptimizers {
  private GoldenOptimizers() {}

  /// The three parameters after each of six steps, or every few of more, on the mean square of tanh(x aᵀ + b) cᵀ - y. The learning rates are
  /// halved after the third.
  static List<Tensor> steps(List<Tensor> in, GoldenCase c) {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      parameters.put(Integer.toString(i), in.get(2 + i).requiresGrad());
    }
    Supplier<Tensor> loss = () -> in.get(0).linear(in.get(2), in.get(3)).tanh().linear(in.get(4)).mseLoss(in.get(1));
    IntConsumer stepper = c.text("kind", "").equals("LBFGS") ? lbfgs(parameters, loss, c) : stepper(optimizer(parameters, c), loss);
    List<Tensor> results = new ArrayList<>();
    for (int step = 0; step < c.integer("steps", 6); step++) {
      stepper.accept(step);
      if ((step + 1) % c.integer("every", 1) == 0) {
        parameters.values().forEach(p -> results.add(Tensor.of(p.toFloatArray(), p.shape(), p.device())));
      }
    }
    return results;
  }

  private static IntConsumer stepper(Optimizer optimizer, Supplier<Tensor> loss) {
    return step -> {
      optimizer.scaleLearningRates(step < 3 ? 1 : 0.5);
      optimizer.step(loss.get());
    };
  }

  private static IntConsumer lbfgs(Map<String, Tensor> parameters, Supplier<Tensor> loss, GoldenCase c) {
    LbfgsOptions options = LbfgsOptions.DEFAULT
        .withIterations(c.integer("max_iter", 20))
        .withHistory(c.integer("history_size", 100))
        .withStrongWolfe(c.has("line_search_fn"));
    LBFGS lbfgs = new LBFGS(parameters, c.number("lr", 1), c.has("max_eval") ? options.withEvaluations(c.integer("max_eval", 0)) : options);
    return step -> lbfgs.step(loss);
  }

  private static Optimizer optimizer(Map<String, Tensor> parameters, GoldenCase c) {
    Optimizer optimizer = kind(parameters, c)
        .clipNorm(c.number("clip_norm", Double.POSITIVE_INFINITY), clippedBy(c))
        .clipValue(c.number("clip_value", Double.POSITIVE_INFINITY));
    return c.flag("maximize") ? optimizer.maximize() : optimizer;
  }

  /// Which norm: 0 stands for infinity, which JSON has not.
  private static double clippedBy(GoldenCase c) {
    double p = c.number("clip_p", 2);
    return p == 0 ? Double.POSITIVE_INFINITY : p;
  }

  private static Optimizer kind(Map<String, Tensor> parameters, GoldenCase c) {
    List<ParameterGroup> groups = groups(parameters, c);
    double eps = c.number("eps", 1e-8);
    double momentum = c.number("momentum", 0);
    double[] betas = c.has("betas") ? c.numbers("betas") : new double[2];
    return switch (c.text("kind", "")) {
      case "SGD" -> new SGD(groups, momentum, c.number("dampening", 0), c.flag("nesterov"));
      case "Adam" -> new Adam(groups, betas[0], betas[1], eps, c.flag("amsgrad"));
      case "AdamW" -> new AdamW(groups, betas[0], betas[1], eps, c.flag("amsgrad"));
      case "RMSprop" -> new RMSprop(groups, c.number("alpha", 0.99), eps, momentum, c.flag("centered"));
      case "Adagrad" -> new Adagrad(groups, c.number("lr_decay", 0), c.number("initial_accumulator_value", 0), eps);
      case "NAdam" -> new NAdam(groups, betas[0], betas[1], eps, c.number("momentum_decay", 0), c.flag("decoupled_weight_decay"));
      case "RAdam" -> new RAdam(groups, betas[0], betas[1], eps, c.flag("decoupled_weight_decay"));
      case "Adamax" -> new Adamax(groups, betas[0], betas[1], eps);
      case "Adadelta" -> new Adadelta(groups, c.number("rho", 0), eps);
      case "Rprop" -> new Rprop(groups, c.numbers("etas")[0], c.numbers("etas")[1], c.numbers("step_sizes")[0], c.numbers("step_sizes")[1]);
      case "ASGD" -> new ASGD(groups, c.number("lambd", 0), c.number("alpha", 0), c.number("t0", 0));
      case "Adafactor" -> new Adafactor(
          groups, c.number("beta2_decay", -0.8), c.has("eps") ? OptionalDouble.of(c.numbers("eps")[0]) : OptionalDouble.empty(),
          c.has("eps") ? c.numbers("eps")[1] : 1e-3, c.number("d", 1));
      case "Lamb" -> new LAMB(groups, betas[0], betas[1], eps);
      case "Muon" -> new Muon(
          groups,
          MuonOptions.DEFAULT
              .withMomentum(momentum, c.flag("nesterov"))
              .withScale(c.has("adjust_lr_fn") ? Muon.Scale.AS_ADAMW : Muon.Scale.ROWS_BY_COLUMNS));
      default -> throw new UnsupportedOperationException("optimizer " + c.text("kind", ""));
    };
  }

  private static List<ParameterGroup> groups(Map<String, Tensor> parameters, GoldenCase c) {
    List<ParameterGroup> groups = new ArrayList<>();
    for (Object entry : (List<?>) Objects.requireNonNull(c.args().get("groups"))) {
      Map<?, ?> facts = (Map<?, ?>) entry;
      Map<String, Tensor> own = new LinkedHashMap<>(parameters);
      own.keySet().retainAll(((List<?>) Objects.requireNonNull(facts.get("params"))).stream().map(String::valueOf).toList());
      groups.add(group(own, facts, c));
    }
    return groups;
  }

  private static ParameterGroup group(Map<String, Tensor> parameters, Map<?, ?> facts, GoldenCase c) {
    var group = new ParameterGroup(
        parameters, number(facts.get("lr"), c.number("lr", 0)), number(facts.get("weight_decay"), c.number("weight_decay", 0)));
    for (String setting : List.of("momentum", "dampening", "alpha", "eps")) {
      if (facts.containsKey(setting)) {
        group = group.with(setting, number(facts.get(setting), 0));
      }
    }
    if (facts.get("betas") instanceof List<?> betas) {
      group = group.with("beta1", number(betas.get(0), 0)).with("beta2", number(betas.get(1), 0));
    }
    return group;
  }

  private static double number(@Nullable Object value, double otherwise) {
    return value instanceof Number number ? number.doubleValue() : otherwise;
  }
}
