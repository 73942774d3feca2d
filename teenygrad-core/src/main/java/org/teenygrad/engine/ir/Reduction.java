package org.teenygrad.engine.ir;

import java.util.List;

/// How REDUCE combines elements, and over which axes (ascending).
public record Reduction(OpCode combine, List<Integer> axes) {
  public Reduction {
    axes = axes.stream().sorted().distinct().toList();
    switch (combine) {
      case ADD, MUL, MAX, MIN -> {}
      default -> throw new IllegalArgumentException("REDUCE cannot combine by " + combine);
    }
  }
}
