package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a thread does for instructions that touch memory or ask for its number; all others are [Arithmetic] or PTX.
final class Steps {
  private Steps() {}

  /// @param type of what is loaded, stored, or pointed to
  /// @param more a second type: of a conversion's result, of an operand
  /// @throws IllegalArgumentException if no meaning is known of the instruction
  static Step step(String name, Type type, Type more, @Nullable Operand result, Operand[] operands, String text) {
    if (result == null) {
      return effect(name, type, operands, text);
    }
    int to = result.place();
    return switch (name) {
      case "load" -> load(type, operands[0], to, alignment(type, text));
      case "getelementptr" -> pointer(type, operands, to);
      case "@llvm.nvvm.read.ptx.sreg.tid.x" -> thread -> thread.registers[to] = thread.number;
      case "@llvm.nvvm.read.ptx.sreg.ctaid.x" -> thread -> thread.registers[to] = thread.block.number;
      case "@llvm.nvvm.read.ptx.sreg.ctaid.y" -> thread -> thread.registers[to] = thread.block.row;
      case "@llvm.nvvm.read.ptx.sreg.cluster.ctarank" -> thread -> thread.registers[to] = thread.block.rank;
      default -> Arithmetic.step(name, type, more, result, operands);
    };
  }

  private static Step effect(String name, Type type, Operand[] operands, String text) {
    return switch (name) {
      case "store" -> store(type, operands, alignment(type, text));
      case "@llvm.nvvm.cp.async.cg.shared.global.16", "@llvm.nvvm.cp.async.cg.shared.global.16.s" -> {
        int target = operands[0].place();
        int source = operands[1].place();
        int bytes = operands.length > 2 ? operands[2].place() : -1;
        yield thread -> {
          thread.requireLaunchesAwaited();
          thread.startCopy(thread.registers[target], thread.registers[source], bytes < 0 ? 16 : thread.registers[bytes]);
        };
      }
      case "@llvm.nvvm.cp.async.commit.group" -> GpuThread::commitCopies;
      case "@llvm.nvvm.cp.async.wait.group" -> {
        int newest = operands[0].place();
        yield thread -> thread.awaitCopies(thread.registers[newest]);
      }
      default -> PtxText.step(Objects.requireNonNull(name), operands);
    };
  }

  private static int alignment(Type type, String text) {
    return text.contains(", align ") ? Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1)) : type.bytes();
  }

  private static Step pointer(Type element, Operand[] operands, int to) {
    Operand index = operands[operands.length - 1];
    // Of an array either which of several, or, behind a 0, which element.
    long scale = (long) element.bytes() * (element.text().startsWith("[") && operands.length == 2 ? element.lanes() : 1);
    int base = operands[0].place();
    int last = index.place();
    return thread -> thread.registers[to] = thread.registers[base] + index.type().signed(thread.registers[last]) * scale;
  }

  private static Step load(Type type, Operand pointer, int to, int alignment) {
    int at = pointer.place();
    int space = pointer.type().space();
    int bytes = type.bytes();
    long mask = type.mask();
    return thread -> {
      long address = requireAligned(thread.registers[at], alignment);
      for (int lane = 0; lane < type.lanes(); lane++) {
        thread.registers[to + lane] = thread.block.read(thread, space, address + (long) lane * bytes, bytes) & mask;
      }
    };
  }

  private static Step store(Type type, Operand[] operands, int alignment) {
    int value = operands[0].place();
    int at = operands[1].place();
    int space = operands[1].type().space();
    int bytes = type.bytes();
    return thread -> {
      long address = requireAligned(thread.registers[at], alignment);
      for (int lane = 0; lane < type.lanes(); lane++) {
        thread.block.write(thread, space, address + (long) lane * bytes, bytes, thread.registers[value + lane]);
      }
    };
  }

  private static long requireAligned(long address, int alignment) {
    if (address % alignment != 0) {
      throw new IllegalStateException("address " + address);
    }
    return address;
  }
}
