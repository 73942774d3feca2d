package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// The matrices of a [FusedAttention], which a thread computes of its inner sums where they are, in registers, and what they make
/// of the rows' states. Where a row's LOGSUMEXP is reduced along with sums that are proportional to the exponentials, these are
/// taken from the largest element so far ([RowStates]), and everything is scaled down when a larger one comes.
final class AttentionMatrices {
  private static final int STEP = AttentionTiling.STEP;
  private static final int PARTS_ACROSS = STEP / MatrixUnit.COLUMNS;
  private static final int PRODUCTS = STEP / AttentionTiling.DEPTH;

  final FusedAttention attention;
  final @Nullable RowStates rowStates;

  private final Emitter emitter;
  private final Analysis analysis;
  private final Ir ir;
  private final BlockTile tile;
  private final int parts;
  private final boolean roundsLate;
  private final @Nullable AttentionMask mask;
  private final long rowCount;
  private final long stepCount;

  /// Whether the last step has columns that are missing, and that show.
  private final boolean isCut;

  /// How many rows of a block come before those of a warp's group.
  private @Nullable String group;

  /// What has become of a step's inner sums.
  ///
  /// @param states of the rows
  /// @param shrinks what sums are to be multiplied with, for each of a lane's rows
  /// @param elements of the matrices: for each third factor, product and sixteen rows eight numbers, or four words of two, rounded
  record Step(List<Ir.Carried> states, List<String> shrinks, List<Ir.Carried> elements) {}

  /// @param emitter of a SINK of FETCHes, STEPS and STOREs
  /// @param tiling of what they compute
  /// @param roundsLate whether matrices are rounded by [#words], after products that read earlier ones: ptxas would have those wait
  AttentionMatrices(Emitter emitter, AttentionTiling tiling, boolean roundsLate) {
    this.emitter = emitter;
    this.roundsLate = roundsLate;
    attention = tiling.attention();
    analysis = emitter.analysis;
    ir = emitter.ir;
    tile = tiling.tile();
    parts = tiling.parts();
    rowCount = Analysis.count(attention.rows());
    stepCount = Analysis.count(attention.steps());
    rowStates = attention.rowFold() == null ? null : new RowStates(emitter, attention, 2 * parts);
    mask = AttentionMask.find(attention, tile.rows());
    if (mask != null) {
      mask.opened().values().forEach(analysis::include);
    }
    isCut = stepCount % STEP != 0 && !(mask != null && hidesMissing(mask));
    emitter.instructions.allowCoarse();
  }

  /// Whether a mask hides the columns behind the last one and nothing is read for them: as a causal one does of as many keys as queries.
  private boolean hidesMissing(AttentionMask by) {
    OpNode steps = attention.steps().getLast();
    List<OpNode> products = attention.inner().stream().map(FusedAttention.Inner::fold).toList();
    Stream<OpNode> reduced = Stream.concat(Stream.ofNullable(attention.rowFold()), attention.sums().stream().map(FusedAttention.Sum::matrix));
    return by.hides(steps, stepCount, Math.ceilDiv(stepCount, STEP) * STEP)
        && Graph.topological(reduced.toList(), node -> !products.contains(node)).stream()
            .noneMatch(node -> node.is(OpCode.LOAD) && analysis.dependsOn(node, steps));
  }

  /// Finds where in a block the rows of a warp's group are, before anything looks at the mask: by a shuffle, from which ptxas can tell
  /// that a warp's threads agree, so that one comparison serves all of them.
  void enter() {
    String number = ir.value("trunc i64 " + ir.value("udiv i64 " + Threads.warp(ir) + ", " + WarpgroupMatrix.WARPS) + " to i32");
    group = ir.value("mul i64 " + ir.value("zext i32 " + Shuffle.of(ir, DType.INT32, number, 0) + " to i64") + ", " + groupRows());
  }

  /// The steps that a block has to make.
  MaskedSteps.Interval visible(String row) {
    long count = Math.ceilDiv(stepCount, STEP);
    return mask == null ? new MaskedSteps.Interval("0", Long.toString(count)) : masked(mask, tile.rows()).visible(row, count);
  }

  /// Those that a warp has to make with the others of its group.
  /// @param block those of the block
  MaskedSteps.Interval visible(String row, MaskedSteps.Interval block) {
    return mask == null || groups() == 1 ? block : masked(mask, groupRows()).narrowed(groupRow(row), block);
  }

  private MaskedSteps masked(AttentionMask by, int rows) {
    return new MaskedSteps(emitter, attention, by, rows, STEP);
  }

  private int groups() {
    return Math.max(1, tile.warps() / WarpgroupMatrix.WARPS);
  }

  private int groupRows() {
    return tile.rows() / groups();
  }

  /// The first row of a warp's group.
  private String groupRow(String row) {
    return groups() == 1 ? row : emitter.sum(row, Objects.requireNonNull(group));
  }

  /// Before the first step: the rows' states.
  List<Ir.Carried> neutralStates() {
    return rowStates == null ? List.of() : rowStates.neutral();
  }

  /// The first of a warp's rows.
  static String ownRow(Emitter emitter, String row, int parts) {
    return emitter.sum(row, emitter.ir.value("mul i64 " + Threads.warp(emitter.ir) + ", " + MatrixUnit.ROWS * parts));
  }

  /// The first of a lane's rows; its others are eight apart.
  String laneRow(String row) {
    return emitter.sum(ownRow(emitter, row, parts), MatrixUnit.SUMS.row(ir, Threads.lane(ir)));
  }

  /// What is known of all places of a step.
  ///
  /// @param opened the mask that hides none of them, if one is known to
  /// @param whole whether all of them are places of the matrices
  private record Seen(@Nullable AttentionMask opened, boolean whole) {
    /// A node as it is there.
    OpNode open(OpNode node) {
      return opened == null ? node : opened.open(node);
    }
  }

  /// Runs `body` for a step. In one in which a mask hides nothing and no column is missing, neither is looked at.
  private List<Ir.Carried> seen(String row, String step, Function<Seen, List<Ir.Carried>> body) {
    AttentionMask exact = mask != null && mask.exact() ? mask : null;
    List<String> conditions = new ArrayList<>();
    if (exact != null) {
      conditions.add(masked(exact, groupRows()).showsAll(groupRow(row), step));
    }
    if (isCut) {
      conditions.add(ir.value("icmp slt i64 " + step + ", " + stepCount / STEP));
    }
    return conditions.stream().reduce((a, b) -> ir.value("and i1 " + a + ", " + b))
        .map(condition -> ir.choose(condition, () -> body.apply(new Seen(exact, true)), () -> body.apply(new Seen(null, !isCut))))
        .orElseGet(() -> body.apply(new Seen(null, true)));
  }

  /// What a step's inner sums make of the rows' states, and the matrices.
  Step of(String row, String step, List<String> scores, List<Ir.Carried> states) {
    List<Ir.Carried> all = seen(row, step, seen -> of(row, step, scores, states, seen));
    int shrinks = states.size() + (rowStates != null && rowStates.weighs() ? 2 * parts : 0);
    return new Step(all.subList(0, states.size()), all.subList(states.size(), shrinks).stream().map(Ir.Carried::value).toList(), all.subList(shrinks, all.size()));
  }

  private List<Ir.Carried> of(String row, String step, List<String> scores, List<Ir.Carried> states, Seen seen) {
    Tile known = known(row, step, scores);
    List<Ir.Carried> all = new ArrayList<>();
    if (rowStates != null) {
      List<RowStates.Added> added = reduceRows(rowStates, known, states, seen);
      added.forEach(one -> all.addAll(one.states()));
      added.stream().filter(one -> rowStates.weighs()).forEach(one -> all.add(new Ir.Carried("float", one.shrink())));
    }
    for (FusedAttention.Sum sum : attention.sums()) {
      OpNode matrix = unrounded(seen.open(sum.matrix()));
      for (int product = 0; product < PRODUCTS; product++) {
        for (int i = 0; i < parts * 4; i++) {
          String two = value(matrix, known.at(2 * product + i % 4 / 2, 2 * (i / 4) + i % 2), seen);
          List<String> elements = Ir.times(2, e -> ir.value("extractelement <2 x float> " + two + ", i64 " + e));
          all.addAll(roundsLate ? elements.stream().map(one -> new Ir.Carried("float", one)).toList() : List.of(word(false, elements)));
        }
      }
    }
    return all;
  }

  /// The elements of one matrix, of which a lane has as many, and where, as of inner sums.
  /// @param sum whose matrix it is
  /// @param tiles what is known of such elements by node: inner sums, matrices
  /// @param columns what is known of each column, two neighbours for each eight columns
  List<String> elements(String row, String step, int sum, Map<OpNode, List<String>> tiles, Map<OpNode, List<String>> columns) {
    return seen(row, step, seen -> elements(row, step, sum, tiles, columns, seen)).stream().map(Ir.Carried::value).toList();
  }

  private List<Ir.Carried> elements(
      String row, String step, int sum, Map<OpNode, List<String>> tiles, Map<OpNode, List<String>> columns, Seen seen) {
    OpNode shown = seen.open(matrix(sum));
    String first = laneRow(row);
    String column = ir.value("add i64 " + ir.value("mul i64 " + step + ", " + STEP) + ", " + MatrixUnit.SUMS.column(ir, Threads.lane(ir)));
    List<Ir.Carried> all = new ArrayList<>();
    for (int part = 0; part < PARTS_ACROSS; part++) {
      for (int half = 0; half < 2; half++) {
        Map<OpNode, List<String>> two = new LinkedHashMap<>();
        int at = 4 * part + 2 * half;
        tiles.forEach((node, values) -> two.put(seen.open(node), values.subList(at, at + 2)));
        int pair = 2 * part;
        columns.forEach((node, values) -> two.put(node, values.subList(pair, pair + 2)));
        String value = value(shown, new Place(ir.plus(first, half * 8L), ir.plus(column, (long) part * MatrixUnit.COLUMNS), two), seen);
        Ir.times(2, e -> ir.value("extractelement <2 x float> " + value + ", i64 " + e)).forEach(one -> all.add(new Ir.Carried("float", one)));
      }
    }
    return all;
  }

  /// A sum's matrix as it is before it is rounded.
  OpNode matrix(int sum) {
    return unrounded(attention.sums().get(sum).matrix());
  }

  /// Elements, rounded, as left factors of products.
  List<Ir.Carried> words(List<String> elements) {
    return Ir.times(elements.size() / 2, i -> word(true, elements.subList(2 * i, 2 * i + 2)));
  }

  /// A matrix as it is before it is rounded.
  private OpNode unrounded(OpNode matrix) {
    return matrix.is(OpCode.CAST) && matrix.dtype() == attention.element() && matrix.input(0).dtype() == DType.FLOAT32 ? matrix.input(0) : matrix;
  }

  /// Two neighbours of a row for each eight columns and each of a warp's halves of sixteen rows.
  private Tile known(String row, String step, List<String> scores) {
    String first = laneRow(row);
    String column = ir.value("add i64 " + ir.value("mul i64 " + step + ", " + STEP) + ", "
        + MatrixUnit.SUMS.column(ir, Threads.lane(ir)));
    Tile known = new Tile();
    for (int part = 0; part < PARTS_ACROSS; part++) {
      for (int half = 0; half < 2 * parts; half++) {
        Map<OpNode, List<String>> two = new LinkedHashMap<>();
        for (int p = 0; p < attention.inner().size(); p++) {
          int at = ((p * parts + half / 2) * PARTS_ACROSS + part) * 4 + 2 * (half % 2);
          two.put(attention.inner().get(p).fold(), scores.subList(at, at + 2));
        }
        known.put(part, half, new Place(ir.plus(first, half * 8L), ir.plus(column, (long) part * MatrixUnit.COLUMNS), two));
      }
    }
    return known;
  }

  /// Where a lane's two neighbours of the matrix are, and what is known of them by node.
  private record Place(String row, String column, Map<OpNode, List<String>> values) {}

  /// A lane's places of a step, by parts of eight columns and halves of sixteen rows.
  private static final class Tile {
    private final Map<Integer, Place> places = new HashMap<>();

    void put(int part, int half, Place place) {
      places.put(part * 16 + half, place);
    }

    Place at(int part, int half) {
      return Objects.requireNonNull(places.get(part * 16 + half));
    }
  }

  /// Reduces the rows themselves; exponentials that sums are made of become known.
  private List<RowStates.Added> reduceRows(RowStates rows, Tile known, List<Ir.Carried> states, Seen seen) {
    OpNode body = seen.open(rows.body());
    RowStates.Scaled scaled = RowStates.scaled(body);
    analysis.include(scaled.value());
    List<RowStates.Added> all = new ArrayList<>();
    for (int half = 0; half < 2 * parts; half++) {
      List<String> elements = new ArrayList<>();
      for (int part = 0; part < PARTS_ACROSS; part++) {
        Place place = known.at(part, half);
        String two = value(scaled.value(), place, seen);
        for (int i = 0; i < 2; i++) {
          String one = ir.value("extractelement <2 x float> " + two + ", i64 " + i);
          elements.add(seen.whole ? one : inside(ir.plus(place.column, i), one, rows));
        }
      }
      RowStates.Added added = rows.add(half, states, elements, scaled.factor(), tile.threads());
      all.add(added);
      if (attention.weight() != null) {
        OpNode weight = seen.open(attention.weight());
        for (int part = 0; part < PARTS_ACROSS; part++) {
          known.at(part, half).values.put(weight, added.exponentials().subList(2 * part, 2 * part + 2));
        }
      }
    }
    return all;
  }

  private String inside(String column, String value, RowStates rows) {
    return ir.value("select i1 " + ir.value("icmp slt i64 " + column + ", " + stepCount) + ", float " + value + ", float " + rows.neutralElement());
  }

  /// Two neighbours of a matrix.
  private String value(OpNode matrix, Place place, Seen seen) {
    String row = rowCount % tile.rows() == 0 ? place.row : ir.smallest(place.row, Long.toString(rowCount - 1));
    if (Analysis.size(attention.steps().getLast()) % 2 == 0) {
      Map<OpNode, String> both = new LinkedHashMap<>();
      place.values.forEach((node, two) -> both.put(node, pair(two.get(0), two.get(1))));
      return evaluated(matrix, row, seen.whole ? place.column : ir.smallest(place.column, Long.toString(stepCount - 2)), 2, both);
    }
    List<String> two = Ir.times(2, i -> {
      Map<OpNode, String> one = new LinkedHashMap<>();
      place.values.forEach((node, values) -> one.put(node, values.get(i)));
      String column = ir.plus(place.column, i);
      return evaluated(matrix, row, seen.whole ? column : ir.smallest(column, Long.toString(stepCount - 1)), 1, one);
    });
    return pair(two.get(0), two.get(1));
  }

  private String evaluated(OpNode matrix, String row, String column, int lanes, Map<OpNode, String> known) {
    String[] result = new String[1];
    emitter.unflatten(row, attention.rows(), () -> emitter.unflatten(column, attention.steps(), Axis.ofLanes(attention.steps(), lanes), () -> {
      known.forEach((node, value) -> emitter.define(node, emitter.loops.zeroSteps(), value));
      result[0] = emitter.operand(matrix, emitter.loops.zeroSteps(), lanes);
    }));
    return result[0];
  }

  private String pair(String a, String b) {
    return ir.value("insertelement <2 x float> " + ir.value("insertelement <2 x float> poison, float " + a + ", i64 0") + ", float " + b + ", i64 1");
  }

  /// The matrices, rounded, as left factors of products.
  List<Ir.Carried> words(Step step) {
    List<Ir.Carried> elements = step.elements;
    return roundsLate ? words(elements.stream().map(Ir.Carried::value).toList()) : elements;
  }

  private Ir.Carried word(boolean pinned, List<String> two) {
    return new Ir.Carried("i32", ir.gpu().packed(attention.element(), two.get(0), two.get(1), pinned));
  }

  /// Makes up for larger elements in the sums so far.
  List<String> rescaled(List<String> sums, Step by) {
    if (rowStates == null || by.shrinks.isEmpty()) {
      return sums;
    }
    List<String> scaled = new ArrayList<>(sums);
    int perPart = tile.columns() / MatrixUnit.COLUMNS * 4;
    for (int i = 0; i < scaled.size(); i++) {
      // Fours of two neighbours in a row and two in the row eight below.
      String shrink = by.shrinks.get(i / perPart % parts * 2 + i % 4 / 2);
      scaled.set(i, emitter.instructions.binary(OpCode.MUL, DType.FLOAT32, 1, scaled.get(i), shrink));
    }
    return scaled;
  }

  /// The nodes of STOREs for each row, or of all.
  List<OpNode> stores(boolean onlyOfRows) {
    return analysis.stores().stream().filter(store -> !onlyOfRows || attention.isRowStore(analysis, store)).toList();
  }

  /// Stores what follows a row's reduction, by one of the four lanes that have the row.
  void storeRow(String row, RowStates.Half half, boolean onlyRowStores) {
    String own = ir.plus(laneRow(row), half.number() * 8L);
    String guard = ir.value("and i1 " + half.leader() + ", " + ir.value("icmp slt i64 " + own + ", " + rowCount));
    String clamped = rowCount % tile.rows() == 0 ? own : ir.smallest(own, Long.toString(rowCount - 1));
    List<OpNode> stores = stores(onlyRowStores);
    if (!stores.isEmpty()) {
      emitter.unflatten(clamped, attention.rows(), () -> emitter.shared(null, guard, () -> {
        emitter.define(Objects.requireNonNull(attention.rowFold()), emitter.loops.zeroSteps(), half.value());
        emitter.emitReady(Graph.topological(stores).stream().filter(node -> !node.is(OpCode.FOLD)).toList());
      }));
    }
  }
}
