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
import org.teenygrad.Sorted;
import org.teenygrad.Tensor;

/// PyTorch's functions in our words.
final class GoldenOps {
  /// One function: its tensor arguments and the case with the others.
  interface Op {
    List<Tensor> apply(List<Tensor> in, GoldenCase c);
  }

  private interface Unary {
    Tensor apply(Tensor x);
  }

  private interface Binary {
    Tensor apply(Tensor x, Tensor y);
  }

  private interface WithArguments {
    Tensor apply(Tensor x, GoldenCase c);
  }

  private GoldenOps() {}

  static final Map<String, Op> TABLE =
      Map.ofEntries(
          unary("exp", Tensor::exp),
          unary("exp2", Tensor::exp2),
          unary("expm1", Tensor::expm1),
          unary("log", Tensor::log),
          unary("log2", Tensor::log2),
          unary("log10", Tensor::log10),
          unary("log1p", Tensor::log1p),
          unary("sqrt", Tensor::sqrt),
          unary("rsqrt", Tensor::rsqrt),
          unary("reciprocal", Tensor::reciprocal),
          unary("sin", Tensor::sin),
          unary("cos", Tensor::cos),
          unary("tan", Tensor::tan),
          unary("tanh", Tensor::tanh),
          unary("erf", Tensor::erf),
          unary("sigmoid", Tensor::sigmoid),
          unary("abs", Tensor::abs),
          unary("sign", Tensor::sign),
          unary("floor", Tensor::floor),
          unary("ceil", Tensor::ceil),
          unary("round", Tensor::round),
          unary("trunc", Tensor::trunc),
          unary("square", Tensor::square),
          unary("neg", Tensor::neg),
          unary("isnan", Tensor::isNan),
          unary("isinf", Tensor::isInf),
          unary("relu", Tensor::relu),
          unary("relu6", Tensor::relu6),
          unary("silu", Tensor::silu),
          unary("mish", Tensor::mish),
          unary("softplus", Tensor::softplus),
          unary("softsign", Tensor::softsign),
          unary("hardswish", Tensor::hardSwish),
          unary("hardsigmoid", Tensor::hardSigmoid),
          unary("logsigmoid", Tensor::logSigmoid),
          unary("selu", Tensor::selu),
          op("elu", (x, c) -> x.elu(c.number("alpha", 1))),
          op("celu", (x, c) -> x.celu(c.number("alpha", 1))),
          op("leaky_relu", (x, c) -> x.leakyRelu(c.number("negative_slope", 0.01))),
          op("hardtanh", (x, c) -> x.hardtanh(c.number("min_val", -1), c.number("max_val", 1))),
          op("gelu", (x, c) -> c.text("approximate", "none").equals("tanh") ? x.geluTanh() : x.gelu()),
          op("clamp", (x, c) -> clamp(x, c)),
          binary("add", Tensor::add),
          binary("sub", Tensor::sub),
          binary("mul", Tensor::mul),
          binary("div", Tensor::div),
          binary("maximum", Tensor::maximum),
          binary("minimum", Tensor::minimum),
          binary("fmod", Tensor::fmod),
          binary("remainder", Tensor::remainder),
          binary("floor_divide", Tensor::floorDiv),
          binary("eq", Tensor::eq),
          binary("ne", Tensor::ne),
          binary("lt", Tensor::lt),
          binary("le", Tensor::le),
          binary("gt", Tensor::gt),
          binary("ge", Tensor::ge),
          binary("bitwise_and", Tensor::and),
          binary("bitwise_or", Tensor::or),
          binary("bitwise_xor", Tensor::xor),
          binary("bitwise_left_shift", Tensor::shiftLeft),
          binary("bitwise_right_shift", Tensor::shiftRight),
          ops("pow", (in, c) -> List.of(c.has("exponent") ? in.get(0).pow(c.number("exponent", 0)) : in.get(0).pow(in.get(1)))),
          ops("lerp", (in, c) -> List.of(in.get(0).lerp(in.get(1), c.number("weight", 0)))),
          ops("where", (in, c) -> List.of(in.get(0).where(in.get(1), in.get(2)))),
          op("cast", (x, c) -> x.cast(dtype(c.text("dtype", "")))),
          op("sum", (x, c) -> x.sum(c.flag("keepdim"), c.integers("dim"))),
          op("mean", (x, c) -> x.mean(c.flag("keepdim"), c.integers("dim"))),
          op("amax", (x, c) -> x.max(c.flag("keepdim"), c.integers("dim"))),
          op("amin", (x, c) -> x.min(c.flag("keepdim"), c.integers("dim"))),
          op("prod", (x, c) -> x.prod(c.integers("dim"))),
          op("logsumexp", (x, c) -> x.logsumexp(c.flag("keepdim"), c.integers("dim"))),
          op("var", (x, c) -> x.var(c.integer("correction", 1), c.flag("keepdim"), c.integers("dim"))),
          op("std", (x, c) -> x.std(c.integer("correction", 1), c.flag("keepdim"), c.integers("dim"))),
          op("argmax", (x, c) -> x.argmax(c.integer("dim", 0))),
          op("argmin", (x, c) -> x.argmin(c.integer("dim", 0))),
          op("any", (x, c) -> x.any(c.integers("dim"))),
          op("all", (x, c) -> x.all(c.integers("dim"))),
          op("cumsum", (x, c) -> x.cumsum(c.integer("dim", 0))),
          op("cumprod", (x, c) -> x.cumprod(c.integer("dim", 0))),
          op("cummax", (x, c) -> x.cummax(c.integer("dim", 0))),
          op("softmax", (x, c) -> x.softmax(c.integer("dim", -1))),
          op("log_softmax", (x, c) -> x.logSoftmax(c.integer("dim", -1))),
          ops("sort", (in, c) -> both(in.get(0).sort(c.integer("dim", -1), c.flag("descending")))),
          ops("topk", (in, c) -> both(in.get(0).topk(c.integer("k", 1), c.integer("dim", -1)))),
          binary("matmul", Tensor::matmul),
          binary("outer", Tensor::outer),
          ops("einsum", (in, c) -> List.of(Tensor.einsum(c.text("equation", ""), in.toArray(Tensor[]::new)))),
          ops("linear", (in, c) -> List.of(in.get(0).linear(in.get(1), optional(in, 2)))),
          op("reshape", (x, c) -> x.reshape(c.integers("shape"))),
          op("permute", (x, c) -> x.permute(c.integers("dims"))),
          op("transpose", (x, c) -> x.transpose(c.integer("dim0", 0), c.integer("dim1", 1))),
          op("flip", (x, c) -> x.flip(c.integers("dims"))),
          op("expand", (x, c) -> x.expand(c.integers("shape"))),
          op("squeeze", (x, c) -> x.squeeze(c.integer("dim", 0))),
          op("unsqueeze", (x, c) -> x.unsqueeze(c.integer("dim", 0))),
          op("flatten", (x, c) -> x.flatten(c.integer("start_dim", 0), c.integer("end_dim", -1))),
          op("unflatten", (x, c) -> x.unflatten(c.integer("dim", 0), c.integers("sizes"))),
          op("pad", GoldenOps::pad),
          op("slice", (x, c) -> x.index(c.text("index", ""))),
          ops("index", (in, c) -> List.of(in.get(0).index(indices(in, c.text("index", ""))))),
          ops("index_select", (in, c) -> List.of(in.get(0).indexSelect(c.integer("dim", 0), in.get(1)))),
          ops("masked_fill", (in, c) -> List.of(in.get(0).maskedFill(in.get(1), c.number("value", 0)))),
          ops("gather", (in, c) -> List.of(in.get(0).gather(c.integer("dim", 0), in.get(1)))),
          ops("take_along_dim", (in, c) -> List.of(in.get(0).takeAlongDim(in.get(1), c.integer("dim", 0)))),
          ops("scatter", (in, c) -> List.of(in.get(0).scatter(c.integer("dim", 0), in.get(1), in.get(2)))),
          ops("scatter_add", (in, c) -> List.of(in.get(0).scatterAdd(c.integer("dim", 0), in.get(1), in.get(2)))),
          ops("index_add", (in, c) -> List.of(in.get(0).indexAdd(c.integer("dim", 0), in.get(1), in.get(2)))),
          ops("embedding", (in, c) -> List.of(in.get(1).embedding(in.get(0)))),
          op("one_hot", (x, c) -> x.oneHot(c.integer("num_classes", 0))),
          ops("cat", (in, c) -> List.of(Tensor.cat(in, c.integer("dim", 0)))),
          ops("stack", (in, c) -> List.of(Tensor.stack(in, c.integer("dim", 0)))),
          ops("split", (in, c) -> in.get(0).split(c.integers("sizes"), c.integer("dim", 0))),
          ops("chunk", (in, c) -> in.get(0).chunk(c.integer("chunks", 1), c.integer("dim", 0))),
          op("roll", GoldenOps::roll),
          op("repeat", (x, c) -> x.repeat(c.integers("repeats"))),
          op("repeat_interleave", (x, c) -> x.repeatInterleave(c.integer("repeats", 1), c.integer("dim", 0))),
          op("tril", (x, c) -> x.tril(c.integer("diagonal", 0))),
          op("triu", (x, c) -> x.triu(c.integer("diagonal", 0))),
          ops("layer_norm", (in, c) -> List.of(in.get(0).layerNorm(normalized(c), optional(in, 1), optional(in, 2), c.number("eps", 1e-5)))),
          ops("rms_norm", (in, c) -> List.of(in.get(0).rmsNorm(normalized(c), optional(in, 1), c.number("eps", 1e-6)))),
          ops("group_norm", (in, c) -> List.of(in.get(0).groupNorm(c.integer("num_groups", 1), optional(in, 1), optional(in, 2), c.number("eps", 1e-5)))),
          ops("batch_norm", (in, c) -> List.of(batchNorm(in, c))),
          ops("cross_entropy", (in, c) -> List.of(in.get(0).crossEntropy(in.get(1), c.integer("ignore_index", -100), reduction(c), c.number("label_smoothing", 0)))),
          ops("nll_loss", (in, c) -> List.of(in.get(0).nllLoss(in.get(1), c.integer("ignore_index", -100), reduction(c)))),
          ops("mse_loss", (in, c) -> List.of(in.get(0).mseLoss(in.get(1), reduction(c)))),
          ops("l1_loss", (in, c) -> List.of(in.get(0).l1Loss(in.get(1), reduction(c)))),
          ops("smooth_l1_loss", (in, c) -> List.of(in.get(0).smoothL1Loss(in.get(1), c.number("beta", 1), reduction(c)))),
          ops("huber_loss", (in, c) -> List.of(in.get(0).huberLoss(in.get(1), c.number("delta", 1), reduction(c)))),
          ops("binary_cross_entropy", (in, c) -> List.of(in.get(0).binaryCrossEntropy(in.get(1), reduction(c)))),
          ops("binary_cross_entropy_with_logits", (in, c) -> List.of(in.get(0).binaryCrossEntropyWithLogits(in.get(1), reduction(c)))),
          ops("kl_div", (in, c) -> List.of(klDiv(in.get(0), in.get(1), c))),
          ops("scaled_dot_product_attention", (in, c) -> List.of(attention(in, c))),
          ops("second_order_exp_sin", GoldenModels::secondOrder),
          ops("optim", GoldenModels::optimize));

  private static Map.Entry<String, Op> unary(String name, Unary op) {
    return entry(name, (in, c) -> List.of(op.apply(in.get(0))));
  }

  private static Map.Entry<String, Op> binary(String name, Binary op) {
    return entry(name, (in, c) -> List.of(op.apply(in.get(0), in.get(1))));
  }

  private static Map.Entry<String, Op> op(String name, WithArguments op) {
    return entry(name, (in, c) -> List.of(op.apply(in.get(0), c)));
  }

  private static Map.Entry<String, Op> ops(String name, Op op) {
    return entry(name, op);
  }

  private static List<Tensor> both(Sorted sorted) {
    return List.of(sorted.values(), sorted.indices());
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

  private static Tensor clamp(Tensor x, GoldenCase c) {
    Tensor above = c.has("min") ? x.clampMin(c.number("min", 0)) : x;
    return c.has("max") ? above.clampMax(c.number("max", 0)) : above;
  }

  /// PyTorch lists pairs from the last axis to the first.
  private static Tensor pad(Tensor x, GoldenCase c) {
    if (!c.text("mode", "constant").equals("constant")) {
      throw new UnsupportedOperationException("pad in mode " + c.text("mode", ""));
    }
    int[] pairs = c.integers("pad");
    int[][] bounds = new int[x.rank()][2];
    for (int i = 0; i < pairs.length / 2; i++) {
      bounds[x.rank() - 1 - i] = new int[] {pairs[2 * i], pairs[2 * i + 1]};
    }
    return x.pad(bounds, c.number("value", 0));
  }

  private static Tensor roll(Tensor x, GoldenCase c) {
    int[] shifts = c.integers("shifts");
    int[] axes = c.integers("dims");
    for (int i = 0; i < axes.length; i++) {
      x = x.roll(shifts[i], axes[i]);
    }
    return x;
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
