package org.teenygrad.cli;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.teenygrad.DType;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Range;
import org.teenygrad.ir.Reduction;
import org.teenygrad.schedule.Profile;

/// Prints the kernels of a [Profile], a line each.
final class KernelTable {
  private KernelTable() {}

  static void print(Profile profile, PrintWriter out) {
    out.printf("%4s  %-18s %4s %9s %9s %9s %8s  %s%n", "", "kernel", "runs", "MFLOP", "MB", "us", "GFLOP/s", "fuses");
    double flops = 0;
    double bytes = 0;
    long nanos = 0;
    for (int i = 0; i < profile.launches().size(); i++) {
      Profile.Launch launch = profile.launches().get(i);
      line(out, Integer.toString(i), launch.name(), launch.runs(), launch.flops(), launch.bytes(), launch.nanos(), fused(launch.kernel()));
      flops += launch.flops();
      bytes += launch.bytes();
      nanos += launch.nanos();
    }
    line(out, "", "all", profile.launches().stream().mapToInt(Profile.Launch::runs).sum(), flops, bytes, nanos, "");
  }

  private static void line(
      PrintWriter out, String number, String name, int runs, double flops, double bytes, long nanos, String fuses) {
    out.print(String.format(
        Locale.ROOT,
        "%4s  %-18s %4d %9.3f %9.3f %9.1f %8.1f  %s",
        number, name, runs, flops / 1e6, bytes / 1e6, nanos / 1e3, flops / Math.max(1, nanos), fuses).stripTrailing());
    out.println();
  }

  /// How often the kernel does it, and the operations on data with how often each occurs; arithmetic on positions is left out.
  private static String fused(OpNode kernel) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    Set<OpNode> loops = new LinkedHashSet<>();
    Set<OpNode> folded = new HashSet<>();
    for (OpNode node : Graph.topological(List.of(kernel))) {
      if (node.is(OpCode.RANGE)) {
        loops.add(node);
      } else if (node.is(OpCode.FOLD)) {
        folded.addAll(node.inputs().subList(1, node.inputs().size()));
      }
      if (isArithmetic(node)) {
        counts.merge(name(node), 1, Integer::sum);
      }
    }
    loops.removeAll(folded);
    String operations = counts.entrySet().stream()
        .map(entry -> entry.getValue() == 1 ? entry.getKey() : entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
    return sizes(loops) + ": " + (operations.isEmpty() ? "copy" : operations);
  }

  private static String sizes(Collection<OpNode> loops) {
    return loops.isEmpty()
        ? "1"
        : loops.stream().map(loop -> Long.toString(loop.payload(Range.class).size())).collect(Collectors.joining("x"));
  }

  private static boolean isArithmetic(OpNode node) {
    DType type = node.dtype();
    return type != null && type.isFloating() && (node.op().isElementwise() || node.is(OpCode.REDUCE) || node.is(OpCode.FOLD));
  }

  private static String name(OpNode node) {
    return switch (node.payload()) {
      case Reduction reduction -> fold(reduction.combine());
      case OpCode combine when node.is(OpCode.FOLD) ->
          fold(combine) + " over " + sizes(node.inputs().subList(1, node.inputs().size()));
      case null, default -> node.op().toString().toLowerCase(Locale.ROOT);
    };
  }

  private static String fold(OpCode combine) {
    return combine == OpCode.ADD ? "sum" : combine == OpCode.MUL ? "product" : combine.toString().toLowerCase(Locale.ROOT);
  }
}
