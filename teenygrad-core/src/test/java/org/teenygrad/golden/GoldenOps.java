package org.teenygrad.golden;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.MultiHeadAttention;
import org.teenygrad.nn.Recurrent;

/// What the file of single calls asks for beside PyTorch's functions.
final class GoldenOps {
  /// One function: its tensor arguments and the case with the others.
  interface Op {
    List<Tensor> apply(List<Tensor> in, GoldenCase c);
  }

  private GoldenOps() {}

  static final Map<String, Op> TABLE =
      Map.ofEntries(
          entry("cummax", (in, c) -> List.of(in.get(0).cummax(c.integer("dim", 0)))),
          entry("slice", (in, c) -> List.of(in.get(0).index(c.text("index", "")))),
          entry("index", (in, c) -> List.of(in.get(0).index(indices(in, c.text("index", ""))))),
          entry("batch_norm", (in, c) -> Torch.call("batch_norm", statistics(in, c), c.args())),
          entry("rnn", (in, c) -> List.of(recurrent(in, c, Recurrent.Kind.RNN))),
          entry("lstm", (in, c) -> List.of(recurrent(in, c, Recurrent.Kind.LSTM))),
          entry("gru", (in, c) -> List.of(recurrent(in, c, Recurrent.Kind.GRU))),
          entry("multi_head_attention", (in, c) -> List.of(multiHeadAttention(in, c))),
          entry("second_order_exp_sin", GoldenModels::secondOrder),
          entry("optim", GoldenModels::optimize),
          entry("optimizer", GoldenOptimizers::steps));

  /// The function of that name; what is not in this table is PyTorch's, called with its tensors first and everything else by keywords.
  static Op named(String name) {
    Op own = TABLE.get(name);
    if (own != null) {
      return own;
    }
    return (in, c) -> Torch.call(name, in, c.args());
  }

  /// In training only the weight and the bias are given.
  private static List<@Nullable Tensor> statistics(List<Tensor> in, GoldenCase c) {
    List<@Nullable Tensor> all = new ArrayList<>(in);
    if (c.flag("training")) {
      all.add(1, null);
      all.add(2, null);
    }
    return all;
  }

  private static Tensor recurrent(List<Tensor> in, GoldenCase c, Recurrent.Kind kind) {
    List<Recurrent.Cell> cells = TorchNetworks.cells(in.subList(1, in.size()), true);
    return new Recurrent(kind, cells, c.flag("bidirectional")).forward(in.get(0));
  }

  private static Tensor multiHeadAttention(List<Tensor> in, GoldenCase c) {
    Linear out = new Linear(in.get(3), in.get(4));
    return new MultiHeadAttention(in.get(1), in.get(2), out, c.integer("num_heads", 1)).forward(in.get(0), AttentionOptions.DEFAULT);
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
