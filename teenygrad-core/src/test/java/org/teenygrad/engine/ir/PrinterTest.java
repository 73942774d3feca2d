package org.teenygrad.engine.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.engine.ir.OpCode.*;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Shape;

class PrinterTest {
  private final OpNode x =
      OpNode.create(PARAM, DType.FLOAT32, List.of(), new Param(0, Shape.of(2, 3)));
  private final OpNode padded =
      OpNode.of(PAD, new Bounds(List.of(0, 1), List.of(2, 0)), List.of(OpNode.of(EXP, x)));
  private final OpNode sum = OpNode.of(REDUCE, new Reduction(ADD, List.of(1)), List.of(padded));

  @Test
  void listsEachNodeOnceWithItsInputsByNumber() {
    OpNode square = OpNode.of(MUL, sum, sum);
    assertThat(Printer.text(square).lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsExactly(
            "0 PARAM slot 0 float32(2, 3)",
            "1 EXP %0 float32(2, 3)",
            "2 PAD %1 [0..2, 1..0] float32(4, 4)",
            "3 REDUCE %2 ADD over [1] float32(4, 1)",
            "4 MUL %3 %3 float32(4, 1)");
  }

  @Test
  void constantsStandWhereTheyAreRead() {
    OpNode half = OpNode.of(EXPAND, Shape.of(2, 3), List.of(OpNode.of(RESHAPE, Shape.of(1, 1), List.of(OpNode.constant(DType.FLOAT32, 0.1)))));
    assertThat(Printer.text(OpNode.of(SUB, half, x)).lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsExactly("0 PARAM slot 0 float32(2, 3)", "1 SUB 0.1 %0 float32(2, 3)");
    assertThat(Printer.text(half).lines()).singleElement().asString().contains("EXPAND", "0.1", "float32(2, 3)");
  }
}
