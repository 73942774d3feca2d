package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// Turns the rows of a square block that is in vector registers into its columns.
final class Transposition {
  private Transposition() {}

  /// Swaps ever larger off-diagonal blocks: after log2(rows) rounds rows are columns.
  /// @param block as many vectors as each has lanes
  static List<String> emit(Ir ir, String element, List<String> block) {
    int square = block.size();
    String type = Ir.vector(element, square);
    List<String> now = block;
    for (int size = 1; size < square; size *= 2) {
      int half = size;
      String upper = mask(square, lane -> (lane & half) == 0 ? lane : square + lane - half);
      String lower = mask(square, lane -> (lane & half) == 0 ? lane + half : square + lane);
      List<String> next = new ArrayList<>(now);
      for (int i = 0; i < square; i++) {
        if ((i & half) == 0) {
          String operands = "shufflevector " + type + " " + now.get(i) + ", " + type + " " + now.get(i + half) + ", ";
          next.set(i, ir.value(operands + upper));
          next.set(i + half, ir.value(operands + lower));
        }
      }
      now = next;
    }
    return now;
  }

  /// The mask of a shuffle whose lanes come from given ones.
  static String mask(int lanes, IntUnaryOperator source) {
    return "<" + lanes + " x i32> <" + String.join(", ", Ir.times(lanes, lane -> "i32 " + source.applyAsInt(lane))) + ">";
  }
}
