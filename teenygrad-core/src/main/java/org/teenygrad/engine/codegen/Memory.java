package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Writes loads and stores: whole vectors where neighbouring lanes are neighbours in memory, single lanes elsewhere.
final class Memory {
  /// How near LLVM's `prefetch` brings a line.
  private static final int FIRST_LEVEL = 3;

  private static final int SECOND_LEVEL = 2;

  private final Emitter emitter;

  /// Where LOADs read that do not read their buffers.
  private final Map<OpNode, Copy> copies = new HashMap<>();

  /// A copy in a block's shared memory.
  ///
  /// @param pointer to its first element, in the third address space
  /// @param index of an element
  private record Copy(String pointer, OpNode index) {}

  private final Map<OpNode, Kept> kept = new HashMap<>();

  Memory(Emitter emitter) {
    this.emitter = emitter;
  }

  /// What a load gives at each step of an axis, already in registers.
  private record Kept(Axis axis, List<String> values) {}

  /// The pointer argument of a buffer; the Generator loads it when the kernel starts.
  static String pointer(int slot) {
    return "%buffer" + slot;
  }

  /// Lets a load read a copy of its buffer's elements in shared memory, aligned to 16 bytes.
  void readCopy(OpNode load, String pointer, OpNode index) {
    copies.put(load, new Copy(pointer, index));
  }

  /// Lets a load give values that were loaded before, wherever this axis is open again.
  void reuse(OpNode load, Axis axis, List<String> values) {
    kept.put(load, new Kept(axis, values));
  }

  private OpNode index(OpNode access) {
    Copy copy = copies.get(access);
    return copy == null ? access.input(1) : copy.index;
  }

  private String pointerType(OpNode access) {
    return copies.containsKey(access) ? "ptr addrspace(3)" : emitter.ir.dialect.pointer;
  }

  /// What the address of a vector is a multiple of, in bytes. Processors do not care; a GPU takes what is not aligned apart.
  private int alignment(OpNode access, DType dtype, int lanes) {
    Axis axis = emitter.loops.vectorAxis();
    return emitter.ir.dialect == Ir.Dialect.HOST || axis == null ? dtype.bytes() : emitter.analysis.alignment(index(access), dtype, axis.range(), lanes);
  }

  /// Where what a load reads lies, or the first lane of it.
  String pointerTo(OpNode load) {
    return element(load, address(load, emitter.loops.zeroSteps()));
  }

  String load(OpNode load, List<Integer> steps) {
    Kept before = kept.get(load);
    if (before != null && before.axis.equals(emitter.loops.axis(before.axis.range()))) {
      return before.values.get(emitter.loops.step(before.axis.range(), steps));
    }
    DType dtype = load.dtype();
    int lanes = emitter.loops.lanes(load, steps);
    OpNode valid = load.inputs().size() > 2 ? load.input(2) : null;
    long stride = lanes == 1 ? 1 : laneStride(index(load));
    if (lanes == 1) {
      String mask = valid == null ? null : emitter.value(valid, steps);
      return instructions().fromMemory(loadOne(load, address(load, steps), mask), dtype, 1);
    }
    if (stride == 1 && valid != null && emitter.ir.dialect == Ir.Dialect.NVPTX && isUniform(valid, lanes)) {
      return instructions().fromMemory(loadVectorWhere(load, steps, lanes, first(valid, steps, lanes)), dtype, lanes);
    }
    Optional<Segments> segments = stride == 1 ? Optional.empty() : segments(load);
    if (segments.isPresent()) {
      String mask = valid == null ? null : emitter.operand(valid, steps, lanes);
      return segments.get().load(emitter, Ir.memoryType(dtype, 1), dtype.bytes(), pointer(Analysis.slot(load)), address(load, steps), steps, lanes, mask);
    }
    boolean masks = emitter.ir.dialect == Ir.Dialect.HOST || valid == null;
    if (stride == 1 && masks) {
      return instructions().fromMemory(loadVector(load, steps, lanes, valid), dtype, lanes);
    }
    return instructions().fromMemory(gather(load, steps, lanes, valid), dtype, lanes);
  }

  /// What the lanes of a processor's vector are in memory, if they are numbers that there are masked vectors of.
  private Optional<Segments> segments(OpNode access) {
    Axis axis = emitter.loops.vectorAxis();
    boolean fits = emitter.ir.dialect == Ir.Dialect.HOST && elementType(access).bytes() >= Integer.BYTES;
    return fits && axis != null ? Segments.of(emitter.analysis, access.input(1), axis.range()) : Optional.empty();
  }

  /// Asks for what a load will read some elements further on.
  void prefetch(OpNode load, List<Integer> steps, long distance) {
    prefetch(load, steps, Long.toString(distance), FIRST_LEVEL);
  }

  /// Asks for what a load will read some elements further on, to be brought to the second-level cache.
  void prefetchFar(OpNode load, List<Integer> steps, String distance) {
    prefetch(load, steps, distance, SECOND_LEVEL);
  }

  private void prefetch(OpNode load, List<Integer> steps, String distance, int level) {
    emitter.ir.declare("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)");
    String pointer = element(load, emitter.sum(address(load, steps), distance));
    emitter.ir.effect("call void @llvm.prefetch.p0(ptr " + pointer + ", i32 0, i32 " + level + ", i32 1)");
  }

  private Instructions instructions() {
    return emitter.instructions;
  }

  /// How far apart in memory the lanes of an index are, or -1 if that is no constant.
  private long laneStride(OpNode index) {
    Axis axis = emitter.loops.vectorAxis();
    return axis == null ? 1 : emitter.analysis.factor(index, axis.range());
  }

  private String loadOne(OpNode load, String address, @Nullable String mask) {
    String type = Ir.memoryType(load.dtype(), 1);
    if (mask == null) {
      return emitter.ir.value("load " + type + ", " + pointerType(load) + " " + element(load, address) + ", align " + load.dtype().bytes());
    }
    String safe = emitter.ir.value("select i1 " + mask + ", i64 " + address + ", i64 0");
    String value = emitter.ir.value("load " + type + ", " + pointerType(load) + " " + element(load, safe) + ", align " + load.dtype().bytes());
    return emitter.ir.value("select i1 " + mask + ", " + type + " " + value + ", " + type + " zeroinitializer");
  }

  /// Whether a condition is the same in all lanes of vectors that start at multiples of their lanes: `column < 768` is. What is left
  /// of a loop after its vectors starts so if it has a power of two.
  private boolean isUniform(OpNode condition, int lanes) {
    Axis axis = emitter.loops.vectorAxis();
    if (axis == null || !emitter.analysis.dependsOn(condition, axis.range())) {
      return true;
    }
    return switch (condition.op()) {
      case AND, OR, NOT -> condition.inputs().stream().allMatch(input -> isUniform(input, lanes));
      case LT -> condition.input(0).dtype() == DType.INT64 && Integer.bitCount(lanes) == 1 && turnsBetweenVectors(condition.input(0), condition.input(1), axis.range(), lanes);
      default -> false;
    };
  }

  /// Whether the difference of two indices is (lanes n + lane) or (lanes n - 1 - lane) with a whole n: its sign is that of n.
  private boolean turnsBetweenVectors(OpNode a, OpNode b, OpNode range, int lanes) {
    IndexAlgebra.Sum sum = emitter.analysis.algebra.sum(emitter.analysis.algebra.subtract(a, b));
    long factor = sum.factor(range);
    boolean others = sum.factors().entrySet().stream()
        .allMatch(term -> term.getKey() == range || term.getValue() % lanes == 0 && !emitter.analysis.dependsOn(term.getKey(), range));
    return others && (factor == 1 && sum.constant() % lanes == 0 || factor == -1 && (sum.constant() + 1) % lanes == 0);
  }

  private String first(OpNode condition, List<Integer> steps, int lanes) {
    return emitter.loops.lanes(condition, steps) == 1 ? emitter.value(condition, steps)
        : emitter.ir.value("extractelement " + Ir.type(DType.BOOL, lanes) + " " + emitter.operand(condition, steps, lanes) + ", i64 0");
  }

  /// A vector under a mask that is the same for all lanes: an embedding's row, where there is one of that number.
  private String loadVectorWhere(OpNode load, List<Integer> steps, int lanes, String mask) {
    String type = Ir.memoryType(load.dtype(), lanes);
    String safe = emitter.ir.value("select i1 " + mask + ", i64 " + address(load, steps) + ", i64 0");
    String value = emitter.ir.value("load " + type + ", " + pointerType(load) + " " + element(load, safe) + ", align " + alignment(load, load.dtype(), lanes));
    return emitter.ir.value("select i1 " + mask + ", " + type + " " + value + ", " + type + " zeroinitializer");
  }

  private String loadVector(OpNode load, List<Integer> steps, int lanes, @Nullable OpNode valid) {
    String type = Ir.memoryType(load.dtype(), lanes);
    String pointer = element(load, address(load, steps));
    if (valid == null) {
      return emitter.ir.value("load " + type + ", " + pointerType(load) + " " + pointer + ", align " + alignment(load, load.dtype(), lanes));
    }
    String mask = Ir.type(DType.BOOL, lanes);
    String name = "@llvm.masked.load." + Ir.suffix(Ir.memoryType(load.dtype(), 1), lanes) + ".p0";
    emitter.ir.declare("declare " + type + " " + name + "(ptr, i32, " + mask + ", " + type + ")");
    return emitter.ir.value("call " + type + " " + name + "(ptr " + pointer + ", i32 " + load.dtype().bytes() + ", " + mask + " "
        + emitter.operand(valid, steps, lanes) + ", " + type + " zeroinitializer)");
  }

  private String gather(OpNode load, List<Integer> steps, int lanes, @Nullable OpNode valid) {
    List<String> addresses = laneAddresses(load, steps, lanes);
    String mask = valid == null ? null : emitter.operand(valid, steps, lanes);
    String type = Ir.memoryType(load.dtype(), lanes);
    String result = "poison";
    for (int lane = 0; lane < lanes; lane++) {
      String bit = mask == null ? null : emitter.ir.value("extractelement " + Ir.type(DType.BOOL, lanes) + " " + mask + ", i64 " + lane);
      String one = loadOne(load, addresses.get(lane), bit);
      result = emitter.ir.value("insertelement " + type + " " + result + ", " + Ir.memoryType(load.dtype(), 1) + " " + one + ", i64 " + lane);
    }
    return result;
  }

  /// Whether a node is 16 bits of two neighbouring bytes, as a block's float16 is, that lanes have in different places.
  boolean isGatheredWord(OpNode node, int lanes) {
    if (lanes == 1 || emitter.ir.dialect != Ir.Dialect.HOST || !node.is(OpCode.OR) || node.dtype() != DType.INT16 || !node.input(1).is(OpCode.SHL) || !node.input(1).input(1).isConstant(Byte.SIZE)) {
      return false;
    }
    OpNode low = node.input(0);
    OpNode high = node.input(1).input(0);
    return isByte(low) && isByte(high) && low.input(0).input(0) == high.input(0).input(0) && laneStride(low.input(0).input(1)) != 1
        && emitter.analysis.algebra.subtract(high.input(0).input(1), low.input(0).input(1)).isConstant(1);
  }

  private static boolean isByte(OpNode node) {
    return node.is(OpCode.CAST) && node.input(0).is(OpCode.LOAD) && node.input(0).inputs().size() == 2 && node.input(0).dtype() == DType.UINT8;
  }

  /// Such words, each loaded at once: processors have the lower byte first.
  String gatherWord(OpNode node, List<Integer> steps, int lanes) {
    OpNode low = node.input(0).input(0);
    String type = Ir.vector("i16", lanes);
    String result = "poison";
    List<String> addresses = laneAddresses(low, steps, lanes);
    for (int lane = 0; lane < lanes; lane++) {
      String one = emitter.ir.value("load i16, ptr " + element(low, addresses.get(lane)) + ", align 1");
      result = emitter.ir.value("insertelement " + type + " " + result + ", i16 " + one + ", i64 " + lane);
    }
    return result;
  }

  private List<String> laneAddresses(OpNode access, List<Integer> steps, int lanes) {
    List<String> addresses = new ArrayList<>();
    long stride = laneStride(index(access));
    if (stride >= 0) {
      String first = address(access, steps);
      for (int lane = 0; lane < lanes; lane++) {
        addresses.add(emitter.plus(first, lane * stride));
      }
      return addresses;
    }
    String all = emitter.operand(index(access), steps, lanes);
    for (int lane = 0; lane < lanes; lane++) {
      addresses.add(emitter.ir.value("extractelement " + Ir.type(DType.INT64, lanes) + " " + all + ", i64 " + lane));
    }
    return addresses;
  }

  /// The index of the first lane: what the open loops give, and a constant for the steps of the axes.
  private String address(OpNode access, List<Integer> steps) {
    OpNode index = index(access);
    List<Integer> own = new ArrayList<>();
    long offset = 0;
    for (Axis axis : emitter.loops.axes()) {
      long factor = emitter.analysis.factor(index, axis.range());
      int step = emitter.loops.step(axis.range(), steps);
      offset += factor == -1 ? 0 : factor * step * axis.stride();
      own.add(factor == -1 ? step : 0);
    }
    return emitter.plus(emitter.base(index, own), offset);
  }

  private String element(OpNode access, String address) {
    String type = Ir.memoryType(elementType(access), 1);
    Copy copy = copies.get(access);
    String start = copy == null ? pointer(Analysis.slot(access)) : copy.pointer;
    return emitter.ir.value("getelementptr inbounds " + type + ", " + pointerType(access) + " " + start + ", i64 " + address);
  }

  private static DType elementType(OpNode access) {
    return access.input(0).dtype();
  }

  void store(OpNode store, List<Integer> steps) {
    DType dtype = elementType(store);
    int lanes = emitter.loops.lanes(store, steps);
    long stride = lanes == 1 ? 1 : laneStride(store.input(1));
    OpNode valid = store.inputs().size() > 3 ? store.input(3) : null;
    String value = emitter.operand(store.input(2), steps, lanes);
    boolean uniform = valid == null || emitter.loops.lanes(valid, steps) == 1;
    if (stride == 1 && uniform) {
      write(store, dtype, lanes, address(store, steps), value, valid == null ? null : emitter.value(valid, steps), alignment(store, dtype, lanes));
      return;
    }
    Optional<Segments> segments = valid == null && store.payload() == null ? segments(store).filter(found -> found.step() == 1) : Optional.empty();
    if (segments.isPresent()) {
      segments.get().store(emitter, Ir.memoryType(dtype, 1), dtype.bytes(), pointer(Analysis.slot(store)), address(store, steps), steps, lanes, value);
      return;
    }
    List<String> addresses = laneAddresses(store, steps, lanes);
    String mask = valid == null ? null : emitter.operand(valid, steps, lanes);
    for (int lane = 0; lane < lanes; lane++) {
      String one = emitter.ir.value("extractelement " + Ir.type(dtype, lanes) + " " + value + ", i64 " + lane);
      String bit = mask == null ? null : emitter.ir.value("extractelement " + Ir.type(DType.BOOL, lanes) + " " + mask + ", i64 " + lane);
      write(store, dtype, 1, addresses.get(lane), one, bit, dtype.bytes());
    }
  }

  /// A processor's store under a mask writes back what is there: its index is one that no other thread touches. On a GPU one does.
  private void write(OpNode store, DType dtype, int lanes, String address, String value, @Nullable String mask, int alignment) {
    if (mask != null && emitter.ir.dialect == Ir.Dialect.NVPTX) {
      emitter.branch(mask, () -> write(store, dtype, lanes, address, value, null, alignment));
      return;
    }
    Ir ir = emitter.ir;
    String pointer = element(store, address);
    String type = Ir.memoryType(dtype, lanes);
    String result = value;
    OpCode combine = store.payload() instanceof OpCode op ? op : null;
    if (combine != null || mask != null) {
      String old = ir.value("load " + type + ", " + pointerType(store) + " " + pointer + ", align " + alignment);
      String before = instructions().fromMemory(old, dtype, lanes);
      if (combine != null) {
        result = instructions().binary(combine, Analysis.inRegister(dtype), lanes, before, value);
      }
      if (mask != null) {
        result = ir.value("select i1 " + mask + ", " + Ir.type(dtype, lanes) + " " + result + ", " + Ir.type(dtype, lanes) + " " + before);
      }
    }
    ir.effect("store " + type + " " + instructions().backToMemory(result, dtype, lanes) + ", " + pointerType(store) + " " + pointer + ", align " + alignment);
  }
}
