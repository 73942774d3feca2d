package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.OpNode;

/// Puts kernels into launches and the launches in order.
final class LaunchOrder {
  private LaunchOrder() {}

  /// The launches in order: a kernel runs when all that it reads is there, the one with the longest way to the end first; kernels that are alike
  /// ([Plans#likeness]) over several independent sets of buffers are one launch.
  static List<List<Binding>> of(List<Binding> kernels, Map<Integer, Integer> inPlace, Plans plans) {
    List<OpNode> likeness = likeness(kernels, plans);
    List<Set<Integer>> before = dependencies(kernels, inPlace);
    List<List<Integer>> after = new ArrayList<>();
    kernels.forEach(kernel -> after.add(new ArrayList<>()));
    int[] missing = new int[kernels.size()];
    for (int i = 0; i < kernels.size(); i++) {
      missing[i] = before.get(i).size();
      for (int dependency : before.get(i)) {
        after.get(dependency).add(i);
      }
    }
    int[] height = heights(before, after);
    Comparator<Integer> urgent = Comparator.<Integer>comparingInt(i -> -height[i]).thenComparingInt(i -> i);
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
        for (int user : after.get(done)) {
          if (--missing[user] == 0) {
            ready.add(user);
          }
        }
      }
    }
    return launches;
  }

  private static List<OpNode> likeness(List<Binding> kernels, Plans plans) {
    Map<OpNode, OpNode> known = new HashMap<>();
    return kernels.stream().map(kernel -> known.computeIfAbsent(kernel.sink(), plans::likeness)).toList();
  }

  private static int[] heights(List<Set<Integer>> before, List<List<Integer>> after) {
    int[] height = new int[before.size()];
    int[] missing = new int[before.size()];
    List<Integer> ready = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      missing[i] = after.get(i).size();
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    while (!ready.isEmpty()) {
      int node = ready.removeLast();
      for (int dependency : before.get(node)) {
        height[dependency] = Math.max(height[dependency], height[node] + 1);
        if (--missing[dependency] == 0) {
          ready.add(dependency);
        }
      }
    }
    return height;
  }

  /// For each kernel those that must run before it: what writes its inputs, and what reads data that it overwrites.
  private static List<Set<Integer>> dependencies(List<Binding> kernels, Map<Integer, Integer> inPlace) {
    Map<Integer, Integer> plainWriter = new HashMap<>();
    Map<Integer, Integer> combiner = new HashMap<>();
    Map<Integer, List<Integer>> readers = new HashMap<>();
    for (int i = 0; i < kernels.size(); i++) {
      KernelGraph kernel = kernels.get(i).kernel();
      for (int slot : kernel.writes()) {
        (kernel.scatters() ? combiner : plainWriter).put(slot, i);
      }
      for (int slot : kernel.reads()) {
        readers.computeIfAbsent(slot, s -> new ArrayList<>()).add(i);
      }
    }
    List<Set<Integer>> before = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      Set<Integer> set = new HashSet<>();
      KernelGraph kernel = kernels.get(i).kernel();
      for (int slot : kernel.reads()) {
        Integer writer = plainWriter.get(slot);
        Integer last = combiner.get(slot);
        if (writer != null) {
          set.add(writer);
        }
        if (last != null) {
          set.add(last);
        }
      }
      for (int slot : kernel.writes()) {
        Integer overwritten = inPlace.get(slot);
        if (overwritten != null) {
          set.addAll(readers.getOrDefault(overwritten, List.of()));
        }
      }
      set.remove(i);
      before.add(set);
    }
    return before;
  }
}
