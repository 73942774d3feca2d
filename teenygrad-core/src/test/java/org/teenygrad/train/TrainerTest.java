package org.teenygrad.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.data.CsvDataset;
import org.teenygrad.data.DataLoader;
import org.teenygrad.data.Dataset;
import org.teenygrad.data.Example;
import org.teenygrad.data.NdArray;
import org.teenygrad.nn.BatchNorm;
import org.teenygrad.nn.Dropout;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Sequential;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.LrSchedule;
import org.teenygrad.optim.SGD;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;

class TrainerTest {
  @TempDir Path folder;

  /// Points on a plane, and on which side of a curve they lie.
  private static Dataset points(int count) {
    CounterRandom random = CounterRandom.of(1);
    List<float[]> points = IntStream.range(0, count)
        .mapToObj(i -> new float[] {(float) (2 * random.nextDouble() - 1), (float) (2 * random.nextDouble() - 1)}).toList();
    return Dataset.of(points, p -> Example.of(NdArray.of(p, 2), NdArray.of(p[1] > p[0] * p[0] ? 1L : 0L)));
  }

  private static Trainer<Layer> trainer(Path path, int batchSize, int parts) {
    Tensor.manualSeed(1);
    Layer model = Sequential.of(Linear.of(2, 16), BatchNorm.of(16), Tensor::relu, Dropout.of(0.1), Linear.of(16, 2));
    DataLoader batches = DataLoader.of(points(60), batchSize).shuffle(7).workers(2)
        .augment((x, random) -> NdArray.of(new float[] {(float) (x.get(0) + 0.01 * random.nextDouble()), (float) x.get(1)}, 2));
    return Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), batches, (m, b) -> m.forward(b.inputs()).crossEntropy(b.targets()))
        .learningRate(LrSchedule.cosine(1e-2, 1e-3, 20))
        .metric("accuracy", (m, b) -> m.forward(b.inputs()).argmax(-1).eq(b.targets()).cast(DType.FLOAT32).mean())
        .evaluate("train", DataLoader.of(points(60), 32))
        .evaluate("val", DataLoader.of(points(100), 32))
        .accumulate(parts)
        .epochs(3)
        .every(4)
        .folder(path);
  }

  /// All columns of the log but the duration.
  private static List<String> losses(Path path) throws IOException {
    return Files.readAllLines(path.resolve("log.csv")).stream().map(row -> row.replaceFirst("^((?:[^,]*,){3})[^,]*,", "$1")).toList();
  }

  @Test
  void stoppingAndGoingOnLeavesNoTrace() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    TrainResult result = trainer(whole, 10, 2).train();
    assertThat(result.iterations()).isEqualTo(9);
    assertThat(result.stopped()).isFalse();
    for (int until : new int[] {1, 2, 4, 7}) { // in the midst of an epoch, and at an evaluation
      Trainer<Layer> stopped = trainer(parts, 10, 2);
      assertThat(stopped.resume()).isEqualTo(until > 1);
      assertThat(stopped.train(() -> stopped.iteration() >= until).stopped()).isTrue();
    }
    Trainer<Layer> last = trainer(parts, 10, 2);
    assertThat(last.resume()).isTrue();
    assertThat(last.iteration()).isEqualTo(7);
    assertThat(last.train().last()).isEqualTo(result.last());
    assertThat(losses(parts)).isEqualTo(losses(whole)).hasSize(1 + 9 + 1);
    assertThat(losses(parts).getFirst()).isEqualTo("iteration,loss,learning_rate,train_loss,train_accuracy,val_loss,val_accuracy");
    for (String file : List.of("checkpoint.safetensors", "model.safetensors")) {
      assertThat(Files.readAllBytes(parts.resolve(file))).isEqualTo(Files.readAllBytes(whole.resolve(file)));
    }
  }

  @Test
  void whoeverIsShownTheModelSeesItAtEachEvaluationAndLeavesNoTrace() throws IOException {
    Path silent = folder.resolve("silent");
    Path shown = folder.resolve("shown");
    trainer(silent, 10, 2).train();
    List<String> seen = new ArrayList<>();
    trainer(shown, 10, 2).show((model, evaluation) -> seen.add(evaluation.iteration() + ": " + model.forward(Tensor.ones(1, 2)).shape())).train();
    assertThat(seen).containsExactly("0: (1, 2)", "4: (1, 2)", "8: (1, 2)", "9: (1, 2)");
    assertThat(losses(shown)).isEqualTo(losses(silent));
  }

  @Test
  void aStopBetweenTwoBatchesOfAnIterationKeepsNothingOfIt() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    trainer(whole, 5, 4).train();
    Trainer<Layer> stopped = trainer(parts, 5, 4);
    int[] asked = {0};
    // once before each iteration and once before each of its batches but the first: this is within the second iteration
    assertThat(stopped.train(() -> stopped.iteration() == 1 && ++asked[0] > 2).iterations()).isEqualTo(1);
    Trainer<Layer> resumed = trainer(parts, 5, 4);
    assertThat(resumed.resume()).isTrue();
    resumed.train();
    assertThat(losses(parts)).isEqualTo(losses(whole));
  }

  @Test
  void metricsAreMeansOverExamplesAlsoWhereTheLastBatchIsSmaller() {
    Trainer<Layer> trainer = trainer(folder, 10, 1);
    Layer model = trainer.model();
    Dataset all = points(100);
    double right = 0;
    double loss = 0;
    for (int i = 0; i < 100; i++) {
      NdArray point = all.get(i).inputs();
      Tensor scores = org.teenygrad.nn.Mode.EVALUATION.call(() -> model.forward(Tensor.of(point.toFloatArray(), 1, 2)));
      long label = (long) all.get(i).targets().get(0);
      loss += scores.crossEntropy(Tensor.of(new long[] {label}, 1)).item() / 100;
      right += scores.argmax(-1).itemLong() == label ? 0.01 : 0;
    }
    Evaluation evaluation = Objects.requireNonNull(trainer.evaluate(() -> false));
    assertThat(evaluation.metric("val_accuracy")).isCloseTo(right, within(1e-6));
    assertThat(evaluation.metric("val_loss")).isCloseTo(loss, within(1e-5));
    assertThatThrownBy(() -> evaluation.metric("f1")).hasMessageContaining("[train_loss, train_accuracy, val_loss, val_accuracy]");
    assertThat(trainer.evaluate(() -> true)).isNull();
  }

  @Test
  void anotherNumberThanTheLossMakesTheBestModel() {
    Linear layer = Linear.of(2, 1);
    int[] evaluations = {0};
    var trainer = Trainer.of(layer, new SGD(layer.namedParameters(), 0.1), DataLoader.of(points(8), 8), (m, b) -> m.forward(b.inputs()).square().mean())
        .measure(List.of("misses"), () -> List.of(List.of(5.0, 2.0, 4.0, 3.0).get(evaluations[0]++)))
        .evaluate("val", DataLoader.of(points(8), 8))
        .best("misses")
        .epochs(3)
        .folder(folder);
    assertThat(trainer.train().bestLoss()).isEqualTo(2);
    Linear best = Linear.of(2, 1);
    best.loadStateDict(State.load(folder.resolve("model.safetensors")));
    assertThat(best.weight().toFloatArray()).isNotEqualTo(layer.weight().toFloatArray()); // of the second evaluation, though the loss has fallen since
  }

  @Test
  void theBestModelIsKeptByItself() {
    Linear layer = Linear.of(2, 1);
    float[] losses = {3, 1, 2, 1.5f};
    List<float[]> weights = new ArrayList<>();
    DataLoader judged = DataLoader.of(Dataset.of(Tensor.zeros(1)), 1);
    // the evaluation's batch has no points: its loss is what the test says
    var trainer = Trainer.of(layer, new SGD(layer.namedParameters(), 0.1), DataLoader.of(points(8), 8), (m, b) ->
            b.inputs().rank() == 1 ? b.inputs().sum().add(losses[weights.size() - 1]) : m.forward(b.inputs()).square().mean())
        .evaluate("val", at -> {
          weights.add(layer.weight().toFloatArray());
          return judged.iterator();
        })
        .epochs(3)
        .folder(folder);
    assertThat(trainer.resume()).isFalse();
    assertThat(trainer.train().bestLoss()).isEqualTo(1);
    Linear best = Linear.of(2, 1);
    best.loadStateDict(State.load(folder.resolve("model.safetensors")));
    assertThat(best.weight().toFloatArray()).isEqualTo(weights.get(1)).isNotEqualTo(weights.get(2));
  }

  @Test
  void anEvaluationThatFailsLosesNothing() {
    Linear layer = Linear.of(2, 1);
    var trainer = Trainer.of(layer, new SGD(layer.namedParameters(), 0.1), DataLoader.of(points(8), 4), (m, b) -> m.forward(b.inputs()).square().mean())
        .evaluate("val", at -> {
          if (at == 4) {
            throw new IllegalStateException("no data");
          }
          return List.of(new Batch(List.of(Tensor.ones(1, 2)))).iterator();
        })
        .epochs(3)
        .folder(folder);
    assertThatThrownBy(trainer::train).hasMessage("no data");
    float[] weights = layer.weight().toFloatArray();
    Linear resumed = Linear.of(2, 1);
    var other = Trainer.of(resumed, new SGD(resumed.namedParameters(), 0.1), DataLoader.of(points(8), 4), (m, b) -> m.forward(b.inputs()).sum())
        .folder(folder);
    assertThat(other.resume()).isTrue();
    assertThat(other.iteration()).isEqualTo(4);
    assertThat(resumed.weight().toFloatArray()).isEqualTo(weights);
  }

  @Test
  void ratiosAreOfSumsOverAllExamples() {
    Linear layer = Linear.of(2, 1);
    List<Batch> batches = List.of(new Batch(List.of(Tensor.of(1f, 0f), Tensor.of(4f, 2f))), new Batch(List.of(Tensor.of(3f, 5f), Tensor.of(1f, 1f))));
    var trainer = Trainer.of(layer, new SGD(layer.namedParameters(), 0.1), DataLoader.of(points(8), 4), (m, b) -> b.inputs().mean())
        .ratio("rate", (m, b) -> b.inputs().mean(), (m, b) -> b.targets().mean())
        .metric("mean", (m, b) -> b.targets().mean())
        .evaluate("val", at -> batches.iterator());
    Evaluation evaluation = Objects.requireNonNull(trainer.evaluate(() -> false));
    assertThat(evaluation.metric("val_rate")).isCloseTo(9.0 / 8, within(1e-6));
    assertThat(evaluation.metric("val_mean")).isCloseTo(2, within(1e-6));
    assertThat(evaluation.metrics().keySet()).containsExactly("val_loss", "val_rate", "val_mean");
  }

  @Test
  void numbersThatAreNoMeansAreMeasuredAtEvaluations() throws IOException {
    int[] asked = {0};
    Layer model = Linear.of(2, 2);
    Trainer<Layer> trainer = Trainer.of(model, new SGD(model.namedParameters(), 1e-2), DataLoader.of(points(60), 10),
            (Layer m, Batch b) -> m.forward(b.inputs()).crossEntropy(b.targets()))
        .measure(List.of("asked", "twice"), () -> List.of((double) ++asked[0], 2.0 * asked[0]))
        .iterations(4)
        .every(2)
        .folder(folder);
    TrainResult result = trainer.train();
    assertThat(Objects.requireNonNull(result.last()).metrics()).containsExactly(entry("asked", 3.0), entry("twice", 6.0));
    assertThat(result.bestLoss()).isInfinite();
    assertThat(losses(folder)).element(0).isEqualTo("iteration,loss,learning_rate,asked,twice");
    assertThat(losses(folder).get(3)).endsWith(",2.0,4.0");
    assertThat(folder.resolve("model.safetensors")).exists(); // there is nothing to judge by: the last is kept
    assertThatThrownBy(() -> trainer.measure(List.of("twice"), () -> List.of(0.0))).hasMessageContaining("[twice] is measured already");
    Trainer<Layer> wrong = trainer.iterations(6).measure(List.of("more"), List::of);
    assertThatThrownBy(wrong::train).hasMessageContaining("[more] were measured as []");
  }

  @Test
  void schedulesChangeTheOptimizerBeforeEachIteration() {
    Linear layer = Linear.of(2, 1);
    var sgd = new SGD(layer.namedParameters(), 1);
    List<Double> rates = new ArrayList<>();
    Trainer.of(layer, sgd, DataLoader.of(points(8), 4), (m, b) -> m.forward(b.inputs()).square().mean())
        .schedule(iteration -> sgd.learningRate(0.1 / (iteration + 1)))
        .callback(new Callback() {
          @Override
          public void step(Step step) {
            rates.add(step.learningRate());
          }
        })
        .iterations(3)
        .train();
    assertThat(rates).containsExactly(0.1, 0.05, 0.1 / 3);
  }

  @Test
  void progressIsToldInLines() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    List<Long> saved = new ArrayList<>();
    trainer(folder, 20, 1)
        .callback(Callback.printing(new PrintStream(said, true, StandardCharsets.UTF_8), 3))
        .callback(new Callback() {
          @Override
          public void saved(Path file, long iteration) {
            assertThat(file).exists();
            saved.add(iteration);
          }
        })
        .train();
    assertThat(said.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll("\\d+\\.\\d+", "#")).toList()).containsExactly(
        "iteration 0: train_loss #, train_accuracy #, val_loss #, val_accuracy #",
        "iteration 0: loss #, # ms",
        "iteration 3: loss #, # ms",
        "iteration 4: train_loss #, train_accuracy #, val_loss #, val_accuracy #",
        "iteration 6: loss #, # ms",
        "iteration 8: train_loss #, train_accuracy #, val_loss #, val_accuracy #",
        "iteration 9: train_loss #, train_accuracy #, val_loss #, val_accuracy #");
    assertThat(saved).as("before each evaluation, and after it where the model is the best").containsExactly(0L, 4L, 4L, 8L, 8L, 9L, 9L);
  }

  @Test
  void in16BitsItLearnsAsIn32() {
    double[] best = new double[3];
    for (ComputeType type : new ComputeType[] {ComputeType.FLOAT32, ComputeType.BFLOAT16, ComputeType.FLOAT16}) {
      Tensor.manualSeed(1);
      Layer model = Sequential.of(Linear.of(2, 16), Tensor::relu, Linear.of(16, 2));
      best[type == ComputeType.FLOAT32 ? 0 : type == ComputeType.BFLOAT16 ? 1 : 2] =
          Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), DataLoader.of(points(60), 20).shuffle(1), (m, b) -> {
                Tensor scores = m.forward(b.inputs());
                assertThat(scores.dtype()).isEqualTo(type.dtype());
                return scores.cast(DType.FLOAT32).crossEntropy(b.targets());
              })
              .precision(type)
              .evaluate("val", DataLoader.of(points(60), 60))
              .epochs(10)
              .train()
              .bestLoss();
    }
    assertThat(best[0]).isLessThan(0.5);
    assertThat(best[1]).isCloseTo(best[0], within(0.02)).isNotEqualTo(best[0]);
    assertThat(best[2]).isCloseTo(best[0], within(0.01)).isNotEqualTo(best[0]);
  }

  @Test
  void aLossThatIsNoNumberEndsTheTrainingAndKeepsTheCheckpoint() {
    Trainer<Layer> trainer = trainer(folder, 10, 1).learningRate(LrSchedule.constant(1e30));
    assertThatThrownBy(trainer::train).hasMessageContaining("lower the learning rate (1.0E30)");
    Trainer<Layer> resumed = trainer(folder, 10, 1);
    assertThat(resumed.resume()).isTrue();
  }

  @Test
  void whatCannotBeResumedIsSaid() throws IOException {
    Layer model = Sequential.of(Linear.of(2, 3));
    var other = Trainer.of(model, new SGD(model.namedParameters(), 0.1), DataLoader.of(points(8), 8), (m, b) -> m.forward(b.inputs()).mean());
    assertThatThrownBy(other::resume).isInstanceOf(IllegalStateException.class).hasMessageContaining("folder(path)");
    Trainer<Layer> stopped = trainer(folder, 10, 1);
    stopped.train(() -> stopped.iteration() > 0);
    assertThatThrownBy(() -> other.folder(folder).resume())
        .isInstanceOf(FileException.class).hasMessageContaining("belongs to another model").hasMessageContaining("0.weight is (3, 2)");
    State.save(folder.resolve("checkpoint.safetensors"), model.stateDict());
    assertThatThrownBy(other::resume).isInstanceOf(FileException.class).hasMessageContaining("says nothing of the training");
    assertThatThrownBy(() -> other.accumulate(0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> other.metric("loss", (m, b) -> b.inputs())).hasMessageContaining("already");
  }

  /// As in the README.
  @Test
  void penguinsAreToldApart() {
    Tensor.manualSeed(1337);
    var penguins = CsvDataset.of(Path.of("../examples/data/penguins.csv"), "species");
    var split = penguins.randomSplit(0.8, 1337);
    var model = Sequential.of(BatchNorm.of(4), Linear.of(4, 32), Tensor::relu, Linear.of(32, 3));
    var trainer = Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), DataLoader.of(split.train(), 16).shuffle(1337).dropLast(),
            (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets()))
        .metric("accuracy", (m, batch) -> m.forward(batch.inputs()).argmax(-1).eq(batch.targets()).toFloat().mean())
        .evaluate("val", DataLoader.of(split.validation(), 64))
        .epochs(10);
    TrainResult result = trainer.train();
    assertThat(penguins.classes()).containsExactly("Adelie", "Chinstrap", "Gentoo");
    assertThat(Objects.requireNonNull(result.last()).metric("val_accuracy")).isGreaterThan(0.95);
  }
}
