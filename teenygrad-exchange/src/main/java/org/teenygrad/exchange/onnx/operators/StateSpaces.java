package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Layers that carry a state of fixed size instead of keys and values.
final class StateSpaces {
  private StateSpaces() {}

  static void addTo(OperatorTable table) {
    table.several("LinearAttention", 27, StateSpaces::linearAttention);
    table.several("CausalConvWithState", 27, StateSpaces::causalConvolution);
  }

  /// The state, a matrix for each head, decays and is corrected step after step.
  private static List<Value> linearAttention(Call call) {
    int queryHeads = Call.clamped(call.number("q_num_heads"));
    int heads = Call.clamped(call.number("kv_num_heads"));
    String rule = call.text("update_rule", "gated_delta");
    boolean gated = rule.startsWith("gated");
    boolean delta = rule.endsWith("delta");
    Tensor q = unpacked(call.in(0), queryHeads);
    Tensor k = unpacked(call.in(1), heads);
    Tensor v = unpacked(call.in(2), heads);
    Tensor decay = gated ? unpacked(call.in(4), heads).exp() : null;
    Tensor beta = delta ? unpacked(call.in(5), call.in(5).size(2)) : null;
    double scale = call.real("scale", 0) == 0 ? 1 / Math.sqrt(q.size(3)) : call.real("scale", 0);
    Tensor state = call.has(3) ? call.in(3).cast(DType.FLOAT32) : Tensor.full(Shape.of(q.size(0), heads, q.size(3), v.size(3)), 0, DType.FLOAT32);
    List<Tensor> outputs = new ArrayList<>();
    for (int t = 0; t < q.size(2); t++) {
      Tensor key = step(k, t).unsqueeze(-1);
      Tensor value = step(v, t).unsqueeze(-2);
      state = decay == null ? state : state.mul(step(decay, t).unsqueeze(-1));
      Tensor correction = corrected(state, key, value, beta == null ? null : step(beta, t).unsqueeze(-1));
      state = state.add(key.mul(correction));
      Tensor seen = queryHeads == heads ? state : state.repeatInterleave(queryHeads / heads, 1);
      outputs.add(step(q, t).unsqueeze(-2).matmul(seen).squeeze(-2).mul(scale));
    }
    Tensor y = Tensor.stack(outputs, 1).flatten(2, 3);
    ElementType stateType = call.has(3) ? call.type(3) : call.type(0);
    return List.of(call.alike(y), Value.of(stateType, state));
  }

  private static Tensor corrected(Tensor state, Tensor key, Tensor value, @Nullable Tensor beta) {
    return beta == null ? value : value.sub(key.transpose(-1, -2).matmul(state)).mul(beta);
  }

  /// (batch, time, heads * dim) as float32 (batch, heads, time, dim).
  private static Tensor unpacked(Tensor x, int heads) {
    return x.cast(DType.FLOAT32).unflatten(2, heads, x.size(2) / heads).transpose(1, 2);
  }

  private static Tensor step(Tensor x, int t) {
    return x.select(2, t);
  }

  /// What is before the first inputs is the last of the inputs before.
  private static List<Value> causalConvolution(Call call) {
    Tensor x = call.in(0);
    Tensor weight = call.in(1);
    int before = weight.size(2) - 1;
    Tensor padded = call.has(3) ? Tensor.cat(List.of(call.in(3), x), 2) : x.padAxis(2, before, 0);
    Tensor y = padded.conv1d(weight, call.optional(2), Window.DEFAULT.groups(x.size(1)));
    Tensor activated = call.text("activation", "none").equals("none") ? y : y.silu();
    return List.of(call.alike(activated), call.alike(padded.narrow(2, padded.size(2) - before, before)));
  }
}
