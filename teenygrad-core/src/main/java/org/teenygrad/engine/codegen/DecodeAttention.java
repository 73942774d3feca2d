package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// Attention of few queries to a part of the keys ([Decoding]) on a GPU (Dao et al., "Flash-Decoding for long-context inference", 2023).
///
/// A block has one part of the keys, and goes through it twice. First some neighbouring threads take a key each time, a vector of
/// 16 bytes each, and write its scores to shared memory; then a warp reduces a query's scores and makes weights of them; then
/// threads that are neighbours take a value and add it to their sums in registers, for all queries. At the end threads, and warps
/// by way of shared memory, add up their sums. What is added in which order depends on the part's number of keys alone.
final class DecodeAttention implements LoopNest {
  static final int WARPS = 8;
  private static final int THREADS = WARPS * Threads.WARP;

  /// Keys and values that a thread asks for at once, for all of its rows together.
  private static final int UNROLL = 16;
  private static final int MOST_UNROLLED = 8;

  private static final int FEW_ROWS = 4;

  /// Of one row or two the numbers of so many blocks fit into a multiprocessor's registers: some compute while others wait.
  private static final int FEWEST_ROWS = 2;

  private static final int RESIDENT = 4;

  private final Emitter emitter;
  private final Ir ir;
  private final Analysis analysis;
  private final Decoding plan;
  private final int rows;
  /// What is computed outside of reductions and not of their results.
  private final List<OpNode> plain;

  DecodeAttention(Emitter emitter, Decoding plan) {
    this.emitter = emitter;
    this.plan = plan;
    ir = emitter.ir;
    analysis = emitter.analysis;
    rows = Math.toIntExact(Analysis.count(plan.rows()));
    List<OpNode> products = List.of(plan.product().input(0), plan.sum().input(0));
    plain = analysis.nodes.stream().filter(node -> !node.is(OpCode.STORE) && !node.is(OpCode.SINK) && !products.contains(node)
        && Graph.topological(List.of(node)).stream().noneMatch(below -> below.is(OpCode.FOLD))).toList();
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "attention";
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Analysis.count(plan.grid()), THREADS, 0);
  }

  /// Of many rows a thread holds more numbers than the assembler gives it registers for by itself.
  @Override
  public int residentBlocks() {
    return rows <= FEWEST_ROWS ? RESIDENT : rows <= FEW_ROWS ? 0 : 1;
  }

  /// Threads that share a vector's loop: neighbours, a power of two of them, each with `count` vectors.
  private record Share(CooperativeGroup group, int count, int lanes) {
    Axis axis(OpNode range) {
      return new Axis(range, count, lanes, lanes, (long) lanes * group.size());
    }

    String first() {
      return group.times(lanes);
    }

    /// Keys that the block has at once.
    int atOnce() {
      return THREADS / group.size();
    }
  }

  /// How many keys a thread asks for at once: as many as leave none over at the end of the part, however few of them there are to look at.
  private int unroll(Share share) {
    int most = Math.clamp(UNROLL / (rows * share.count), 1, MOST_UNROLLED);
    long keys = Analysis.size(plan.keys());
    return IntStream.iterate(most, size -> size > 1, size -> size / 2).filter(size -> keys % ((long) size * share.atOnce()) == 0).findFirst().orElse(1);
  }

  /// Keys of a step.
  private long step(Share share) {
    return (long) unroll(share) * share.atOnce();
  }

  /// Keys that are looked at in whole steps: more than there are to look at, but, by [#present], not more than the part has.
  private String ending(Share share, String end) {
    return ir.value("mul i64 " + ir.quotient(ir.plus(end, step(share) - 1), step(share)) + ", " + step(share));
  }

  /// A key of the part: the last one where steps go beyond.
  private String present(Share share, String key) {
    long keys = Analysis.size(plan.keys());
    return keys % step(share) == 0 ? key : ir.smallest(key, Long.toString(keys - 1));
  }

  private Share share(OpNode range) {
    int vectors = Math.toIntExact(Analysis.size(range) / plan.lanes());
    int size = Threads.divisor(Threads.WARP, vectors);
    return new Share(new CooperativeGroup(ir, size, THREADS, true), vectors / size, plan.lanes());
  }

  @Override
  public void emit() {
    declare("scores", rows * Decoding.MOST_KEYS);
    declare("weights", rows * Decoding.MOST_KEYS);
    declare("partial", rows * WARPS * Math.toIntExact(Analysis.size(plan.column())));
    emitter.unflatten(Threads.block(ir), plan.grid(), () -> {
      emitter.emitReady(plain);
      String end = emitter.end(plan.keys());
      scores(end);
      Threads.barrier(ir);
      weights(end);
      Threads.barrier(ir);
      Share share = share(plan.column());
      toWarps(share, sums(share, end));
      Threads.barrier(ir);
      finish();
    });
  }

  // Scores

  private void scores(String end) {
    Share share = share(plan.depth());
    List<List<String>> queries = withRows(plan.rows(), () -> within(share, plan.depth(), () ->
        Ir.times(rows, row -> Ir.times(share.count, i -> emitter.operand(plan.query(), steps(row, i), share.lanes)))));
    String own = share.group.number();
    emitter.branch(ir.value("icmp slt i64 0, " + end), () -> loop("0", ending(share, end), step(share), start -> score(share, present(share, emitter.sum(start, own)), queries)));
  }

  /// Opens a vector's loop of which threads have a share.
  private <T> T within(Share share, OpNode range, Supplier<T> body) {
    return emitter.within(range, share.first(), share.axis(range), () -> {
      emitter.emitReady(plain);
      return body.get();
    });
  }

  /// A thread's vectors of some keys or their values, `atOnce` apart: by key.
  private List<List<String>> vectors(Share share, OpNode range, OpNode factor, String key) {
    int count = unroll(share);
    return within(share, range, () -> emitter.within(plan.keys(), key, new Axis(plan.keys(), count, 1, 1, share.atOnce()), () -> {
      emitter.emitReady(plain);
      return Ir.times(count, k -> Ir.times(share.count, i -> emitter.operand(factor, List.of(i, k), share.lanes)));
    }));
  }

  /// The steps of the rows' loops, which were opened first, and of another.
  private List<Integer> steps(int row, int last) {
    List<Integer> steps = new ArrayList<>(List.of(last));
    int left = row;
    for (OpNode range : plan.rows().reversed()) {
      int size = Math.toIntExact(Analysis.size(range));
      steps.addFirst(left % size);
      left /= size;
    }
    return steps;
  }

  private void loop(String from, String below, long step, Consumer<String> body) {
    ir.loop(from, below, step, List.of(), (counter, none) -> {
      body.accept(counter);
      return none;
    });
  }

  /// Opens the loops of the rows, each written out.
  private <T> T withRows(List<OpNode> ranges, Supplier<T> body) {
    if (ranges.isEmpty()) {
      return body.get();
    }
    OpNode range = ranges.getFirst();
    return emitter.within(range, "0", Axis.unrolled(range, Math.toIntExact(Analysis.size(range))), () -> withRows(ranges.subList(1, ranges.size()), body));
  }

  /// The scores of some keys for all rows. Of the threads that share a key the first one writes them.
  private void score(Share share, String key, List<List<String>> queries) {
    List<List<String>> keys = vectors(share, plan.depth(), plan.key(), key);
    List<List<String>> sums = queries.stream().map(query -> keys.stream()
        .map(each -> share.group.combine(OpCode.ADD, DType.FLOAT32, 1, product(query, each, share.lanes))).toList()).toList();
    Runnable store = () -> {
      for (int row = 0; row < rows; row++) {
        for (int k = 0; k < keys.size(); k++) {
          String at = ir.plus(key, (long) k * share.atOnce());
          String sum = sums.get(row).get(k);
          long first = (long) row * Decoding.MOST_KEYS;
          emitter.unflatten(Integer.toString(row), plan.rows(), () -> emitter.within(plan.keys(), at, null, () -> {
            emitter.define(plan.product(), emitter.loops.zeroSteps(), sum);
            write("scores", ir.plus(at, first), "float", emitter.value(plan.score(), emitter.loops.zeroSteps()), Float.BYTES);
            return true;
          }));
        }
      }
    };
    if (share.group.size() == 1) {
      store.run();
    } else {
      emitter.branch(ir.value("icmp eq i64 " + share.group.rank() + ", 0"), store);
    }
  }

  /// The sum of a thread's products, one after the other.
  private String product(List<String> query, List<String> key, int lanes) {
    String sum = Ir.constant(DType.FLOAT32, 0.0, 1);
    for (int i = 0; i < query.size(); i++) {
      for (int lane = 0; lane < lanes; lane++) {
        sum = multiplied(plan.product(), lane(query.get(i), lane, lanes), lane(key.get(i), lane, lanes), 1, sum);
      }
    }
    return sum;
  }

  private String lane(String vector, int lane, int lanes) {
    return lanes == 1 ? vector : ir.value("extractelement " + Ir.type(DType.FLOAT32, lanes) + " " + vector + ", i64 " + lane);
  }

  private String multiplied(OpNode fold, String a, String b, int lanes, String sum) {
    OpNode body = fold.input(0);
    return emitter.instructions.emit(OpNode.of(OpCode.FMA, body.input(0), body.input(1), body), lanes, List.of(a, b, sum));
  }

  // Weights

  /// A warp for each row: its reductions, what is stored of them, and the weights.
  private void weights(String end) {
    CooperativeGroup warp = new CooperativeGroup(ir, Threads.WARP, THREADS, true);
    String row = warp.number();
    Runnable body = () -> emitter.unflatten(row, plan.rows(), () -> {
      String start = ir.value("mul i64 " + row + ", " + Decoding.MOST_KEYS);
      for (OpNode fold : plan.rowFolds()) {
        OpCode combine = fold.payload(OpCode.class);
        List<Ir.Carried> neutral = List.of(new Ir.Carried("float", Instructions.neutral(combine, DType.FLOAT32, 1)));
        String own = ir.when(ir.value("icmp slt i64 " + warp.rank() + ", " + end), neutral, () -> ir.loop(warp.rank(), end, Threads.WARP, neutral, (key, carried) ->
            atScore(start, key, () -> List.of(new Ir.Carried("float", emitter.instructions.binary(combine, DType.FLOAT32, 1, carried.getFirst().value(),
                emitter.operand(fold.input(0), emitter.loops.zeroSteps(), 1))))))).getFirst().value();
        emitter.define(fold, emitter.loops.zeroSteps(), warp.combine(combine, DType.FLOAT32, 1, own));
      }
      String ending = ending(share(plan.column()), end);
      emitter.branch(ir.value("icmp slt i64 " + warp.rank() + ", " + ending), () -> loop(warp.rank(), ending, Threads.WARP, key -> atScore(start, key, () -> {
        String weight = emitter.operand(plan.weight(), emitter.loops.zeroSteps(), 1);
        String shown = ir.value("select i1 " + ir.value("icmp slt i64 " + key + ", " + end) + ", float " + weight + ", float 0.0");
        write("weights", emitter.sum(start, key), "float", shown, Float.BYTES);
        return true;
      })));
      List<OpNode> stores = analysis.stores().stream().filter(store -> !analysis.dependsOn(store, plan.column())).toList();
      emitter.branch(ir.value("icmp eq i64 " + warp.rank() + ", 0"), () -> emitter.emitReady(after(stores, plan.rowFolds())));
    });
    if (rows == WARPS) {
      body.run();
    } else {
      emitter.branch(ir.value("icmp slt i64 " + row + ", " + rows), body);
    }
  }

  /// Runs a body where a key's score is known.
  private <T> T atScore(String start, String key, Supplier<T> body) {
    return emitter.within(plan.keys(), key, null, () -> {
      emitter.define(plan.score(), emitter.loops.zeroSteps(), read("scores", emitter.sum(start, key), "float", Float.BYTES));
      return body.get();
    });
  }

  /// What follows from reductions up to some STOREs.
  private static List<OpNode> after(List<OpNode> stores, List<OpNode> folds) {
    return Graph.topological(stores, node -> !folds.contains(node)).stream().filter(node -> !folds.contains(node)).toList();
  }

  // Sums

  /// A thread's sums, of every row those of its vectors: whole steps, then what is left of the keys.
  private List<String> sums(Share share, String end) {
    String type = Ir.type(DType.FLOAT32, share.lanes);
    List<Ir.Carried> none = Ir.times(rows * share.count, i -> new Ir.Carried(type, Ir.constant(DType.FLOAT32, 0.0, share.lanes)));
    String own = share.group.number();
    String whole = ir.value("mul i64 " + ir.quotient(end, step(share)) + ", " + step(share));
    List<Ir.Carried> sums = ir.when(ir.value("icmp slt i64 0, " + whole), none, () -> ir.loop("0", whole, step(share), none, (start, carried) ->
        added(share, emitter.sum(start, own), null, carried)));
    return ir.when(ir.value("icmp slt i64 " + whole + ", " + end), sums, () -> added(share, emitter.sum(whole, own), end, sums)).stream().map(Ir.Carried::value).toList();
  }

  /// Adds some values.
  /// @param end those of keys behind it are not to be looked at and count as 0; null where there are none
  private List<Ir.Carried> added(Share share, String key, @Nullable String end, List<Ir.Carried> sums) {
    List<List<String>> values = vectors(share, plan.column(), plan.value(), present(share, key));
    List<Ir.Carried> next = new ArrayList<>(sums);
    String type = Ir.type(DType.FLOAT32, share.lanes);
    for (int k = 0; k < values.size(); k++) {
      String at = ir.plus(key, (long) k * share.atOnce());
      String shown = end == null ? null : ir.value("icmp slt i64 " + at + ", " + end);
      for (int row = 0; row < rows; row++) {
        String weight = read("weights", emitter.plus(at, (long) row * Decoding.MOST_KEYS), "float", Float.BYTES);
        String weights = share.lanes == 1 ? weight : emitter.splat("float", weight, share.lanes);
        for (int i = 0; i < share.count; i++) {
          int place = row * share.count + i;
          String found = values.get(k).get(i);
          String value = shown == null ? found : ir.value("select i1 " + shown + ", " + type + " " + found + ", " + type + " zeroinitializer");
          next.set(place, new Ir.Carried(type, multiplied(plan.sum(), weights, value, share.lanes, next.get(place).value())));
        }
      }
    }
    return next;
  }

  /// Adds up the sums of a warp's threads and writes them to shared memory.
  private void toWarps(Share share, List<String> sums) {
    String type = Ir.type(DType.FLOAT32, share.lanes);
    List<String> whole = new ArrayList<>();
    for (String sum : sums) {
      String result = "poison";
      for (int lane = 0; lane < share.lanes; lane++) {
        String one = ir.value("extractelement " + type + " " + sum + ", i64 " + lane);
        for (int distance = share.group.size(); distance < Threads.WARP; distance *= 2) {
          one = emitter.instructions.binary(OpCode.ADD, DType.FLOAT32, 1, one, Shuffle.across(ir, DType.FLOAT32, one, distance));
        }
        result = ir.value("insertelement " + type + " " + result + ", float " + one + ", i64 " + lane);
      }
      whole.add(result);
    }
    String thread = Threads.thread(ir);
    String lane = ir.value("and i64 " + thread + ", " + (Threads.WARP - 1));
    String warp = ir.value("udiv i64 " + thread + ", " + Threads.WARP);
    long columns = Analysis.size(plan.column());
    emitter.branch(ir.value("icmp slt i64 " + lane + ", " + share.group.size()), () -> {
      String start = emitter.sum(ir.value("mul i64 " + warp + ", " + rows * columns), share.first());
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < share.count; i++) {
          write("partial", emitter.plus(start, row * columns + (long) i * share.lanes * share.group.size()), type, whole.get(row * share.count + i), Analysis.VECTOR_BYTES);
        }
      }
    });
  }

  /// Adds up the warps' sums, a thread for each vector of each row, and stores what follows from them.
  private void finish() {
    int lanes = plan.lanes();
    long columns = Analysis.size(plan.column());
    long vectors = rows * columns / lanes;
    List<OpNode> stores = analysis.stores().stream().filter(store -> analysis.dependsOn(store, plan.column())).toList();
    List<OpNode> nodes = after(stores, List.of(plan.sum()));
    String thread = Threads.thread(ir);
    emitter.branch(ir.value("icmp slt i64 " + thread + ", " + Math.min(vectors, THREADS)), () -> loop(thread, Long.toString(vectors), THREADS, vector -> {
      String at = ir.value("mul i64 " + vector + ", " + lanes);
      String type = Ir.type(DType.FLOAT32, lanes);
      String sum = read("partial", at, type, Analysis.VECTOR_BYTES);
      for (int warp = 1; warp < WARPS; warp++) {
        sum = emitter.instructions.binary(OpCode.ADD, DType.FLOAT32, lanes, sum, read("partial", emitter.plus(at, warp * rows * columns), type, Analysis.VECTOR_BYTES));
      }
      String whole = sum;
      String row = rows == 1 ? "0" : ir.quotient(at, columns);
      String column = rows == 1 ? at : ir.remainder(at, columns);
      emitter.unflatten(row, plan.rows(), () -> emitter.within(plan.column(), column, new Axis(plan.column(), 1, lanes, lanes), () -> {
        emitter.define(plan.sum(), emitter.loops.zeroSteps(), whole);
        emitter.emitReady(nodes);
        return true;
      }));
    }));
  }

  // Shared memory

  private void declare(String name, int elements) {
    ir.declare("@" + name + " = internal addrspace(3) global [" + elements + " x float] undef, align 16");
  }

  private String place(String name, String index) {
    return ir.value("getelementptr inbounds float, ptr addrspace(3) @" + name + ", i64 " + index);
  }

  private void write(String name, String index, String type, String value, int alignment) {
    ir.effect("store " + type + " " + value + ", ptr addrspace(3) " + place(name, index) + ", align " + alignment);
  }

  private String read(String name, String index, String type, int alignment) {
    return ir.value("load " + type + ", ptr addrspace(3) " + place(name, index) + ", align " + alignment);
  }
}
