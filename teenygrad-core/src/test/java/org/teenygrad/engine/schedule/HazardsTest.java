package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.schedule.Schedule.ExecItem;
import org.teenygrad.engine.schedule.Schedule.Place;

/// What runs at the same time as what: slots 0 and 1 are inputs, 2 to 5 parts of the workspace, 6 lies in slot 0's memory, blocks exchange sums through 7.
class HazardsTest {
  private static final List<Place> PLACES = List.of(new Place.Input(), new Place.Input(), new Place.Temporary(0, 64), new Place.Temporary(64, 64),
      new Place.Temporary(32, 64), new Place.Temporary(128, 64), new Place.InPlace(0), new Place.Exchange(64));

  @Test
  void aLaunchWaitsForWhatItReads() {
    assertThat(waits(copy(2, 0), copy(3, 1), copy(5, 2))).containsExactly(List.of(), List.of(), List.of(0));
  }

  @Test
  void memoryIsNotUsedAgainBeforeItsReadersHaveEnded() {
    assertThat(waits(copy(2, 0), copy(5, 2), copy(4, 1))).as("slot 4 overlaps slot 2, which the second reads").containsExactly(List.of(), List.of(0), List.of(1));
  }

  @Test
  void nobodyWaitsForWhomAnotherWaitsFor() {
    assertThat(waits(copy(2, 0), copy(3, 2), add(5, 2, 3))).containsExactly(List.of(), List.of(0), List.of(1));
  }

  @Test
  void whatIsDoneInPlaceWaitsForThoseWhoReadTheOldData() {
    assertThat(waits(copy(2, 0), copy(3, 1), copy(6, 3), copy(5, 0))).containsExactly(List.of(), List.of(), List.of(1, 0), List.of(2));
  }

  @Test
  void runsOfOneLaunchCountTogether() {
    ExecItem both = new ExecItem(copy(2, 0).program(), arguments -> {}, List.of(arguments(2, 0), arguments(3, 1)));
    assertThat(waits(both, copy(5, 3))).containsExactly(List.of(), List.of(0));
  }

  @Test
  void whatNoLaunchWritesIsToldForEachArgument() {
    assertThat(unwritten(add(2, 0, 1), add(3, 1, 2))).containsExactly(BitSet.valueOf(new long[] {0b110}), BitSet.valueOf(new long[] {0b010}));
    assertThat(unwritten(add(2, 0, 1), copy(6, 3))).as("slot 6 is in the memory of slot 0").containsExactly(BitSet.valueOf(new long[] {0b100}), BitSet.valueOf(new long[] {0b010}));
    ExecItem both = new ExecItem(copy(2, 0).program(), arguments -> {}, List.of(arguments(2, 0), arguments(5, 3)));
    assertThat(unwritten(both, copy(3, 1))).as("of one run slot 0, of the other slot 3, which the second launch writes").containsExactly(new BitSet(), BitSet.valueOf(new long[] {0b010}));
  }

  @Test
  void launchesWhoseBlocksExchangeSumsRunOneAfterTheOther() {
    assertThat(waits(exchanging(2, 0), copy(3, 1), exchanging(5, 1))).containsExactly(List.of(), List.of(), List.of(0));
  }

  private static List<List<Integer>> waits(ExecItem... items) {
    return Hazards.of(List.of(items), PLACES).waits();
  }

  private static List<BitSet> unwritten(ExecItem... items) {
    return Hazards.of(List.of(items), PLACES).unwritten();
  }

  private static ExecItem copy(int to, int from) {
    return item(List.of(to, from));
  }

  private static ExecItem exchanging(int to, int from) {
    Program plain = copy(to, from).program();
    Program program = new Program("test", plain.graphs(), "", List.of(), List.of(), 64, plain.launch(), plain.work(), "");
    return new ExecItem(program, arguments -> {}, List.of(arguments(to, from, 7)));
  }

  private static ExecItem add(int to, int from, int other) {
    return item(List.of(to, from, other));
  }

  /// Stores the sum of what PARAMs 1 and up hold into PARAM 0.
  private static ExecItem item(List<Integer> slots) {
    List<OpNode> params = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      params.add(OpNode.create(OpCode.PARAM, DType.FLOAT32, List.of(), new Param(i, Shape.of(1))));
    }
    OpNode sum = params.subList(1, params.size()).stream().map(param -> OpNode.of(OpCode.LOAD, param, IndexAlgebra.ZERO)).reduce((a, b) -> OpNode.of(OpCode.ADD, a, b)).orElseThrow();
    OpNode sink = OpNode.of(OpCode.SINK, OpNode.of(OpCode.STORE, params.getFirst(), IndexAlgebra.ZERO, sum));
    Program program = new Program("test", sink, "", new Program.Launch(1, 1, 0), new Program.Work(0, 0));
    return new ExecItem(program, arguments -> {}, List.of(arguments(slots.toArray(Integer[]::new))));
  }

  private static List<Binding.Argument> arguments(Integer... slots) {
    return Stream.of(slots).map(slot -> new Binding.Argument(slot, 0)).toList();
  }
}
