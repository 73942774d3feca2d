package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.distributed.World;

/// Trainings on several ranks of this machine. They need Open MPI (Debian: openmpi-bin) and are skipped without.
class RanksTest {
  private static final int NEVER = Integer.MAX_VALUE;

  @TempDir Path folder;

  @BeforeEach
  void thereIsMpi() throws InterruptedException {
    boolean isThere;
    try {
      isThere = new ProcessBuilder("mpirun", "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    } catch (IOException e) {
      isThere = false;
    }
    assumeTrue(isThere, "no mpirun: install Open MPI (openmpi-bin) to test several ranks");
  }

  /// A rank of a training: folder, whether to resume, and the iteration at which rank 1 dies without a word.
  static final class Rank {
    public static void main(String[] args) {
      World world = World.join();
      RunFolder run = new RunFolder(Path.of(args[0]));
      Trainer trainer = (Boolean.parseBoolean(args[1])
          ? Trainer.resume(run, (settings, source, vocabulary) -> new Trainer.Resumption(settings, TrainerTest.corpus()))
          : Trainer.start(TrainerTest.TINY, TrainerTest.corpus(), run)).ranks(world);
      int death = Integer.parseInt(args[2]);
      BooleanSupplier stop = () -> {
        if (world.rank() == 1 && trainer.iteration() == death) {
          Runtime.getRuntime().halt(9);
        }
        return false;
      };
      trainer.train(Progress.SILENT, stop);
      world.close();
    }
  }

  private record Ended(int status, String said) {}

  private Ended ranks(int count, String name, boolean resume, int death) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(
        "mpirun", "--oversubscribe", "--bind-to", "none", "-n", String.valueOf(count),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
        "-Dteenygrad.llvm=" + System.getProperty("teenygrad.llvm"), "-Dteenygrad.threads=1", "-Dteenygrad.device=cpu",
        Rank.class.getName(), folder.resolve(name).toString(), String.valueOf(resume), String.valueOf(death));
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT", "1");
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    Path output = folder.resolve(name + ".txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    boolean ended = process.waitFor(3, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended).as("ended by itself").isTrue();
    return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  private List<Double> losses(String name) throws IOException {
    List<Double> losses = new ArrayList<>();
    for (String row : Files.readAllLines(folder.resolve(name).resolve("log.csv")).stream().skip(1).toList()) {
      String loss = row.split(",", -1)[1];
      if (!loss.isEmpty()) { // the last row is an evaluation alone
        losses.add(Double.valueOf(loss));
      }
    }
    return losses;
  }

  @Test
  void severalRanksTrainAsOneDoesAndGoOnAfterADeathBitByBit() throws IOException, InterruptedException {
    Trainer.start(TrainerTest.TINY, TrainerTest.corpus(), new RunFolder(folder.resolve("one"))).train(Progress.SILENT, () -> false);
    Ended whole = ranks(2, "two", false, NEVER);
    assertThat(whole.status).as(whole.said).isZero();
    List<Double> one = losses("one");
    List<Double> two = losses("two");
    assertThat(two).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      assertThat(two.get(i)).isCloseTo(one.get(i), within(1e-5));
    }

    Ended dead = ranks(2, "killed", false, 6); // after the checkpoint of iteration 4
    assertThat(dead.status).isNotZero();
    assertThat(dead.said).contains("Exit code:    9");
    Ended resumed = ranks(2, "killed", true, NEVER);
    assertThat(resumed.status).as(resumed.said).isZero();
    assertThat(losses("killed")).isEqualTo(two);
  }
}
