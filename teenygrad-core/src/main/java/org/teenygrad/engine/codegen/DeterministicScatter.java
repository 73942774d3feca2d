package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// A deterministic scatter on a GPU: stores whose indices are data, in the order of the loops that the indices come from.
///
/// Every destination has an owner, a block found by hashing the index. Each owner runs through all iterations and does those that
/// fall on its own destinations: no atomics, and the same order of additions each time.
final class DeterministicScatter implements LoopNest {
  private static final int THREADS = 128;

  /// Iterations that a lane looks at before the first of them is done: their indices come from memory at the same time.
  private static final int LOOKS = 8;

  /// Blocks of a multiprocessor: what its threads can be at a time. An owner's additions wait for one another, so that many owners
  /// are better.
  private static final int RESIDENT = 16;

  /// Knuth's multiplicative hash: 2^32 divided by the golden ratio.
  private static final int GOLDEN = 0x9E3779B1;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode store;
  private final List<OpNode> serial;
  private final List<OpNode> free;
  private final int ownerBits;

  DeterministicScatter(Emitter emitter, Plan.Scatter plan, Target.Gpu target) {
    this.emitter = emitter;
    store = plan.store();
    analysis = emitter.analysis;
    serial = analysis.outer.stream().filter(analysis::isSerial).toList();
    free = analysis.outer.stream().filter(range -> !analysis.isSerial(range)).toList();
    long blocks = Math.ceilDiv(Analysis.count(free), THREADS);
    long owners = Math.clamp((long) RESIDENT * target.processors() / blocks, 1, Analysis.count(serial));
    ownerBits = Long.SIZE - 1 - Long.numberOfLeadingZeros(owners);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "scatter";
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Math.ceilDiv(Analysis.count(free), THREADS) << ownerBits, THREADS, 0);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    String block = Threads.block(ir);
    String owner = ir.value("and i64 " + block + ", " + ((1L << ownerBits) - 1));
    String item = ir.value("add i64 " + ir.value("mul i64 " + ir.value("lshr i64 " + block + ", " + ownerBits) + ", " + THREADS) + ", " + Threads.thread(ir));
    // Threads past the last element only vote.
    long count = Analysis.count(free);
    String valid = ir.value("icmp slt i64 " + item + ", " + count);
    String clamped = count % THREADS == 0 ? item : ir.value("select i1 " + valid + ", i64 " + item + ", i64 " + (count - 1));
    emitter.shared(null, count % THREADS == 0 ? null : valid, () -> emitter.unflatten(clamped, free, () -> loops(0, owner)));
  }

  private void loops(int depth, String owner) {
    emitter.emitReady(analysis.nodes.stream().filter(node -> !node.is(OpCode.STORE)).filter(this::belongsToPlace).toList());
    if (depth < serial.size()) {
      OpNode range = serial.get(depth);
      if (depth == serial.size() - 1 && ownerBits > 0 && free.stream().noneMatch(r -> analysis.dependsOn(store.input(3), r) || placeDependsOn(r))) {
        together(range, owner);
        return;
      }
      emitter.ir.loop("0", Long.toString(Analysis.size(range)), 1, List.of(), (counter, none) -> emitter.within(range, counter, null, () -> {
        loops(depth + 1, owner);
        return none;
      }));
      return;
    }
    emitter.branch(isMine(owner), () -> emitter.emitReady(analysis.nodes));
  }

  private String isMine(String owner) {
    Ir ir = emitter.ir;
    String valid = emitter.value(store.input(3), emitter.loops.zeroSteps());
    return ownerBits == 0 ? valid : ir.value("and i1 " + valid + ", " + ir.value("icmp eq i64 " + hash() + ", " + owner));
  }

  /// Whether the part of the index that says who owns it changes with a loop.
  private boolean placeDependsOn(OpNode range) {
    return analysis.algebra.sum(store.input(1)).factors().keySet().stream()
        .anyMatch(term -> serial.stream().anyMatch(s -> analysis.dependsOn(term, s)) && analysis.dependsOn(term, range));
  }

  /// A loop whose places are the same for all of a warp: each lane looks at other iterations, several at a time, and then all do
  /// those that are theirs.
  private void together(OpNode range, String owner) {
    Ir ir = emitter.ir;
    long size = Analysis.size(range);
    String lane = Threads.lane(ir);
    int looks = (int) Math.min(LOOKS, Math.ceilDiv(size, Threads.WARP));
    ir.loop("0", Long.toString(size), (long) looks * Threads.WARP, List.of(), (start, none) -> {
      List<String> firsts = Ir.times(looks, look -> ir.plus(start, (long) look * Threads.WARP));
      List<String> votes = Ir.times(looks, look -> {
        String own = ir.value("add i64 " + firsts.get(look) + ", " + lane);
        String exists = ir.value("icmp slt i64 " + own + ", " + size);
        String safe = ir.value("select i1 " + exists + ", i64 " + own + ", i64 0");
        String mine = emitter.within(range, safe, null, () -> isMine(owner));
        return ir.gpu().ballot(ir.value("and i1 " + exists + ", " + mine));
      });
      for (int look = 0; look < looks; look++) {
        perform(range, firsts.get(look), votes.get(look));
      }
      return none;
    });
  }

  /// Does those of a warp's iterations that were voted for, in order.
  private void perform(OpNode range, String first, String votes) {
    Ir ir = emitter.ir;
    ir.declare("declare i32 @llvm.ctpop.i32(i32)");
    ir.declare("declare i32 @llvm.cttz.i32(i32, i1)");
    String count = ir.value("zext i32 " + ir.value("call i32 @llvm.ctpop.i32(i32 " + votes + ")") + " to i64");
    emitter.branch(ir.value("icmp ne i32 " + votes + ", 0"), () -> ir.loop("0", count, 1, List.of(new Ir.Carried("i32", votes)), (vote, left) -> {
      String set = left.getFirst().value();
      String next = ir.value("zext i32 " + ir.value("call i32 @llvm.cttz.i32(i32 " + set + ", i1 true)") + " to i64");
      emitter.within(range, ir.value("add i64 " + first + ", " + next), null, () -> {
        emitter.emitReady(analysis.nodes);
        return true;
      });
      return List.of(new Ir.Carried("i32", ir.value("and i32 " + set + ", " + ir.value("sub i32 " + set + ", 1"))));
    }));
  }

  private boolean belongsToPlace(OpNode node) {
    return Graph.topological(List.of(store.input(1), store.input(3))).contains(node);
  }

  /// The owner of a place, which is that part of the store's index which the ordered loops have a say in.
  private String hash() {
    Ir ir = emitter.ir;
    IndexAlgebra.Sum sum = analysis.algebra.sum(store.input(1));
    List<String> parts = new ArrayList<>();
    sum.factors().forEach((term, factor) -> {
      if (serial.stream().anyMatch(range -> analysis.dependsOn(term, range))) {
        String value = ir.value("trunc i64 " + emitter.value(term, emitter.loops.zeroSteps()) + " to i32");
        parts.add(ir.value("mul i32 " + value + ", " + (int) (long) factor));
      }
    });
    String place = parts.getFirst();
    for (String part : parts.subList(1, parts.size())) {
      place = ir.value("add i32 " + place + ", " + part);
    }
    String mixed = ir.value("mul i32 " + place + ", " + GOLDEN);
    return ir.value("zext i32 " + ir.value("lshr i32 " + mixed + ", " + (Integer.SIZE - ownerBits)) + " to i64");
  }
}
