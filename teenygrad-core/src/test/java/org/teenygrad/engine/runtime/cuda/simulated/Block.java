package org.teenygrad.engine.runtime.cuda.simulated;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.codegen.MatrixUnit;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Slice;
import org.teenygrad.engine.runtime.cuda.simulated.Module.Code;
import org.teenygrad.engine.runtime.cuda.simulated.Module.Instruction;
import org.teenygrad.engine.runtime.cuda.simulated.Module.Operand;

/// A block of threads.
final class Block {
  private static final int WARP = 32;

  private final Module module;
  private final List<Buffer> buffers;
  private final Thread[] threads;
  private final ByteBuffer shared;
  private final ByteBuffer parameters;
  private final int number;
  private final int row;

  /// A thread, and what it waits for.
  private static final class Thread {
    final int number;
    final long[][] registers;
    Code code;
    String label = "entry";
    int next;
    boolean done;
    @Nullable Instruction waiting;

    /// Asynchronous copies that are not yet in a group, and groups of them on their way: they come as late as they may, when they are waited for.
    final List<long[][]> copies = new ArrayList<>();
    final Queue<List<long[][]>> groups = new ArrayDeque<>();

    Thread(int number, int registers, Code code) {
      this.number = number;
      this.registers = new long[registers][];
      this.code = code;
    }
  }

  Block(Module module, List<List<Buffer>> lists, Program.Launch launch, int number, int row) {
    this.module = module;
    this.number = number;
    this.row = row;
    buffers = lists.stream().flatMap(List::stream).toList();
    shared = ByteBuffer.allocate(module.dynamicShared() + (int) launch.scratchBytes()).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.fill(shared.array(), (byte) 0xFF); // NaNs
    parameters = ByteBuffer.allocate(8 * buffers.size()).order(ByteOrder.LITTLE_ENDIAN);
    buffers.forEach(buffer -> parameters.putLong(buffer.address()));
    threads = new Thread[launch.threads()];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(i, module.registers.size(), code("entry"));
      for (int p = 0; p < module.parameters.size(); p++) {
        threads[i].registers[p] = new long[] {lists.size() > 1 ? 0 : buffers.get(p).address()};
      }
    }
  }

  private Code code(String label) {
    return Objects.requireNonNull(module.blocks.get(label), label);
  }

  void run() {
    while (Arrays.stream(threads).anyMatch(thread -> !thread.done)) {
      boolean moved = false;
      for (Thread thread : threads) {
        if (!thread.done && thread.waiting == null) {
          advance(thread);
          moved = true;
        }
      }
      for (int warp = 0; warp < threads.length; warp += WARP) {
        moved |= exchange(Arrays.copyOfRange(threads, warp, Math.min(threads.length, warp + WARP)));
      }
      if (!moved) {
        Instruction barrier = threads[0].waiting;
        for (Thread thread : threads) {
          if (thread.done || thread.waiting == null || !thread.waiting.isBarrier()) {
            throw new IllegalStateException("thread 0 waits at '" + barrier + "' and thread " + thread.number + (thread.done ? " has ended" : " at '" + thread.waiting + "'"));
          }
        }
        for (Thread thread : threads) {
          thread.waiting = null;
        }
      }
    }
  }

  /// Lets a warp go on whose threads all wait at one shuffle, vote or matrix instruction.
  private boolean exchange(Thread[] warp) {
    Instruction first = warp[0].waiting;
    if (first == null || first.isBarrier() || Arrays.stream(warp).anyMatch(thread -> thread.waiting != first)) {
      return false;
    }
    MatrixUnit unit = TensorCore.unit(first.name()).orElse(null);
    if (unit != null) {
      set(warp, first, TensorCore.multiply(unit, Arrays.stream(warp).map(thread -> Arrays.stream(first.operands()).map(operand -> value(thread, operand)).toArray(long[][]::new)).toArray(long[][][]::new)));
      return true;
    }
    if (first.name().contains("ldmatrix")) {
      set(warp, first, matrices(Arrays.stream(warp).mapToLong(thread -> value(thread, first.operands()[0])[0]).toArray(), first.name().contains(".trans.")));
      return true;
    }
    long[] given = new long[warp.length];
    int operand = first.name().contains("shfl") || first.name().contains("ballot") ? 1 : -1;
    for (int i = 0; i < warp.length; i++) {
      given[i] = operand < 0 ? 0 : value(warp[i], first.operands()[operand])[0];
    }
    for (int i = 0; i < warp.length; i++) {
      if (first.name().contains("shfl")) {
        int distance = (int) value(warp[i], first.operands()[2])[0];
        int from = first.name().contains("bfly") ? i ^ distance : first.name().contains("up") ? i - distance : first.name().contains("idx") ? distance : i + distance;
        set(warp[i], first, new long[] {given[from < 0 || from >= warp.length ? i : from]});
      } else if (operand >= 0) {
        long votes = 0;
        for (int lane = 0; lane < warp.length; lane++) {
          votes |= given[lane] << lane;
        }
        set(warp[i], first, new long[] {votes});
      }
    }
    for (Thread thread : warp) {
      thread.waiting = null;
    }
    return true;
  }

  private static void set(Thread[] warp, Instruction instruction, long[][] values) {
    for (int i = 0; i < warp.length; i++) {
      set(warp[i], instruction, values[i]);
      warp[i].waiting = null;
    }
  }

  /// `ldmatrix`: four matrices of 8 x 8 numbers of 16 bits, of whose rows each lane names one. A lane gets two neighbours of a row of each, or of a
  /// column if they are transposed.
  private long[][] matrices(long[] rows, boolean transposed) {
    long[][] words = new long[rows.length][rows.length / 8];
    for (int lane = 0; lane < words.length; lane++) {
      for (int matrix = 0; matrix < words[lane].length; matrix++) {
        for (int i = 0; i < 2; i++) {
          int across = lane % 4 * 2 + i;
          int row = transposed ? across : lane / 4;
          int column = transposed ? lane / 4 : across;
          words[lane][matrix] |= (read(3, rows[8 * matrix + row] + 2L * column, 2) & 0xFFFF) << 16 * i;
        }
      }
    }
    return words;
  }

  private void advance(Thread thread) {
    while (true) {
      List<Instruction> instructions = thread.code.instructions;
      while (thread.next < instructions.size()) {
        Instruction instruction = instructions.get(thread.next++);
        if (instruction.waits()) {
          thread.waiting = instruction;
          return;
        }
        execute(thread, instruction);
      }
      if (thread.code.returns) {
        thread.done = true;
        return;
      }
      Operand condition = thread.code.condition;
      enter(thread, condition == null || value(thread, condition)[0] != 0 ? thread.code.next : thread.code.otherwise);
    }
  }

  private void enter(Thread thread, String label) {
    Code code = code(label);
    long[][] values = new long[code.phis.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(thread, Objects.requireNonNull(code.phis.get(i).incoming().get(thread.label), () -> label + " from " + thread.label));
    }
    for (int i = 0; i < values.length; i++) {
      thread.registers[code.phis.get(i).result()] = values[i];
    }
    thread.code = code;
    thread.label = label;
    thread.next = 0;
  }

  private static long[] value(Thread thread, Operand operand) {
    return operand.register() < 0 ? operand.constant() : Objects.requireNonNull(thread.registers[operand.register()]);
  }

  private static void set(Thread thread, Instruction instruction, long[] value) {
    if (instruction.result() >= 0) {
      thread.registers[instruction.result()] = value;
    }
  }

  private void execute(Thread thread, Instruction instruction) {
    long[][] operands = new long[instruction.operands().length][];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = value(thread, instruction.operands()[i]);
    }
    try {
      long[] result = switch (instruction.name()) {
        case "load" -> load(instruction, operands[0][0]);
        case "store" -> store(instruction, operands);
        case "getelementptr" -> new long[] {operands[0][0] + address(instruction, operands)};
        case "@llvm.nvvm.read.ptx.sreg.tid.x" -> new long[] {thread.number};
        case "@llvm.nvvm.read.ptx.sreg.ctaid.x" -> new long[] {number};
        case "@llvm.nvvm.read.ptx.sreg.ctaid.y" -> new long[] {row};
        case "@llvm.nvvm.cp.async.cg.shared.global.16", "@llvm.nvvm.cp.async.cg.shared.global.16.s" -> {
          thread.copies.add(operands);
          yield new long[0];
        }
        case "@llvm.nvvm.cp.async.commit.group" -> {
          thread.groups.add(List.copyOf(thread.copies));
          thread.copies.clear();
          yield new long[0];
        }
        case "@llvm.nvvm.cp.async.wait.group" -> {
          while (thread.groups.size() > operands[0][0]) {
            thread.groups.remove().forEach(this::copy);
          }
          yield new long[0];
        }
        default -> Arithmetic.compute(instruction, operands);
      };
      set(thread, instruction, result);
    } catch (RuntimeException e) {
      throw new IllegalStateException("thread " + thread.number + " of block " + number + " at '" + instruction.text() + "': " + e.getMessage(), e);
    }
  }

  private static long address(Instruction instruction, long[][] operands) {
    Type element = instruction.type();
    long last = instruction.operands()[operands.length - 1].type().signed(operands[operands.length - 1][0]);
    boolean array = element.text().startsWith("[");
    // Of an array either which of several, or, behind a 0, which element.
    return last * element.bytes() * (array && operands.length == 2 ? element.lanes() : 1);
  }

  private long[] load(Instruction instruction, long address) {
    Type type = instruction.type();
    requireAligned(instruction, address);
    long[] lanes = new long[type.lanes()];
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane] = read(instruction.operands()[0].type().space(), address + (long) lane * type.bytes(), type.bytes()) & type.mask();
    }
    return lanes;
  }

  private long[] store(Instruction instruction, long[][] operands) {
    Type type = instruction.type();
    requireAligned(instruction, operands[1][0]);
    for (int lane = 0; lane < type.lanes(); lane++) {
      write(instruction.operands()[1].type().space(), operands[1][0] + (long) lane * type.bytes(), type.bytes(), operands[0][lane]);
    }
    return operands[0];
  }

  private static void requireAligned(Instruction instruction, long address) {
    if (address % instruction.alignment() != 0) {
      throw new IllegalStateException("address " + address);
    }
  }

  private void copy(long[][] operands) {
    long bytes = operands.length > 2 ? operands[2][0] : 16;
    for (int i = 0; i < 16; i++) {
      write(3, operands[0][0] + i, 1, i < bytes ? read(1, operands[1][0] + i, 1) : 0);
    }
  }

  private long read(int space, long address, int bytes) {
    if (space == 4) {
      return module.tables.get(Math.toIntExact(address / 8));
    }
    if (space == 1) {
      MemorySegment memory = memory(address);
      long at = address - memory.address();
      return switch (bytes) {
        case 1 -> memory.get(ValueLayout.JAVA_BYTE, at);
        case 2 -> memory.get(ValueLayout.JAVA_SHORT, at);
        case 4 -> memory.get(ValueLayout.JAVA_INT, at);
        default -> memory.get(ValueLayout.JAVA_LONG, at);
      };
    }
    ByteBuffer memory = space == 3 ? shared : parameters;
    int at = Math.toIntExact(address);
    return switch (bytes) {
      case 1 -> memory.get(at);
      case 2 -> memory.getShort(at);
      case 4 -> memory.getInt(at);
      default -> memory.getLong(at);
    };
  }

  private void write(int space, long address, int bytes, long value) {
    if (space == 1) {
      MemorySegment memory = memory(address);
      long at = address - memory.address();
      switch (bytes) {
        case 1 -> memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        case 2 -> memory.set(ValueLayout.JAVA_SHORT, at, (short) value);
        case 4 -> memory.set(ValueLayout.JAVA_INT, at, (int) value);
        default -> memory.set(ValueLayout.JAVA_LONG, at, value);
      }
      return;
    }
    int at = Math.toIntExact(address);
    switch (bytes) {
      case 1 -> shared.put(at, (byte) value);
      case 2 -> shared.putShort(at, (short) value);
      case 4 -> shared.putInt(at, (int) value);
      default -> shared.putLong(at, value);
    }
  }

  @SuppressWarnings("restricted")
  private MemorySegment memory(long address) {
    for (Buffer buffer : buffers) {
      // Kernels may look before the start of a slice.
      Buffer whole = buffer instanceof Slice slice ? slice.whole() : buffer;
      if (address >= whole.address() && address < whole.address() + whole.bytes()) {
        return MemorySegment.ofAddress(whole.address()).reinterpret(whole.bytes());
      }
    }
    throw new IllegalStateException("address " + address + " lies in no buffer");
  }
}
