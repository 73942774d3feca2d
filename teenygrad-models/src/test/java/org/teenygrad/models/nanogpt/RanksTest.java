package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.Exchange;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.runtime.Heartbeat;
import org.teenygrad.engine.runtime.mpi.Mpi;

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

  private static TrainSettings settings(int batchesAnIteration) {
    return TrainerTest.TINY.with(Map.of("gradientAccumulationSteps", batchesAnIteration));
  }

  /// How a rank fails.
  enum Failure {
    DIES(1),
    STOPS(1),
    HANGS(1),
    FIRST_DIES(0),
    FIRST_STOPS(0);

    private final int rank;

    Failure(int rank) {
      this.rank = rank;
    }

    private void happen() {
      switch (this) {
        case DIES, FIRST_DIES -> Runtime.getRuntime().halt(9);
        case STOPS, FIRST_STOPS -> {
          try {
            new ProcessBuilder("kill", "-STOP", String.valueOf(ProcessHandle.current().pid())).start().waitFor();
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
        case HANGS -> {
          while (true) {
            Thread.onSpinWait();
          }
        }
      }
    }
  }

  /// A rank of a training: folder, whether to resume, the iteration at which a rank fails, how many batches an iteration has, how a rank fails, and how many ranks
  /// share the model.
  static final class Rank {
    public static void main(String[] args) {
      World world = World.join();
      RunFolder run = new RunFolder(Path.of(args[0]));
      Trainer trainer = (Boolean.parseBoolean(args[1])
          ? Trainer.resume(run, (settings, source, vocabulary) -> new Trainer.Resumption(settings, TrainerTest.corpus()))
          : Trainer.start(settings(Integer.parseInt(args[3])), TrainerTest.corpus(), run)).ranks(world, Integer.parseInt(args[5]));
      Failure failure = Failure.valueOf(args[4]);
      int death = Integer.parseInt(args[2]);
      Map<Integer, Long> exchanged = new HashMap<>();
      BooleanSupplier stop = () -> {
        exchanged.put(trainer.iteration(), Mpi.open().exchangedBytes());
        if (world.rank() == failure.rank && trainer.iteration() == death) {
          failure.happen();
        }
        return false;
      };
      trainer.show((model, evaluation) -> System.out.println("rank " + world.rank() + " " + written(model, evaluation)));
      trainer.train(Progress.SILENT, stop);
      if (world.rank() == 0 && exchanged.containsKey(1)) {
        System.out.println("iteration 1 exchanged " + (Objects.requireNonNull(exchanged.get(2)) - Objects.requireNonNull(exchanged.get(1))) + " bytes");
      }
      world.close();
    }
  }

  /// What a model writes.
  private static String written(Gpt model, Evaluation evaluation) {
    List<Integer> tokens = new ArrayList<>();
    model.generate(new int[] {0}, 12, Gpt.SAMPLING, tokens::add);
    return "wrote at iteration " + evaluation.iteration() + ": " + tokens;
  }

  private record Ended(int status, String said) {}

  private Process start(int count, String name, boolean resume, int death, int batches, Failure failure, int tensorParallel) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(
        "mpirun", "--oversubscribe", "--bind-to", "none", "-n", String.valueOf(count),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
        "-Dteenygrad.llvm=" + System.getProperty("teenygrad.llvm"), "-Dteenygrad.threads=1", "-Dteenygrad.device=cpu", "-Dteenygrad.patience=9",
        Rank.class.getName(), folder.resolve(name).toString(), String.valueOf(resume), String.valueOf(death), String.valueOf(batches), failure.name(), String.valueOf(tensorParallel));
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT", "1");
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve(name + ".txt").toFile()).start();
  }

  private Ended ranks(int count, String name, boolean resume, int death, int batches, int tensorParallel) throws IOException, InterruptedException {
    Process process = start(count, name, resume, death, batches, Failure.DIES, tensorParallel);
    boolean ended = process.waitFor(3, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended).as("ended by itself").isTrue();
    return new Ended(process.exitValue(), Files.readString(folder.resolve(name + ".txt"), StandardCharsets.UTF_8));
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

  /// One process and two ranks have the same losses.
  private void asOne(String name, int batches, int tensorParallel) throws IOException, InterruptedException {
    List<String> written = new ArrayList<>();
    Trainer.start(settings(batches), TrainerTest.corpus(), new RunFolder(folder.resolve("one-" + name)))
        .show((model, evaluation) -> written.add("rank 0 " + written(model, evaluation))).train(Progress.SILENT, () -> false);
    Ended ended = ranks(2, name, false, NEVER, batches, tensorParallel);
    assertThat(ended.status).as(ended.said).isZero();
    StepPlan plan = Trainer.plan(settings(batches), TrainerTest.corpus().tokenizer().vocabularySize(), World.fake(2, Cluster.H200), tensorParallel);
    long planned = (long) Stream.of(Exchange.Kind.values()).mapToDouble(kind -> plan.traffic(kind).bytes()).sum();
    assertThat(ended.said).contains("iteration 1 exchanged " + planned + " bytes");
    assertThat(ended.said).contains(written.getFirst(), "rank 0 wrote at iteration 8").doesNotContain("rank 1 wrote");
    List<Double> one = losses("one-" + name);
    List<Double> two = losses(name);
    assertThat(two).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      assertThat(two.get(i)).isCloseTo(one.get(i), within(1e-5));
    }
  }

  @Test
  void severalRanksTrainAsOneDoesAndGoOnAfterADeathBitByBit() throws IOException, InterruptedException {
    asOne("two", 1, 1);
    List<Double> two = losses("two");
    Ended dead = ranks(2, "killed", false, 6, 1, 1); // after the checkpoint of iteration 4
    assertThat(dead.status).isNotZero();
    assertThat(dead.said).contains("Exit code:    9");
    Ended resumed = ranks(2, "killed", true, NEVER, 1, 1);
    assertThat(resumed.status).as(resumed.said).isZero();
    assertThat(losses("killed")).isEqualTo(two);
  }

  /// Twenty ranks that fail in turn, at other iterations: all end by themselves within 10 s of what the heartbeat waits for, and two go on bit by bit.
  @Test
  @EnabledIfSystemProperty(named = "teenygrad.fuzz.times", matches = ".+") // -Pcampaign
  void ranksThatFailAreNamedAndTheTrainingGoesOn() throws IOException, InterruptedException {
    asOne("whole", 1, 1);
    List<Double> whole = losses("whole");
    for (int i = 0; i < 20; i++) {
      String name = "failing-" + i;
      Failure failure = Failure.values()[i % Failure.values().length];
      Process process = start(2, name, false, 5 + i % 4, 1, failure, 1);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended by itself").isTrue();
      String said = Files.readString(folder.resolve(name + ".txt"), StandardCharsets.UTF_8);
      System.out.printf("%d %s: status %d: %s%n", i, failure, process.exitValue(), said.lines().filter(line -> line.contains("rank ")).toList());
      assertThat(process.exitValue()).as(said).isIn(9, Heartbeat.STATUS, 1);
      if (failure != Failure.DIES && failure != Failure.FIRST_DIES) { // mpirun names these
        assertThat(said).contains("rank " + failure.rank);
      }
      Ended resumed = ranks(2, name, true, NEVER, 1, 1);
      assertThat(resumed.status).as(resumed.said).isZero();
      assertThat(losses(name)).isEqualTo(whole);
    }
  }

  @Test
  void partsOfGradientsAreAddedUp() throws IOException, InterruptedException {
    asOne("added", 2, 1);
  }

  @Test
  void ranksThatShareAModelTrainAsOne() throws IOException, InterruptedException {
    asOne("parallel", 1, 2);
  }
}
