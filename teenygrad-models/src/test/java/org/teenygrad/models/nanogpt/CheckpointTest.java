package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;

/// A process is killed while it saves, again and again; what it leaves must be whole.
class CheckpointTest {
  private static final int ELEMENTS = 500_000;

  @TempDir Path folder;

  /// Saves iteration 1, 2, 3, ... in a loop: facts and every number of both tensors say which.
  static final class EndlessSaver {
    public static void main(String[] args) {
      for (int iteration = 1; ; iteration++) {
        checkpoint(iteration).save(Path.of(args[0]), tensors(iteration));
        System.out.println("saved " + iteration);
      }
    }

    /// What says how large the model is, and two large ones.
    private static Map<String, Tensor> tensors(int iteration) {
      return Map.of(
          "model.wte.weight", filled(iteration, 6, 8),
          "model.wpe.weight", filled(iteration, 8, 8),
          "model.h.0.ln1.weight", filled(iteration, 8),
          "model.a", filled(iteration, ELEMENTS),
          "optimizer.b", filled(iteration, ELEMENTS));
    }

    private static Tensor filled(int value, int... shape) {
      float[] values = new float[(int) Shape.of(shape).elements()];
      Arrays.fill(values, value);
      return Tensor.of(values, shape);
    }
  }

  /// Returns in the middle of a save: when a file that is not yet in place has more than so many bytes.
  private void awaitHalfAFile(long bytes) throws IOException {
    while (true) {
      try (var files = Files.newDirectoryStream(folder, ".checkpoint*.tmp")) {
        for (Path file : files) {
          if (file.toFile().length() > bytes) {
            return;
          }
        }
      }
    }
  }

  private static Checkpoint checkpoint(int iteration) {
    var random = new CounterRandom.State(1, iteration);
    return new Checkpoint(TrainerTest.TINY, "ab\n\"ä😀", "text", 7, iteration, 1.5, random, random);
  }

  @Test
  void aKilledProcessLeavesAWholeCheckpoint() throws IOException, InterruptedException {
    Path file = folder.resolve("checkpoint.safetensors");
    for (int kill = 0; kill < 4; kill++) {
      Process saver = new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp", System.getProperty("java.class.path"),
              "-Dteenygrad.device=interpreter", "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
              EndlessSaver.class.getName(), file.toString())
          .redirectErrorStream(true)
          .start();
      try (var lines = saver.inputReader()) {
        assertThat(lines.readLine()).startsWith("saved");
        awaitHalfAFile(kill * 1_000_000L);
      } finally {
        saver.destroyForcibly().waitFor();
      }
      Checkpoint.Content content = Checkpoint.open(file);
      int iteration = content.facts().iteration();
      assertThat(content.facts()).isEqualTo(checkpoint(iteration));
      assertThat(State.below("model.", content.tensors())).containsOnlyKeys("a", "wte.weight", "wpe.weight", "h.0.ln1.weight");
      assertThat(State.below("optimizer.", content.tensors())).containsOnlyKeys("b");
      assertThat(content.tensors().values()).allSatisfy(t -> assertThat(t.toFloatArray()).containsOnly(iteration));
    }
    try (var files = Files.list(folder)) {
      assertThat(files.filter(f -> !f.getFileName().toString().startsWith(".checkpoint"))).containsExactly(file);
    }
  }

  private static Checkpoint.Content open(Map<String, ?> settings, Map<String, Tensor> tensors, Path file) {
    var random = new CounterRandom.State(1, 1);
    new Checkpoint(TrainerTest.TINY.with(settings), "abcdef", "text", 7, 1, 1.5, random, random).save(file, tensors);
    return Checkpoint.open(file);
  }

  /// A number in the facts costs nothing; a model of so many layers takes all memory there is.
  @Test
  void refusesSettingsThatAreNotThoseOfTheTensors() {
    Path file = folder.resolve("checkpoint.safetensors");
    Map<String, Tensor> tensors = EndlessSaver.tensors(1);
    assertThat(open(Map.of(), tensors, file).tensors()).hasSameSizeAs(tensors);
    List.of(Map.of("nLayer", 9_000), Map.of("nEmbd", 1 << 10), Map.of("blockSize", 1 << 20)).forEach(settings ->
        assertThatThrownBy(() -> open(settings, tensors, file)).as(settings.toString()).isInstanceOf(FileException.class)
            .hasMessageContaining("its tensors are not those of its settings"));
  }

  @Test
  void refusesPlacesWhereNoTrainingCanStand() {
    var random = new CounterRandom.State(1, 1);
    assertThatThrownBy(() -> new Checkpoint(TrainerTest.TINY, "ab", "text", 7, -1, 1.5, random, random))
        .hasMessageContaining("its iteration is -1");
    assertThatThrownBy(() -> new Checkpoint(TrainerTest.TINY, "ab", "text", 7, 1, Double.NaN, random, random))
        .hasMessageContaining("best_val_loss NaN");
  }
}
