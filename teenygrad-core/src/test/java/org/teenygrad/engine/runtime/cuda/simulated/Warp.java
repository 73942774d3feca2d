package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.teenygrad.engine.codegen.MatrixUnit;
import org.teenygrad.engine.runtime.cuda.simulated.Instruction.Meeting;

/// The threads of a warp, and what they do together: shuffles, votes, `mma.sync`, `ldmatrix`, waiting for products of their [Warpgroup].
final class Warp {
  private final Block block;
  private final Warpgroup group;
  private final GpuThread[] lanes;

  Warp(Block block, Warpgroup group, GpuThread[] lanes) {
    this.block = block;
    this.group = group;
    this.lanes = lanes;
  }

  /// Runs each thread as far as it comes.
  /// @return whether any went on
  boolean advance() {
    boolean moved = false;
    for (GpuThread thread : lanes) {
      while (!thread.done && mayGoOn(thread)) {
        thread.waiting = null;
        thread.advance();
        moved = true;
      }
    }
    return moved | meet();
  }

  private boolean mayGoOn(GpuThread thread) {
    Instruction waiting = thread.waiting;
    if (waiting == null) {
      return true;
    }
    return waiting.meeting() == Meeting.MBARRIER && block.mbarrier(operand(thread, waiting, 0)).isComplete(operand(thread, waiting, 1));
  }

  private static long operand(GpuThread thread, Instruction instruction, int number) {
    return thread.registers[instruction.operands()[number].place()];
  }

  private boolean isTogetherAt(Meeting meeting) {
    Instruction first = lanes[0].waiting;
    return first != null && first.meeting() == meeting && Arrays.stream(lanes).allMatch(thread -> thread.waiting == first);
  }

  /// Whether all lanes wait for products to be complete, which they are as late as chance wants it.
  boolean awaitsProducts() {
    return isTogetherAt(Meeting.PRODUCTS);
  }

  /// Lets the lanes go on if all wait at one instruction.
  private boolean meet() {
    if (!isTogetherAt(Meeting.WARP)) {
      return false;
    }
    goOn(this::execute);
    return true;
  }

  /// Lets the lanes go on that wait for products.
  void completeProducts() {
    goOn(instruction -> group.await(lanes, instruction));
  }

  private void goOn(Consumer<Instruction> together) {
    Instruction instruction = Objects.requireNonNull(lanes[0].waiting);
    try {
      together.accept(instruction);
    } catch (RuntimeException e) {
      throw lanes[0].failure(instruction, e);
    }
    for (GpuThread thread : lanes) {
      thread.waiting = null;
    }
  }

  private void execute(Instruction instruction) {
    MatrixUnit unit = TensorCore.unit(instruction.name()).orElse(null);
    if (unit != null) {
      set(instruction, TensorCore.multiply(unit, Arrays.stream(lanes).map(thread -> Arrays.stream(instruction.operands()).map(operand -> values(thread, operand)).toArray(long[][]::new)).toArray(long[][][]::new)));
    } else if (instruction.name().contains("ldmatrix")) {
      set(instruction, matrices(given(instruction, 0), instruction.name().contains(".trans.")));
    } else if (instruction.name().contains("shfl")) {
      shuffle(instruction);
    } else if (instruction.name().contains("ballot")) {
      long[] given = given(instruction, 1);
      long votes = 0;
      for (int lane = 0; lane < lanes.length; lane++) {
        votes |= given[lane] << lane;
      }
      for (GpuThread thread : lanes) {
        thread.registers[instruction.value().place()] = votes;
      }
    }
  }

  private void shuffle(Instruction instruction) {
    String name = instruction.name();
    long[] given = given(instruction, 1);
    for (int i = 0; i < lanes.length; i++) {
      int distance = (int) operand(lanes[i], instruction, 2);
      int from = name.contains("bfly") ? i ^ distance : name.contains("up") ? i - distance : name.contains("idx") ? distance : i + distance;
      lanes[i].registers[instruction.value().place()] = given[from < 0 || from >= lanes.length ? i : from];
    }
  }

  private long[] given(Instruction instruction, int number) {
    return Arrays.stream(lanes).mapToLong(thread -> operand(thread, instruction, number)).toArray();
  }

  private static long[] values(GpuThread thread, Operand operand) {
    return Arrays.copyOfRange(thread.registers, operand.place(), operand.place() + operand.type().lanes());
  }

  private void set(Instruction instruction, long[][] values) {
    for (int i = 0; i < lanes.length; i++) {
      System.arraycopy(values[i], 0, lanes[i].registers, instruction.value().place(), values[i].length);
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
          words[lane][matrix] |= (block.shared.read(rows[8 * matrix + row] + 2L * column, 2) & 0xFFFF) << 16 * i;
        }
      }
    }
    return words;
  }
}
