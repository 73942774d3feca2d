package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Recurrent layers, a step after the other.
final class Recurrent {
  private Recurrent() {}

  static void addTo(OperatorTable table) {
    table.several("RNN", 7, call -> layer(call, 1, Recurrent::simple, "Tanh"));
    table.several("GRU", 7, call -> layer(call, 3, Recurrent::gru, "Sigmoid", "Tanh"));
    table.several("LSTM", 7, call -> layer(call, 4, Recurrent::lstm, "Sigmoid", "Tanh", "Tanh"));
  }

  /// What a direction has.
  /// @param r weights of the state (gates * hidden, hidden)
  /// @param peepholes an LSTM's (3, hidden), or null
  private record Weights(
      int hidden, Tensor r, Tensor inputBias, Tensor stateBias, @Nullable Tensor peepholes, List<UnaryOperator<Tensor>> activations, Call call) {
    Tensor gate(Tensor gates, int index) {
      return gates.narrow(-1, index * hidden, hidden);
    }

    Tensor clipped(Tensor x) {
      return call.hasAttribute("clip") ? x.clamp(-call.real("clip", 0), call.real("clip", 0)) : x;
    }

    Tensor activated(int index, Tensor x) {
      return activations.get(index).apply(clipped(x));
    }

    Tensor peephole(int index, Tensor cell) {
      return peepholes == null ? cell.zerosLike() : cell.mul(peepholes.narrow(0, index * hidden, hidden));
    }
  }

  /// The state of a step: h, and for an LSTM c.
  private record State(Tensor h, @Nullable Tensor c) {}

  private interface Cell {
    /// @param x the step's inputs times their weights (batch, gates * hidden), without bias
    State next(Weights weights, Tensor x, State before);
  }

  private static List<Value> layer(Call call, int gates, Cell cell, String... otherwise) {
    boolean batchFirst = call.flag("layout", false);
    Tensor x = batchFirst ? call.in(0).transpose(0, 1) : call.in(0);
    int steps = x.size(0);
    int batch = x.size(1);
    int directions = call.in(1).size(0);
    int hidden = call.in(2).size(2);
    String direction = call.text("direction", "forward");
    List<Tensor> outputs = new ArrayList<>();
    List<Tensor> lastStates = new ArrayList<>();
    List<Tensor> lastCells = new ArrayList<>();
    for (int d = 0; d < directions; d++) {
      boolean reverse = direction.equals("reverse") || d == 1;
      int biases = gates * hidden;
      Tensor bias = call.has(3) ? call.in(3).select(0, d) : Tensor.full(Shape.of(2 * biases), 0, x.dtype());
      Weights weights = new Weights(hidden, call.in(2).select(0, d), bias.narrow(0, 0, biases), bias.narrow(0, biases, biases),
          call.has(7) ? call.in(7).select(0, d) : null, activations(call, d, otherwise), call);
      Tensor inputs = x.linear(call.in(1).select(0, d));
      State state = new State(initial(call, 5, d, batch, hidden, batchFirst, x), gates == 4 ? initial(call, 6, d, batch, hidden, batchFirst, x) : null);
      List<Tensor> states = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        int step = reverse ? steps - 1 - i : i;
        State next = cell.next(weights, inputs.select(0, step), state);
        Tensor shown = next.h();
        if (call.has(4)) {
          Tensor inside = call.in(4).cast(DType.INT64).gt(step).unsqueeze(1);
          shown = inside.where(next.h(), next.h().zerosLike());
          Tensor before = state.c();
          next = new State(inside.where(next.h(), state.h()), before == null || next.c() == null ? null : inside.where(next.c(), before));
        }
        states.add(shown);
        state = next;
      }
      Tensor sequence = Tensor.stack(reverse ? states.reversed() : states, 0);
      outputs.add(sequence);
      lastStates.add(state.h());
      if (state.c() != null) {
        lastCells.add(state.c());
      }
    }
    Tensor all = Tensor.stack(outputs, 1);
    Tensor last = Tensor.stack(lastStates, 0);
    List<Value> results = new ArrayList<>();
    results.add(call.alike(batchFirst ? all.permute(2, 0, 1, 3) : all));
    results.add(call.alike(batchFirst ? last.transpose(0, 1) : last));
    if (!lastCells.isEmpty()) {
      Tensor cells = Tensor.stack(lastCells, 0);
      results.add(call.alike(batchFirst ? cells.transpose(0, 1) : cells));
    }
    return results;
  }

  private static Tensor initial(Call call, int input, int direction, int batch, int hidden, boolean batchFirst, Tensor like) {
    if (!call.has(input)) {
      return Tensor.full(Shape.of(batch, hidden), 0, like.dtype());
    }
    return call.in(input).select(batchFirst ? 1 : 0, direction);
  }

  private static State simple(Weights w, Tensor x, State before) {
    return new State(w.activated(0, x.add(w.inputBias).add(before.h.linear(w.r)).add(w.stateBias)), null);
  }

  private static State gru(Weights w, Tensor x, State before) {
    Tensor inputs = x.add(w.inputBias);
    Tensor gates = inputs.narrow(-1, 0, 2 * w.hidden)
        .add(before.h.linear(w.r.narrow(0, 0, 2 * w.hidden)))
        .add(w.stateBias.narrow(0, 0, 2 * w.hidden));
    Tensor update = w.activated(0, w.gate(gates, 0));
    Tensor reset = w.activated(0, w.gate(gates, 1));
    Tensor r = w.r.narrow(0, 2 * w.hidden, w.hidden);
    Tensor bias = w.stateBias.narrow(0, 2 * w.hidden, w.hidden);
    Tensor recurrent = w.call.flag("linear_before_reset", false)
        ? reset.mul(before.h.linear(r).add(bias)) : reset.mul(before.h).linear(r).add(bias);
    Tensor candidate = w.activated(1, w.gate(inputs, 2).add(recurrent));
    return new State(update.rsub(1).mul(candidate).add(update.mul(before.h)), null);
  }

  /// Gates in ONNX's order: input, output, forget, cell.
  private static State lstm(Weights w, Tensor x, State before) {
    Tensor gates = x.add(w.inputBias).add(before.h.linear(w.r)).add(w.stateBias);
    Tensor cell = Call.required(before.c, "cell");
    Tensor input = w.activated(0, w.gate(gates, 0).add(w.peephole(0, cell)));
    Tensor forget = w.call.flag("input_forget", false)
        ? input.rsub(1) : w.activated(0, w.gate(gates, 2).add(w.peephole(2, cell)));
    Tensor next = forget.mul(cell).add(input.mul(w.activated(1, w.gate(gates, 3))));
    Tensor output = w.activated(0, w.gate(gates, 1).add(w.peephole(1, next)));
    return new State(output.mul(w.activations.get(2).apply(next)), next);
  }

  private static List<UnaryOperator<Tensor>> activations(Call call, int direction, String... otherwise) {
    List<String> named = call.texts("activations");
    float[] alphas = call.reals("activation_alpha");
    float[] betas = call.reals("activation_beta");
    List<UnaryOperator<Tensor>> functions = new ArrayList<>();
    for (int i = 0; i < otherwise.length; i++) {
      int at = direction * otherwise.length + i;
      String name = named.isEmpty() ? otherwise[i] : named.get(at);
      Float alpha = alphas != null && at < alphas.length ? alphas[at] : null;
      Float beta = betas != null && at < betas.length ? betas[at] : null;
      functions.add(activation(name, alpha, beta));
    }
    return functions;
  }

  private static UnaryOperator<Tensor> activation(String name, @Nullable Float alpha, @Nullable Float beta) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "relu" -> Tensor::relu;
      case "tanh" -> Tensor::tanh;
      case "sigmoid" -> Tensor::sigmoid;
      case "affine" -> x -> x.mul(or(alpha, 1)).add(or(beta, 0));
      case "leakyrelu" -> x -> x.leakyRelu(or(alpha, 0.01));
      case "thresholdedrelu" -> x -> x.threshold(or(alpha, 1), 0);
      case "scaledtanh" -> x -> x.mul(or(beta, 1)).tanh().mul(or(alpha, 1));
      case "hardsigmoid" -> x -> x.mul(or(alpha, 0.2)).add(or(beta, 0.5)).clamp(0, 1);
      case "elu" -> x -> x.elu(or(alpha, 1));
      case "softsign" -> Tensor::softsign;
      case "softplus" -> Tensor::softplus;
      default -> throw new UnsupportedOperationException("there is no activation '" + name + "'");
    };
  }

  private static double or(@Nullable Float given, double otherwise) {
    return given == null ? otherwise : given;
  }
}
