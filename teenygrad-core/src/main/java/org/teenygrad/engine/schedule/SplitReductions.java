package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.runtime.Target;

/// Splits a long reduction to few results into two steps, so that the first has work for every core.
final class SplitReductions {
  private static final long LARGE = 1 << 15;
  private static final int MOST_PARTS = 256;

  /// On a GPU: results of a tile of a matrix product, parts of its inner dimension at most, and how many products its matrix units make
  /// while memory moves a byte.
  private static final long TILE = 128 * 256;

  private static final int MOST_INNER_PARTS = 16;
  private static final double PRODUCTS_PER_BYTE = 80;

  /// The least length that a part should have.
  private static final long LEAST_DEPTH = 512;

  /// On a GPU: how long rows may be that are added up, or multiplied by matrix units, and stay whole. In how many parts longer ones
  /// are added up depends on how many there are; the bits of shorter ones, all of a language model's, do not.
  private static final long MOST_OF_ROW = 1 << 14;

  private static final long MOST_OF_PRODUCT = 1 << 13;

  private final Target target;
  private final Rematerialization rematerialized;

  private SplitReductions(Target target) {
    this.target = target;
    rematerialized = new Rematerialization(target, Set.of());
  }

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    SplitReductions pass = new SplitReductions(target);
    var changed = Graph.map(roots, node -> node.is(OpCode.REDUCE) ? pass.split(node) : node);
    return roots.stream().map(changed::get).toList();
  }

  private OpNode split(OpNode node) {
    long size = node.input(0).shape().elements();
    long results = node.shape().elements();
    if (results == 0 || size < LARGE) {
      return node;
    }
    if (results == 1) {
      int parts = divisor(size, MOST_PARTS);
      return parts == 1 || size / parts > Integer.MAX_VALUE ? node : rows(node, parts, (int) (size / parts));
    }
    if (!(target instanceof Target.Gpu gpu)) {
      return node;
    }
    if (staysWhole(node, size / results) || SumOfProducts.of(node).filter(product -> isShared(product, gpu)).isPresent()) {
      return node;
    }
    int axis = longest(node);
    int parts;
    if (SumOfProducts.is(node)) {
      // Parts of the first long axis leave the loops over the last as long as they are.
      int first = firstLong(node);
      parts = balancedParts(node, first, gpu);
      if (parts > 1) {
        axis = first;
      } else {
        parts = balancedParts(node, axis, gpu);
      }
    } else {
      int wanted = (int) Math.min(MOST_PARTS, wantedParts(node, gpu));
      axis = outermost(node).stream().filter(a -> 2 * divisor(node.input(0).shape().size(a), wanted) > wanted).findFirst().orElse(axis);
      parts = divisor(node.input(0).shape().size(axis), wanted);
    }
    // Factors that are computed on the way would be computed anew by every part.
    return parts == 1 || rematerialized.contains(node.input(0)) ? node : split(node, axis, parts);
  }

  private static boolean staysWhole(OpNode node, long length) {
    Optional<SumOfProducts> product = SumOfProducts.of(node);
    return product.isPresent()
        ? length <= MOST_OF_PRODUCT && product.get().isOfHalves() && product.get().isAlongRows() : length <= MOST_OF_ROW && isAlongRows(node);
  }

  /// Whether blocks share the tiles of a product by themselves, however few these are: of factors across which the sums go, brought
  /// by tensor maps.
  private static boolean isShared(SumOfProducts product, Target.Gpu gpu) {
    List<Integer> summed = product.sum().payload(Reduction.class).axes();
    return gpu.rung() == Target.Rung.TENSOR_MEMORY && product.isOfHalves() && !product.isAlongRows() && product.sum().input(0) == product.product()
        && Stream.of(product.left(), product.right()).map(FactorView::of).allMatch(view -> view.isWindowed() ? view.channels() == view.tensor().shape().rank() - 1 : view.isContiguous(summed));
  }

  /// A reduction to one number, as that of the sums of as many rows.
  private static OpNode rows(OpNode node, int rows, int columns) {
    OpCode combine = node.payload(Reduction.class).combine();
    OpNode matrix = OpNode.of(OpCode.RESHAPE, Shape.of(rows, columns), List.of(node.input(0)));
    OpNode partial = OpNode.of(OpCode.REDUCE, new Reduction(combine, List.of(1)), List.of(matrix));
    OpNode whole = OpNode.of(OpCode.REDUCE, new Reduction(combine, List.of(0)), List.of(partial));
    return OpNode.of(OpCode.RESHAPE, node.shape(), List.of(whole));
  }

  private static int longest(OpNode node) {
    Shape shape = node.input(0).shape();
    return node.payload(Reduction.class).axes().stream().max((a, b) -> Integer.compare(shape.size(a), shape.size(b))).orElseThrow();
  }

  /// The axes that are reduced, in the order in which they lie in memory as far as permutations tell: what is left of the inner ones is
  /// then one run of neighbours.
  private static List<Integer> outermost(OpNode node) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, node.input(0).shape().rank()).boxed().toList());
    OpNode at = node.input(0);
    while (at.op().isElementwise() && !at.inputs().isEmpty() || at.is(OpCode.PERMUTE)) {
      if (at.is(OpCode.PERMUTE)) {
        List<?> axes = at.payload(List.class);
        order.replaceAll(axis -> (Integer) axes.get(axis));
        at = at.input(0);
      } else {
        at = at.inputs().stream().filter(input -> !input.is(OpCode.EXPAND)).findFirst().orElse(at.input(0));
      }
    }
    List<Integer> places = order;
    return node.payload(Reduction.class).axes().stream().sorted(Comparator.comparing(places::get)).toList();
  }

  /// The first axis that could be cut into any number of parts.
  private static int firstLong(OpNode node) {
    Shape shape = node.input(0).shape();
    return node.payload(Reduction.class).axes().stream().sorted().filter(axis -> shape.size(axis) >= MOST_INNER_PARTS).findFirst().orElse(longest(node));
  }

  private static boolean isAlongRows(OpNode node) {
    int last = node.input(0).shape().rank() - 1;
    return node.payload(Reduction.class).axes().contains(last) && node.input(0).shape().size(last) > 1;
  }

  /// How many parts of a reduction keep a GPU busy.
  private static long wantedParts(OpNode node, Target.Gpu gpu) {
    long results = node.shape().elements();
    long length = node.input(0).shape().elements() / results;
    // A row has a group of threads of its own; a column shares a block with 31 others.
    long busy = isAlongRows(node) ? 2L * gpu.processors() : 128L * gpu.processors();
    return Math.min(busy / results, length / LEAST_DEPTH);
  }

  /// In how many parts of the inner dimension a product takes the least time. Tiles come in waves, of which the last should not be
  /// nearly empty; parts have to be written and added up.
  private static int balancedParts(OpNode node, int axis, Target.Gpu gpu) {
    int length = node.input(0).shape().size(axis);
    long results = node.shape().elements();
    long depth = node.input(0).shape().elements() / results;
    long tiles = Math.ceilDiv(results, TILE);
    int best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int parts = 1; parts <= MOST_INNER_PARTS && (parts == 1 || depth / parts >= LEAST_DEPTH); parts++) {
      long waves = Math.ceilDiv(tiles * parts, gpu.processors());
      double adding = parts == 1 ? 0 : (2.0 * parts + 1) * results * Float.BYTES * PRODUCTS_PER_BYTE / gpu.processors();
      double time = waves * (double) TILE * depth / parts + adding;
      if (length % parts == 0 && time < least) {
        best = parts;
        least = time;
      }
    }
    return best;
  }

  private static int divisor(long length, int most) {
    return IntStream.iterate(most, p -> p > 1, p -> p - 1).filter(p -> length % p == 0).findFirst().orElse(1);
  }

  /// A reduction of one axis in parts first. Parts of a contraction lie one after another, each as the result would: tiles are then
  /// stored in whole vectors.
  private static OpNode split(OpNode node, int axis, int parts) {
    Reduction reduction = node.payload(Reduction.class);
    OpNode input = node.input(0);
    boolean contraction = input.is(OpCode.MUL);
    int at = contraction ? 0 : axis;
    // A contraction stays a sum of products.
    OpNode cut = contraction
        ? OpNode.of(OpCode.MUL, inFront(cut(input.input(0), axis, parts), axis), inFront(cut(input.input(1), axis, parts), axis)) : cut(input, axis, parts);
    List<Integer> axes = new ArrayList<>();
    reduction.axes().forEach(a -> axes.add(a < at ? a : a + 1));
    OpNode partial = OpNode.of(OpCode.REDUCE, new Reduction(reduction.combine(), axes), List.of(cut));
    OpNode whole = OpNode.of(OpCode.REDUCE, new Reduction(reduction.combine(), List.of(at)), List.of(partial));
    return OpNode.of(OpCode.RESHAPE, node.shape(), List.of(whole));
  }

  private static OpNode inFront(OpNode node, int axis) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, node.shape().rank()).boxed().toList());
    order.addFirst(order.remove(axis));
    return OpNode.of(OpCode.PERMUTE, order, List.of(node));
  }

  /// The axis as two: parts, and what each is long.
  private static OpNode cut(OpNode node, int axis, int parts) {
    List<Integer> sizes = new ArrayList<>();
    for (int a = 0; a < node.shape().rank(); a++) {
      if (a == axis) {
        sizes.add(parts);
      }
      sizes.add(a == axis ? node.shape().size(a) / parts : node.shape().size(a));
    }
    return OpNode.of(OpCode.RESHAPE, Shape.of(sizes.stream().mapToInt(Integer::intValue).toArray()), List.of(node));
  }
}
