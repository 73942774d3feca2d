package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Attention and what belongs to it.
final class AttentionOperators {
  private AttentionOperators() {}

  static void addTo(OperatorTable table) {
    table.several("Attention", 23, AttentionOperators::attention);
    table.alike("RotaryEmbedding", 23, AttentionOperators::rotary);
    table.domain("ai.onnx.preview");
    table.value("FlexAttention", 1, AttentionOperators::flexible);
  }

  /// (batch, time, heads * dim) as (batch, heads, time, dim); what has four axes is so already.
  private static Tensor heads(Call call, int input, String attribute) {
    Tensor x = call.in(input);
    if (x.rank() != 3) {
      return x;
    }
    int heads = Call.clamped(call.number(attribute));
    return x.unflatten(-1, heads, x.size(2) / heads).transpose(1, 2);
  }

  private static Tensor repeated(Tensor x, int heads) {
    return x.size(1) == heads ? x : x.repeatInterleave(heads / x.size(1), 1);
  }

  private static List<Value> attention(Call call) {
    Tensor q = heads(call, 0, "q_num_heads");
    Tensor k = heads(call, 1, "kv_num_heads");
    Tensor v = heads(call, 2, "kv_num_heads");
    int past = 0;
    if (call.has(4)) {
      past = call.in(4).size(2);
      k = Tensor.cat(List.of(call.in(4), k), 2);
      v = Tensor.cat(List.of(call.in(5), v), 2);
    }
    Tensor allowed = allowed(call, q, k, past);
    Tensor added = added(call, k.size(2));
    double scale = call.real("scale", 1 / Math.sqrt(q.size(3)));
    double softCap = call.real("softcap", 0);
    Tensor keys = repeated(k, q.size(1));
    Tensor values = repeated(v, q.size(1));
    List<Value> results = new ArrayList<>();
    Tensor scores = null;
    Tensor y;
    if (call.wants(3) || call.hasAttribute("softmax_precision") || allowed != null && added != null) {
      DType type = call.elementType("softmax_precision", ElementType.of(q.dtype())).carrier();
      Tensor raw = q.mul(Math.sqrt(scale)).matmul(keys.mul(Math.sqrt(scale)).transpose(-1, -2));
      Tensor capped = softCap > 0 ? raw.div(softCap).tanh().mul(softCap) : raw;
      Tensor biased = added == null ? capped : capped.add(added);
      biased = allowed == null ? biased : allowed.where(biased, Double.NEGATIVE_INFINITY);
      Tensor weights = emptyRowsAreZero(biased.cast(type));
      scores = switch (call.axis("qk_matmul_output_mode", 0)) {
        case 0 -> raw;
        case 1 -> capped;
        case 2 -> biased;
        default -> weights;
      };
      y = weights.matmul(values.cast(type)).cast(q.dtype());
    } else {
      AttentionOptions options = AttentionOptions.DEFAULT.withScale(scale).withMask(allowed == null ? added : allowed);
      y = q.scaledDotProductAttention(keys, values, softCap > 0 ? options.withSoftCap(softCap) : options);
      y = allowed == null ? y : allowed.any(-1, true).where(y, y.zerosLike());
    }
    results.add(call.alike(call.in(0).rank() == 3 ? y.transpose(1, 2).flatten(2, 3) : y));
    results.add(Value.of(call.type(1), k));
    results.add(Value.of(call.type(2), v));
    if (scores != null) {
      results.add(call.alike(scores));
    }
    return results;
  }

  /// Softmax, where a query that sees no key has weights of 0.
  private static Tensor emptyRowsAreZero(Tensor scores) {
    Tensor seen = scores.ne(Double.NEGATIVE_INFINITY).any(-1, true);
    return seen.where(seen.where(scores, scores.zerosLike()).softmax(-1), scores.zerosLike());
  }

  /// A mask of numbers, or null. One that is too short is not seen at its end.
  private static @Nullable Tensor added(Call call, int keys) {
    Tensor mask = call.optional(3);
    if (mask == null || mask.dtype() == DType.BOOL) {
      return null;
    }
    int missing = keys - mask.size(-1);
    int[][] pads = new int[mask.rank()][2];
    pads[mask.rank() - 1][1] = Math.max(0, missing);
    return missing > 0 ? mask.pad(pads, Double.NEGATIVE_INFINITY) : mask;
  }

  /// Which keys a query may see (bool, broadcasts to batch, heads, queries, keys), or null for all.
  private static @Nullable Tensor allowed(Call call, Tensor q, Tensor k, int past) {
    Tensor allowed = null;
    Tensor mask = call.optional(3);
    int keys = k.size(2);
    if (mask != null && mask.dtype() == DType.BOOL) {
      allowed = mask.size(-1) < keys
          ? mask.cast(DType.UINT8).padAxis(-1, 0, keys - mask.size(-1)).cast(DType.BOOL) : mask;
    }
    Tensor key = Tensor.arange(keys, DType.INT64).reshape(1, 1, 1, keys);
    Tensor lengths = call.has(6) ? call.in(6).cast(DType.INT64).reshape(-1, 1, 1, 1) : null;
    Tensor query = Tensor.arange(q.size(2), DType.INT64).reshape(1, 1, q.size(2), 1);
    Tensor position = lengths != null && !call.has(4) ? query.add(lengths).sub(q.size(2)) : query.add(past);
    if (call.flag("is_causal", false)) {
      allowed = both(allowed, key.le(position));
    }
    if (call.number("left_window_size", -1) >= 0) {
      allowed = both(allowed, key.ge(position.sub(call.number("left_window_size"))));
    }
    if (call.number("right_window_size", -1) >= 0) {
      allowed = both(allowed, key.le(position.add(call.number("right_window_size"))));
    }
    return lengths == null ? allowed : both(allowed, key.lt(lengths));
  }

  private static Tensor both(@Nullable Tensor one, Tensor other) {
    return one == null ? other : one.logicalAnd(other);
  }

  /// Pairs of numbers turned by angles that grow with the position (Su et al., "RoFormer", 2021).
  private static Tensor rotary(Call call) {
    Tensor given = call.in(0);
    Tensor x = given.rank() == 4 ? given.transpose(1, 2)
        : given.unflatten(-1, call.axis("num_heads", 0), given.size(2) / Math.max(1, call.axis("num_heads", 0)));
    int turned = call.axis("rotary_embedding_dim", 0) == 0 ? x.size(3) : call.axis("rotary_embedding_dim", 0);
    Tensor cos = angles(call, 1);
    Tensor sin = angles(call, 2);
    Tensor part = x.narrow(3, 0, turned);
    boolean interleaved = call.flag("interleaved", false);
    Tensor a = interleaved ? part.slice(3, 0, turned, 2) : part.narrow(3, 0, turned / 2);
    Tensor b = interleaved ? part.slice(3, 1, turned, 2) : part.narrow(3, turned / 2, turned - turned / 2);
    Tensor real = cos.mul(a).sub(sin.mul(b));
    Tensor imaginary = sin.mul(a).add(cos.mul(b));
    Tensor rotated = interleaved ? Tensor.stack(List.of(real, imaginary), -1).flatten(3, 4) : Tensor.cat(List.of(real, imaginary), 3);
    Tensor y = turned == x.size(3) ? rotated : Tensor.cat(List.of(rotated, x.narrow(3, turned, x.size(3) - turned)), 3);
    return given.rank() == 4 ? y.transpose(1, 2) : y.flatten(2, 3);
  }

  /// (batch, time, 1, dim / 2)
  private static Tensor angles(Call call, int input) {
    Tensor cache = call.in(input);
    return (call.has(3) ? cache.index(call.in(3)) : cache).unsqueeze(2);
  }

  /// Attention whose scores and weights pass through graphs.
  private static Value flexible(Call call) {
    Tensor q = call.in(0);
    Tensor k = repeated(call.in(1), q.size(1));
    Tensor v = repeated(call.in(2), q.size(1));
    double scale = Math.sqrt(call.real("scale", 1 / Math.sqrt(q.size(3))));
    ElementType otherwise = q.dtype().isHalf() ? ElementType.FLOAT : call.type(0);
    DType type = call.elementType("softmax_precision", otherwise).carrier();
    Tensor scores = q.mul(scale).matmul(k.mul(scale).transpose(-1, -2)).cast(type);
    Tensor weights = through(call, "prob_mod", through(call, "score_mod", scores).softmax(-1));
    return Value.of(call.type(2), weights.matmul(v.cast(type)));
  }

  private static Tensor through(Call call, String graph, Tensor x) {
    if (!call.hasAttribute(graph)) {
      return x;
    }
    List<Value> results = call.subgraphs().evaluate(call.graph(graph), List.of(Value.of(x)));
    if (results.size() == 1 && results.getFirst() instanceof Value.OfTensor result) {
      return call.placement().bring(result.tensor(), call.device());
    }
    throw new IllegalArgumentException("the graph '" + graph + "' does not give one tensor");
  }
}
