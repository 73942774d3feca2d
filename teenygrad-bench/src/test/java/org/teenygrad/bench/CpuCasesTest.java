package org.teenygrad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.CudaReport.Row;
import org.teenygrad.models.nanogpt.GptConfig;

class CpuCasesTest {
  private static ComparedCase one(String name) {
    return CpuCases.of(List.of(), List.of(name)).getFirst();
  }

  @Test
  void eachNameIsOfOneCase() {
    List<String> names = CpuCases.of(List.of(), List.of()).stream().map(ComparedCase::name).toList();
    assertThat(names).doesNotHaveDuplicates().contains("gemm_2048_bfloat16", "eigh_512x512", "adamw_10M", "gpt_step_baby", "decode_gpt2_8", "startup_char-cpu_cold", "memory_baby");
    assertThat(CpuCases.of(List.of("rows"), List.of("sort_1M"))).extracting(ComparedCase::name).contains("softmax_4096x1024", "sort_1M").hasSize(5);
    assertThatThrownBy(() -> CpuCases.of(List.of("linear"), List.of())).hasMessageContaining("no group 'linear'; there are gemm, layers");
    assertThatThrownBy(() -> one("gemm_1")).hasMessageContaining("no case 'gemm_1'; there are gemm_256");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cumsum_1M", "layer_norm_4096x1024", "attention_b8h6t256d64_backward", "cholesky_512x512", "solve_512x512", "lstsq_2048x256"})
  void isRightAndMeasured(String name) {
    ComparedCase what = one(name);
    assertThat(what.error(12345)).isBetween(0.0, what.bound());
    assertThat(what.prepare().getAsDouble()).isPositive();
  }

  @Test
  void answersAreTheLikeliestTokens() {
    var small = new DecodingCase(new GptStep("small", new GptConfig(31, 64, 2, 2, 16, 0, true), 1, 8, DType.FLOAT32), 2);
    assertThat(small.error(12345)).isBetween(0.0, small.bound());
    assertThat(small.prepare().getAsDouble()).isPositive();
  }

  /// A JVM that trains holds more than one that does not, and less than a gigabyte; the most part of a step of small products is not outside of them.
  @Test
  void whatAStepCostsBesideItsKernels() {
    HostCase memory = new HostCase(HostCase.Kind.MEMORY, GptStep.CHAR_CPU);
    assertThat(memory.unit().figure(memory.work(), memory.prepare().getAsDouble())).isBetween(60.0, 1024.0);
    GptStep small = new GptStep("small", new GptConfig(31, 64, 1, 2, 128, 0, false), 8, 64, DType.FLOAT32);
    HostCase outside = new HostCase(HostCase.Kind.OUTSIDE, small);
    assertThat(outside.error(12345)).isBetween(0.0, outside.bound());
    assertThat(outside.unit().figure(outside.work(), outside.prepare().getAsDouble())).isBetween(0.1, 99.9);
  }

  @Test
  void unitsTurnSamplesIntoFiguresAndBack() {
    assertThat(Unit.GIGABYTES.figure(2e9, 0.5)).isEqualTo(4);
    assertThat(Unit.MILLIS.figure(2e9, 0.5)).isEqualTo(500);
    assertThat(Unit.MEBIBYTES.figure(1, 3 << 20)).isEqualTo(3);
    assertThat(Unit.PERCENT.figure(1, 0.25)).isEqualTo(25);
    for (Unit unit : Unit.values()) {
      assertThat(unit.sample(3e9, unit.figure(3e9, 0.7))).isCloseTo(0.7, within(1e-9));
    }
  }

  /// The half of the numbers is 0, where the reference has them.
  @Test
  void seesWrongResults() {
    CpuCase wrong = CpuCase.of("wrong", Unit.MILLIS, 0, 1, DType.FLOAT32, () -> List.of(Tensor.randn(64).realize()),
        x -> List.of(x.getFirst().dtype() == DType.FLOAT64 ? x.getFirst().mul(2) : x.getFirst().mul(2).mul(Tensor.arange(64).lt(32))));
    assertThat(wrong.error(1)).isGreaterThan(0.1);
  }

  @Test
  void drawsWhatWasMeasured(@TempDir Path folder) throws IOException {
    RooflinePicture picture = new RooflinePicture(new Peak("this", 20e9, 200e9, 100e9));
    ComparedCase sum = one("sum_axis0_4096x4096");
    picture.add(sum, new Row(sum.name(), "GB/s", 10, 9, 11, 8, 0.5, 0, 1e-5, null));
    picture.add(one("sort_1M"), Row.failed("sort_1M", one("sort_1M"), 1, "WRONG"));
    picture.write(folder.resolve("deeper"));
    assertThat(folder.resolve("deeper/cpu.svg")).content().contains("sum_axis0_4096x4096", "teenygrad", "PyTorch", "float32").doesNotContain("sort_1M");
  }

  /// In the table all, ordered by their speed beside the peer's; beside the points some of those in which the peer is ahead.
  @Test
  void aHundredCasesHaveTheirNames(@TempDir Path folder) throws IOException {
    Peak peak = new Peak("this", 20e9, 200e9, 100e9);
    RooflinePicture picture = new RooflinePicture(peak);
    List<ComparedCase> cases = CpuCases.of(List.of(), List.of());
    for (int i = 0; i < cases.size(); i++) {
      ComparedCase what = cases.get(i);
      double ours = what.unit().figure(what.work(), what.leastSeconds(peak) / (0.1 + 0.9 * (i % 7) / 7));
      double speed = (i + 1.0) / cases.size() * 1.5;
      double peers = what.unit() == Unit.MILLIS ? ours * speed : ours / speed;
      picture.add(what, new Row(what.name(), what.unit().text, ours, ours, ours, peers, what instanceof HostCase ? Double.NaN : 0.1 + 0.9 * (i % 7) / 7, 0, 1e-5, null));
    }
    picture.write(folder);
    List<String> names = cases.stream().filter(what -> !(what instanceof HostCase)).map(ComparedCase::name).toList(); // no roof bounds a process
    List<String> texts = Files.readString(folder.resolve("cpu.svg")).lines().flatMap(line -> Stream.of(line.split("</text>")))
        .map(text -> text.substring(text.lastIndexOf('>') + 1)).filter(names::contains).toList();
    assertThat(texts).endsWith(names.toArray(String[]::new)).hasSizeBetween(names.size() + 2, names.size() + 12);
    assertThat(names.subList(0, 12)).containsAll(texts.subList(0, texts.size() - names.size()));
  }
}
