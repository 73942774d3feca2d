package org.teenygrad.engine.codegen;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// A factor's memory as images of pixels of some channels, of which tiles are what windows show at one of their places: so many
/// pixels one after the other, row by row and image by image, wherever rows end, with zeros for the padding. That is convolution as
/// implicit GEMM without a thread that computes addresses.
///
/// Loops say what an axis of the image is looked at by: in `h + r - 1` h counts pixels of the tile and r places of the window. The
/// mask of the padding says where the image begins and ends.
///
/// @see <a href="https://docs.nvidia.com/cuda/parallel-thread-execution/#tensor-im2col-mode">PTX ISA, im2col mode</a>
final class WindowMap {
  /// Rows and columns of pixels.
  private static final int AXES = 2;

  /// What a tensor map of two axes can say of corners, offsets and steps.
  private static final int FARTHEST_CORNER = 128;
  private static final int FARTHEST_OFFSET = 255;
  private static final int LARGEST_STEP = 8;
  private static final int MOST_PIXELS = 256;

  private final IndexAlgebra algebra;
  private final Stage stage;
  private final OpNode factor;
  private final IndexAlgebra.Sum index;
  private final OpNode channel;

  /// The loops over a window's places, and those over pixels.
  private final List<OpNode> places;
  private final List<OpNode> pixels;

  private WindowMap(Analysis analysis, OpNode node, List<OpNode> outer, List<OpNode> inner) {
    algebra = analysis.algebra;
    stage = node.payload(Stage.class);
    factor = node.input(0);
    index = algebra.sum(factor.input(1));
    List<OpNode> lines = stage.alongInner() ? inner : outer;
    channel = lines.getLast();
    places = lines.subList(0, lines.size() - 1).stream().filter(loop -> index.factor(loop) != 0).toList();
    pixels = stage.alongInner() ? outer : inner;
  }

  static Optional<BulkTile> of(Analysis analysis, OpNode node, List<OpNode> outer, List<OpNode> inner, int sharers) {
    return new WindowMap(analysis, node, outer, inner).tile(outer, inner, sharers);
  }

  /// How an axis of the image is looked at.
  ///
  /// @param pixel the loop over the tile's pixels
  /// @param terms by how many pixels a step of each loop moves, that of the tile's pixels among them
  /// @param low the sum of the terms at the first pixel of the image, high at the last
  /// @param stride elements between pixels
  private record Axis(OpNode pixel, Map<OpNode, Long> terms, long low, long high, long stride) {
    long step() {
      return terms.getOrDefault(pixel, 0L);
    }

    long size() {
      return high - low + 1;
    }

    /// What the places of a window that is looked at backwards reach before the first.
    private long backwards() {
      return reach(places(), factor -> Math.min(0, factor));
    }

    /// Where the window's first place is for the first pixel of the tile's row.
    long lower() {
      return backwards() - low;
    }

    /// The same for the last pixel, from the image's last.
    long upper() {
      return lower() + step() * (Analysis.size(pixel) - 1) - (size() - 1);
    }

    BulkTile.Coordinate start() {
      return new BulkTile.Coordinate(Map.of(pixel, step()), lower());
    }

    BulkTile.Coordinate offset() {
      return new BulkTile.Coordinate(places(), -backwards());
    }

    private Map<OpNode, Long> places() {
      Map<OpNode, Long> places = new LinkedHashMap<>(terms);
      places.remove(pixel);
      return places;
    }

    private long farthest() {
      return reach(places(), Math::abs);
    }

    boolean fits() {
      boolean corners = lower() >= -FARTHEST_CORNER && upper() >= -FARTHEST_CORNER && upper() < FARTHEST_CORNER;
      return corners && step() > 0 && step() <= LARGEST_STEP && farthest() <= FARTHEST_OFFSET;
    }

    Program.Dimension dimension() {
      return new Program.Dimension(size(), stride, 1);
    }
  }

  private Optional<BulkTile> tile(List<OpNode> outer, List<OpNode> inner, int sharers) {
    int lanes = Stage.CHUNK / factor.dtype().bytes();
    int count = BulkTile.lines(stage) / sharers;
    boolean plain = pixels.size() >= AXES && count <= MOST_PIXELS
        && index.factor(channel) == 1 && Analysis.size(channel) % BulkTile.panel(factor.dtype()) == 0
        && index.factors().entrySet().stream().allMatch(term -> term.getKey().is(OpCode.RANGE) && (term.getKey() == channel || term.getValue() % lanes == 0));
    Map<OpNode, Bounds> bounds = plain ? bounds() : null;
    if (bounds == null) {
      return Optional.empty();
    }
    List<Axis> axes = pixels.subList(pixels.size() - AXES, pixels.size()).reversed().stream()
        .flatMap(pixel -> axis(pixel, bounds.remove(pixel)).stream()).toList();
    boolean looked = axes.size() == AXES && bounds.isEmpty() && axes.stream().allMatch(Axis::fits)
        && places.stream().allMatch(place -> axes.stream().filter(axis -> axis.terms.containsKey(place)).count() == 1);
    Map<OpNode, Long> images = looked ? images() : null;
    long offset = index.constant() + axes.stream().mapToLong(axis -> axis.low * axis.stride).sum();
    if (images == null || offset % lanes != 0) {
      return Optional.empty();
    }
    Program.Dimension lines = new Program.Dimension(Analysis.size(channel), 1, BulkTile.panel(factor.dtype()));
    List<Program.Dimension> dimensions = new ArrayList<>(List.of(lines));
    axes.forEach(axis -> dimensions.add(axis.dimension()));
    dimensions.add(imageDimension(images, axes.getLast()));
    List<Program.PixelAxis> described = axes.stream()
        .map(axis -> new Program.PixelAxis((int) axis.lower(), (int) axis.upper(), (int) axis.step())).toList();
    Program.Pixels seen = new Program.Pixels(count, described);
    Program.TensorMap map = new Program.TensorMap(Analysis.slot(factor), factor.dtype(), offset, dimensions, seen, false);
    List<BulkTile.Coordinate> coordinates = Stream.of(Stream.of(new BulkTile.Coordinate(Map.of(channel, 1L), 0)), axes.stream().map(Axis::start), Stream.of(new BulkTile.Coordinate(images, 0)))
        .flatMap(one -> one).toList();
    return Optional.of(new BulkTile(stage.mapped(), sharers, map, coordinates, axes.stream().map(Axis::offset).toList(), outer, inner));
  }

  /// What a mask says of a sum of loops.
  private record Bounds(Map<OpNode, Long> terms, @Nullable Long low, @Nullable Long high) {
    /// Both, if they speak of the same sum.
    @Nullable Bounds and(Bounds other) {
      return terms.equals(other.terms) ? new Bounds(terms, low == null ? other.low : low, high == null ? other.high : high) : null;
    }
  }

  /// By loops over pixels what the mask says of each axis, or null if it says anything else.
  private @Nullable Map<OpNode, Bounds> bounds() {
    Map<OpNode, Bounds> all = new HashMap<>();
    Deque<OpNode> open = new ArrayDeque<>(factor.inputs().subList(2, factor.inputs().size()));
    while (!open.isEmpty()) {
      OpNode node = open.pop();
      if (node.is(OpCode.AND)) {
        open.addAll(node.inputs());
        continue;
      }
      Bounds one = node.is(OpCode.LT) && node.input(1).is(OpCode.CONST) && node.input(1).dtype().isInteger() ? bound(node) : null;
      List<OpNode> counts = one == null ? List.of() : one.terms.keySet().stream().filter(pixels::contains).toList();
      if (one == null || counts.size() != 1) {
        return null;
      }
      Bounds before = all.get(counts.getFirst());
      Bounds both = before == null ? one : before.and(one);
      if (both == null) {
        return null;
      }
      all.put(counts.getFirst(), both);
    }
    return all;
  }

  /// `sum < number`, of a sum in which pixels count forwards.
  private @Nullable Bounds bound(OpNode less) {
    IndexAlgebra.Sum sum = algebra.sum(less.input(0));
    long below = less.input(1).payload(Number.class).longValue() - sum.constant();
    boolean forwards = sum.factors().entrySet().stream().anyMatch(term -> pixels.contains(term.getKey()) && term.getValue() > 0);
    if (forwards) {
      return new Bounds(sum.factors(), null, below - 1);
    }
    Map<OpNode, Long> turned = new HashMap<>();
    sum.factors().forEach((term, factor) -> turned.put(term, -factor));
    return new Bounds(turned, 1 - below, null);
  }

  private Optional<Axis> axis(OpNode pixel, @Nullable Bounds masked) {
    Map<OpNode, Long> terms = masked == null ? Map.of(pixel, 1L) : masked.terms;
    long step = terms.getOrDefault(pixel, 0L);
    long stride = step == 0 ? 0 : index.factor(pixel) / step;
    boolean fits = stride > 0 && terms.entrySet().stream().allMatch(term -> index.factor(term.getKey()) == term.getValue() * stride);
    if (!fits) {
      return Optional.empty();
    }
    long low = masked != null && masked.low != null ? masked.low : reach(terms, factor -> Math.min(0, factor));
    long high = masked != null && masked.high != null ? masked.high : reach(terms, factor -> Math.max(0, factor));
    return Optional.of(new Axis(pixel, terms, low, high, stride));
  }

  /// What a sum of loop counters comes to if each is at its end and has another factor.
  private static long reach(Map<OpNode, Long> terms, LongUnaryOperator factor) {
    return terms.entrySet().stream().mapToLong(term -> factor.applyAsLong(term.getValue()) * (Analysis.size(term.getKey()) - 1)).sum();
  }

  /// The loops over images, of which one goes on where another ends, or null if they do not.
  private @Nullable Map<OpNode, Long> images() {
    List<OpNode> ofTile = pixels.subList(0, pixels.size() - AXES);
    List<OpNode> all = index.factors().keySet().stream()
        .filter(loop -> loop != channel && !places.contains(loop) && (!pixels.contains(loop) || ofTile.contains(loop)))
        .sorted(Comparator.comparingLong(index::factor)).toList();
    // The next image of a tile is the next in memory.
    boolean fits = all.stream().limit(ofTile.size()).toList().equals(ofTile.reversed());
    Map<OpNode, Long> images = new LinkedHashMap<>();
    long number = 1;
    for (OpNode loop : all) {
      if (!fits || index.factor(loop) != index.factor(all.getFirst()) * number) {
        return null;
      }
      images.put(loop, number);
      number *= Analysis.size(loop);
    }
    return images;
  }

  private Program.Dimension imageDimension(Map<OpNode, Long> images, Axis rows) {
    long count = images.keySet().stream().mapToLong(Analysis::size).reduce(1, (a, b) -> a * b);
    return new Program.Dimension(count, images.isEmpty() ? rows.stride * rows.size() : index.factor(images.keySet().iterator().next()), 1);
  }
}
