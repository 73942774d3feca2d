package org.teenygrad.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.Exchange;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.runtime.MemoryBudget;
import org.teenygrad.models.report.JsonText;

/// What `--devices fake:N` says of an iteration that was planned.
record FakeWorld(World world, Cluster cluster, StepPlan plan) {
  /// Says all of it.
  /// @param tokens of an iteration, of all ranks together
  /// @param sharing whether each rank has a part of every batch
  void say(PrintStream out, long tokens, boolean sharing) {
    out.printf(Locale.ROOT, "planned, not run: rank 0 of %,d (%s)%n", world.size(), cluster.name());
    if (!sharing && world.size() > 1) {
      out.printf(Locale.ROOT, "each rank computes all of every batch, whose size does not divide by %,d: give a --batch-size that does%n", world.size());
    }
    long room = cluster.accelerator().memoryBytes();
    out.printf(Locale.ROOT, "memory    %10s of %s%s%n", MemoryBudget.text(plan.bytes()), MemoryBudget.text(room), plan.bytes() > room ? ": does not fit" : "");
    memory(out, "parameters", plan.parameterBytes());
    memory(out, "optimizer states", plan.optimizerBytes());
    memory(out, "gradients that are added up", plan.gradientBytes());
    memory(out, "activations, gradients and other work", plan.workBytes());
    out.printf(Locale.ROOT, "kernels   %,10d, %.4g FLOPs%n", plan.kernels(), plan.flops());
    for (Exchange.Kind kind : Exchange.Kind.values()) {
      StepPlan.Traffic traffic = plan.traffic(kind);
      if (traffic.count() > 0) {
        out.printf(Locale.ROOT, "exchange  %,10d %s of %s in all; each rank sends %s%n", traffic.count(), kind, MemoryBudget.text((long) traffic.bytes()),
            MemoryBudget.text((long) traffic.sentBytes()));
      }
    }
    double kernels = plan.kernelSeconds(cluster);
    double exchanges = plan.exchangeSeconds(cluster);
    out.printf(Locale.ROOT, "iteration %7.3g ms at least: kernels %.3g ms, exchanges %.3g ms, or %.3g ms if they overlap%n", 1e3 * (kernels + exchanges),
        1e3 * kernels, 1e3 * exchanges, 1e3 * Math.max(kernels, exchanges));
    out.printf(Locale.ROOT, "tokens    %,10.0f a second of all ranks at most%n", tokens / (kernels + exchanges));
  }

  private static void memory(PrintStream out, String what, long bytes) {
    out.printf(Locale.ROOT, "          %10s %s%n", MemoryBudget.text(bytes), what);
  }

  /// The same for programs, on one line.
  String json(long tokens) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("ranks", world.size());
    facts.put("cluster", cluster.name());
    facts.put("memoryBytes", plan.bytes());
    facts.put("roomBytes", cluster.accelerator().memoryBytes());
    facts.put("parameterBytes", plan.parameterBytes());
    facts.put("optimizerBytes", plan.optimizerBytes());
    facts.put("gradientBytes", plan.gradientBytes());
    facts.put("workBytes", plan.workBytes());
    facts.put("kernels", plan.kernels());
    facts.put("flops", plan.flops());
    Map<String, @Nullable Object> kinds = new LinkedHashMap<>();
    for (Exchange.Kind kind : Exchange.Kind.values()) {
      StepPlan.Traffic traffic = plan.traffic(kind);
      Map<String, Number> sums = new LinkedHashMap<>();
      sums.put("count", traffic.count());
      sums.put("bytes", traffic.bytes());
      sums.put("sentBytes", traffic.sentBytes());
      kinds.put(kind.toString(), sums);
    }
    facts.put("exchanges", kinds);
    facts.put("kernelSeconds", plan.kernelSeconds(cluster));
    facts.put("exchangeSeconds", plan.exchangeSeconds(cluster));
    facts.put("tokens", tokens);
    return JsonText.oneLine(facts);
  }
}
