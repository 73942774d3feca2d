package org.teenygrad.book.part1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Layout;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Plot;

/// From nested lists to strides: memory is one strip of numbers, and shape, strides and offset say which of them `x[i][j][k]` is:
///
/// position = offset + i * stride_0 + j * stride_1 + k * stride_2
///
/// Whatever only moves indices (transposing, slicing, flipping, broadcasting) changes these few numbers and touches no element: the result
/// is a view. What no strides describe must be copied.
@Section(number = "1.3", name = "strides", title = "Nested lists become one strip of memory; strides say where each element lies")
public record Strides(
    @Help("matrices in the tensor") int planes,
    @Help("rows of a matrix") int rows,
    @Help("columns of a matrix") int columns)
    implements Program {

  /// A name in the subscripts of Python, our strides for it, and the library's tensor.
  private record View(String name, Layout ours, Tensor tensor) {}

  public Strides() {
    this(2, 3, 4);
  }

  /// @throws IllegalArgumentException if there is not more than one element to see along each axis of each view, or an
  ///     index has more than one digit
  public Strides {
    if (Math.min(planes, Math.min(rows, columns - 1)) < 2 || IntStream.of(planes, rows, columns).anyMatch(size -> size > 9)) {
      throw new IllegalArgumentException("planes and rows must be from 2 to 9 and columns from 3 to 9, not " + planes + ", " + rows
          + " and " + columns);
    }
  }

  @Override
  public void run(Page page) {
    int[][][] nested = new int[planes][rows][columns];
    List<Integer> memory = new ArrayList<>(); // the last index runs fastest: row-major order
    for (int i = 0; i < planes; i++) {
      for (int j = 0; j < rows; j++) {
        for (int k = 0; k < columns; k++) {
          nested[i][j][k] = 100 * i + 10 * j + k;
          memory.add(nested[i][j][k]);
        }
      }
    }
    page.say("x, a list of %d lists of %d lists of %d numbers; 12 stands for x[0][1][2]. In memory:", planes, rows, columns);
    page.say("  %s", memory);
    Tensor tensor = Tensor.of(nested);
    Layout x = rowMajor(tensor.shape());

    List<View> views = List.of(
        new View("x", x, tensor),
        new View("x[1]", selected(x, 0, 1), tensor.index("1")),
        new View("x[:, 1:]", sliced(x, 1, 1, rows, 1), tensor.index(":, 1:")),
        new View("x[..., ::2]", sliced(x, 2, 0, columns, 2), tensor.index("..., ::2")),
        new View("x.transpose(1, 2)", transposed(x, 1, 2), tensor.transpose(1, 2)),
        new View("x.flip(2)", flipped(x, 2), tensor.flip(2)),
        new View("x[0, 0], repeated", repeated(selected(selected(x, 0, 0), 0, 0), rows), tensor.index("0, 0").expand(rows, columns)));
    page.say("Views of it, none of which moves an element:");
    page.table(List.of("view", "shape", "strides", "offset", "row-major"),
        views.stream().map(view -> List.of(view.name(), view.ours().shape(), view.ours().strides(), view.ours().offset(),
            view.ours().isRowMajor() ? "yes" : "no")).toList());
    broadcasting(page, x, memory, tensor);

    // A transposed matrix cannot be flattened in place: its elements would have to lie one even step apart.
    Tensor flat = tensor.transpose(1, 2).reshape(-1);
    page.say("x.transpose(1, 2).flatten() has %s: it is a copy, %d numbers in memory of their own.",
        flat.layout().isPresent() ? "strides" : "no strides", flat.numel());

    page.picture("strides", strip(views)::write);
    page.claim("views whose strides and offset are not the library's",
        (double) views.stream().filter(view -> !view.ours().equals(view.tensor().layout().orElseThrow())).count()).isAtMost(0);
    page.claim("elements that are not where the strides say", (double) views.stream().mapToLong(view -> misplaced(view, memory)).sum())
        .isAtMost(0);
  }

  /// Each axis steps over all that lies inside of it.
  private static Layout rowMajor(Shape shape) {
    List<Long> strides = new ArrayList<>();
    long stride = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      strides.addFirst(stride);
      stride *= shape.size(axis);
    }
    return new Layout(shape, strides, 0);
  }

  /// One index is fixed: its share of the position goes into the offset, and the axis is gone.
  private static Layout selected(Layout x, int axis, int index) {
    List<Integer> sizes = sizes(x);
    List<Long> strides = new ArrayList<>(x.strides());
    sizes.remove(axis);
    long stride = strides.remove(axis);
    return new Layout(Shape.of(sizes), strides, x.offset() + index * stride);
  }

  /// Every step-th index from `begin` to before `end`: a later start, longer strides.
  private static Layout sliced(Layout x, int axis, int begin, int end, int step) {
    List<Long> strides = new ArrayList<>(x.strides());
    long stride = strides.set(axis, strides.get(axis) * step);
    return new Layout(x.shape().with(axis, Math.ceilDiv(end - begin, step)), strides, x.offset() + begin * stride);
  }

  private static Layout transposed(Layout x, int one, int other) {
    List<Integer> sizes = sizes(x);
    List<Long> strides = new ArrayList<>(x.strides());
    Collections.swap(sizes, one, other);
    Collections.swap(strides, one, other);
    return new Layout(Shape.of(sizes), strides, x.offset());
  }

  /// From the last element back.
  private static Layout flipped(Layout x, int axis) {
    List<Long> strides = new ArrayList<>(x.strides());
    long stride = strides.set(axis, -strides.get(axis));
    return new Layout(x.shape(), strides, x.offset() + (x.shape().size(axis) - 1) * stride);
  }

  /// A new outermost axis on which nothing moves: stride 0.
  private static Layout repeated(Layout x, int times) {
    List<Integer> sizes = sizes(x);
    List<Long> strides = new ArrayList<>(x.strides());
    sizes.addFirst(times);
    strides.addFirst(0L);
    return new Layout(Shape.of(sizes), strides, x.offset());
  }

  private static List<Integer> sizes(Layout x) {
    return new ArrayList<>(x.shape().stream().boxed().toList());
  }

  /// A column plus a row is a table: both are read with a stride of 0 along the axis that they lack.
  private static void broadcasting(Page page, Layout x, List<Integer> memory, Tensor tensor) {
    Layout first = selected(x, 0, 0); // a matrix
    Layout column = transposed(repeated(selected(first, 1, 1), x.shape().size(2)), 0, 1);
    Layout row = repeated(selected(first, 0, 1), x.shape().size(1));
    int[] table = elements(column, memory).toArray();
    int[] rowwise = elements(row, memory).toArray();
    Arrays.setAll(table, i -> table[i] + rowwise[i]);
    page.say("Broadcasting, column x[0, :, 1:2] + row x[0, 1]: both get shape %s, by strides %s and %s.", column.shape(),
        column.strides(), row.strides());
    int[] theirs = tensor.index("0, :, 1:2").add(tensor.index("0, 1")).toIntArray();
    page.claim("elements of the broadcast sum that differ from the library's",
        (double) IntStream.range(0, table.length).filter(i -> table[i] != theirs[i]).count()).isAtMost(0);
  }

  /// The elements of a view in its own order, read from the strip.
  private static IntStream elements(Layout view, List<Integer> memory) {
    return IntStream.range(0, (int) view.shape().elements()).map(element -> memory.get((int) view.position(index(view.shape(), element))));
  }

  /// The indices of the element with that number: its digits, where each axis is a place.
  private static int[] index(Shape shape, int element) {
    int[] index = new int[shape.rank()];
    int rest = element;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      index[axis] = rest % shape.size(axis);
      rest /= shape.size(axis);
    }
    return index;
  }

  private static long misplaced(View view, List<Integer> memory) {
    int[] ours = elements(view.ours(), memory).toArray();
    int[] theirs = view.tensor().toIntArray();
    return IntStream.range(0, theirs.length).filter(i -> ours[i] != theirs[i]).count();
  }

  /// A row for each view: at which places of the strip it looks, numbered in the order of its own elements (of several visits, the first).
  private Plot strip(List<View> views) {
    int length = planes * rows * columns;
    double[][] visits = new double[views.size() + 1][length];
    for (int row = 0; row < views.size(); row++) {
      Layout view = views.get(row).ours();
      Arrays.fill(visits[row], Double.NaN);
      for (int element = (int) view.shape().elements() - 1; element >= 0; element--) {
        visits[row][(int) view.position(index(view.shape(), element))] = element;
      }
    }
    Arrays.setAll(visits[views.size()], i -> i);
    List<String> names = new ArrayList<>(views.stream().map(View::name).toList());
    names.add("a copy's own strip");
    return Plot.of("Which place of the strip each element of a view lies at")
        .x("position in memory").y("view").colorLabel("element of the view, in its order")
        .heatMap(visits, names, IntStream.range(0, length).mapToObj(Integer::toString).toList()).numbers(0);
  }
}
