package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.Tensor;

/// Steps of optimizers as operators: inputs are the learning rate, the number of the step, then parameters, gradients and what was
/// kept of each.
final class Training {
  private Training() {}

  private interface Step {
    /// @param x parameter
    /// @param g gradient, with that of the penalty on large parameters
    /// @param kept of the steps before
    /// @return the parameter and what is to be kept
    List<Tensor> of(Call call, Tensor rate, long count, Tensor x, Tensor g, List<Tensor> kept);
  }

  static void addTo(OperatorTable table) {
    table.domain("ai.onnx.preview.training");
    table.several("Adagrad", 1, call -> all(call, 1, Training::adagrad));
    table.several("Adam", 1, call -> all(call, 2, Training::adam));
    table.several("Momentum", 1, call -> all(call, 1, Training::momentum));
  }

  private static List<Value> all(Call call, int keeps, Step step) {
    int parameters = (call.size() - 2) / (2 + keeps);
    List<List<Tensor>> results = new ArrayList<>();
    for (int i = 0; i < parameters; i++) {
      List<Tensor> kept = new ArrayList<>();
      for (int k = 0; k < keeps; k++) {
        kept.add(call.in(2 + (2 + k) * parameters + i));
      }
      Tensor x = call.in(2 + i);
      Tensor g = call.in(2 + parameters + i).add(x.mul(call.real("norm_coefficient", 0)));
      results.add(step.of(call, call.in(0), call.number(1), x, g, kept));
    }
    List<Value> values = new ArrayList<>();
    for (int k = 0; k <= keeps; k++) {
      for (List<Tensor> result : results) {
        values.add(Value.of(call.type(2), result.get(k)));
      }
    }
    return values;
  }

  private static List<Tensor> adagrad(Call call, Tensor rate, long count, Tensor x, Tensor g, List<Tensor> kept) {
    Tensor sum = kept.getFirst().add(g.square());
    Tensor adjusted = rate.div(1 + count * call.real("decay_factor", 0));
    return List.of(x.sub(adjusted.mul(g).div(sum.sqrt().add(call.real("epsilon", 1e-6)))), sum);
  }

  private static List<Tensor> adam(Call call, Tensor rate, long count, Tensor x, Tensor g, List<Tensor> kept) {
    double alpha = call.real("alpha", 0.9f);
    double beta = call.real("beta", 0.999f);
    Tensor first = kept.get(0).mul(alpha).add(g.mul(1 - alpha));
    Tensor second = kept.get(1).mul(beta).add(g.square().mul(1 - beta));
    double correction = count > 0 ? Math.sqrt(1 - Math.pow(beta, (double) count)) / (1 - Math.pow(alpha, (double) count)) : 1;
    Tensor moved = x.sub(rate.mul(correction).mul(first).div(second.sqrt().add(call.real("epsilon", 1e-6))));
    return List.of(moved.mul(1 - call.real("norm_coefficient_post", 0)), first, second);
  }

  private static List<Tensor> momentum(Call call, Tensor rate, long count, Tensor x, Tensor g, List<Tensor> kept) {
    double alpha = call.real("alpha", 0);
    Tensor velocity = kept.getFirst().mul(alpha).add(g.mul(count > 0 ? call.real("beta", 1) : 1));
    Tensor direction = call.text("mode", "standard").equals("nesterov") ? g.add(velocity.mul(alpha)) : velocity;
    return List.of(x.sub(rate.mul(direction)), velocity);
  }
}
