package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.KernelCase.Input;
import org.teenygrad.bench.KernelCase.Sample;

/// Attention in bfloat16, named by its shape.
///
/// `attention_b4h16t4096d128` is causal, of 4 sequences, 16 heads, 4096 positions, 128 numbers a head. `k8` after the heads: they share
/// the keys and values of 8. `q1` after that: there is one query a sequence, which sees all keys, as in generating
/// text; that is measured in bytes of keys and values. At the end one of
/// - `_window1024`: a query sees as many keys before its own,
/// - `_softcap15`: scores are kept below,
/// - `_mask`, `_bias`: instead of the causal mask a tensor (time, time) of bools, half of them true, or of numbers that are added,
///
/// then `_backward`: the result and the gradients of queries, keys and values. Operations are those of pairs that are
/// not hidden by position; with derivatives they are three and a half times as many, as the backward pass multiplies
/// five times where the forward pass multiplies twice.
final class AttentionCases {
  /// What the names look like.
  static final String FORM = "attention_bBhHtTdD";

  private static final Pattern NAME = Pattern.compile("attention_b(?<batch>\\d{1,4})h(?<heads>\\d{1,4})(k(?<keyHeads>\\d{1,4}))?(q(?<queries>\\d{1,6}))?t(?<time>\\d{1,6})d(?<dim>\\d{1,4})"
      + "(_window(?<window>\\d{1,6})|_softcap(?<cap>\\d{1,4})|_(?<tensor>mask|bias))?(?<backward>_backward)?");

  /// From here on a single head is compared: what float64 takes grows with the square of the time.
  private static final int LONG_TIME = 8192;

  private AttentionCases() {}

  static List<ComparedCase> all() {
    return Stream.of(
        "attention_b16h12t1024d64", "attention_b16h12t1024d64_backward",
        "attention_b4h16t4096d128", "attention_b4h16t4096d128_backward",
        "attention_b1h16t16384d128",
        "attention_b2h32k8t4096d128", "attention_b2h32k8t4096d128_backward",
        "attention_b4h16t2048d96", "attention_b4h16t2048d96_backward",
        "attention_b4h8t2048d256", "attention_b4h8t2048d256_backward",
        "attention_b16h12t1000d64",
        "attention_b2h16t8192d128_window1024", "attention_b2h16t8192d128_window1024_backward",
        "attention_b16h12t1024d64_softcap15", "attention_b16h12t1024d64_mask", "attention_b16h12t1024d64_bias").map(AttentionCases::named).toList();
  }

  private static ComparedCase named(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new IllegalStateException(name);
    }
    return measured(name, parts);
  }

  /// The case of a name of the form [#FORM], or null.
  static @Nullable ComparedCase of(String name) {
    Matcher parts = NAME.matcher(name);
    return parts.matches() ? measured(name, parts) : null;
  }

  private static KernelCase measured(String name, Matcher parts) {
    int heads = number(parts, "heads", 1);
    int time = number(parts, "time", 1);
    boolean generating = parts.group("queries") != null;
    Shape shape = new Shape(number(parts, "batch", 1), heads, number(parts, "keyHeads", heads), number(parts, "queries", time), time,
        number(parts, "dim", 1));
    String tensor = parts.group("tensor");
    AttentionOptions options = generating || tensor != null ? AttentionOptions.DEFAULT : AttentionOptions.CAUSAL;
    if (parts.group("window") != null) {
      options = options.withWindow(number(parts, "window", time));
    }
    if (parts.group("cap") != null) {
      options = options.withSoftCap(number(parts, "cap", 1));
    }
    boolean backward = parts.group("backward") != null;
    double flops = shape.flops(options) * (backward ? 3.5 : 1);
    return new KernelCase(name, generating ? Unit.TERABYTES : Unit.TERAFLOPS, generating ? shape.keyBytes() : flops, DType.BFLOAT16,
        backward ? 2 : 4,
        backward ? Rounding.OFTEN : Rounding.TWICE, shape.inputs(backward, tensor), shape.expression(backward, tensor, options),
        List.of(shape.sample(backward, tensor)));
  }

  private static int number(Matcher parts, String group, int absent) {
    String digits = parts.group(group);
    return digits == null ? absent : Integer.parseInt(digits);
  }

  /// Queries are (batch, heads, queries, headDim), keys and values (batch, keyHeads, time, headDim).
  private record Shape(int batch, int heads, int keyHeads, int queries, int time, int headDim) {
    Shape {
      if (keyHeads == 0 || heads % keyHeads != 0) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "%d heads cannot share the keys of %d", heads, keyHeads));
      }
    }

    /// Causal: half of all pairs. In a window: that, less what lies beyond it.
    private double flops(AttentionOptions options) {
      Integer window = options.window();
      double hidden = window == null || window >= time ? 0 : 0.5 * (time - window) * (time - window);
      double pairs = options.causal() ? 0.5 * time * time - hidden : (double) queries * time;
      return 2.0 * 2 * batch * heads * pairs * headDim;
    }

    private double keyBytes() {
      return 2.0 * 2 * batch * keyHeads * time * headDim;
    }

    private List<Input> inputs(boolean backward, @Nullable String tensor) {
      Input query = Input.of(batch, heads, queries, headDim);
      Input key = Input.of(batch, keyHeads, time, headDim);
      List<Input> inputs = new ArrayList<>(List.of(query, key, key));
      if (backward) {
        inputs.add(query);
      }
      if (tensor != null) {
        Input mask = Input.of(queries, time);
        inputs.add(tensor.equals("mask") ? mask.in(DType.BOOL) : mask);
      }
      return inputs;
    }

    /// Of one sequence two heads, or one; all where they share keys, as a sample of keys has all of their queries.
    private Sample sample(boolean backward, @Nullable String tensor) {
      int head = keyHeads < heads ? 1 : Sample.step(heads, time < LONG_TIME ? 2 : 1);
      List<Integer> steps = List.of(batch, head, 1, 1);
      List<List<Integer>> inputs = new ArrayList<>(List.of(steps, steps, steps));
      if (backward) {
        inputs.add(steps);
      }
      if (tensor != null) {
        inputs.add(List.of(1, 1));
      }
      return backward ? Sample.of(inputs, steps, steps, steps, steps) : Sample.of(inputs, steps);
    }

    private UnaryOperator<List<Tensor>> expression(boolean backward, @Nullable String tensor, AttentionOptions options) {
      return x -> {
        AttentionOptions here = tensor == null ? options : options.withMask(x.getLast());
        Tensor result = x.get(0).scaledDotProductAttention(x.get(1), x.get(2), here);
        List<Tensor> results = new ArrayList<>(List.of(result));
        if (backward) {
          results.addAll(Gradient.vjp(result, x.get(3), x.subList(0, 3)));
        }
        return results;
      };
    }
  }
}
