package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// Turns the rows of a square block that is in vector registers into its columns.
final class Transposition {
  private Transposition() {}

  /// Lanes within which the first two rounds interleave: processors have cheap instructions for that within 128 bits.
  private static final int INTERLEAVED = 4;

  /// Swaps ever larger off-diagonal blocks: after log2(rows) rounds rows are columns.
  /// @param block as many vectors as each has lanes
  static List<String> emit(Ir ir, String element, List<String> block) {
    return emit(ir, element, block, block.size());
  }

  /// The same of several squares side by side.
  /// @param lanes of a vector, a multiple of the number of vectors
  static List<String> emit(Ir ir, String element, List<String> block, int lanes) {
    int square = block.size();
    String type = Ir.vector(element, lanes);
    List<String> now = square >= INTERLEAVED ? interleaved(ir, type, block, lanes) : block;
    for (int size = square >= INTERLEAVED ? INTERLEAVED : 1; size < square; size *= 2) {
      int half = size;
      String upper = mask(lanes, lane -> (lane & half) == 0 ? lane : lanes + lane - half);
      String lower = mask(lanes, lane -> (lane & half) == 0 ? lane + half : lanes + lane);
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

  /// Squares of four turned: pairs of rows, then pairs of pairs are interleaved.
  private static List<String> interleaved(Ir ir, String type, List<String> block, int lanes) {
    List<String> turned = new ArrayList<>();
    for (int row = 0; row < block.size(); row += INTERLEAVED) {
      List<String> pairs = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        for (int pair = 0; pair < 2; pair++) {
          int from = 2 * half;
          pairs.add(shuffled(ir, type, block.get(row + 2 * pair), block.get(row + 2 * pair + 1), mask(lanes, lane -> lane / INTERLEAVED * INTERLEAVED + from + lane % INTERLEAVED / 2 + lane % 2 * lanes)));
        }
      }
      for (int i = 0; i < INTERLEAVED; i++) {
        int from = i % 2 * 2;
        turned.add(shuffled(ir, type, pairs.get(i / 2 * 2), pairs.get(i / 2 * 2 + 1), mask(lanes, lane -> lane / INTERLEAVED * INTERLEAVED + from + lane % 2 + lane % INTERLEAVED / 2 * lanes)));
      }
    }
    return turned;
  }

  private static String shuffled(Ir ir, String type, String a, String b, String mask) {
    return ir.value("shufflevector " + type + " " + a + ", " + type + " " + b + ", " + mask);
  }

  /// The mask of a shuffle whose lanes come from given ones.
  static String mask(int lanes, IntUnaryOperator source) {
    return "<" + lanes + " x i32> <" + String.join(", ", Ir.times(lanes, lane -> "i32 " + source.applyAsInt(lane))) + ">";
  }
}
