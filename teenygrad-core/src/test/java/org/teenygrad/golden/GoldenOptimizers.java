package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.optim.Adagrad;
import org.teenygrad.optim.Adam;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.LAMB;
import org.teenygrad.optim.Muon;
import org.teenygrad.optim.MuonOptions;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.RMSprop;
import org.teenygrad.optim.SGD;

/// Optimizers with parameter groups, as `optimizer_goldens.py` writes them.
final class GoldenOptimizers {
  private GoldenOptimizers() {}

  /// The three parameters after each of six steps on the mean square of tanh(x aᵀ + b) cᵀ - y.
  static List<Tensor> steps(List<Tensor> in, GoldenCase c) {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      parameters.put(Integer.toString(i), in.get(2 + i).requiresGrad());
    }
    Optimizer optimizer = optimizer(parameters, c)
        .clipNorm(c.number("clip_norm", Double.POSITIVE_INFINITY))
        .clipValue(c.number("clip_value", Double.POSITIVE_INFINITY));
    List<Tensor> results = new ArrayList<>();
    for (int step = 0; step < 6; step++) {
      optimizer.scaleLearningRates(step < 3 ? 1 : 0.5);
      optimizer.step(in.get(0).linear(in.get(2), in.get(3)).tanh().linear(in.get(4)).mseLoss(in.get(1)));
      parameters.values().forEach(p -> results.add(Tensor.of(p.toFloatArray(), p.shape(), p.device())));
    }
    return results;
  }

  private static Optimizer optimizer(Map<String, Tensor> parameters, GoldenCase c) {
    List<ParameterGroup> groups = groups(parameters, c);
    double eps = c.number("eps", 1e-8);
    double momentum = c.number("momentum", 0);
    double[] betas = c.has("betas") ? c.numbers("betas") : new double[2];
    return switch (c.text("kind", "")) {
      case "SGD" -> new SGD(groups, momentum, c.number("dampening", 0), c.flag("nesterov"));
      case "Adam" -> new Adam(groups, betas[0], betas[1], eps, c.flag("amsgrad"));
      case "AdamW" -> new AdamW(groups, betas[0], betas[1], eps, c.flag("amsgrad"));
      case "RMSprop" -> new RMSprop(groups, c.number("alpha", 0.99), eps, momentum, c.flag("centered"));
      case "Adagrad" -> new Adagrad(groups, eps);
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
