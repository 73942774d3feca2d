package org.teenygrad.engine.schedule;

import java.util.List;
import java.util.Optional;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.runtime.Target;

/// Rows that are added to places which data names, as in the gradient of an embedding. What has 16 bits is added up in float32.
///
/// On a GPU many rows are sorted by the places that they go to, those of one in their order. Where each place's rows begin is found
/// by a search, and then a place is the sum of its rows, a loop that data ends: nothing is read again that was written, and the
/// order of additions is always the same. Where many rows go to one place, as those of a frequent word, sums of spans of them come
/// first. What depends on places alone is shared by all scatters along the same ones. PyTorch's `embedding_dense_backward` sorts,
/// too.
final class ScatterSums {
  /// Fewer are added by owners of places, who look through all rows, before they would be sorted.
  private static final int LEAST_ROWS = 8192;

  /// Rows of a span.
  private static final int SPAN = 32;

  /// Of a sorted number, those that say which row it is; above them is the place.
  private static final int ROW_BITS = 32;

  private final Expr base;
  private final Expr source;
  private final int rows;
  private final int columns;
  private final int places;

  /// Places and rows as numbers, in order.
  private final Expr sorted;

  private ScatterSums(OpNode scatter, Expr index) {
    rows = index.shape().size(0);
    places = scatter.shape().size(0);
    columns = (int) (scatter.shape().elements() / places);
    base = new Expr(scatter.input(0)).reshape(Shape.of(places, columns));
    source = new Expr(scatter.input(2)).reshape(Shape.of(rows, columns));
    Expr place = index.reshape(Shape.of(rows)).cast(DType.INT64);
    Expr exists = place.lt(place.full(0)).not().and(place.lt(place.full(places)));
    // Behind all others is what goes nowhere.
    sorted = exists.where(place, places).mul(1L << ROW_BITS).add(place.positions(0)).sort(new Order(rows));
  }

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    if (target instanceof Target.Graphs) {
      return roots;
    }
    var changed = Graph.map(roots, node -> adds(node) ? sum(node, target) : node);
    return roots.stream().map(changed::get).toList();
  }

  private static boolean adds(OpNode node) {
    return node.is(OpCode.SCATTER) && node.payload(Scatter.class).combine() == OpCode.ADD;
  }

  private static OpNode sum(OpNode scatter, Target target) {
    Optional<Expr> index = target instanceof Target.Gpu ? index(scatter) : Optional.empty();
    if (index.isPresent()) {
      return new ScatterSums(scatter, index.get()).sum().reshape(scatter.shape()).node();
    }
    DType dtype = scatter.dtype();
    if (wide(dtype) == dtype) {
      return scatter;
    }
    Expr base = new Expr(scatter.input(0)).cast(wide(dtype));
    Expr source = new Expr(scatter.input(2)).cast(wide(dtype));
    return base.scatter(new Expr(scatter.input(1)), source, scatter.payload(Scatter.class).axis(), OpCode.ADD).cast(dtype).node();
  }

  /// What sums of a type are added up in.
  private static DType wide(DType dtype) {
    return dtype.isFloating() && dtype.bytes() < DType.FLOAT32.bytes() ? DType.FLOAT32 : dtype;
  }

  /// The place of each row, if many rows are added.
  private static Optional<Expr> index(OpNode node) {
    if (node.payload(Scatter.class).axis() != 0 || node.dtype() == DType.BOOL) {
      return Optional.empty();
    }
    OpNode index = node.input(1).is(OpCode.EXPAND) ? node.input(1).input(0) : node.input(1);
    boolean isOfRows = index.shape().elements() == index.shape().size(0);
    return isOfRows && index.shape().size(0) >= LEAST_ROWS ? Optional.of(new Expr(index)) : Optional.empty();
  }

  /// Places with what is added to them.
  private Expr sum() {
    DType wide = wide(base.dtype());
    Expr starts = starts();
    Expr first = starts.part(0, 0, places);
    Expr end = starts.part(0, 1, places + 1);
    // Spans from the first that begins here to the one in which this place ends.
    Expr firstSpan = first.add(SPAN - 1).shiftRight(Integer.numberOfTrailingZeros(SPAN));
    Expr endSpan = end.shiftRight(Integer.numberOfTrailingZeros(SPAN));
    Expr whole = endSpan.sub(firstSpan).max(0);
    Expr isCut = firstSpan.lt(endSpan);
    // What is left is before the first span, or all, and behind the last.
    Expr before = isCut.where(firstSpan.mul(SPAN), end).sub(first);
    Expr behind = isCut.where(end.sub(endSpan.mul(SPAN)), 0);
    Shape some = Shape.of(places, 2 * SPAN);
    Expr i = first.positions(1, some);
    Expr position = i.lt(before.expand(some)).where(first.expand(some), endSpan.mul(SPAN).sub(before).expand(some)).add(i);
    Expr left = sumBelow(before.add(behind), source.cast(wide), rowAt(position));
    Shape all = Shape.of(places, rows / SPAN);
    Expr inSpans = sumBelow(whole, spans(wide), firstSpan.expand(all).add(first.positions(1, all)));
    return base.cast(wide).add(left).add(inSpans).cast(base.dtype());
  }

  /// Where in the order the rows of each place begin, and behind the last where those end: int32 of (places + 1, 1).
  /// A block of sorted numbers is found by the first ones of all blocks, then the number in it.
  private Expr starts() {
    int block = Integer.highestOneBit((int) Math.sqrt(rows - 1.0)) * 2;
    int blocks = Math.ceilDiv(rows, block);
    Expr padded = sorted.padded(0, 0, blocks * block - rows);
    Expr numbers = padded.positions(0).lt(padded.full(rows)).where(padded, padded.full(Long.MAX_VALUE)).reshape(Shape.of(blocks, block));
    Shape each = Shape.of(places + 1, 1);
    Expr place = sorted.positions(0, each).mul(1L << ROW_BITS);
    Expr which = countBelow(numbers.part(1, 0, 1).reshape(Shape.of(1, blocks)).expand(Shape.of(places + 1, blocks)), place).sub(1).max(0);
    Shape looked = Shape.of(places + 1, block);
    return which.mul(block).add(countBelow(numbers.gather(which.expand(looked), 0), place)).contiguous();
  }

  private static Expr countBelow(Expr numbers, Expr limit) {
    return numbers.lt(limit.expand(numbers.shape())).cast(DType.INT32).sum(List.of(1));
  }

  /// The row at each position of the order: int32.
  private Expr rowAt(Expr position) {
    Expr all = sorted.bits((1L << ROW_BITS) - 1).cast(DType.INT32).reshape(Shape.of(1, rows));
    return all.expand(position.shape().with(1, rows)).gather(position, 1);
  }

  /// The sums of spans whose rows go to one place; 0 for others, which are not asked for.
  private Expr spans(DType wide) {
    int count = rows / SPAN;
    Expr numbers = sorted.part(0, 0, count * SPAN).reshape(Shape.of(count, SPAN));
    Expr places = numbers.shiftRight(ROW_BITS);
    Expr isOne = places.part(1, 0, 1).eq(places.part(1, SPAN - 1, SPAN));
    Expr length = isOne.where(isOne.cast(DType.INT32).full(SPAN), 0);
    return sumBelow(length, source.cast(wide), numbers.bits((1L << ROW_BITS) - 1).cast(DType.INT32)).contiguous();
  }

  /// For each line of an index, the sum of those rows of a table that its first numbers name.
  /// @param length how many these are, (n, 1)
  /// @param table (rows, columns)
  /// @param index (n, longest)
  /// @return (n, columns)
  private Expr sumBelow(Expr length, Expr table, Expr index) {
    Shape lines = index.shape();
    Shape corner = Shape.of(lines.size(0), lines.size(1), 1);
    Shape each = corner.with(2, columns);
    Expr counts = length.positions(1, lines).lt(length.expand(lines)).reshape(corner).expand(each);
    Expr rows = table.reshape(Shape.of(1, table.shape().size(0), columns)).expand(each.with(1, table.shape().size(0)));
    return counts.where(rows.gather(index.reshape(corner).expand(each), 1), 0).sum(List.of(1)).reshape(Shape.of(lines.size(0), columns));
  }
}
