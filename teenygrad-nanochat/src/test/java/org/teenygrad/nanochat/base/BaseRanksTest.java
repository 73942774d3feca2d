package org.teenygrad.nanochat.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.distributed.World;
import org.teenygrad.nanochat.evaluation.WrittenSamples;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.train.Callback;
import org.teenygrad.train.ComputeType;

/// A base training on two ranks of this machine, whose layers multiply floats of 8 bits, up to its first batch. It needs Open MPI (Debian: openmpi-bin) and is skipped without.
class BaseRanksTest {
  private static final BaseSettings TINY = BaseSettings.DEFAULT.with(Map.ofEntries(
      Map.entry("depth", 1), Map.entry("aspectRatio", 128), Map.entry("headDim", 64), Map.entry("maxSeqLen", 16), Map.entry("deviceBatchSize", 1),
      Map.entry("totalBatchSize", 64), Map.entry("numIterations", 1), Map.entry("evalTokens", 32L), Map.entry("dtype", ComputeType.BFLOAT16), Map.entry("fp8", true)));

  @TempDir Path folder;

  /// A rank of a training in a folder with a corpus, which stops when samples were written: between the two batches of the first iteration.
  static final class Rank {
    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      ModelFolder out = ModelFolder.of(folder.resolve("out"), Stage.BASE);
      NanochatTokenizer tokenizer = new TokenizerTrainer(265).train(List.of("a").iterator()).tokenizer();
      World world = World.join();
      BaseTrainer.start(TINY, List.of(folder.resolve("corpus.txt")), tokenizer, out).ranks(world)
          .show(WrittenSamples.of(out, tokenizer, TINY.dtype(), true)).train(new Callback() {}, () -> Files.exists(out.samples()));
      world.close(); // a rank that fails does not come here, and ends the other
    }
  }

  /// Weights that are gathered from ranks are no leaves, unlike those of a model on one device.
  @Test
  void theWholeModelWritesSamples() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("corpus.txt"), "The cat sat on the mat, and the dog sat on the log.\n\n".repeat(40));
    Path said = folder.resolve("said.txt");
    ProcessBuilder builder = new ProcessBuilder(
        "mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
        "-Dteenygrad.llvm=" + System.getProperty("teenygrad.llvm"), "-Dteenygrad.threads=1", "-Dteenygrad.device=cpu", Rank.class.getName(), folder.toString());
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT", "1");
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    int status;
    try {
      status = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start().waitFor();
    } catch (IOException e) {
      status = abort("no mpirun: install Open MPI (openmpi-bin) to test several ranks");
    }
    assertThat(status).as(Files.readString(said, StandardCharsets.UTF_8)).isZero();
    assertThat(folder.resolve("out").resolve("samples.jsonl")).content().contains("\"iteration\": 0", "\"text\": \"").hasLineCount(1);
  }
}
