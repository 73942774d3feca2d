package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.OpNode;

/// Puts kernels into launches and the launches in order.
final class LaunchOrder {
  private LaunchOrder() {}

  /// The launches in order: a kernel runs when all that it reads is there, the one with the longest way to the end first, but exchanges with other ranks
  /// before all, as they go on beside kernels; kernels that are alike ([Plans#likeness]) over several independent sets of buffers are one launch.
  static List<List<Binding>> of(List<Binding> kernels, Map<Integer, Integer> inPlace, Plans plans) {
    List<OpNode> likeness = likeness(kernels, plans);
    Dependencies dependencies = dependencies(kernels, inPlace);
    int[] height = heights(dependencies, kernels.size());
    dependencies.addExchanges();
    int[] missing = IntStream.range(0, kernels.size()).map(i -> dependencies.before(i).size()).toArray();
    Comparator<Integer> urgent = Comparator.<Integer>comparingInt(i -> kernels.get(i).kernel().collective() == null ? 1 : 0)
        .thenComparingInt(i -> -height[i]).thenComparingInt(i -> i);
    List<Integer> ready = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<List<Binding>> launches = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.stream().min(urgent).orElseThrow();
      List<Integer> same = ready.stream().filter(i -> likeness.get(i) == likeness.get(next)).sorted(urgent)
          .limit(plans.mostRuns(kernels.get(next).sink(), kernels.get(next).arguments().size())).sorted().toList();
      ready.removeAll(same);
      launches.add(same.stream().map(kernels::get).toList());
      for (int done : same) {
        for (int user : dependencies.after(done)) {
          if (--missing[user] == 0) {
            ready.add(user);
          }
        }
      }
    }
    if (launches.stream().mapToInt(List::size).sum() < kernels.size()) {
      throw new IllegalStateException("kernels wait for each other in a circle");
    }
    return launches;
  }

  private static List<OpNode> likeness(List<Binding> kernels, Plans plans) {
    Map<OpNode, OpNode> known = new HashMap<>();
    return kernels.stream().map(kernel -> known.computeIfAbsent(kernel.sink(), plans::likeness)).toList();
  }

  private static int[] heights(Dependencies dependencies, int count) {
    int[] height = new int[count];
    int[] missing = new int[count];
    List<Integer> ready = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      missing[i] = dependencies.after(i).size();
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    while (!ready.isEmpty()) {
      int node = ready.removeLast();
      for (int dependency : dependencies.before(node)) {
        height[dependency] = Math.max(height[dependency], height[node] + 1);
        if (--missing[dependency] == 0) {
          ready.add(dependency);
        }
      }
    }
    return height;
  }

  /// What each kernel reads is written before, and what it overwrites is read before.
  private static Dependencies dependencies(List<Binding> bindings, Map<Integer, Integer> inPlace) {
    List<KernelGraph> kernels = bindings.stream().map(Binding::kernel).toList();
    Dependencies dependencies = new Dependencies(kernels);
    for (int i = 0; i < kernels.size(); i++) {
      for (int slot : kernels.get(i).writes()) {
        Integer overwritten = inPlace.get(slot);
        if (overwritten != null) {
          int writer = i;
          dependencies.readers(overwritten).forEach(reader -> dependencies.add(reader, writer));
        }
      }
    }
    return dependencies;
  }
}
