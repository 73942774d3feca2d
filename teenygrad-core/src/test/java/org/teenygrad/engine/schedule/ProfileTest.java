package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.cpu.Cpu;

class ProfileTest {
  private static final Device NULL = Device.of("null");

  private static Tensor tensor(Device device, int... shape) {
    Shape sizes = Shape.of(shape);
    return Tensor.of(new float[(int) sizes.elements()], sizes, device);
  }

  private static Tensor tensor(int... shape) {
    return tensor(NULL, shape);
  }

  private static List<String> descriptions(Tensor... wanted) {
    return Profile.of(() -> Tensor.realize(wanted)).launches().stream().map(Profile.Launch::description).toList();
  }

  @Test
  void aContractionIsDescribedBySizesBiasAndResidual() {
    Tensor product = tensor(768, 128).linear(tensor(384, 128), tensor(384)).add(tensor(768, 384));
    assertThat(descriptions(product)).containsExactly("contract 768x384x128 + bias + residual");
    assertThat(descriptions(tensor(6, 64, 32).matmul(tensor(6, 32, 48)).exp())).containsExactly("contract 6·64x48x32 · exp");
  }

  @Test
  void aReductionIsDescribedByWhatItCombinesAndHowMany() {
    assertThat(descriptions(tensor(96, 64).softmax(-1))).containsExactly("reduce max,sum over 64 · sub,exp,div (96 rows)");
  }

  @Test
  void mapsAreDescribedByOperationsAndOutputs() {
    Tensor x = tensor(4096);
    assertThat(descriptions(x.sqrt().mul(2), x.add(1))).containsExactly("map sqrt,mul,add (4096 elements) x2 outputs");
    assertThat(descriptions(tensor(64, 32).transpose(0, 1).contiguous())).containsExactly("copy (2048 elements)");
    assertThat(descriptions(tensor(64, 32).indexSelect(0, Tensor.of(new int[] {1, 2}, Shape.of(2), NULL)))).containsExactly("map gather (64 elements)");
  }

  @Test
  void temporariesShareTheWorkspaceWhereTheirLivesDoNotOverlap() {
    Tensor w = tensor(256, 256);
    Recording recording = Recording.of(() -> tensor(256, 256).matmul(w).matmul(w).matmul(w).matmul(w).realize());
    assertThat(recording.memory()).singleElement().satisfies(pieces -> {
      assertThat(pieces).extracting(Activity.Temporary::first).containsExactly(0, 1, 2);
      assertThat(pieces).extracting(Activity.Temporary::last).containsExactly(1, 2, 3);
      assertThat(pieces).extracting(Activity.Temporary::bytes).containsOnly(256L * 256 * 4);
      assertThat(pieces.get(0).offset()).isEqualTo(pieces.get(2).offset()).isNotEqualTo(pieces.get(1).offset());
    });
    assertThat(recording.schedules().getFirst().workspaceBytes()).isEqualTo(2L * 256 * 256 * 4);
  }

  /// Though what follows it is a long way: the layers' derivatives are not kept until then.
  @Test
  void aWeightsDerivativeRunsAsSoonAsNobodyElseReadsWhatItReads() {
    int layers = 8;
    List<Tensor> weights = Stream.generate(() -> tensor(256, 256).requiresGrad()).limit(layers).toList();
    Tensor x = tensor(4096, 256);
    for (Tensor weight : weights) {
      x = x.matmul(weight).tanh();
    }
    List<Tensor> updates = new ArrayList<>();
    for (Tensor gradient : Gradient.of(x.square().sum(), weights)) {
      Tensor update = gradient;
      for (int i = 0; i < 5 * layers; i++) {
        update = update.matmul(gradient);
      }
      updates.add(update);
    }
    Recording recording = Recording.of(() -> Tensor.realize(updates));
    assertThat(recording.schedules().getFirst().workspaceBytes()).as("results of all layers, what flows back through one, and little else").isBetween(layers * (4096L * 256 * 4), (layers + 4) * (4096L * 256 * 4));
  }

  @Test
  void aScheduleIsMadeOnceAndThenReplayed() {
    Profile first = Profile.of(() -> tensor(17, 3).add(tensor(17, 3)).realize());
    assertThat(first.schedules()).singleElement().satisfies(making -> {
      assertThat(making.launches()).isEqualTo(1);
      assertThat(making.compiled()).isEqualTo(1);
      assertThat(making.nanos()).isGreaterThanOrEqualTo(making.compileNanos());
    });
    Profile second = Profile.of(() -> tensor(17, 3).add(tensor(17, 3)).realize());
    assertThat(second.schedules()).isEmpty();
    assertThat(second.launches()).hasSize(1);
  }

  @Test
  void theFirstKernelThatMakesNanIsNamedAlsoInAReplay() {
    Device device = Device.of("interpreter");
    Tensor.of(new float[] {1, 2}, Shape.of(2), device).log().realize();
    Debug.checksNan(true);
    try {
      Tensor negative = Tensor.of(new float[] {1, -2}, Shape.of(2), device).log();
      assertThatThrownBy(negative::realize).isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("NaN at [1] of the float32").hasMessageContaining("none of what it read");
    } finally {
      Debug.checksNan(false);
    }
  }

  @Test
  void nanIsFoundInWhatLivesOnlyDuringTheSchedule() {
    assumeTrue(Cpu.isPresent());
    Device device = Device.of("cpu");
    Debug.checksNan(true);
    try {
      Tensor x = Tensor.of(new float[] {4, -1, 2, 1}, Shape.of(2, 2), device);
      // The product reads what an earlier kernel of the schedule left in the workspace.
      assertThatThrownBy(x.log().contiguous().matmul(x)::realize).isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("NaN at [0, 1] of the float32").hasMessageContaining("none of what it read");
      assertThat(x.abs().log().contiguous().matmul(x).realize().isNan().any().itemBoolean()).isFalse();
    } finally {
      Debug.checksNan(false);
    }
  }

  @Test
  void levelsTellEachMoreThanTheLast() {
    assertThat(told(0)).isEmpty();
    assertThat(told(1)).contains("new schedule: 1 launches (1 runs) of 1 kernels").doesNotContain("MFLOP");
    assertThat(told(2)).contains("MFLOP").contains("map mul").doesNotContain("graph");
    assertThat(told(3)).contains("graph, simplified").contains("STORE");
  }

  private static String told(int level) {
    var bytes = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    Debug.level(level);
    try {
      tensor(5 + level, 3).mul(3).realize();
    } finally {
      Debug.level(0);
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
