package org.teenygrad.golden;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.LossReduction;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The functions of the file of single calls whose arguments are not in the order of PyTorch's signature.
final class GoldenOps {
  /// One function: its tensor arguments and the case with the others.
  interface Op {
    List<Tensor> apply(List<Tensor> in, GoldenCase c);
  }

  private interface WithArguments {
    Tensor apply(Tensor x, GoldenCase c);
  }

  private GoldenOps() {}

  static final Map<String, Op> TABLE =
      Map.ofEntries(
          ops("pow", (in, c) -> List.of(c.has("exponent") ? in.get(0).pow(c.number("exponent", 0)) : in.get(0).pow(in.get(1)))),
          ops("lerp", (in, c) -> List.of(in.get(0).lerp(in.get(1), c.number("weight", 0)))),
          op("prod", (x, c) -> x.prod(c.integers("dim"))),
          op("cummax", (x, c) -> x.cummax(c.integer("dim", 0))),
          ops("einsum", (in, c) -> List.of(Tensor.einsum(c.text("equation", ""), in.toArray(Tensor[]::new)))),
          op("slice", (x, c) -> x.index(c.text("index", ""))),
          ops("index", (in, c) -> List.of(in.get(0).index(indices(in, c.text("index", ""))))),
          ops("index_select", (in, c) -> List.of(in.get(0).indexSelect(c.integer("dim", 0), in.get(1)))),
          ops("gather", (in, c) -> List.of(in.get(0).gather(c.integer("dim", 0), in.get(1)))),
          ops("take_along_dim", (in, c) -> List.of(in.get(0).takeAlongDim(in.get(1), c.integer("dim", 0)))),
          ops("scatter", (in, c) -> List.of(in.get(0).scatter(c.integer("dim", 0), in.get(1), in.get(2)))),
          ops("scatter_add", (in, c) -> List.of(in.get(0).scatterAdd(c.integer("dim", 0), in.get(1), in.get(2)))),
          ops("index_add", (in, c) -> List.of(in.get(0).indexAdd(c.integer("dim", 0), in.get(1), in.get(2)))),
          ops("cat", (in, c) -> List.of(Tensor.cat(in, c.integer("dim", 0)))),
          ops("stack", (in, c) -> List.of(Tensor.stack(in, c.integer("dim", 0)))),
          ops("split", (in, c) -> in.get(0).split(c.integers("sizes"), c.integer("dim", 0))),
          ops("chunk", (in, c) -> in.get(0).chunk(c.integer("chunks", 1), c.integer("dim", 0))),
          ops("layer_norm", (in, c) -> List.of(in.get(0).layerNorm(normalized(c), optional(in, 1), optional(in, 2), c.number("eps", 1e-5)))),
          ops("rms_norm", (in, c) -> List.of(in.get(0).rmsNorm(normalized(c), optional(in, 1), c.number("eps", 1e-6)))),
          ops("group_norm", (in, c) -> List.of(in.get(0).groupNorm(c.integer("num_groups", 1), optional(in, 1), optional(in, 2), c.number("eps", 1e-5)))),
          ops("batch_norm", (in, c) -> List.of(batchNorm(in, c))),
          ops("smooth_l1_loss", (in, c) -> List.of(in.get(0).smoothL1Loss(in.get(1), c.number("beta", 1), reduction(c)))),
          ops("huber_loss", (in, c) -> List.of(in.get(0).huberLoss(in.get(1), c.number("delta", 1), reduction(c)))),
          ops("kl_div", (in, c) -> List.of(klDiv(in.get(0), in.get(1), c))),
          ops("scaled_dot_product_attention", (in, c) -> List.of(attention(in, c))),
          ops("second_order_exp_sin", GoldenModels::secondOrder),
          ops("optim", GoldenModels::optimize),
          ops("optimizer", GoldenOptimizers::steps));

  /// The function of that name; what is not in this table is called as PyTorch would be, tensors first, then keywords.
  static Op named(String name) {
    Op own = TABLE.get(name);
    if (own != null) {
      return own;
    }
    if (!Torch.knows(name)) {
      throw new UnsupportedOperationException("no function " + name);
    }
    return (in, c) -> Torch.call(new Call(name, List.copyOf(in), c.typedArgs()));
  }

  private static Map.Entry<String, Op> op(String name, WithArguments op) {
    return entry(name, (in, c) -> List.of(op.apply(in.get(0), c)));
  }

  private static Map.Entry<String, Op> ops(String name, Op op) {
    return entry(name, op);
  }

  static DType dtype(String name) {
    for (DType dtype : DType.values()) {
      if (dtype.toString().equals(name)) {
        return dtype;
      }
    }
    throw new UnsupportedOperationException("dtype " + name);
  }

  private static LossReduction reduction(GoldenCase c) {
    return switch (c.text("reduction", "mean")) {
      case "none" -> LossReduction.NONE;
      case "sum", "batchmean" -> LossReduction.SUM;
      default -> LossReduction.MEAN;
    };
  }

  private static @Nullable Tensor optional(List<Tensor> in, int i) {
    return i < in.size() ? in.get(i) : null;
  }

  private static Shape normalized(GoldenCase c) {
    return Shape.of(c.integers("normalized_shape"));
  }

  private static Tensor batchNorm(List<Tensor> in, GoldenCase c) {
    double eps = c.number("eps", 1e-5);
    return c.flag("training")
        ? in.get(0).batchNorm(optional(in, 1), optional(in, 2), eps)
        : in.get(0).batchNorm(in.get(1), in.get(2), optional(in, 3), optional(in, 4), eps);
  }

  private static Tensor klDiv(Tensor x, Tensor target, GoldenCase c) {
    Tensor loss = x.klDiv(target, reduction(c));
    return c.text("reduction", "").equals("batchmean") ? loss.div(x.size(0)) : loss;
  }

  private static Tensor attention(List<Tensor> in, GoldenCase c) {
    var options = new AttentionOptions(optional(in, 3), c.flag("is_causal"), 0, c.number("scale", Double.NaN));
    return in.get(0).scaledDotProductAttention(in.get(1), in.get(2), options);
  }

  /// Python's index expression, such as `:,i[:,None],[0,3]`, where `i`, `j`, ... are the inputs after the first.
  private static @Nullable Tensor[] indices(List<Tensor> in, String expression) {
    List<@Nullable Tensor> indices = new ArrayList<>();
    for (String part : topLevelParts(expression)) {
      int bracket = part.indexOf('[');
      if (part.equals(":")) {
        indices.add(null);
      } else if (bracket == 0) {
        String[] numbers = part.substring(1, part.length() - 1).split(",", -1);
        Tensor index = Tensor.of(IntStream.range(0, numbers.length).mapToLong(i -> Long.parseLong(numbers[i].strip())).toArray());
        indices.add(index.to(in.get(0).device()));
      } else {
        Tensor index = in.get(1 + part.charAt(0) - 'i');
        indices.add(bracket < 0 ? index : index.index(part.substring(bracket + 1, part.length() - 1)));
      }
    }
    return indices.toArray(@Nullable Tensor[]::new);
  }

  private static List<String> topLevelParts(String expression) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= expression.length(); i++) {
      char c = i == expression.length() ? ',' : expression.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(expression.substring(start, i).strip());
        start = i + 1;
      }
    }
    return parts;
  }
}
