package org.teenygrad.engine.ir;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.engine.ir.OpCode.*;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Shape;

class ValidatorTest {
  private final OpNode out = param(0);
  private final OpNode in = param(1);
  private final OpNode row = range(0, 4);
  private final OpNode column = range(1, 8);
  private final OpNode index = node(ADD, null, node(MUL, null, row, constant(8)), column);
  private final OpNode value = node(LOAD, null, in, index);
  private final OpNode sum = node(FOLD, ADD, value, column);

  private static OpNode param(int slot) {
    return OpNode.create(PARAM, DType.FLOAT32, List.of(), new Param(slot, Shape.of(4, 8)));
  }

  private static OpNode range(int id, long size) {
    return OpNode.create(RANGE, DType.INT64, List.of(), new Range(id, size));
  }

  private static OpNode constant(long value) {
    return OpNode.constant(DType.INT64, value);
  }

  private static OpNode node(OpCode op, @Nullable Object payload, OpNode... inputs) {
    return OpNode.of(op, payload, Arrays.asList(inputs));
  }

  private static OpNode sink(OpNode... stores) {
    return node(SINK, null, stores);
  }

  private static void refuses(OpNode sink, String message) {
    assertThatThrownBy(() -> Validator.kernel(sink))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void acceptsARowSum() {
    assertThatCode(() -> Validator.kernel(sink(node(STORE, null, out, row, sum))))
        .doesNotThrowAnyException();
  }

  @Test
  void acceptsTwoFoldsOverOneRange() {
    OpNode maximum = node(FOLD, MAX, value, column);
    assertThatCode(
            () -> Validator.kernel(sink(node(STORE, null, out, row, node(ADD, null, sum, maximum)))))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesARangeThatIsFoldedAndALoopOfTheStore() {
    refuses(
        sink(node(STORE, null, out, index, sum)),
        "range scope: r1 is both folded and a loop of this STORE");
  }

  @Test
  void refusesAStoreThatOverwritesItself() {
    refuses(sink(node(STORE, null, out, row, value)), "store loops: the value differs along r1, the index does not");
  }

  @Test
  void acceptsAFoldThatReadsAnotherOverTheSameRange() {
    OpNode centred = node(SUB, null, value, sum);
    OpNode later = node(FOLD, MAX, centred, column);
    assertThatCode(() -> Validator.kernel(sink(node(STORE, null, out, row, later)))).doesNotThrowAnyException();
  }

  @Test
  void refusesTwoRangesWithOneNumber() {
    OpNode other = range(0, 5);
    refuses(
        sink(node(STORE, null, out, node(ADD, null, row, other), sum)),
        "range numbers: two RANGEs have number 0");
  }

  @Test
  void refusesWrongMemoryAccess() {
    refuses(sink(node(STORE, null, value, row, sum)), "param use");
    refuses(sink(node(STORE, null, out, sum, sum)), "index type");
    refuses(sink(node(STORE, null, out, row, row)), "store type");
    refuses(sink(node(STORE, null, out, row, node(LOAD, null, in))), "load inputs");
    refuses(sink(node(STORE, null, out, row, node(LOAD, null, in, row, row))), "load condition");
    refuses(sink(node(STORE, SUB, out, row, sum)), "store combine");
    refuses(sink(sum), "kernel root");
    refuses(sum, "kernel root");
  }

  @Test
  void refusesWrongFolds() {
    refuses(sink(node(STORE, null, out, row, node(FOLD, ADD, value))), "fold inputs");
    refuses(sink(node(STORE, null, out, row, node(FOLD, ADD, value, index))), "fold inputs");
    refuses(
        sink(node(STORE, null, out, row, node(FOLD, ADD, value, column, column))), "fold inputs");
    refuses(sink(node(STORE, null, out, row, node(FOLD, POW, value, column))), "fold combine");
  }

  private OpNode sumBelow(OpNode end) {
    OpNode until = OpNode.create(RANGE, DType.INT64, List.of(end), new Range(2, 8));
    return node(FOLD, ADD, node(LOAD, null, in, until), until);
  }

  @Test
  void acceptsALoopThatEndsWhereAnOuterOneSays() {
    assertThatCode(() -> Validator.kernel(sink(node(STORE, null, out, row, sumBelow(row))))).doesNotThrowAnyException();
  }

  @Test
  void refusesWrongEnds() {
    refuses(sink(node(STORE, null, out, row, sumBelow(value))), "range end: a RANGE has no input or an INT64 where it ends");
    OpNode end = node(FOLD, ADD, node(LOAD, null, in, column), column);
    OpNode until = OpNode.create(RANGE, DType.INT64, List.of(column), new Range(2, 8));
    refuses(sink(node(STORE, null, out, row, node(FOLD, ADD, end, column, until))), "range end: where a loop ends depends on a loop of the same FOLD");
    OpNode outer = OpNode.create(RANGE, DType.INT64, List.of(row), new Range(2, 8));
    refuses(sink(node(STORE, null, out, node(ADD, null, row, outer), sum)), "range end: a loop of a STORE has no end but its size");
  }

  @Test
  void keepsTensorsAndKernelsApart() {
    OpNode moved = node(PERMUTE, List.of(), sum);
    refuses(sink(node(STORE, null, out, row, moved)), "kernel operations");
    assertThatThrownBy(() -> Validator.tensors(List.of(moved)))
        .hasMessageStartingWith("tensor operations");
    assertThatCode(() -> Validator.tensors(List.of(sink(node(NEG, null, in)))))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesWhatCannotBeScheduled() {
    OpNode gradient = node(GRADIENT, null, node(EXP, null, in), in, in);
    assertThatCode(() -> Validator.tensors(List.of(gradient))).doesNotThrowAnyException();
    assertThatThrownBy(() -> Validator.expanded(List.of(gradient)))
        .hasMessageStartingWith("expanded gradients: a GRADIENT is left");
    assertThatThrownBy(() -> Validator.tensors(List.of(node(ASSIGN, false, node(NEG, null, in), in))))
        .hasMessageStartingWith("assign target");
  }
}
