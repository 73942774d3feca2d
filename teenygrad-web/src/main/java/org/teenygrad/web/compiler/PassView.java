package org.teenygrad.web.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Printer;
import org.teenygrad.engine.ir.SourceLines;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.nanochat.json.Json;

/// A graph before and after a pass, line by line, with the difference marked: nodes that are in both are the same node.
final class PassView {
  /// It is in one of the graphs alone.
  private static final String OTHER = "other";

  /// It is the same operation in both graphs, but something that it is computed from is another.
  private static final String REBUILT = "rebuilt";

  private PassView() {}

  /// What of a node tells two apart that differ in their inputs alone.
  private record Kind(Object op, @Nullable Object payload, Object dtype, Object shape) {
    static Kind of(OpNode node) {
      return new Kind(node.op(), node.payload(), node.dtype() == null ? "" : node.dtype(), node.shape());
    }
  }

  static Map<String, @Nullable Object> summary(Activity.Passed pass) {
    return Json.members("name", pass.pass(), "millis", pass.nanos() / 1e6, "before", Graph.topological(pass.before()).size(), "after", Graph.topological(pass.after()).size(), "fired", pass.fired().size(), "changed",
        !pass.before().equals(pass.after()));
  }

  static Map<String, @Nullable Object> of(Activity.Passed pass, Function<StackTraceElement, String> lines) {
    List<OpNode> before = Graph.topological(pass.before());
    List<OpNode> after = Graph.topological(pass.after());
    Map<OpNode, String> marks = marks(before, after);
    Map<OpNode, Integer> ids = new HashMap<>();
    before.forEach(node -> ids.putIfAbsent(node, ids.size()));
    after.forEach(node -> ids.putIfAbsent(node, ids.size()));
    List<Object> fired = new ArrayList<>();
    for (Activity.Fired each : pass.fired()) {
      fired.add(Json.members("rule", each.rule(), "before", ids.get(each.before()), "after", ids.get(each.after()), "from", text(each.before()), "to", text(each.after())));
    }
    return Json.members("name", pass.pass(), "before", lines(pass.before(), marks, ids, lines), "after", lines(pass.after(), marks, ids, lines), "fired", fired);
  }

  /// A node with what it is computed from, in a line.
  private static String text(OpNode node) {
    return node.op() + " " + String.join(" ", node.inputs().stream().map(input -> input.op().toString()).toList());
  }

  private static Map<OpNode, String> marks(List<OpNode> before, List<OpNode> after) {
    Set<OpNode> old = new HashSet<>(before);
    Set<OpNode> now = new HashSet<>(after);
    Map<Kind, Integer> gone = new HashMap<>();
    before.stream().filter(node -> !now.contains(node)).forEach(node -> gone.merge(Kind.of(node), 1, Integer::sum));
    Map<Kind, Integer> kept = new HashMap<>();
    Map<OpNode, String> marks = new HashMap<>();
    for (OpNode node : after) {
      if (!old.contains(node)) {
        Kind kind = Kind.of(node);
        boolean isRebuilt = gone.getOrDefault(kind, 0) > kept.getOrDefault(kind, 0);
        kept.merge(kind, isRebuilt ? 1 : 0, Integer::sum);
        marks.put(node, isRebuilt ? REBUILT : OTHER);
      }
    }
    for (OpNode node : before) {
      if (!now.contains(node)) {
        marks.put(node, kept.merge(Kind.of(node), -1, Integer::sum) >= 0 ? REBUILT : OTHER);
      }
    }
    return marks;
  }

  private static List<Object> lines(List<OpNode> roots, Map<OpNode, String> marks, Map<OpNode, Integer> ids, Function<StackTraceElement, String> names) {
    List<Object> lines = new ArrayList<>();
    for (Printer.Line line : Printer.lines(roots)) {
      Map<String, @Nullable Object> told = line(line, marks.getOrDefault(line.node(), ""), names);
      told.put("id", ids.get(line.node()));
      lines.add(told);
    }
    return lines;
  }

  /// @param names says which line of a program something is
  static Map<String, @Nullable Object> line(Printer.Line line, String mark, Function<StackTraceElement, String> names) {
    OpNode node = line.node();
    return Json.members("number", line.number(), "op", node.op().toString(), "what", line.what(), "type", (node.dtype() == null ? "" : node.dtype()) + "" + node.shape(), "mark", mark, "source", SourceLines.of(node).map(names).orElse(null));
  }
}
