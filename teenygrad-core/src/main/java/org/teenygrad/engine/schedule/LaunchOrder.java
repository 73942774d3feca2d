package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.OpNode;

/// Puts kernels into launches and the launches in order: a kernel runs when all that it reads is there, the one with the longest
/// way to the end first; kernels that are alike ([Plans#likeness]) over several independent sets of buffers are one launch. Before
/// them come those that leave less memory in use, as a weight's derivative does, which is the last to read a layer's inputs and
/// what flows back to it: little is alive at a time then.
///
/// Exchanges with other ranks begin before all else, as they go on beside kernels. A kernel that waits for one lets others run
/// meanwhile: how long things take is estimated ([Plans#seconds]), as in list scheduling with communication delays.
final class LaunchOrder {
  /// How much has to be released at least for a kernel to come first, of all that lives during a schedule, and in bytes: the small
  /// ones of all layers are better one launch.
  private static final double LEAST_SHARE = 1e-3;

  private static final double LEAST_BYTES = 1 << 20;

  private final List<Binding> kernels;
  private final Plans plans;
  private final List<OpNode> likeness;
  private final Dependencies dependencies;
  private final Comparator<Integer> urgent;

  /// Those all of whose inputs come from kernels and exchanges that have been put in order.
  private final List<Integer> ready = new ArrayList<>();

  private final int[] missing;
  private final Released released;

  /// From when on the results of exchanges that a kernel reads are there, by the clock of the launches.
  private final double[] arrival;

  private double clock;
  private double exchanged;

  private LaunchOrder(List<Binding> kernels, Map<Integer, Integer> inPlace, Map<Integer, Long> temporary, Plans plans) {
    this.kernels = kernels;
    this.plans = plans;
    likeness = likeness(kernels, plans);
    dependencies = dependencies(kernels, inPlace);
    dependencies.addExchanges();
    int[] height = heights(dependencies, kernels.size());
    missing = IntStream.range(0, kernels.size()).map(i -> dependencies.before(i).size()).toArray();
    arrival = new double[kernels.size()];
    released = new Released(kernels.stream().map(Binding::kernel).toList(), dependencies, temporary);
    urgent = Comparator.<Integer>comparingInt(i -> isExchange(i) ? 0 : 1)
        .thenComparingInt(i -> released.isMuch(i) ? 0 : 1)
        .thenComparingInt(i -> -height[i]).thenComparingInt(i -> i);
  }

  /// The launches in order.
  /// @param temporary the bytes of each buffer that nobody needs when all have read it
  static List<List<Binding>> of(List<Binding> kernels, Map<Integer, Integer> inPlace, Map<Integer, Long> temporary, Plans plans) {
    return new LaunchOrder(kernels, inPlace, temporary, plans).launches();
  }

  /// How much less memory is in use after each kernel, while the kernels run one after the other.
  private static final class Released {
    private final List<KernelGraph> kernels;
    private final Dependencies dependencies;
    private final Map<Integer, Long> temporary;
    private final Map<Integer, Integer> readers = new HashMap<>();
    private final Set<Integer> begun = new HashSet<>();
    private final Set<Integer> done = new HashSet<>();
    private final long[] bytes; // below 0 where more is in use after a kernel
    private final double least;

    Released(List<KernelGraph> kernels, Dependencies dependencies, Map<Integer, Long> temporary) {
      this.kernels = kernels;
      this.dependencies = dependencies;
      this.temporary = temporary;
      bytes = new long[kernels.size()];
      least = Math.max(LEAST_BYTES, LEAST_SHARE * of(temporary.keySet()));
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] -= of(kernels.get(i).writes());
      }
      temporary.keySet().forEach(slot -> readers.put(slot, dependencies.readers(slot).size()));
      temporary.keySet().stream().filter(slot -> dependencies.readers(slot).size() == 1).forEach(this::isAlmostRead);
    }

    private long of(Set<Integer> slots) {
      return slots.stream().mapToLong(this::of).sum();
    }

    private long of(int slot) {
      return temporary.getOrDefault(slot, 0L);
    }

    boolean isMuch(int kernel) {
      return bytes[kernel] > least;
    }

    private void isAlmostRead(int slot) {
      dependencies.readers(slot).stream().filter(reader -> !done.contains(reader)).forEach(last -> bytes[last] += of(slot));
    }

    void run(int kernel) {
      done.add(kernel);
      for (int slot : kernels.get(kernel).writes()) {
        if (begun.add(slot)) {
          dependencies.writers(slot).stream().filter(other -> other != kernel).forEach(other -> bytes[other] += of(slot));
        }
      }
      for (int slot : kernels.get(kernel).reads()) {
        if (temporary.containsKey(slot) && readers.merge(slot, -1, Integer::sum) == 1) {
          isAlmostRead(slot);
        }
      }
    }
  }

  private List<List<Binding>> launches() {
    for (int i = 0; i < kernels.size(); i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<List<Binding>> launches = new ArrayList<>();
    while (!ready.isEmpty()) {
      List<Integer> launch = launch(next());
      ready.removeAll(launch);
      launches.add(launch.stream().map(kernels::get).toList());
      double end = ended(launch);
      for (int done : launch) {
        released.run(done);
        for (int user : dependencies.after(done)) {
          arrival[user] = Math.max(arrival[user], isExchange(done) ? end : 0);
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

  private boolean isExchange(int kernel) {
    return kernels.get(kernel).kernel().collective() != null;
  }

  /// The most urgent; where that would wait for an exchange, the most urgent of those that need not, if it does not take much
  /// longer than that.
  private int next() {
    int first = ready.stream().min(urgent).orElseThrow();
    double gap = arrival[first] - clock;
    if (isExchange(first) || gap <= 0) {
      return first;
    }
    return ready.stream().filter(i -> arrival[i] <= clock).min(urgent).filter(i -> seconds(i) <= 2 * gap).orElse(first);
  }

  private double seconds(int kernel) {
    return plans.seconds(kernels.get(kernel).sink());
  }

  /// What is alike, ready, and waits no longer.
  private List<Integer> launch(int next) {
    double begin = Math.max(clock, arrival[next]);
    return ready.stream().filter(i -> likeness.get(i) == likeness.get(next) && arrival[i] <= begin).sorted(urgent)
        .limit(plans.mostRuns(kernels.get(next).sink(), kernels.get(next).arguments().size())).sorted().toList();
  }

  /// When a launch that begins now ends.
  private double ended(List<Integer> launch) {
    double seconds = launch.stream().mapToDouble(this::seconds).sum();
    if (isExchange(launch.getFirst())) {
      exchanged = Math.max(exchanged, clock) + seconds;
      return exchanged;
    }
    clock = Math.max(clock, arrival[launch.getFirst()]) + seconds;
    return clock;
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
