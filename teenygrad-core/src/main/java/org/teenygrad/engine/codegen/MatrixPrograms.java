package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// Programs on matrices of doubles whose sizes and places are data: what algorithms run that meet another size at every step, as
/// factorizations do. Each has one argument, a list of words of 64 bits ([ProductWord], [RotationWord]). Whoever takes which items,
/// an element's terms are added in the same order.
public final class MatrixPrograms {
  /// Items that a program's work is cut into, whatever its size.
  private static final int ITEMS = 64;

  private static final int BYTES = Double.BYTES;

  /// Terms that are added before a sum goes to memory: so many rows of a panel stay in the first-level cache.
  public static final int DEPTH = 128;

  /// Rows of the left matrix below which the right one is read where it is: to copy it first would cost as much as to multiply it.
  private static final int FEW_ROWS = 4;

  /// Vectors of columns of a tile.
  private static final int ACROSS = 3;

  /// Panels up to which threads share the rows, not the panels: writing neighbouring lines of memory, they would wait for one another.
  private static final int FEW_PANELS = 8;

  /// Vectors of columns that a single row's sums are kept in.
  private static final int STRIP = 8;

  /// Rows of the left matrix whose inner products are computed together.
  private static final int SQUARE = 4;

  /// Columns of a part of a matrix whose rows are rotated: many rows of a part fit into the first-level cache.
  public static final int PART = 128;

  /// The words of an argument of [#products] and [#innerProducts]. Addresses and strides are in bytes.
  public enum ProductWord {
    LEFT,
    LEFT_ROW,
    LEFT_INNER,
    RIGHT,
    RIGHT_ROW,
    SUMS,
    SUMS_ROW,
    ROWS,
    COLUMNS,
    INNER,
    FACTOR
  }

  /// The words of an argument of [#rotations].
  public enum RotationWord {
    PARTS,
    FIRST_PART,
    PART_STRIDE,
    ROW,
    SWEEPS,
    COUNT,
    BEGIN,
    END
  }

  /// The words of a sweep: rows `FIRST + i` and the next one are rotated by the `i`-th pair of a cosine and a sine, up to `FIRST +
  /// i = LAST`, exclusively.
  public enum SweepWord {
    FIRST,
    LAST,
    ANGLES
  }

  private static final String ZERO = "zeroinitializer";

  private final Ir ir = new Ir(Ir.Dialect.HOST);
  private final int lanes;
  private final String vector;
  private final int height;
  private final int beside;
  private final boolean alone;

  private MatrixPrograms(Target.Cpu cpu, boolean alone) {
    this.alone = alone;
    lanes = Math.max(2, cpu.vectorBytes() / BYTES);
    vector = Ir.vector("double", lanes);
    boolean manyRegisters = cpu.vectorRegisters() >= 32;
    height = manyRegisters ? 8 : 4; // beside the sums there are a row of the panel and a repeated factor
    beside = manyRegisters ? SQUARE : SQUARE / 2;
    ir.declare("declare double @llvm.fma.f64(double, double, double)");
    ir.declare("declare " + vector + " @llvm.fma.v" + lanes + "f64(" + vector + ", " + vector + ", " + vector + ")");
  }

  /// `C = C + f A B`: `C` of ROWS and COLUMNS, its rows SUMS_ROW apart; `A` of elements LEFT_ROW and LEFT_INNER apart, so that it may be
  /// transposed; rows of `B` RIGHT_ROW apart.
  /// @param alone whether the caller's thread does all of it
  public static Program products(Target.Cpu cpu, boolean alone) {
    MatrixPrograms writer = new MatrixPrograms(cpu, alone);
    writer.products();
    return writer.program("matrix_products", (long) BYTES * writer.lanes * ACROSS * (DEPTH + writer.height));
  }

  /// `C = C + f A Bᵀ`, as [#products] but for rows of `A` without gaps.
  /// @param alone whether the caller's thread does all of it
  public static Program innerProducts(Target.Cpu cpu, boolean alone) {
    MatrixPrograms writer = new MatrixPrograms(cpu, alone);
    writer.innerProducts();
    return writer.program("matrix_inner_products", (long) BYTES * SQUARE * SQUARE);
  }

  /// Plane rotations of neighbouring rows, sweep after sweep, each from top to bottom ([RotationWord], [SweepWord]). Sweeps go down
  /// the rows together, one row apart, so that the few rows between the first and the last stay in the first-level cache; two
  /// rotations that share a row are made at once. The matrix lies in parts of [#PART] columns, each by itself: threads that write
  /// neighbouring lines of memory would wait for one another.
  /// @param alone whether the caller's thread does all of it
  public static Program rotations(Target.Cpu cpu, boolean alone) {
    MatrixPrograms writer = new MatrixPrograms(cpu, alone);
    writer.rotations();
    return writer.program("matrix_rotations", 0);
  }

  private Program program(String kind, long scratchBytes) {
    String name = kind + (alone ? "_alone" : "");
    StringBuilder text = new StringBuilder();
    text.append("define void @").append(name).append("(ptr %arguments, i64 %begin, i64 %end, ptr %scratch) #0 {\nentry:\n");
    text.append("  %words = load ptr, ptr %arguments, align 8\n");
    text.append(ir.text()).append("  ret void\n}\n\n");
    ir.declarations().forEach(declaration -> text.append(declaration).append('\n'));
    text.append("attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" }\n");
    Program.Launch launch = new Program.Launch(alone ? 1 : ITEMS, 1, scratchBytes);
    return new Program(name, List.of(), text.toString(), List.of(), List.of(), 0, launch, new Program.Work(Double.MAX_VALUE, 0), kind);
  }

  private String word(Enum<?> word) {
    return word("%words", word, "i64");
  }

  private String address(Enum<?> word) {
    return word("%words", word, "ptr");
  }

  private String factor() {
    return word("%words", ProductWord.FACTOR, "double");
  }

  private String word(String words, Enum<?> word, String type) {
    return ir.value("load " + type + ", ptr " + ir.pointer(words, Integer.toString(word.ordinal() * Long.BYTES)) + ", align 8");
  }

  private String binary(String operation, String a, Object b) {
    return ir.value(operation + " i64 " + a + ", " + b);
  }

  private String at(String pointer, String index, String stride) {
    return ir.pointer(pointer, binary("mul", index, stride));
  }

  private String ceilDiv(String number, int divisor) {
    return binary("udiv", ir.plus(number, divisor - 1), divisor);
  }

  private void where(String condition, Runnable body) {
    ir.branch(ir.value(condition), body, () -> {});
  }

  private void each(String from, String below, long step, Consumer<String> body) {
    where("icmp slt i64 " + from + ", " + below, () -> ir.loop(from, below, step, List.of(), (i, none) -> {
      body.accept(i);
      return none;
    }));
  }

  /// The first and the end of the units that are `begin` to `end` of the program's items.
  private void units(String count, BiConsumer<String, String> body) {
    String first = alone ? "0" : binary("udiv", binary("mul", count, "%begin"), ITEMS);
    String end = alone ? count : binary("udiv", binary("mul", count, "%end"), ITEMS);
    where("icmp ult i64 " + first + ", " + end, () -> body.accept(first, end));
  }

  private String load(String pointer) {
    return ir.value("load " + vector + ", ptr " + pointer + ", align 8");
  }

  /// Where the `number`-th vector is from a pointer on.
  private String vectorAt(String pointer, int number) {
    return ir.pointer(pointer, Integer.toString(number * lanes * BYTES));
  }

  private void storeAligned(String value, String pointer) {
    ir.effect("store " + vector + " " + value + ", ptr " + pointer + ", align " + lanes * BYTES);
  }

  private String fma(String a, String b, String c) {
    String arguments = vector + " " + a + ", " + vector + " " + b + ", " + vector + " " + c;
    return ir.value("call " + vector + " @llvm.fma.v" + lanes + "f64(" + arguments + ")");
  }

  private String scalarFma(String a, String b, String c) {
    return ir.value("call double @llvm.fma.f64(double " + a + ", double " + b + ", double " + c + ")");
  }

  private String scalar(String pointer) {
    return ir.value("load double, ptr " + pointer + ", align 8");
  }

  private String repeated(String scalar) {
    String one = ir.value("insertelement " + vector + " poison, double " + scalar + ", i64 0");
    return ir.value("shufflevector " + vector + " " + one + ", " + vector + " poison, <" + lanes + " x i32> zeroinitializer");
  }

  /// Adds `f` times sums to memory.
  private void addTo(String pointer, String factor, String sums) {
    store(fma(factor, sums, load(pointer)), pointer);
  }

  private void addScalarTo(String pointer, String factor, String sum) {
    ir.effect("store double " + scalarFma(factor, sum, scalar(pointer)) + ", ptr " + pointer + ", align 8");
  }

  // products

  private void products() {
    String few = ir.value("icmp slt i64 " + word(ProductWord.ROWS) + ", " + FEW_ROWS);
    each("0", word(ProductWord.INNER), DEPTH, from -> {
      String depth = ir.smallest(binary("sub", word(ProductWord.INNER), from), Integer.toString(DEPTH));
      String left = at(address(ProductWord.LEFT), from, word(ProductWord.LEFT_INNER));
      String right = at(address(ProductWord.RIGHT), from, word(ProductWord.RIGHT_ROW));
      ir.branch(few, () -> strips(left, right, depth), () -> tiles(left, right, depth));
    });
  }

  /// Rows one by one, strip by strip of the right matrix where it is.
  private void strips(String left, String right, String depth) {
    String columns = word(ProductWord.COLUMNS);
    String strips = ceilDiv(columns, STRIP * lanes);
    units(binary("mul", strips, word(ProductWord.ROWS)), (first, end) -> each(first, end, 1, unit -> {
      String row = binary("udiv", unit, strips);
      String column = binary("mul", binary("urem", unit, strips), STRIP * lanes);
      String a = at(left, row, word(ProductWord.LEFT_ROW));
      String c = at(address(ProductWord.SUMS), row, word(ProductWord.SUMS_ROW));
      String rest = binary("sub", columns, column);
      ir.branch(ir.value("icmp sge i64 " + rest + ", " + STRIP * lanes), () -> strip(a, right, c, column, STRIP, depth), () -> {
        String from = column;
        for (int vectors = STRIP / 2; vectors >= 1; vectors /= 2) {
          int wide = vectors;
          String here = from;
          String fits = ir.value("icmp ne i64 " + binary("and", rest, wide * lanes) + ", 0");
          ir.branch(fits, () -> strip(a, right, c, here, wide, depth), () -> {});
          from = select(fits, ir.plus(here, wide * lanes), here);
        }
        each(from, columns, 1, j -> {
          String bytes = binary("mul", j, BYTES);
          String sum = inner(a, ir.pointer(right, bytes), depth, List.of(new Ir.Carried("double", "0.0")), (x, b, sums) ->
              List.of(new Ir.Carried("double", scalarFma(x, scalar(b), sums.getFirst().value())))).getFirst().value();
          addScalarTo(ir.pointer(c, bytes), factor(), sum);
        });
      });
    }));
  }

  private void strip(String a, String right, String c, String column, int vectors, String depth) {
    String bytes = binary("mul", column, BYTES);
    List<Ir.Carried> zeros = Ir.times(vectors, i -> new Ir.Carried(vector, ZERO));
    List<Ir.Carried> sums = inner(a, ir.pointer(right, bytes), depth, zeros, (x, b, before) -> {
      String factor = repeated(x);
      return Ir.times(vectors, i -> new Ir.Carried(vector, fma(factor, load(vectorAt(b, i)), before.get(i).value())));
    });
    String factor = repeated(factor());
    String to = ir.pointer(c, bytes);
    for (int i = 0; i < vectors; i++) {
      addTo(vectorAt(to, i), factor, sums.get(i).value());
    }
  }

  private interface Step {
    List<Ir.Carried> of(String left, String right, List<Ir.Carried> sums);
  }

  /// Goes along a row of the left matrix and down the right one.
  private List<Ir.Carried> inner(String left, String right, String depth, List<Ir.Carried> sums, Step step) {
    List<Ir.Carried> carried = new ArrayList<>(sums);
    carried.add(new Ir.Carried("ptr", left));
    carried.add(new Ir.Carried("ptr", right));
    String leftStep = word(ProductWord.LEFT_INNER);
    String rightStep = word(ProductWord.RIGHT_ROW);
    return ir.loop("0", depth, 1, carried, (l, before) -> {
      String a = before.get(sums.size()).value();
      String b = before.get(sums.size() + 1).value();
      List<Ir.Carried> next = new ArrayList<>(step.of(scalar(a), b, before.subList(0, sums.size())));
      next.add(new Ir.Carried("ptr", ir.pointer(a, leftStep)));
      next.add(new Ir.Carried("ptr", ir.pointer(b, rightStep)));
      return next;
    }).subList(0, sums.size());
  }

  /// Tiles of sums in registers, of a panel of the right matrix that is copied to memory without gaps.
  private void tiles(String left, String right, String depth) {
    int width = ACROSS * lanes;
    String rows = word(ProductWord.ROWS);
    String columns = word(ProductWord.COLUMNS);
    String down = ceilDiv(rows, height);
    String panels = ceilDiv(columns, width);
    String isNarrow = ir.value("icmp sle i64 " + panels + ", " + FEW_PANELS);
    units(select(isNarrow, down, binary("mul", down, panels)), (first, end) -> {
      String last = ir.plus(end, -1);
      String firstPanel = select(isNarrow, "0", binary("udiv", first, down));
      String lastPanel = select(isNarrow, ir.plus(panels, -1), binary("udiv", last, down));
      each(firstPanel, ir.plus(lastPanel, 1), 1, panel -> {
        String column = binary("mul", panel, width);
        String wide = ir.smallest(binary("sub", columns, column), Integer.toString(width));
        String begins = ir.value("or i1 " + isNarrow + ", " + ir.value("icmp eq i64 " + panel + ", " + firstPanel));
        String ends = ir.value("or i1 " + isNarrow + ", " + ir.value("icmp eq i64 " + panel + ", " + lastPanel));
        String firstRow = select(begins, binary("urem", first, down), "0");
        String endRow = select(ends, ir.plus(binary("urem", last, down), 1), down);
        pack(ir.pointer(right, binary("mul", column, BYTES)), depth, wide);
        each(firstRow, endRow, 1, tile -> tileOf(ACROSS, left, tile, column, wide, depth));
      });
    });
  }

  private String select(String condition, String then, String otherwise) {
    return ir.value("select i1 " + condition + ", i64 " + then + ", i64 " + otherwise);
  }

  private void pack(String right, String depth, String wide) {
    int width = ACROSS * lanes;
    String step = word(ProductWord.RIGHT_ROW);
    ir.branch(ir.value("icmp eq i64 " + wide + ", " + width), () -> each("0", depth, 1, l -> {
      String from = at(right, l, step);
      String to = ir.pointer("%scratch", binary("mul", l, width * BYTES));
      for (int i = 0; i < ACROSS; i++) {
        storeAligned(load(vectorAt(from, i)), vectorAt(to, i));
      }
    }), () -> each("0", depth, 1, l -> {
      String from = at(right, l, step);
      String to = ir.pointer("%scratch", binary("mul", l, width * BYTES));
      for (int i = 0; i < ACROSS; i++) {
        storeAligned(ZERO, vectorAt(to, i));
      }
      each("0", wide, 1, j -> {
        String bytes = binary("mul", j, BYTES);
        ir.effect("store double " + scalar(ir.pointer(from, bytes)) + ", ptr " + ir.pointer(to, bytes) + ", align 8");
      });
    }));
  }

  /// A tile of as many vectors of columns as its panel fills.
  private void tileOf(int vectors, String left, String tile, String column, String wide, String depth) {
    if (vectors == 1) {
      tile(1, left, tile, column, wide, depth);
      return;
    }
    ir.branch(ir.value("icmp sgt i64 " + wide + ", " + (vectors - 1) * lanes),
        () -> tile(vectors, left, tile, column, wide, depth), () -> tileOf(vectors - 1, left, tile, column, wide, depth));
  }

  private void tile(int vectors, String left, String tile, String column, String wide, String depth) {
    int width = ACROSS * lanes;
    String rows = word(ProductWord.ROWS);
    String firstRow = binary("mul", tile, height);
    String lastRow = ir.plus(rows, -1);
    String rowStep = word(ProductWord.LEFT_ROW);
    List<String> starts = Ir.times(height, i -> at(left, ir.smallest(ir.plus(firstRow, i), lastRow), rowStep));
    List<Ir.Carried> carried = new ArrayList<>(Ir.times(height * vectors, i -> new Ir.Carried(vector, ZERO)));
    int sums = carried.size();
    carried.add(new Ir.Carried("i64", "0"));
    carried.add(new Ir.Carried("ptr", "%scratch"));
    String innerStep = word(ProductWord.LEFT_INNER);
    List<Ir.Carried> results = ir.loop("0", depth, 1, carried, (l, before) -> {
      String along = before.get(sums).value();
      String packed = before.get(sums + 1).value();
      List<String> right = Ir.times(vectors, j -> ir.value("load " + vector + ", ptr " + vectorAt(packed, j) + ", align " + lanes * BYTES));
      List<Ir.Carried> next = new ArrayList<>();
      for (int i = 0; i < height; i++) {
        String factor = repeated(scalar(ir.pointer(starts.get(i), along)));
        for (int j = 0; j < vectors; j++) {
          next.add(new Ir.Carried(vector, fma(factor, right.get(j), before.get(i * vectors + j).value())));
        }
      }
      next.add(new Ir.Carried("i64", binary("add", along, innerStep)));
      next.add(new Ir.Carried("ptr", ir.pointer(packed, Integer.toString(width * BYTES))));
      return next;
    });
    Function<Integer, String> sum = i -> results.get(i).value();
    String sumsRow = word(ProductWord.SUMS_ROW);
    String to = ir.pointer(at(address(ProductWord.SUMS), firstRow, sumsRow), binary("mul", column, BYTES));
    String rest = binary("sub", rows, firstRow);
    String hasAllColumns = ir.value("icmp eq i64 " + wide + ", " + vectors * lanes);
    String isWhole = ir.value("and i1 " + ir.value("icmp sge i64 " + rest + ", " + height) + ", " + hasAllColumns);
    ir.branch(isWhole, () -> {
      String factor = repeated(factor());
      for (int i = 0; i < height; i++) {
        String row = at(to, Integer.toString(i), sumsRow);
        for (int j = 0; j < vectors; j++) {
          addTo(vectorAt(row, j), factor, sum.apply(i * vectors + j));
        }
      }
    }, () -> {
      String edge = ir.pointer("%scratch", Integer.toString(DEPTH * width * BYTES));
      for (int i = 0; i < height * vectors; i++) {
        storeAligned(sum.apply(i), vectorAt(edge, i));
      }
      addEdge(edge, vectors * lanes, to, ir.smallest(rest, Integer.toString(height)), wide);
    });
  }

  /// Adds sums that lie in memory, row by row.
  private void addEdge(String edge, int stride, String to, String rows, String columns) {
    String factor = factor();
    String sumsRow = word(ProductWord.SUMS_ROW);
    each("0", rows, 1, i -> each("0", columns, 1, j -> {
      String bytes = binary("mul", j, BYTES);
      String from = ir.pointer(ir.pointer(edge, binary("mul", i, stride * BYTES)), bytes);
      addScalarTo(ir.pointer(at(to, i, sumsRow), bytes), factor, scalar(from));
    }));
  }

  // inner products

  private void innerProducts() {
    ir.declare("declare double @llvm.vector.reduce.fadd.v" + lanes + "f64(double, " + vector + ")");
    String rows = word(ProductWord.ROWS);
    String columns = word(ProductWord.COLUMNS);
    String down = ceilDiv(rows, SQUARE);
    ir.branch(ir.value("icmp slt i64 " + columns + ", " + beside),
        () -> units(binary("mul", down, columns), (first, end) -> each(first, end, 1, unit -> square(unit, down, 1))),
        () -> units(binary("mul", down, ceilDiv(columns, beside)),
            (first, end) -> each(first, end, 1, unit -> square(unit, down, beside))));
  }

  private void square(String unit, String down, int columns) {
    String firstRow = binary("mul", binary("urem", unit, down), SQUARE);
    String firstColumn = binary("mul", binary("udiv", unit, down), columns);
    List<String> left = rowsFrom(address(ProductWord.LEFT), firstRow, word(ProductWord.ROWS), word(ProductWord.LEFT_ROW), SQUARE);
    List<String> right = rowsFrom(address(ProductWord.RIGHT), firstColumn, word(ProductWord.COLUMNS), word(ProductWord.RIGHT_ROW), columns);
    String inner = binary("mul", word(ProductWord.INNER), BYTES);
    int step = lanes * BYTES;
    String whole = binary("and", inner, -step);
    List<Ir.Carried> zeros = Ir.times(SQUARE * columns, i -> new Ir.Carried(vector, ZERO));
    String hasVectors = ir.value("icmp sgt i64 " + whole + ", 0");
    List<Ir.Carried> vectors = ir.when(hasVectors, zeros, () -> ir.loop("0", whole, step, zeros, (l, before) -> {
      List<String> b = Ir.times(columns, j -> load(ir.pointer(right.get(j), l)));
      List<Ir.Carried> next = new ArrayList<>();
      for (int i = 0; i < SQUARE; i++) {
        String a = load(ir.pointer(left.get(i), l));
        for (int j = 0; j < columns; j++) {
          next.add(new Ir.Carried(vector, fma(a, b.get(j), before.get(i * columns + j).value())));
        }
      }
      return next;
    }));
    List<Ir.Carried> sums = Ir.times(SQUARE * columns, i -> new Ir.Carried("double", ir.value(
        "call reassoc double @llvm.vector.reduce.fadd.v" + lanes + "f64(double -0.0, " + vector + " " + vectors.get(i).value() + ")")));
    String hasRest = ir.value("icmp slt i64 " + whole + ", " + inner);
    List<Ir.Carried> all = ir.when(hasRest, sums, () -> ir.loop(whole, inner, BYTES, sums, (l, before) -> {
      List<String> b = Ir.times(columns, j -> scalar(ir.pointer(right.get(j), l)));
      List<Ir.Carried> next = new ArrayList<>();
      for (int i = 0; i < SQUARE; i++) {
        String a = scalar(ir.pointer(left.get(i), l));
        for (int j = 0; j < columns; j++) {
          next.add(new Ir.Carried("double", scalarFma(a, b.get(j), before.get(i * columns + j).value())));
        }
      }
      return next;
    }));
    for (int i = 0; i < SQUARE * columns; i++) {
      ir.effect("store double " + all.get(i).value() + ", ptr " + ir.pointer("%scratch", Integer.toString(i * BYTES)) + ", align 8");
    }
    String to = ir.pointer(at(address(ProductWord.SUMS), firstRow, word(ProductWord.SUMS_ROW)), binary("mul", firstColumn, BYTES));
    addEdge("%scratch", columns, to, ir.smallest(binary("sub", word(ProductWord.ROWS), firstRow), Integer.toString(SQUARE)),
        ir.smallest(binary("sub", word(ProductWord.COLUMNS), firstColumn), Integer.toString(columns)));
  }

  /// Where rows begin; behind the end it is the last one.
  private List<String> rowsFrom(String matrix, String first, String count, String stride, int rows) {
    String last = ir.plus(count, -1);
    return Ir.times(rows, i -> at(matrix, ir.smallest(ir.plus(first, i), last), stride));
  }

  // rotations

  private void rotations() {
    String count = word(RotationWord.COUNT);
    String end = ir.plus(binary("add", word(RotationWord.END), count), -1);
    units(word(RotationWord.PARTS), (first, last) -> each(first, last, 1, part -> {
      String matrix = at(address(RotationWord.FIRST_PART), part, word(RotationWord.PART_STRIDE));
      each(word(RotationWord.BEGIN), end, 1, step ->
          each("0", count, 2, sweep -> rotate(matrix, binary("sub", step, sweep), sweep, count)));
    }));
  }

  /// A sweep's rotation that begins with this row, and that of the sweep behind it, which is one row behind.
  private void rotate(String matrix, String row, String sweep, String count) {
    String stride = word(RotationWord.ROW);
    String sweeps = ir.pointer(address(RotationWord.SWEEPS), binary("mul", sweep, SweepWord.values().length * Long.BYTES));
    String behind = ir.pointer(sweeps, Integer.toString(SweepWord.values().length * Long.BYTES));
    String before = ir.plus(row, -1);
    String y = at(matrix, row, stride);
    String x = at(matrix, before, stride);
    String z = ir.pointer(y, stride);
    String isNow = isRotated(sweeps, row);
    String hasBehind = ir.value("icmp slt i64 " + ir.plus(sweep, 1) + ", " + count);
    String isBehindNow = ir.value("and i1 " + hasBehind + ", " + isRotated(behind, before));
    ir.branch(isNow, () -> ir.branch(isBehindNow, () -> {
      Angle now = angle(sweeps, row);
      Angle then = angle(behind, before);
      vectors(at -> {
        Pair lower = turned(load(ir.pointer(y, at)), load(ir.pointer(z, at)), now);
        Pair upper = turned(load(ir.pointer(x, at)), lower.first, then);
        store(upper.first, ir.pointer(x, at));
        store(upper.second, ir.pointer(y, at));
        store(lower.second, ir.pointer(z, at));
      });
    }, () -> rotate(y, z, angle(sweeps, row))), () -> ir.branch(isBehindNow, () -> rotate(x, y, angle(behind, before)), () -> {}));
  }

  private void rotate(String x, String y, Angle angle) {
    vectors(at -> {
      Pair pair = turned(load(ir.pointer(x, at)), load(ir.pointer(y, at)), angle);
      store(pair.first, ir.pointer(x, at));
      store(pair.second, ir.pointer(y, at));
    });
  }

  private String isRotated(String sweep, String row) {
    String begun = ir.value("icmp sge i64 " + row + ", " + word(sweep, SweepWord.FIRST, "i64"));
    return ir.value("and i1 " + begun + ", " + ir.value("icmp slt i64 " + row + ", " + word(sweep, SweepWord.LAST, "i64")));
  }

  /// A cosine, a sine and its negative, in all lanes.
  private record Angle(String cosine, String sine, String negative) {}

  private Angle angle(String sweep, String row) {
    String number = binary("sub", row, word(sweep, SweepWord.FIRST, "i64"));
    String pair = ir.pointer(word(sweep, SweepWord.ANGLES, "ptr"), binary("mul", number, 2 * BYTES));
    String sine = repeated(scalar(ir.pointer(pair, Integer.toString(BYTES))));
    return new Angle(repeated(scalar(pair)), sine, ir.value("fneg " + vector + " " + sine));
  }

  private record Pair(String first, String second) {}

  private Pair turned(String first, String second, Angle angle) {
    String left = ir.value("fmul " + vector + " " + angle.sine + ", " + second);
    String right = ir.value("fmul " + vector + " " + angle.negative + ", " + first);
    return new Pair(fma(angle.cosine, first, left), fma(angle.cosine, second, right));
  }

  private void vectors(Consumer<String> body) {
    ir.loop("0", Integer.toString(PART * BYTES), (long) lanes * BYTES, List.of(), (at, none) -> {
      body.accept(at);
      return none;
    });
  }

  private void store(String value, String pointer) {
    ir.effect("store " + vector + " " + value + ", ptr " + pointer + ", align 8");
  }
}
