package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Printer;
import org.teenygrad.engine.ir.Validator;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.interpreter.Interpreter;

class RandomGraphsTest {
  private static final Device DEVICE = Device.of("interpreter");
  private static final int GRAPHS = 300;

  @Test
  void theSameSeedGivesTheSameGraph() {
    for (long seed = 0; seed < 50; seed++) {
      assertThat(shape(RandomGraphs.generate(seed, DEVICE))).isEqualTo(shape(RandomGraphs.generate(seed, DEVICE)));
      assertThat(shape(RandomGraphs.withDerivatives(seed, DEVICE))).isEqualTo(shape(RandomGraphs.withDerivatives(seed, DEVICE)));
    }
  }

  private static String shape(RandomGraph graph) {
    return Printer.text(graph.roots()).replaceAll("#\\d+", "#").replaceAll(" +", " ");
  }

  @Test
  void allOperationsTypesAndSizesOccur() {
    Set<OpCode> ops = EnumSet.noneOf(OpCode.class);
    Set<DType> types = EnumSet.noneOf(DType.class);
    boolean empty = false;
    int nodes = 0;
    int several = 0;
    for (long seed = 0; seed < 3 * GRAPHS; seed++) {
      RandomGraph graph = RandomGraphs.generate(seed, DEVICE);
      Validator.expanded(graph.roots());
      several += graph.roots().size() > 1 ? 1 : 0;
      for (OpNode node : Graph.topological(graph.roots())) {
        ops.add(node.op());
        types.add(node.dtype());
        empty |= node.shape().elements() == 0;
        nodes++;
      }
    }
    Set<OpCode> expected = EnumSet.allOf(OpCode.class);
    expected.removeIf(op -> op.group() == OpCode.Group.COLLECTIVE || op.group() == OpCode.Group.KERNEL || op.group() == OpCode.Group.TILE);
    expected.removeAll(List.of(OpCode.PARAM, OpCode.ASSIGN, OpCode.COPY, OpCode.GRADIENT, OpCode.REDISTRIBUTE));
    assertThat(ops).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(types).as("all but those that are only stored").containsExactlyInAnyOrderElementsOf(
        Arrays.stream(DType.values()).filter(type -> !type.isNarrow() || type.isHalf()).toList());
    assertThat(empty).isTrue();
    assertThat(several).isGreaterThan(GRAPHS / 2);
    assertThat(nodes).isGreaterThan(10 * 3 * GRAPHS);
  }

  /// Large graphs, and small ones with derivatives.
  private static List<RandomGraph> ofBothKinds() {
    List<RandomGraph> graphs = new ArrayList<>();
    for (long seed = 0; seed < GRAPHS; seed++) {
      graphs.add(RandomGraphs.generate(seed, DEVICE));
      graphs.add(RandomGraphs.withDerivatives(seed, DEVICE));
    }
    return graphs;
  }

  @Test
  void valuesStayWithinWhatIsKnown() {
    for (RandomGraph graph : ofBothKinds()) {
      for (OpNode node : Graph.topological(graph.roots())) {
        Known known = Objects.requireNonNull(graph.known().get(node));
        double room = known.error() + 1e-12 * known.magnitude();
        assertThat(Arrays.stream(Buffers.numbers(node)))
            .as("%s, %s, %s", graph.name(), node, known)
            .allMatch(value -> value >= known.lo() - room && value <= known.hi() + room);
      }
    }
  }

  /// Computing a graph as a whole and node by node, each from the stored values of its inputs, is the same.
  @Test
  void wholeGraphsEqualTheirStepsOneByOne() {
    for (long seed = 0; seed < GRAPHS; seed++) {
      List<OpNode> roots = RandomGraphs.generate(seed, DEVICE).roots();
      List<OpNode> whole = Comparison.on(DEVICE, roots);
      List<OpNode> stepwise = Comparison.on(DEVICE, roots);
      Graph.topological(stepwise).forEach(Buffers::bits);
      for (int i = 0; i < roots.size(); i++) {
        assertThat(Buffers.bits(whole.get(i))).isEqualTo(Buffers.bits(stepwise.get(i)));
      }
    }
  }

  @Test
  void aWrongDeviceIsFoundAndTheGraphCutDownToItsFault() {
    Devices.register("wrong", RandomGraphsTest::ignoresFlips);
    Comparison comparison = new Comparison(DEVICE, Device.of("wrong"));
    int found = 0;
    for (long seed = 0; seed < 100; seed++) {
      RandomGraph graph = RandomGraphs.generate(seed, DEVICE);
      if (comparison.difference(graph) != null) {
        found++;
        List<OpNode> small = Graph.topological(new Shrinker(comparison).shrink(graph).roots());
        assertThat(small).extracting(OpNode::op).containsExactly(OpCode.BUFFER, OpCode.FLIP);
        assertThatThrownBy(() -> comparison.check(graph))
            .hasMessageContaining(graph.name())
            .hasMessageContaining("FLIP")
            .hasMessageContaining("differs at element");
      }
    }
    assertThat(found).isGreaterThan(5);
  }

  private static Runtime ignoresFlips(Device device) {
    return rewriting(device, (old, node) -> node.is(OpCode.FLIP) ? node.input(0) : node);
  }

  /// A device that keeps every floating value in double until it is stored is right, too.
  @Test
  void tolerancesAllowForRoundingOnceAtTheEnd() {
    Devices.register("wide", device -> rewriting(device, RandomGraphsTest::widened));
    Comparison comparison = new Comparison(DEVICE, Device.of("wide"));
    ofBothKinds().forEach(comparison::check);
  }

  private static OpNode widened(OpNode old, OpNode node) {
    if (node.is(OpCode.SINK)) {
      List<OpNode> outputs = new ArrayList<>();
      for (int i = 0; i < node.inputs().size(); i++) {
        outputs.add(cast(node.input(i), old.input(i).dtype()));
      }
      return node.withInputs(outputs);
    }
    if (!node.dtype().isFloating()) {
      return node;
    }
    return switch (node.op()) {
      case PARAM -> cast(node, DType.FLOAT64);
      case CONST, CAST ->
          OpNode.create(node.op(), DType.FLOAT64, node.inputs(), node.payload());
      default -> node;
    };
  }

  private static OpNode cast(OpNode node, DType dtype) {
    return OpNode.create(OpCode.CAST, dtype, List.of(node), null);
  }

  /// The interpreter, but for programs that are changed first, node by node from the inputs up.
  private static Runtime rewriting(Device device, BinaryOperator<OpNode> change) {
    Runtime right = Interpreter.open(device);
    return new Runtime(
        device,
        right.allocator(),
        right.target(),
        program -> {
          Map<OpNode, OpNode> changed = new HashMap<>();
          for (OpNode node : Graph.topological(List.of(program.graph()))) {
            List<OpNode> inputs =
                node.inputs().stream().map(n -> Objects.requireNonNull(changed.get(n))).toList();
            // Types follow from the changed inputs, but where the node names its own.
            boolean named = node.inputs().isEmpty() || node.is(OpCode.CAST) || node.is(OpCode.BITCAST);
            DType dtype = named ? node.dtype() : null;
            OpNode rebuilt = OpNode.create(node.op(), dtype, inputs, node.payload());
            changed.put(node, change.apply(node, rebuilt));
          }
          OpNode graph = Objects.requireNonNull(changed.get(program.graph()));
          return right
              .compiler()
              .compile(new Program(program.name(), graph, "", program.launch(), program.work()));
        });
  }
}
