package org.teenygrad.book.part3;

import static org.teenygrad.engine.ir.OpCode.*;
import static org.teenygrad.engine.ir.Pattern.*;
import static org.teenygrad.engine.ir.PatternMatcher.rule;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.engine.ir.Algebra;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Pattern;
import org.teenygrad.engine.ir.PatternMatcher;
import org.teenygrad.engine.ir.Rewriter;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.schedule.Realizer;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Dag;
import org.teenygrad.plot.Panels;

/// An optimizer of expression graphs in ten lines, one a rule: what a node looks like, and what to put there.
@Section(number = "3.2.1", name = "pattern-matcher", title = "Ten rewrite rules of your own halve the graph of a derivative")
public record RewriteRules(@Help("elements of the vectors") int size) implements Program {
  private static final Pattern X = any("x");
  private static final Pattern Y = any("y");
  private static final Pattern C = anyConstant("c");
  private static final Pattern D = anyConstant("d");

  /// Constants stand for tensors that are full of them, too; inputs of commutative operations match in either order.
  static final PatternMatcher TEN = PatternMatcher.of("ten rules",
      rule("x * 0 = 0", mul(X, constant(0)), constant(0)),
      rule("x + 0 = x", add(X, constant(0)), X),
      rule("x - 0 = x", sub(X, constant(0)), X),
      rule("x * 1 = x", mul(X, constant(1)), X),
      rule("c * d, computed", mul(C, D), m -> m.full((double) m.value("c") * (double) m.value("d"))),
      rule("c + d, computed", add(C, D), m -> m.full((double) m.value("c") + (double) m.value("d"))),
      rule("(x * c) * d = x * (c * d)", mul(mul(X, C), D), mul(X, mul(C, D))),
      rule("x + x = x * 2", add(X, X), m -> OpNode.of(MUL, m.get("x"), m.full(2))),
      rule("x + -y = x - y", add(X, neg(Y)), sub(X, Y)),
      rule("x - -y = x + y", sub(X, neg(Y)), add(X, Y)));

  public RewriteRules() {
    this(4);
  }

  /// @throws IllegalArgumentException if `size` is below 2
  public RewriteRules {
    if (size < 2) {
      throw new IllegalArgumentException("size must be at least 2, not " + size);
    }
  }

  /// The derivative of f by w, element by element, written down by rules of one line without a look at what they are given.
  static OpNode derivative(OpNode f, OpNode w) {
    return switch (f.op()) {
      case ADD, SUB -> OpNode.of(f.op(), derivative(f.input(0), w), derivative(f.input(1), w));
      case NEG -> OpNode.of(NEG, derivative(f.input(0), w));
      case MUL -> OpNode.of(ADD, OpNode.of(MUL, derivative(f.input(0), w), f.input(1)),
          OpNode.of(MUL, f.input(0), derivative(f.input(1), w)));
      case EXP -> OpNode.of(MUL, f, derivative(f.input(0), w));
      default -> Uniform.of(f.dtype(), f.shape(), f == w ? 1 : 0);
    };
  }

  @Override
  public void run(Page page) {
    Tensor x = Tensor.rand(size).to(Device.of("interpreter")).realize();
    Tensor w = Tensor.rand(size).to(Device.of("interpreter")).realize();
    Tensor f = x.mul(w).mul(2).mul(3).exp().mul(x.mul(w).sub(3)).add(w.mul(w).neg()).sub(w.mul(3).add(w.mul(2)).neg());
    OpNode before = derivative(f.node(), w.node());
    OpNode after = new Rewriter(TEN).rewrite(before);

    List<List<Object>> rows = new ArrayList<>(List.of(List.of("(none)", count(before))));
    List<PatternMatcher.Rule> rules = TEN.rules();
    for (int n = 1; n <= rules.size(); n++) {
      PatternMatcher some = PatternMatcher.of("some", rules.subList(0, n).toArray(PatternMatcher.Rule[]::new));
      rows.add(List.of(rules.get(n - 1).name(), count(new Rewriter(some).rewrite(before))));
    }
    page.say("The derivative by w of exp(x w 2 3) (x w - 3) + -(w w) - -(w 3 + w 2), written by rules that look at nothing, has %d operations.", count(before));
    page.table(List.of("with this rule, too", "operations"), rows);
    page.say("The engine's own %d rules leave %d. They have no x * 0 = 0 for numbers like these: it is wrong where x is infinite or NaN.",
        Algebra.RULES.rules().size(), count(Algebra.simplify(List.of(before)).getFirst()));
    page.picture("pattern-matcher", Panels.of("The graph of a derivative by w", 1, dag("as it was written", before, w.node()),
        dag("after ten rules", after, w.node()))::write);
    double[] was = values(before);
    double[] is = values(after);
    double[] engines = Gradient.of(f.sum(), w).toDoubleArray();
    page.claim("operations before over operations after", (double) count(before) / count(after)).isAtLeast(1.5);
    page.claim("operations after a second time", count(new Rewriter(TEN).rewrite(after))).isNear(count(after), 0);
    page.claim("largest difference of the derivative, before and after",
        IntStream.range(0, size).mapToDouble(i -> Math.abs(was[i] - is[i])).max().orElseThrow()).isAtMost(1e-5);
    page.claim("largest difference from the engine's",
        IntStream.range(0, size).mapToDouble(i -> Math.abs(engines[i] - is[i])).max().orElseThrow()).isAtMost(1e-5);
  }

  /// Operations; data, constants and what only gives constants a shape are none.
  private static int count(OpNode root) {
    return (int) drawn(root).stream().filter(node -> !node.is(BUFFER)).count();
  }

  private static List<OpNode> drawn(OpNode root) {
    return Graph.topological(List.of(root), node -> Uniform.constant(node) == null).stream()
        .filter(node -> Uniform.constant(node) == null).toList();
  }

  /// The graph as it stands: the interpreter walks it node by node, and no rule of the engine's changes it before.
  private double[] values(OpNode root) {
    Realizer.realize(List.of(root));
    Storage storage = Objects.requireNonNull(root.realized()).payload(Storage.class);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate((long) size * Float.BYTES, Float.BYTES);
      Devices.runtime(storage.device()).allocator().copyOut((Buffer) Objects.requireNonNull(storage.memory()), bytes);
      return IntStream.range(0, size).mapToDouble(i -> bytes.getAtIndex(ValueLayout.JAVA_FLOAT, i)).toArray();
    }
  }

  private static Dag dag(String title, OpNode root, OpNode w) {
    Dag dag = Dag.of(title).kinds("data", "arithmetic");
    Map<OpNode, String> keys = new HashMap<>();
    for (OpNode node : drawn(root)) {
      String key = Integer.toString(keys.size());
      keys.put(node, key);
      String constants = node.inputs().stream().map(Uniform::constant).filter(Objects::nonNull)
          .map(constant -> String.format(Locale.ROOT, " %.0f", constant.payload(Double.class))).collect(Collectors.joining());
      boolean data = node.is(BUFFER);
      dag.node(key, data ? "data" : "arithmetic", data ? node == w ? "w" : "x" : node.op().name().toLowerCase(Locale.ROOT) + constants);
      node.inputs().stream().map(keys::get).filter(Objects::nonNull).forEach(input -> dag.edge(input, key));
    }
    return dag;
  }
}
