package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.data.CharTokenizer;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.schedule.Recording;
import org.teenygrad.state.FileException;
import org.teenygrad.train.ComputeType;

class TrainerTest {
  private static final String TEXT = "the cat sat on the mat and the dog sat on the log. ".repeat(12);
  static final TrainSettings TINY = Preset.SHAKESPEARE_CHAR_CPU.settings().with(Map.ofEntries(
      Map.entry("nLayer", 1), Map.entry("nHead", 2), Map.entry("nEmbd", 8), Map.entry("blockSize", 8), Map.entry("batchSize", 4),
      Map.entry("dropout", 0.1), Map.entry("maxIters", 9), Map.entry("warmupIters", 2), Map.entry("lrDecayIters", 9),
      Map.entry("learningRate", 1e-2), Map.entry("evalInterval", 4), Map.entry("evalIters", 1)));

  @TempDir Path folder;

  static Corpus corpus() {
    return Corpus.of("cats", TEXT, CharTokenizer.of(TEXT));
  }

  private RunFolder in(String name) {
    return new RunFolder(folder.resolve(name));
  }

  /// Trains until that many iterations are done.
  private static TrainResult trainUntil(Trainer trainer, int iterations) {
    return trainer.train(Progress.SILENT, () -> trainer.iteration() >= iterations);
  }

  private static Trainer resumed(RunFolder folder) {
    return Trainer.resume(folder, (settings, source, vocabulary) -> new Trainer.Resumption(settings, corpus()));
  }

  /// Iteration, loss and evaluation of each row: all but the duration.
  private static List<String> losses(RunFolder folder) throws IOException {
    return Files.readAllLines(folder.log()).stream()
        .map(row -> row.split(",", -1))
        .map(cells -> String.join(",", cells[0], cells[1], cells[2], cells[4], cells[5]))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(value = ComputeType.class, names = {"FLOAT32", "TF32", "FLOAT16"})
  void stoppingAndGoingOnLeavesNoTraceInTheLosses(ComputeType dtype) throws IOException {
    TrainSettings settings = TINY.with(Map.of("dtype", dtype));
    TrainResult whole = Trainer.start(settings, corpus(), in("whole")).train(Progress.SILENT, () -> false);
    assertThat(trainUntil(Trainer.start(settings, corpus(), in("parts")), 2).stopped()).isTrue();
    assertThat(trainUntil(resumed(in("parts")), 4).iterations()).isEqualTo(4); // at an evaluation
    TrainResult last = resumed(in("parts")).train(Progress.SILENT, () -> false);
    assertThat(losses(in("parts"))).isEqualTo(losses(in("whole"))).hasSize(1 + 9 + 1);
    assertThat(last.last()).isEqualTo(whole.last());
    assertThat(Files.readAllBytes(in("parts").best())).isEqualTo(Files.readAllBytes(in("whole").best()));
    assertThat(Files.readAllBytes(in("parts").checkpoint())).isEqualTo(Files.readAllBytes(in("whole").checkpoint()));
  }

  @Test
  void stoppingBetweenTwoBatchesOfAnIterationLeavesNoTraceInTheLosses() throws IOException {
    TrainSettings settings = TINY.with(Map.of("gradientAccumulationSteps", 4));
    Trainer.start(settings, corpus(), in("whole")).train(Progress.SILENT, () -> false);
    Trainer stopped = Trainer.start(settings, corpus(), in("parts"));
    AtomicInteger asked = new AtomicInteger();
    TrainResult result = stopped.train(Progress.SILENT, () -> stopped.iteration() == 5 && asked.incrementAndGet() > 2);
    assertThat(result.iterations()).isEqualTo(5);
    assertThat(asked).hasValue(4); // before iteration 5, in it after each of two batches, and after it
    resumed(in("parts")).train(Progress.SILENT, () -> false);
    assertThat(losses(in("parts"))).isEqualTo(losses(in("whole"))).hasSize(1 + 9 + 1);
    assertThat(Files.readAllBytes(in("parts").checkpoint())).isEqualTo(Files.readAllBytes(in("whole").checkpoint()));
  }

  /// Trains, saving after each iteration; goes on if there is a checkpoint.
  static final class Training {
    public static void main(String[] args) {
      RunFolder folder = new RunFolder(Path.of(args[0]));
      (folder.hasCheckpoint() ? resumed(folder) : Trainer.start(LONG, corpus(), folder)).train(Progress.SILENT, () -> false);
    }
  }

  /// How often a process is killed; `-Pcampaign` does it ten times as often.
  private static final int KILLS = 2 * Integer.getInteger("teenygrad.fuzz.times", 1);

  private static final int ITERATIONS = 10 * (KILLS + 1);
  private static final TrainSettings LONG = TINY.with(Map.of("maxIters", ITERATIONS, "lrDecayIters", ITERATIONS, "evalInterval", 1));

  @Test
  void killingTheProcessWhileItSavesLeavesNoTraceInTheLosses() throws IOException, InterruptedException {
    Trainer.start(LONG, corpus(), in("whole")).train(Progress.SILENT, () -> false);
    int kills = 0;
    for (int iteration = 0; iteration < ITERATIONS; ) {
      Process process = new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp", System.getProperty("java.class.path"),
              "-Dteenygrad.llvm=" + System.getProperty("teenygrad.llvm"), "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
              Training.class.getName(), in("killed").path().toString())
          .inheritIO()
          .start();
      int reached = iteration;
      while (process.isAlive() && kills < KILLS && !(isSaving() && iterationOf(in("killed")) >= reached + 8)) {
        Thread.onSpinWait();
      }
      if (process.isAlive() && kills < KILLS) {
        process.destroyForcibly();
        kills++;
      }
      assertThat(process.waitFor()).isIn(0, 137);
      iteration = resumed(in("killed")).iteration();
    }
    assertThat(kills).isEqualTo(KILLS);
    assertThat(losses(in("killed"))).isEqualTo(losses(in("whole")));
    assertThat(Files.readAllBytes(in("killed").checkpoint())).isEqualTo(Files.readAllBytes(in("whole").checkpoint()));
  }

  private boolean isSaving() throws IOException {
    if (!in("killed").hasCheckpoint()) {
      return false;
    }
    try (var files = Files.newDirectoryStream(in("killed").path(), ".checkpoint*.tmp")) {
      return files.iterator().hasNext();
    }
  }

  /// How far the log has got; a cheap way to ask.
  private static int iterationOf(RunFolder folder) throws IOException {
    try (var lines = Files.lines(folder.log())) {
      return (int) lines.count() - 2;
    }
  }

  @Test
  void theLossFalls() {
    TrainSettings settings = TINY.with(Map.of("maxIters", 60, "lrDecayIters", 60, "evalInterval", 60, "dropout", 0.0));
    Trainer trainer = Trainer.start(settings, corpus(), in("run"));
    double before = Objects.requireNonNull(trainer.evaluate(() -> false)).valLoss();
    TrainResult result = trainer.train(Progress.SILENT, () -> false);
    assertThat(result.bestValLoss()).isLessThan(before - 0.4);
    assertThat(result.last()).isNotNull();
    assertThat(in("run").model().model().parameterCount()).isEqualTo(trainer.model().parameterCount());
    assertThat(in("run").picture()).content().startsWith("<svg");
    assertThat(in("run").config()).content().contains("\"n_layer\": 1");
  }

  @Test
  void severalSmallBatchesAreOneLargeOne() throws IOException {
    TrainSettings large = TINY.with(Map.of("dropout", 0.0, "maxIters", 3));
    TrainSettings small = large.with(Map.of("batchSize", 2, "gradientAccumulationSteps", 2));
    Trainer.start(large, corpus(), in("large")).train(Progress.SILENT, () -> false);
    Trainer.start(small, corpus(), in("small")).train(Progress.SILENT, () -> false);
    List<String> expected = Files.readAllLines(in("large").log());
    List<String> actual = Files.readAllLines(in("small").log());
    for (int row = 1; row <= 3; row++) {
      double loss = Double.parseDouble(expected.get(row).split(",")[1]);
      assertThat(Double.parseDouble(actual.get(row).split(",")[1])).isCloseTo(loss, within(1e-4));
    }
  }

  @ParameterizedTest
  @EnumSource(value = ComputeType.class, names = {"BFLOAT16", "FLOAT16"})
  void trainsIn16BitsAsIn32(ComputeType dtype) {
    TrainSettings settings = TINY.with(Map.of("maxIters", 30, "lrDecayIters", 30, "evalInterval", 30, "evalIters", 8, "dropout", 0.0));
    double expected = Trainer.start(settings, corpus(), in("wide")).train(Progress.SILENT, () -> false).bestValLoss();
    double narrow = Trainer.start(settings.with(Map.of("dtype", dtype)), corpus(), in("narrow")).train(Progress.SILENT, () -> false).bestValLoss();
    assertThat(narrow).isCloseTo(expected, within(0.03));
  }

  /// Trains with more in a batch than its memory holds.
  static final class TooLarge {
    public static void main(String[] args) {
      Trainer trainer = Trainer.start(TINY.with(Map.of("batchSize", 8192)), corpus(), new RunFolder(Path.of(args[0])));
      try {
        trainer.train(Progress.SILENT, () -> false);
      } catch (OutOfMemoryException e) {
        System.out.println(trainer.iteration() + " iterations, " + e.getMessage());
      }
    }
  }

  @Test
  void tooLittleMemoryIsSaidBeforeTheFirstIterationAndWhatToChange() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp", System.getProperty("java.class.path"),
            "-Dteenygrad.llvm=" + System.getProperty("teenygrad.llvm"), "-Dteenygrad.memory=24m", "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            TooLarge.class.getName(), in("run").path().toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(said)
        .startsWith("0 iterations, host memory: no room for ").contains(" for what is computed on the way, ").contains("24.0 MiB is the limit")
        .contains("batch_size is 8192, block_size 8 and dtype float32; less is needed by --batch-size 4096 with --gradient-accumulation-steps 2")
        .contains("--dtype bfloat16");
  }

  @Test
  void anEvaluationIn16BitsCastsItsWeightsOnce() {
    TrainSettings settings = TINY.with(Map.of("dtype", ComputeType.BFLOAT16, "evalIters", 3));
    Trainer trainer = Trainer.start(settings, corpus(), in("run"));
    long weights = trainer.model().wte().weight().numel();
    Recording profile = Recording.of(() -> trainer.evaluate(() -> false));
    assertThat(profile.launches().stream().filter(launch -> castsAll(launch.kernel(), weights))).hasSize(1);
  }

  /// Whether a kernel makes bfloat16 of a float32 tensor with that many elements.
  private static boolean castsAll(OpNode kernel, long elements) {
    return Graph.topological(List.of(kernel)).stream()
        .filter(node -> node.is(OpCode.CAST) && node.dtype() == DType.BFLOAT16 && node.input(0).is(OpCode.LOAD))
        .map(cast -> cast.input(0).input(0))
        .anyMatch(param -> param.dtype() == DType.FLOAT32 && param.payload(Param.class).shape().elements() == elements);
  }

  @Test
  void refusesAModelOfAnotherShape() {
    trainUntil(Trainer.start(TINY, corpus(), in("run")), 1);
    assertThatThrownBy(() -> Trainer.resume(
            in("run"), (settings, source, vocabulary) -> new Trainer.Resumption(settings.with(Map.of("nEmbd", 16)), corpus())))
        .hasMessageContaining("n_embd 8, not 16")
        .hasMessageContaining("--n-embd");
  }

  @Test
  void aLossThatIsNoNumberEndsTheTrainingAndKeepsTheCheckpoint() {
    trainUntil(Trainer.start(TINY, corpus(), in("run")), 1);
    Trainer wild = Trainer.resume(in("run"), (settings, source, vocabulary) ->
        new Trainer.Resumption(settings.with(Map.of("learningRate", 1e30, "minLr", 1e30, "warmupIters", 0)), corpus()));
    assertThatThrownBy(() -> wild.train(Progress.SILENT, () -> false)).hasMessageContaining("lower the learning rate");
    assertThat(resumed(in("run")).iteration()).isBetween(1, 4);
  }

  @Test
  void nothingIsWrittenByAStopBeforeTheFirstIteration() {
    TrainResult result = Trainer.start(TINY, corpus(), in("run")).train(Progress.SILENT, () -> true);
    assertThat(result.stopped()).isTrue();
    assertThat(in("run").hasCheckpoint()).isFalse();
  }

  @Test
  void aTruncatedCheckpointIsNamed() throws IOException {
    trainUntil(Trainer.start(TINY, corpus(), in("run")), 1);
    byte[] whole = Files.readAllBytes(in("run").checkpoint());
    Files.write(in("run").checkpoint(), Arrays.copyOf(whole, whole.length - 100));
    assertThatThrownBy(() -> resumed(in("run"))).isInstanceOf(FileException.class).hasMessageContaining("checkpoint.safetensors");
  }

  @Test
  void aSecondTrainingInAFolderIsRefusedWhileTheFirstRuns() {
    Trainer first = Trainer.start(TINY, corpus(), in("run"));
    List<Throwable> refusals = new ArrayList<>();
    first.train(Progress.SILENT, () -> {
      if (first.iteration() == 1) {
        refusals.add(catchThrowable(() -> trainUntil(Trainer.start(TINY, corpus(), in("run")), 1)));
        trainUntil(Trainer.start(TINY, corpus(), in("other")), 1);
      }
      return first.iteration() >= 2;
    });
    assertThat(refusals).singleElement().isInstanceOf(FileException.class)
        .asString().contains("another training writes there", "name another folder");
    assertThat(trainUntil(resumed(in("run")), 3).iterations()).isEqualTo(3);
  }

  /// Holds a folder's lock until it is killed.
  static final class LockHolder {
    public static void main(String[] args) throws IOException {
      try (FileChannel file = FileChannel.open(Path.of(args[0], ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        System.out.println(file.tryLock() != null ? "locked" : "held by another");
        while (System.in.read() >= 0) {
          // until the end of the input, which does not come
        }
      }
    }
  }

  @Test
  void anotherProcessKeepsOutOnlyWhileItLives() throws IOException, InterruptedException {
    Files.createDirectories(in("run").path());
    Process holder = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp", System.getProperty("java.class.path"), LockHolder.class.getName(), in("run").path().toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var lines = holder.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("locked");
      assertThatThrownBy(() -> trainUntil(Trainer.start(TINY, corpus(), in("run")), 1))
          .isInstanceOf(FileException.class).hasMessageContaining("another training writes there");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    assertThat(trainUntil(Trainer.start(TINY, corpus(), in("run")), 1).iterations()).isEqualTo(1);
  }

  @Test
  void aDamagedLogDoesNotBlockAResume() throws IOException {
    trainUntil(Trainer.start(TINY, corpus(), in("run")), 3);
    byte[] noise = {'\n', (byte) 0xFF, 0, ',', ',', ',', ',', ',', '\n'};
    Files.write(in("run").log(), noise, StandardOpenOption.APPEND);
    List<String> warnings = new ArrayList<>();
    Trainer trainer = resumed(in("run"));
    trainer.train(new Progress() {
      @Override
      public void warned(String sentence) {
        warnings.add(sentence);
      }
    }, () -> trainer.iteration() >= 5);
    assertThat(warnings).singleElement().asString().contains("log.csv was damaged; it is now", "log.csv.damaged");
    assertThat(losses(in("run"))).hasSize(1 + 5);
  }

  @Test
  void aCheckpointThatCannotBeWrittenIsSaidAtOnce() throws IOException {
    Files.createDirectories(in("run").checkpoint());
    int many = 20_000;
    TrainSettings settings = TINY.with(Map.of("maxIters", many, "evalInterval", many));
    Trainer trainer = Trainer.start(settings, corpus(), in("run"));
    assertThatThrownBy(() -> trainer.train(Progress.SILENT, () -> false))
        .isInstanceOf(FileException.class).hasMessageContaining("cannot write").hasMessageContaining("checkpoint.safetensors");
    assertThat(trainer.iteration()).isLessThan(many);
  }
}
