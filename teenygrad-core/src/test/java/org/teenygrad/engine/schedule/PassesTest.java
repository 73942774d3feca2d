package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;

class PassesTest {
  private static Tensor tensor(int... shape) {
    Shape sizes = Shape.of(shape);
    return Tensor.of(new float[(int) sizes.elements()], sizes, Device.of("null"));
  }

  private static List<Activity.Event> during(Runnable action) {
    List<Activity.Event> events = new ArrayList<>();
    try (Activity.Watching _ = Activity.watch(events::add)) {
      action.run();
    }
    return events;
  }

  private static List<Activity.Passed> passes(List<Activity.Event> events) {
    return events.stream().filter(Activity.Passed.class::isInstance).map(Activity.Passed.class::cast).toList();
  }

  private static List<Activity.Part> parts(Tensor... wanted) {
    return during(() -> Tensor.realize(wanted)).stream().filter(Activity.Fused.class::isInstance).map(Activity.Fused.class::cast).flatMap(fused -> fused.launches().stream())
        .flatMap(launch -> launch.parts().stream()).toList();
  }

  @Test
  void eachPassTakesUpWhatTheLastLeft() {
    Tensor x = tensor(19, 7).requiresGrad();
    List<Activity.Passed> passes = passes(during(() -> {
      Tensor loss = x.mul(1).exp().sum();
      loss.backward();
      x.grad().realize();
    }));
    assertThat(passes).extracting(Activity.Passed::pass).startsWith("expand gradients", "bind inputs", "leave out copies", "simplify").endsWith("give results memory");
    for (int i = 1; i < passes.size() - 1; i++) {
      assertThat(passes.get(i).before()).isEqualTo(passes.get(i - 1).after());
    }
    // The first pass finds none, either, where a constant of the graph has been computed on another device before: then gradients are expanded earlier.
    assertThat(passes.stream().skip(1)).allSatisfy(pass -> assertThat(Graph.topological(pass.before())).noneMatch(node -> node.is(OpCode.GRADIENT)));
  }

  @Test
  void rulesAreToldWhereTheyFired() {
    List<Activity.Passed> passes = passes(during(() -> tensor(23, 5).mul(1).neg().neg().sqrt().realize()));
    Activity.Passed simplify = passes.stream().filter(pass -> pass.pass().equals("simplify")).findFirst().orElseThrow();
    assertThat(simplify.fired()).extracting(Activity.Fired::rule).contains("x * 1", "--x");
    List<OpNode> before = Graph.topological(simplify.before());
    List<OpNode> after = Graph.topological(simplify.after());
    Activity.Fired first = simplify.fired().stream().filter(fired -> fired.rule().equals("x * 1")).findFirst().orElseThrow();
    assertThat(before).contains(first.before());
    assertThat(after).doesNotContain(first.before()).contains(first.after());
  }

  @Test
  void aKernelHasTheNodesThatItComputesAndWhy() {
    List<Activity.Part> parts = parts(tensor(96, 64).softmax(-1));
    assertThat(parts).singleElement().satisfies(part -> {
      assertThat(part.reason()).isEqualTo(Reason.RESULT.text);
      assertThat(part.nodes()).extracting(OpNode::op).contains(OpCode.EXP, OpCode.DIV).doesNotContain(OpCode.PARAM);
      assertThat(part.nodes()).filteredOn(node -> node.is(OpCode.REDUCE)).hasSize(2);
    });
  }

  @Test
  void aLaunchOfSeveralRunsHasThePartsOfAll() {
    Tensor first = tensor(71, 3);
    Tensor second = tensor(71, 3);
    assertThat(parts(first.exp(), second.exp())).hasSize(2).allSatisfy(part -> assertThat(part.nodes()).extracting(OpNode::op).containsExactly(OpCode.EXP));
  }

  @Test
  void everyNodeOfATrainingStepIsComputedSomewhere() {
    Tensor weight = tensor(64, 32).requiresGrad();
    Optimizer optimizer = new AdamW(Map.of("weight", weight), 1e-3).clipNorm(1);
    List<Activity.Fused> steps = during(() -> optimizer.step(tensor(8, 64).matmul(weight).square().mean())).stream().filter(Activity.Fused.class::isInstance).map(Activity.Fused.class::cast).toList();
    for (Activity.Fused step : steps) {
      List<OpNode> computed = step.launches().stream().flatMap(launch -> launch.parts().stream()).flatMap(part -> part.nodes().stream()).toList();
      assertThat(Graph.topological(step.graph())).allMatch(node -> node.op().group() == OpCode.Group.SOURCE || node.op().isMovement() || computed.contains(node));
    }
    assertThat(steps).isNotEmpty();
  }

  @Test
  void whatHasMemoryHasAReason() {
    Tensor dear = tensor(512, 512).sin();
    assertThat(parts(dear.matmul(tensor(512, 512)))).extracting(Activity.Part::reason).containsExactlyInAnyOrder(Reason.FACTOR.text, Reason.RESULT.text);
    Tensor sum = tensor(33, 65).sum(1, true);
    assertThat(parts(tensor(65, 33).matmul(sum))).extracting(Activity.Part::reason).containsExactlyInAnyOrder(Reason.OTHER_LOOPS.text, Reason.RESULT.text);
    Tensor product = tensor(64, 48).matmul(tensor(48, 64)).exp();
    assertThat(parts(product.sum(0), product.transpose(0, 1).add(tensor(64, 64)))).extracting(Activity.Part::reason).contains(Reason.PRODUCT_OF_MANY.text);
    assertThat(parts(tensor(40, 30).cumsum(1).mul(2))).extracting(Activity.Part::reason).contains(Reason.WHOLE_ROWS.text);
  }

  @Test
  void nothingIsToldOfAScheduleThatIsKnown() {
    Runnable compute = () -> tensor(29, 3).exp().realize();
    assertThat(passes(during(compute))).isNotEmpty();
    assertThat(passes(during(compute))).isEmpty();
  }
}
