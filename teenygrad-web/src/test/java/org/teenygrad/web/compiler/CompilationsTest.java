package org.teenygrad.web.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.SourceLines;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.cpu.Cpu;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.SGD;

class CompilationsTest {
  private final Compilations compilations = new Compilations();

  private static Tensor tensor(int... shape) {
    Shape sizes = Shape.of(shape);
    return Tensor.of(new float[(int) sizes.elements()], sizes, Device.of("null"));
  }

  private void compile(Tensor... wanted) {
    try (Activity.Watching _ = Activity.watch(compilations)) {
      Tensor.realize(wanted);
    }
  }

  @SuppressWarnings("unchecked")
  private List<Map<String, Object>> list(String what, int schedule, int index, String name) {
    Map<String, ?> answer = compilations.answer(what, schedule, index);
    return (List<Map<String, Object>>) Objects.requireNonNull(Json.object(Json.text(answer)).get(name));
  }

  @Test
  void aPassMarksWhatItChanged() {
    compile(tensor(31, 7).mul(1).exp().neg().neg());
    List<Map<String, Object>> schedules = list("schedules", 0, 0, "schedules");
    assertThat(schedules).singleElement().satisfies(schedule -> assertThat(schedule).containsEntry("device", "null").containsEntry("launches", 1L));
    List<?> passes = (List<?>) Objects.requireNonNull(schedules.getFirst().get("passes"));
    int simplify = passes.stream().map(pass -> ((Map<?, ?>) pass).get("name")).toList().indexOf("simplify");
    assertThat(list("pass", 0, simplify, "before")).extracting(line -> line.get("op") + " " + line.get("mark")).containsExactly("PARAM ", "MUL other", "EXP rebuilt", "NEG other", "NEG other");
    assertThat(list("pass", 0, simplify, "after")).extracting(line -> line.get("op") + " " + line.get("mark")).containsExactly("PARAM ", "EXP rebuilt");
    assertThat(list("pass", 0, simplify, "fired")).extracting(fired -> fired.get("rule")).containsExactlyInAnyOrder("x * 1", "--x");
  }

  @Test
  void aLaunchHasItsNodesItsReasonAndItsCode() {
    compile(tensor(97, 64).softmax(-1).matmul(tensor(64, 33)));
    List<Map<String, Object>> launches = list("kernels", 0, 0, "launches");
    assertThat(launches).extracting(launch -> String.valueOf(launch.get("parts"))).anyMatch(parts -> parts.contains("a factor of a product")).anyMatch(parts -> parts.contains("it is a result"));
    assertThat(list("code", 0, launches.size() - 1, "steps")).extracting(step -> step.get("title")).containsExactly("Kernel", "In operations of the machine", "LLVM IR");
    assertThat(list("code", 0, launches.size() - 1, "steps").get(2).get("text")).asString().contains("define void @contract_");
    assertThat((List<?>) compilations.answer("kernels", 0, 0).get("memory")).hasSize(1);
  }

  @Test
  void aScheduleIsPlannedForAGpuThatIsNotThere() {
    compile(tensor(128, 256).matmul(tensor(256, 64)).exp());
    int number = Integer.parseInt(String.valueOf(compilations.answer("plan", 0, 0).get("number")));
    assertThat(list("schedules", 0, 0, "schedules")).last().satisfies(schedule -> assertThat(schedule).containsEntry("device", "H200 (planned)").containsEntry("planned", true));
    assertThat(list("code", number, 0, "steps")).extracting(step -> step.get("title")).containsExactly("Kernel", "In operations of the machine", "LLVM IR", "PTX");
    assertThat(list("code", number, 0, "steps").getLast().get("text")).asString().contains(".target sm_90a").contains("fma.rn.f32");
    assertThat(String.valueOf(compilations.answer("code", number, 0).get("facts"))).contains("128 rows by 64 columns of sums of 256 products").contains("a block of ").contains("sums");
    assertThat(compilations.answer("plan", 0, 0)).as("planned once").containsEntry("number", number);
    assertThat(String.valueOf(compilations.answer("code", 0, 0).get("facts"))).contains("products each, in float32");
    assertThatThrownBy(() -> compilations.answer("plan", 0, 2)).isInstanceOf(IllegalArgumentException.class).hasMessage("there is no machine 2");
  }

  private static Tensor onCpu(float... values) {
    return Tensor.of(values, Shape.of(values.length), Device.of("cpu"));
  }

  /// What is told of the only node of such an operation in the latest schedule.
  private Map<String, @Nullable Object> value(String op) {
    int schedule = Integer.parseInt(String.valueOf(list("schedules", 0, 0, "schedules").getLast().get("number")));
    List<?> ops = list("kernels", schedule, 0, "graph").stream().map(line -> line.get("op")).toList();
    return compilations.answer("value", schedule, ops.indexOf(op));
  }

  @Test
  void tensorsWithMemoryHaveValues() {
    assumeTrue(Cpu.isPresent());
    compile(onCpu(1, 2, 3, 5, 8, 13, 21).log().flip(0));
    assertThat(value("PARAM")).containsEntry("text", "[ 1.  2.  3.  5.  8. 13. 21.]").containsEntry("run", 1L).containsEntry("type", "float32(7,)");
    assertThat(String.valueOf(value("PARAM").get("summary"))).startsWith("from 1.000 to 21.00, mean 7.571");
    assertThat(value("LOG").get("message")).isEqualTo("It has no memory of its own: kernels compute it on the way.");
    assertThat(value("FLIP").get("text")).asString().startsWith("[3.0445225 2.564949");
    compile(onCpu(new float[1300]).exp());
    assertThat(value("EXP").get("text")).asString().startsWith("the first 1,024 of 1,300 numbers:");
    compile(tensor(3, 5).cos());
    assertThat(value("COS").get("message")).asString().startsWith("This device plans and does not compute");
  }

  @Test
  void whatRunsAgainAndAgainHasTheValuesOfTheNextRun() throws InterruptedException {
    assumeTrue(Cpu.isPresent());
    AtomicBoolean ends = new AtomicBoolean();
    CountDownLatch repeated = new CountDownLatch(3);
    Thread program = Thread.ofPlatform().start(() -> {
      for (int step = 1; !ends.get(); step++) {
        compile(onCpu(step, step, step, step, step).sinh());
        repeated.countDown();
      }
    });
    try {
      repeated.await();
      double early = number(value("PARAM"));
      assertThat(early).isGreaterThan(1);
      assertThat(number(value("PARAM"))).isGreaterThan(early);
    } finally {
      ends.set(true);
      program.join();
    }
    assertThat(value("PARAM")).as("the first run's, when it runs no more").containsEntry("run", 1L);
  }

  private static double number(Map<String, @Nullable Object> value) {
    return Double.parseDouble(String.valueOf(value.get("text")).replaceAll("[\\[\\]]", "").strip().split("\\s+")[0]);
  }

  private record Net(Linear up, Linear down) implements Module {}

  /// Paths of nodes of such an operation, in order.
  private static List<Object> paths(List<Map<String, Object>> graph, String op) {
    return graph.stream().filter(line -> op.equals(line.get("op"))).map(line -> line.get("path")).toList();
  }

  /// Steps before it that are known: after many, lines are no longer kept.
  @ParameterizedTest
  @ValueSource(ints = {0, 400})
  void aStepOfAProgramIsInItsModulesAndHasTheirGradients(int known) {
    Device device = Device.of("null");
    SourceLines.record();
    try (Activity.Watching _ = Activity.watch(compilations)) {
      Net net = Module.map(new Net(Linear.of(13 + known, 7), Linear.of(7, 3)), weight -> weight.to(device));
      SGD optimizer = new SGD(net.namedParameters(), 0.1);
      for (int i = 0; i < known; i++) {
        tensor(2).cosh().realize();
      }
      Tensor hidden = net.up().forward(tensor(5, 13 + known)).tanh();
      optimizer.step(net.down().forward(hidden).square().mean());
    }
    int latest = Integer.parseInt(String.valueOf(list("schedules", 0, 0, "schedules").getLast().get("number")));
    List<Map<String, Object>> graph = list("kernels", latest, 0, "graph");
    assertThat(graph).filteredOn(line -> line.get("name") != null).extracting(line -> line.get("name") + " " + line.get("path"))
        .containsExactlyInAnyOrder("up.weight [up]", "up.bias [up]", "down.weight [down]", "down.bias [down]");
    assertThat(paths(graph, "REDUCE").stream().map(String::valueOf)).contains("[up]", "[down]", "[loss]", "[∂ down]", "[∂ up]");
    assertThat(graph).filteredOn(line -> List.of().equals(line.get("path"))).as("between two modules").extracting(line -> line.get("op")).containsExactly("TANH");
    assertThat(graph).filteredOn(line -> "TANH".equals(line.get("op"))).extracting(line -> line.get("source") != null).containsExactly(known == 0);
    assertThat(paths(graph, "ASSIGN")).hasSize(4).allSatisfy(path -> assertThat(path).isEqualTo(List.of("updates")));
    Map<String, Object> bias = graph.stream().filter(line -> "down.bias".equals(line.get("name"))).findFirst().orElseThrow();
    Map<String, Object> gradient = graph.get(Integer.parseInt(String.valueOf(bias.get("gradient"))));
    assertThat(gradient).containsEntry("type", "float32(3,)").extractingByKey("path").asString().startsWith("[∂ down");
    int planned = Integer.parseInt(String.valueOf(compilations.answer("plan", latest, 0).get("number")));
    assertThat(list("kernels", planned, 0, "graph")).as("planned for a GPU").extracting(line -> line.get("name")).contains("up.weight");
  }

  @Test
  void theLatestAreKept() {
    for (int size = 1; size <= 45; size++) {
      compile(tensor(size, 11).sin());
    }
    assertThat(list("schedules", 0, 0, "schedules")).hasSize(40).first().satisfies(schedule -> assertThat(schedule).containsEntry("number", 5L));
    assertThatThrownBy(() -> compilations.answer("pass", 4, 0)).isInstanceOf(IllegalArgumentException.class).hasMessage("schedule 4 is no longer kept: there are the latest 40");
    assertThatThrownBy(() -> compilations.answer("code", 44, 9)).isInstanceOf(IllegalArgumentException.class).hasMessage("there is no launch 9");
    assertThatThrownBy(() -> compilations.answer("nothing", 44, 0)).isInstanceOf(IllegalArgumentException.class);
    compilations.clear();
    assertThat(list("schedules", 0, 0, "schedules")).isEmpty();
  }
}
