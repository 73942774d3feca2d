package org.teenygrad.engine.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Finds the assignments that may write over the old data.
///
/// An ASSIGN is a value; taking over the old one's memory only saves room. It is done where the graph allows it (the ASSIGN's
/// payload) and it cannot be noticed: every other kernel that reads the old data can run before, and the writing kernel itself
/// reads each old element only at the place that it is about to write. Where a SCATTER is assigned, what would bring the old data
/// along is then no kernel at all.
final class InPlace {
  private InPlace() {}

  /// @param results the graph's results
  /// @return for the slot of each such ASSIGN the slot whose memory it takes
  static Map<Integer, Integer> find(List<KernelGraph> kernels, List<OpNode> results, Map<OpNode, Integer> slots) {
    Map<Integer, Integer> found = new HashMap<>();
    Set<Integer> taken = new HashSet<>();
    Dependencies dependencies = new Dependencies(kernels);
    for (OpNode result : results) {
      if (result.is(OpCode.ASSIGN) && Boolean.TRUE.equals(result.payload()) && result.input(0).is(OpCode.PARAM)) {
        int target = Objects.requireNonNull(slots.get(result));
        int old = Objects.requireNonNull(slots.get(result.input(0)));
        boolean alsoWanted = results.contains(result.input(0));
        if (!alsoWanted && !found.containsKey(target) && taken.add(old) && isUnnoticed(dependencies, target, old)) {
          found.put(target, old);
        }
      }
    }
    return found;
  }

  private static boolean isUnnoticed(Dependencies dependencies, int target, int old) {
    List<Integer> writers = dependencies.writers.getOrDefault(target, List.of());
    List<Integer> readers = dependencies.readers.getOrDefault(old, List.of());
    List<Integer> others = readers.stream().filter(reader -> !writers.contains(reader)).toList();
    for (int writer : writers) {
      Set<Integer> later = dependencies.after(writer);
      if (readers.contains(writer) && !readsOnlyWhatItWrites(dependencies.kernels.get(writer), target, old)
          || others.stream().anyMatch(later::contains)) {
        return false;
      }
    }
    writers.forEach(writer -> others.forEach(reader -> dependencies.edge(reader, writer)));
    return !writers.isEmpty();
  }

  /// Whether a kernel does nothing but to write to a buffer what is there.
  /// @param inPlace what was [found][#find]
  static boolean isIdle(KernelGraph kernel, Map<Integer, Integer> inPlace) {
    return kernel.stores().stream().allMatch(store -> {
      OpNode value = store.input(2);
      return store.inputs().size() == 3 && store.payload() == null
          && value.is(OpCode.LOAD) && value.inputs().size() == 2 && value.input(1) == store.input(1)
          && Objects.equals(inPlace.get(KernelGraph.slot(store)), KernelGraph.slot(value));
    });
  }

  private static boolean readsOnlyWhatItWrites(KernelGraph kernel, int target, int old) {
    OpNode store = kernel.stores().stream().filter(s -> KernelGraph.slot(s) == target).findFirst().orElseThrow();
    return kernel.nodes().stream()
        .filter(node -> node.is(OpCode.LOAD) && KernelGraph.slot(node) == old)
        .allMatch(load -> load.input(1) == store.input(1));
  }

  /// Which kernel has to run before which, the assignments that were found included.
  private static final class Dependencies {
    final List<KernelGraph> kernels;
    final Map<Integer, List<Integer>> writers = new HashMap<>();
    final Map<Integer, List<Integer>> readers = new HashMap<>();
    private final List<Set<Integer>> users = new ArrayList<>();

    Dependencies(List<KernelGraph> kernels) {
      this.kernels = kernels;
      for (int i = 0; i < kernels.size(); i++) {
        users.add(new HashSet<>());
        for (int slot : kernels.get(i).writes()) {
          writers.computeIfAbsent(slot, s -> new ArrayList<>()).add(i);
        }
        for (int slot : kernels.get(i).reads()) {
          readers.computeIfAbsent(slot, s -> new ArrayList<>()).add(i);
        }
      }
      readers.forEach((slot, list) -> writers.getOrDefault(slot, List.of()).forEach(writer ->
          list.forEach(reader -> edge(writer, reader))));
    }

    void edge(int from, int to) {
      if (from != to) {
        users.get(from).add(to);
      }
    }

    Set<Integer> after(int kernel) {
      Set<Integer> seen = new HashSet<>();
      ArrayDeque<Integer> stack = new ArrayDeque<>(users.get(kernel));
      while (!stack.isEmpty()) {
        int next = stack.pop();
        if (seen.add(next)) {
          stack.addAll(users.get(next));
        }
      }
      return seen;
    }
  }
}
