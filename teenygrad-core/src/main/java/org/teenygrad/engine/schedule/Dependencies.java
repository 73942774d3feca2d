package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.Collective;

/// Which kernels read and write each buffer, and which of them therefore have to run before which: a kernel after all others that
/// write what it reads. Kernels go by their numbers.
final class Dependencies {
  private final Map<Integer, List<Integer>> writers = new HashMap<>();
  private final Map<Integer, List<Integer>> readers = new HashMap<>();
  private final List<Set<Integer>> before = new ArrayList<>();
  private final List<Set<Integer>> after = new ArrayList<>();
  private final List<KernelGraph> kernels;

  Dependencies(List<KernelGraph> kernels) {
    this.kernels = kernels;
    for (int i = 0; i < kernels.size(); i++) {
      before.add(new TreeSet<>(Comparator.reverseOrder()));
      after.add(new HashSet<>());
      for (int slot : kernels.get(i).writes()) {
        writers.computeIfAbsent(slot, s -> new ArrayList<>()).add(i);
      }
      for (int slot : kernels.get(i).reads()) {
        readers.computeIfAbsent(slot, s -> new ArrayList<>()).add(i);
      }
    }
    readers.forEach((slot, all) -> all.forEach(reader -> writers(slot).forEach(writer -> add(writer, reader))));
  }

  /// The kernels that write a buffer: one, or the one that makes what others combine with.
  List<Integer> writers(int slot) {
    return writers.getOrDefault(slot, List.of());
  }

  List<Integer> readers(int slot) {
    return readers.getOrDefault(slot, List.of());
  }

  /// Those that a kernel waits for, the last first.
  Set<Integer> before(int kernel) {
    return Collections.unmodifiableSet(before.get(kernel));
  }

  /// Those that wait for a kernel.
  Set<Integer> after(int kernel) {
    return Collections.unmodifiableSet(after.get(kernel));
  }

  /// One more reason to wait, unless it is for itself.
  void add(int earlier, int later) {
    if (earlier != later) {
      before.get(later).add(earlier);
      after.get(earlier).add(later);
    }
  }

  /// Lets a kernel do what an earlier one did, which is there no longer: whoever waits for that now waits for this.
  void merge(int earlier, int later) {
    for (int user : after.get(earlier)) {
      before.get(user).remove(earlier);
      add(later, user);
    }
    for (int dependency : before.get(earlier)) {
      after.get(dependency).remove(earlier);
      add(dependency, later);
    }
  }

  /// Has exchanges with other ranks begin in the one order, and in the buckets, that all ranks have.
  void addExchanges() {
    List<Integer> exchanges = IntStream.range(0, kernels.size()).filter(i -> kernels.get(i).collective() != null).boxed()
        .sorted(Comparator.comparingInt(i -> collective(i).order())).toList();
    for (int i = 1; i < exchanges.size(); i++) {
      add(exchanges.get(i - 1), exchanges.get(i));
    }
    exchanges.stream().collect(Collectors.groupingBy(i -> collective(i).bucket())).values().forEach(this::awaitAll);
  }

  private Collective collective(int kernel) {
    return Objects.requireNonNull(kernels.get(kernel).collective());
  }

  /// Whoever waits for one exchange of a bucket waits for all, which begin as one.
  private void awaitAll(List<Integer> bucket) {
    Set<Integer> users = new HashSet<>();
    bucket.forEach(exchange -> users.addAll(after.get(exchange)));
    bucket.forEach(users::remove);
    bucket.forEach(exchange -> users.forEach(user -> add(exchange, user)));
  }
}
