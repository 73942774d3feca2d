package org.teenygrad.engine.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.Alike;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.runtime.Target;

/// Joins kernels that run over the same loops: a kernel with the one that reads its result at the very index where it
/// was written, and neighbours that read the same large buffer. One kernel then has several outputs, a layer norm also
/// those of its rows' statistics.
final class Merging {
  /// Of a processor: graphs are the same for any number.
  private static final int MOST_THREADS = 64;

  /// What a block of a GPU, or a thread, does in the time of a launch.
  private static final long FEW_ELEMENTS = 1 << 14;

  private static final int MOST_STORES = 8;
  private static final int MOST_NODES = 500;

  private final List<KernelGraph> kernels;
  private final Dependencies dependencies;
  private final int[] levels; // each kernel's is above those of the kernels that it depends on
  private final Set<Integer> gone = new HashSet<>();
  private final Set<Integer> writtenTwice = new HashSet<>();
  private final Set<Integer> wanted;
  private final Set<Integer> assigned;
  private final Target target;
  private final Plans plans;
  private final AcrossScores across;

  private Merging(List<KernelGraph> kernels, Set<Integer> wanted, Set<Integer> assigned, AcrossScores across, Target target, Plans plans) {
    this.target = target;
    this.plans = plans;
    this.across = across;
    this.kernels = new ArrayList<>(kernels);
    this.wanted = wanted;
    this.assigned = assigned;
    this.levels = new int[kernels.size()];
    dependencies = new Dependencies(kernels);
    for (int i = 0; i < kernels.size(); i++) {
      levels[i] = levelAbove(dependencies.before(i));
      kernels.get(i).writes().stream().filter(slot -> dependencies.writers(slot).size() > 1).forEach(writtenTwice::add);
    }
    // Some wait for exchanges that come after them here: no kernel may be both before and after those.
    dependencies.addExchanges();
    for (int i = 0; i < kernels.size(); i++) {
      lift(i);
    }
  }

  /// The kernels that are left, in no particular order.
  /// @param kernels in an order in which they can run
  /// @param wanted the buffers that somebody outside reads
  /// @param assigned those of them that may take over the memory of what they are made of
  /// @param across what kernels may have others make
  static List<KernelGraph> merge(List<KernelGraph> kernels, Set<Integer> wanted, Set<Integer> assigned, AcrossScores across, Target target, Plans plans) {
    Merging merging = new Merging(kernels, wanted, assigned, across, target, plans);
    for (int i = 0; i < kernels.size(); i++) {
      // One that stands behind those that read it may have become a part of them.
      if (!merging.gone.contains(i)) {
        merging.absorb(i);
      }
    }
    List<KernelGraph> left = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      if (!merging.gone.contains(i)) {
        left.add(merging.kernels.get(i));
      }
    }
    return left;
  }

  private void absorb(int later) {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int earlier : candidates(later)) {
        KernelGraph joined = join(earlier, later);
        if (joined != null) {
          replace(earlier, later, joined);
          changed = true;
          break;
        }
      }
    }
  }

  /// The kernels that this one reads from, nearest first, then those that read the same as it.
  private List<Integer> candidates(int later) {
    List<Integer> result = new ArrayList<>(dependencies.before(later));
    Set<Integer> reads = kernels.get(later).reads();
    for (int i = later - 1; i >= Math.max(0, later - 64); i--) {
      if (!gone.contains(i) && !result.contains(i) && kernels.get(i).reads().stream().anyMatch(reads::contains)) {
        result.add(i);
      }
    }
    return result;
  }

  private @Nullable KernelGraph join(int earlier, int later) {
    KernelGraph a = kernels.get(earlier);
    KernelGraph b = kernels.get(later);
    boolean reads = dependencies.before(later).contains(earlier);
    if (a.collective() != null || b.collective() != null || a.scatters() || b.scatters() || a.takesRows() || b.takesRows() || a.stores().size() + b.stores().size() > MOST_STORES) {
      return null;
    }
    if (a.writes().stream().anyMatch(writtenTwice::contains) || b.writes().stream().anyMatch(writtenTwice::contains)) {
      return null;
    }
    KernelGraph fused = b.contraction() || reads && a.hasFold() && b.hasFold() ? fusedAttention(earlier, later) : null;
    if (fused == null && a.contraction() && b.contraction()) {
      fused = madeAcross(earlier, later);
    }
    if (fused == null && a.contraction() && b.contraction()) {
      fused = reads ? productsOfOneFactor(earlier, later) : productsSideBySide(earlier, later);
    }
    if (fused == null && a.contraction() && !b.contraction() && reads) {
      fused = finishedAcross(earlier, later);
    }
    if (fused != null || b.contraction()) {
      return fused;
    }
    boolean same = a.sizes().equals(b.sizes());
    boolean prefix = reads && !a.contraction() && a.ranges().size() < b.ranges().size() && a.hasFold()
        && b.sizes().subList(0, a.ranges().size()).equals(a.sizes()) && !serializes(target, count(a), work(b));
    Map<OpNode, OpNode> loops = same || prefix ? outerRanges(a, b) : reads && b.hasFold() && isCheapMap(a) ? StoredElements.loopsOfReader(a, b) : null;
    if (loops == null || a.contraction() && (!reads || b.hasFold())) {
      return null;
    }
    if (!reads && !(a.hasFold() == b.hasFold() && sharesLargeRead(a, b)) || pathBesidesDirect(earlier, later)) {
      return null;
    }
    return combine(a, b, loops);
  }

  /// Whether a kernel's elements may be computed again by the one that stores them, where a reduction reads them: no dearer than
  /// what kernels compute twice in any case, and not to be written over what they are made of.
  private boolean isCheapMap(KernelGraph kernel) {
    return !kernel.hasFold() && !kernel.contraction() && kernel.stores().stream().allMatch(store ->
        !assigned.contains(KernelGraph.slot(store)) && Costs.operationsOf(store.input(2)) <= RecomputeLimits.of(target).within());
  }

  /// A product and another with the same factor, which alone looks at its results: a gated perceptron's gate and what it lets pass.
  /// A GPU reads the factor once for both.
  private @Nullable KernelGraph productsOfOneFactor(int earlier, int later) {
    KernelGraph a = kernels.get(earlier);
    KernelGraph b = kernels.get(later);
    boolean alone = target instanceof Target.Gpu && a.sizes().equals(b.sizes()) && a.stores().size() == 1 && !wanted.contains(KernelGraph.slot(a.stores().getFirst()))
        && dependencies.after(earlier).equals(Set.of(later)) && !pathBesidesDirect(earlier, later);
    Map<OpNode, OpNode> renamed = alone ? outerRanges(a, b) : Map.of();
    return alone && SharedFactor.isShared(a, b, renamed) ? severalProducts(a, b, renamed) : null;
  }

  /// Products of the same few rows that have nothing else to do with one another, such as queries, keys and values: one launch,
  /// whose blocks have columns of all of them. Of more columns than the others have there are several products.
  private @Nullable KernelGraph productsSideBySide(int earlier, int later) {
    long columns = Math.min(SharedFactor.columns(kernels.get(earlier)), SharedFactor.columns(kernels.get(later)));
    if (Math.max(SharedFactor.rows(kernels.get(earlier)), SharedFactor.rows(kernels.get(later))) > plans.fewRows() || pathBesidesDirect(earlier, later)) {
      return null;
    }
    KernelGraph a = SharedFactor.inPieces(kernels.get(earlier), columns);
    KernelGraph b = SharedFactor.inPieces(kernels.get(later), columns);
    Map<OpNode, OpNode> renamed = a.sizes().equals(b.sizes()) ? outerRanges(a, b) : Map.of();
    return a.sizes().equals(b.sizes()) && SharedFactor.isShared(a, b, renamed) ? severalProducts(a, b, renamed) : null;
  }

  private @Nullable KernelGraph severalProducts(KernelGraph a, KernelGraph b, Map<OpNode, OpNode> renamed) {
    KernelGraph joined = combine(a, b, renamed);
    return joined != null && plans.multipliesSeveral(Binding.of(Ranges.canonical(joined)).sink()) ? joined : null;
  }

  /// Two kernels over one matrix of scores, where one pass makes both: a row's LOGSUMEXP with what is weighted by it, or the
  /// derivatives by keys and values.
  private @Nullable KernelGraph fusedAttention(int earlier, int later) {
    KernelGraph a = kernels.get(earlier);
    KernelGraph b = kernels.get(later);
    int common = a.ranges().size();
    boolean fits = a.contraction() == b.contraction() && common <= b.ranges().size() && b.sizes().subList(0, common).equals(a.sizes())
        && (dependencies.before(later).contains(earlier) || common == b.ranges().size());
    Map<OpNode, OpNode> renamed = fits ? outerRanges(a, b) : Map.of();
    if (!fits || !shareScores(a, b, renamed) || pathBesidesDirect(earlier, later)) {
      return null;
    }
    KernelGraph joined = combine(a, b, renamed);
    return joined != null && plans.isFusedAttention(Binding.of(Ranges.canonical(joined)).sink()) ? joined : null;
  }

  /// A kernel over scores and sums that go across them.
  private @Nullable KernelGraph madeAcross(int earlier, int later) {
    KernelGraph a = kernels.get(earlier);
    KernelGraph b = kernels.get(later);
    boolean first = across.isAlone(a);
    KernelGraph joined = first == across.isAlone(b) ? null : first ? across.joined(a, b) : across.joined(b, a);
    return joined != null && !pathBesidesDirect(earlier, later) && !dependencies.before(later).contains(earlier) && plans.isFusedAttention(Binding.of(Ranges.canonical(joined)).sink()) ? joined : null;
  }

  /// A kernel with sums across its rows and what is made of them.
  private @Nullable KernelGraph finishedAcross(int earlier, int later) {
    KernelGraph joined = AcrossScores.finished(kernels.get(earlier), kernels.get(later));
    return joined != null && !pathBesidesDirect(earlier, later) && plans.isFusedAttention(Binding.of(Ranges.canonical(joined)).sink()) ? joined : null;
  }

  /// Whether there is a sum of products inside a reduction that both make.
  /// @param renamed the loops of `a` by name in `b`; what the two have in common is added
  private static boolean shareScores(KernelGraph a, KernelGraph b, Map<OpNode, OpNode> renamed) {
    boolean found = false;
    for (OpNode one : scores(a)) {
      found |= scores(b).stream().anyMatch(other -> Alike.match(one, other, renamed));
    }
    return found;
  }

  private static List<OpNode> scores(KernelGraph kernel) {
    return kernel.nodes().stream().filter(node -> node.is(OpCode.FOLD) && node.input(0).is(OpCode.MUL))
        .filter(fold -> Graph.topological(fold.inputs()).stream().noneMatch(node -> node.is(OpCode.FOLD))).toList();
  }

  private static Map<OpNode, OpNode> outerRanges(KernelGraph a, KernelGraph b) {
    Map<OpNode, OpNode> renamed = new IdentityHashMap<>();
    for (int i = 0; i < a.ranges().size(); i++) {
      renamed.put(a.ranges().get(i), b.ranges().get(i));
    }
    return renamed;
  }

  /// Whether a kernel of many elements would run by as few blocks of a GPU, or threads, as there are rows that it reduces first,
  /// each with much to do.
  static boolean serializes(Target target, long rows, long elements) {
    return rows < (target instanceof Target.Gpu gpu ? gpu.processors() : MOST_THREADS) && elements > rows * FEW_ELEMENTS;
  }

  private static long count(KernelGraph kernel) {
    return kernel.sizes().stream().reduce(1L, (x, y) -> x * y);
  }

  /// The elements that a kernel goes through: those of its results, or what is folded to them.
  private static long work(KernelGraph kernel) {
    long inner = kernel.nodes().stream().filter(node -> node.is(OpCode.FOLD))
        .mapToLong(fold -> fold.inputs().stream().skip(1).mapToLong(range -> range.payload(Range.class).size()).reduce(1, (x, y) -> x * y)).max().orElse(1);
    return count(kernel) * inner;
  }

  /// Whether both read a buffer that is as large as all their loops together.
  private static boolean sharesLargeRead(KernelGraph a, KernelGraph b) {
    long size = a.sizes().stream().mapToLong(Long::longValue).reduce(1, (x, y) -> x * y);
    Set<OpNode> large = new HashSet<>();
    for (OpNode node : a.nodes()) {
      if (node.is(OpCode.LOAD) && elements(node) >= size && elements(node) > 1) {
        large.add(node.input(0));
      }
    }
    return b.nodes().stream().anyMatch(node -> node.is(OpCode.LOAD) && large.contains(node.input(0)));
  }

  private static long elements(OpNode load) {
    Shape shape = load.input(0).payload(Param.class).shape();
    return shape.elements();
  }

  /// @param renamed loops of `a` by name in `b`
  private @Nullable KernelGraph combine(KernelGraph a, KernelGraph b, Map<OpNode, OpNode> renamed) {
    List<OpNode> first = Ranges.rename(a, b, renamed);
    Map<OpNode, OpNode> values = new IdentityHashMap<>();
    for (OpNode store : first) {
      values.put(OpNode.of(OpCode.LOAD, store.input(0), store.input(1)), store.input(2));
    }
    Set<Integer> written = a.writes();
    for (OpNode node : b.nodes()) {
      if (node.is(OpCode.LOAD) && written.contains(KernelGraph.slot(node)) && !values.containsKey(node)) {
        OpNode again = isCheapMap(a) && StoredElements.foldsReadOnce(b, a) ? StoredElements.at(a, node) : null;
        if (again == null) {
          return null;
        }
        values.put(node, again);
      }
    }
    List<OpNode> stores = new ArrayList<>(first);
    for (OpNode store : b.stores()) {
      stores.add(Graph.substitute(store, values));
    }
    Set<OpNode> rematerializing = new HashSet<>(a.rematerializing());
    rematerializing.addAll(b.rematerializing());
    KernelGraph joined = new KernelGraph(stores, b.ranges(), a.contraction() || b.contraction(), rematerializing);
    return joined.nodes().size() > MOST_NODES ? null : joined;
  }

  /// Whether `to` depends on `from` by way of a third kernel, or `from` on `to`.
  private boolean pathBesidesDirect(int from, int to) {
    return dependencies.before(to).stream().anyMatch(d -> d != from && reaches(d, from)) || reaches(from, to);
  }

  /// Whether a kernel is, or depends on, another. Only kernels of higher levels can lead there, which keeps the search short in
  /// graphs of thousands of steps in a row.
  private boolean reaches(int start, int wanted) {
    ArrayDeque<Integer> stack = new ArrayDeque<>(List.of(start));
    Set<Integer> seen = new HashSet<>();
    while (!stack.isEmpty()) {
      int at = stack.pop();
      if (at == wanted) {
        return true;
      }
      if (levels[at] > levels[wanted] && seen.add(at)) {
        dependencies.before(at).forEach(stack::push);
      }
    }
    return false;
  }

  /// Lifts a kernel, and whatever depends on it, above all that it depends on.
  private void lift(int kernel) {
    ArrayDeque<Integer> stack = new ArrayDeque<>(List.of(kernel));
    while (!stack.isEmpty()) {
      int at = stack.pop();
      int least = levelAbove(dependencies.before(at));
      if (levels[at] < least) {
        levels[at] = least;
        dependencies.after(at).forEach(stack::push);
      }
    }
  }

  private int levelAbove(Set<Integer> before) {
    return 1 + before.stream().mapToInt(d -> levels[d]).max().orElse(-1);
  }

  private void replace(int earlier, int later, KernelGraph joined) {
    gone.add(earlier);
    dependencies.merge(earlier, later);
    lift(later);
    dependencies.after(later).forEach(this::lift);
    Set<Integer> read = new HashSet<>(wanted);
    read.addAll(joined.reads());
    dependencies.after(later).forEach(user -> read.addAll(kernels.get(user).reads()));
    List<OpNode> needed = joined.stores().stream().filter(store -> read.contains(KernelGraph.slot(store))).toList();
    kernels.set(later, new KernelGraph(needed, joined.ranges(), joined.contraction(), joined.rematerializing()));
  }
}
