package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Rows that a group goes through several times: a softmax for the largest element, for the sum and for the result. Each comes from memory
/// once.
///
/// A row is what loads read along a loop while the loops around it stand still; loads along different loops of one size may read
/// the same row. Of a short row each member keeps its share in registers. A long one is copied to the block's shared memory,
/// asynchronously and past the registers, while other blocks compute. What lies between, or does not begin at a multiple of 16
/// bytes, is left to the caches.
final class RepeatedRows {
  /// Rows of fewer bytes are not copied to shared memory: the first-level cache is as near.
  private static final long LEAST_BYTES = 16 << 10;

  /// What a block takes of a multiprocessor's shared memory beside what it asks for: the driver's 1 KiB and a group's results.
  private static final int BESIDE_BYTES = 9 << 10;

  private static final int THREADS = 512;

  private final Emitter emitter;
  private final Map<Row, Set<Reader>> readers = new LinkedHashMap<>();
  private final List<Staged> staged;
  private final int bytes;
  private final int threads;

  /// A row of a buffer: its elements are those at `start` + 0, 1, ... `size` - 1.
  private record Row(OpNode buffer, IndexAlgebra.Sum start, long size) {}

  /// A load of a row along a loop.
  private record Reader(OpNode load, OpNode along) {}

  /// A row with all its readers, and where it begins in shared memory.
  private record Staged(Row row, Set<Reader> readers, int offset) {
    int bytes() {
      return Math.toIntExact(row.size * row.buffer.dtype().bytes());
    }
  }

  /// @param rows the loops that stand still
  /// @param folds reductions whose innermost loops a block shares out, one after the other
  /// @param across the loop that a block shares out afterwards, if there is one
  /// @param mostBytes of shared memory for one block
  RepeatedRows(Emitter emitter, List<OpNode> rows, List<OpNode> folds, @Nullable OpNode across, int mostBytes) {
    this.emitter = emitter;
    Map<Row, Integer> times = new LinkedHashMap<>();
    long fixed = 0;
    for (OpNode range : rows) {
      fixed |= Analysis.bit(range);
    }
    for (OpNode fold : folds) {
      List<OpNode> ranges = Analysis.foldRanges(fold);
      if (ranges.size() == 1 && ranges.getFirst().inputs().isEmpty()) {
        collect(Graph.topological(List.of(fold.input(0)), node -> !node.is(OpCode.FOLD)), ranges.getFirst(), fixed, times);
      }
    }
    if (across != null) {
      collect(emitter.analysis.nodes, across, fixed, times);
    }
    readers.keySet().removeIf(row -> times.getOrDefault(row, 0) < 2);
    List<Staged> fitting = new ArrayList<>();
    int offset = 0;
    for (Map.Entry<Row, Set<Reader>> entry : readers.entrySet()) {
      Row row = entry.getKey();
      long size = row.size * row.buffer.dtype().bytes();
      if (size >= LEAST_BYTES && offset + size + BESIDE_BYTES <= mostBytes) {
        fitting.add(new Staged(row, entry.getValue(), offset));
        offset += Math.toIntExact(size);
      }
    }
    staged = List.copyOf(fitting);
    bytes = offset;
    threads = 2 * (bytes + BESIDE_BYTES) <= mostBytes ? THREADS : 2 * THREADS;
  }

  /// Adds the rows that some nodes read along a loop, each once.
  private void collect(List<OpNode> nodes, OpNode along, long fixed, Map<Row, Integer> times) {
    Set<Row> met = new HashSet<>();
    for (OpNode node : nodes) {
      if (node.is(OpCode.LOAD) && reads(node, along, fixed)) {
        Map<OpNode, Long> start = new LinkedHashMap<>(emitter.analysis.algebra.sum(node.input(1)).factors());
        start.remove(along);
        Row row = new Row(node.input(0), new IndexAlgebra.Sum(start, emitter.analysis.algebra.sum(node.input(1)).constant()), Analysis.size(along));
        readers.computeIfAbsent(row, r -> new LinkedHashSet<>()).add(new Reader(node, along));
        if (met.add(row)) {
          times.merge(row, 1, Integer::sum);
        }
      }
    }
  }

  /// Whether a load reads neighbours along a loop, in whole chunks, and others only as the loops change that stand still.
  private boolean reads(OpNode load, OpNode along, long fixed) {
    long loops = emitter.analysis.dependencies(load) & ~Analysis.bit(along);
    int lanes = lanes(load.input(0));
    return load.inputs().size() == 2 && emitter.analysis.dependsOn(load, along) && loops != 0 && (loops & ~fixed) == 0
        && Analysis.size(along) % lanes == 0 && emitter.analysis.isAligned(load, along, lanes);
  }

  private static int lanes(OpNode buffer) {
    return SharedTile.CHUNK / buffer.dtype().bytes();
  }

  /// Whether any go to shared memory. Then a block has one group alone.
  boolean areStaged() {
    return !staged.isEmpty();
  }

  /// Dynamic shared memory of a block.
  int bytes() {
    return bytes;
  }

  /// How many threads such a block should have: with those of a second block, if that fits beside it, as many as keep a
  /// multiprocessor busy.
  int threads() {
    return threads;
  }

  /// Brings the rows of the loops that are open, and lets loads find them. All threads of the block must come here.
  void fetch(CooperativeGroup group) {
    if (areStaged()) {
      stage(group);
    } else {
      keep(group);
    }
  }

  /// Loads each member's vectors of the short rows: all in the layout that [Folds] and [Blocks] share out loops in.
  private void keep(CooperativeGroup group) {
    int lanes = readers.keySet().stream().mapToInt(row -> lanes(row.buffer)).max().orElse(1);
    long left = CooperativeGroup.MOST_IN_REGISTERS;
    for (Map.Entry<Row, Set<Reader>> entry : readers.entrySet()) {
      int share = group.share(entry.getKey().size, lanes);
      if (share > 0 && (long) share * lanes <= left) {
        left -= (long) share * lanes;
        List<String> values = load(entry.getValue().iterator().next(), share, lanes, group);
        entry.getValue().forEach(reader -> emitter.memory.reuse(reader.load, axis(reader, share, lanes, group), values));
      }
    }
  }

  private List<String> load(Reader reader, int share, int lanes, CooperativeGroup group) {
    return emitter.within(reader.along, group.times(lanes), axis(reader, share, lanes, group), () ->
        emitter.loops.instances(reader.load).stream().map(steps -> emitter.memory.load(reader.load, steps)).toList());
  }

  private static Axis axis(Reader reader, int share, int lanes, CooperativeGroup group) {
    return new Axis(reader.along, share, lanes, lanes, (long) lanes * group.size());
  }

  private void stage(CooperativeGroup group) {
    Ir ir = emitter.ir;
    SharedTile.declare(ir);
    staged.forEach(row -> fetch(row, group));
    SharedTile.commit(ir);
    SharedTile.await(ir, 0);
    Threads.barrier(ir);
    for (Staged row : staged) {
      String pointer = pointer(Integer.toString(row.offset));
      row.readers.forEach(reader -> emitter.memory.readCopy(reader.load, pointer, reader.along));
    }
  }

  private void fetch(Staged row, CooperativeGroup group) {
    Ir ir = emitter.ir;
    long chunks = row.bytes() / SharedTile.CHUNK;
    long full = chunks / group.size() * group.size();
    ir.loop("0", Long.toString(full), group.size(), List.of(), (counter, none) -> {
      copy(row, emitter.sum(counter, group.rank()));
      return none;
    });
    if (full < chunks) {
      emitter.branch(ir.value("icmp slt i64 " + group.rank() + ", " + (chunks - full)), () -> copy(row, emitter.plus(group.rank(), full)));
    }
  }

  private void copy(Staged row, String chunk) {
    Ir ir = emitter.ir;
    Reader reader = row.readers.iterator().next();
    int lanes = lanes(row.row.buffer);
    String target = pointer(emitter.plus(ir.value("mul i64 " + chunk + ", " + SharedTile.CHUNK), row.offset));
    emitter.within(reader.along, ir.value("mul i64 " + chunk + ", " + lanes), new Axis(reader.along, 1, lanes, lanes), () -> {
      String source = emitter.memory.pointerTo(reader.load);
      ir.gpu().startCopy(target, source, null);
      return true;
    });
  }

  private String pointer(String offset) {
    return emitter.ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + offset);
  }
}
