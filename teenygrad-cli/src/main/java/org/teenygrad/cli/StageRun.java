package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.MemoryBudget;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.train.Callback;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.Step;
import org.teenygrad.train.TrainResult;

/// The training of a stage of nanochat, on the screen: progress, Ctrl-C, what came of it.
///
/// @param json whether one line of JSON goes to stdout
record StageRun(PrintStream screen, Main main, ModelFolder folder, Device device, boolean json) {
  /// What trains.
  interface Training {
    TrainResult train(Callback progress, BooleanSupplier stop);
  }

  /// @return the exit status
  int train(Training training, GptConfig config, ProgressPrinter.Run run) {
    ProgressPrinter printer = new ProgressPrinter(screen, run);
    TrainResult result;
    try (Interrupt.Listening _ = main.interrupt().listen(printer::stopping)) {
      result = training.train(new Progress(printer), main.interrupt()::isRequested);
    } catch (OutOfMemoryError e) {
      throw new Failures.HeapExhausted(e);
    } finally {
      printer.end();
    }
    if (result.stopped()) {
      screen.println(printer.lastSaved() == null
          ? "stopped; nothing new to save"
          : String.format(Locale.ROOT, "stopped after iteration %d and saved %s: go on with --out %s --init-from resume", result.iterations(),
              printer.lastSaved(), Printable.of(folder.out())));
      return main.interrupt().status();
    }
    screen.printf(Locale.ROOT, "%d iterations in %.1f s, memory %s at most. Files in %s: model.safetensors, checkpoint.safetensors, config.json, log.csv, loss.svg%n",
        result.iterations(), result.seconds(), MemoryBudget.text(Devices.runtime(device).allocator().peakBytes()), Printable.of(folder.path()));
    if (json) {
      System.out.println(JsonText.oneLine(facts(result, config, run.tokensPerIteration())));
    }
    return 0;
  }

  private Map<String, @Nullable Object> facts(TrainResult result, GptConfig config, long tokensPerIteration) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    Evaluation last = result.last();
    Map<String, Double> metrics = new LinkedHashMap<>(last == null ? Map.of() : last.metrics());
    if (Double.isFinite(result.bestLoss())) {
      facts.put("finalValBpb", metrics.remove(StageTraining.VAL_BPB));
      facts.put("finalValLoss", metrics.remove("val_loss"));
      facts.put("bestValBpb", result.bestLoss());
    }
    facts.putAll(metrics);
    facts.put("iterations", result.iterations());
    facts.put("seconds", result.seconds());
    facts.put("msPerStep", result.msPerStep());
    facts.put("tokensPerSecond", tokensPerIteration * 1000 / result.msPerStep());
    facts.put("flopsPerSecond", config.flopsPerToken() * tokensPerIteration * 1000 / result.msPerStep());
    facts.put("kernelsPerStep", result.kernelsPerStep().isPresent() ? result.kernelsPerStep().getAsLong() : null);
    facts.put("device", device.name());
    facts.put("peakBytes", Devices.runtime(device).allocator().peakBytes());
    facts.put("parameters", config.parameterCounts().total());
    return facts;
  }

  /// Tells a printer.
  private record Progress(ProgressPrinter printer) implements Callback {
    @Override
    public void step(Step step) {
      printer.iteration((int) step.iteration() + 1, step.loss(), step.millis());
    }

    @Override
    public void evaluated(Evaluation evaluation) {
      printer.evaluated(evaluation.metrics().containsKey(StageTraining.VAL_BPB)
          ? String.format(Locale.ROOT, "iteration %d: val loss %.4f, %.4f bits per byte%s", evaluation.iteration(), evaluation.metric("val_loss"),
              evaluation.metric(StageTraining.VAL_BPB), chatCore(evaluation.metrics().getOrDefault("ChatCORE", Double.NaN)))
          : evaluation.toString());
    }

    /// Nothing where it was not measured.
    private static String chatCore(double value) {
      return Double.isNaN(value) ? "" : String.format(Locale.ROOT, ", ChatCORE %.4f", value);
    }

    @Override
    public void warned(String sentence) {
      printer.warned(sentence);
    }

    @Override
    public void saved(Path file, long iteration) {
      printer.saved(file, (int) iteration);
    }
  }
}
