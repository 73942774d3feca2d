package org.teenygrad.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.Preset;
import org.teenygrad.models.nanogpt.TrainSettings;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.train.ComputeType;
import org.teenygrad.web.WebServer;
import org.teenygrad.web.WebSettings;

/// What it costs a training step that views are on: the same step of one model in one process, with and without, in turns, so that what else goes on meets both.
record RecordingCost(int pairs) {
  private static final int STEPS = 5;
  /// At most; no more than is measured.
  private static final int WARM_UP = 60;

  private static final int CHARACTERS = 65;
  private static final int GPT2_TOKENS = 50_304;
  private static final int LOOKS = 10_000_000;

  /// On a GPU the model is GPT-2 of 124 million parameters, else the one that `train nanogpt` has on a processor.
  private static boolean isLarge() {
    return Devices.defaultDevice().name().startsWith("cuda");
  }

  List<WebFigure> measure() {
    Runnable step = step();
    IntStream.range(0, Math.min(WARM_UP, 2 * STEPS * pairs)).forEach(_ -> step.run());
    double[] off = new double[pairs];
    double[] on = new double[pairs];
    double[] more = new double[pairs];
    try (WebServer server = WebServer.start(WebSettings.DEFAULT.withCells(Optional.empty()), System.err)) {
      Activity.Watcher watcher = server.watcher();
      for (int i = 0; i < pairs; i++) {
        if (i % 2 == 0) {
          off[i] = millis(step, null);
          on[i] = millis(step, watcher);
        } else {
          on[i] = millis(step, watcher);
          off[i] = millis(step, null);
        }
        more[i] = 100 * (on[i] / off[i] - 1);
      }
    }
    AtomicLong events = new AtomicLong();
    try (Activity.Watching _ = Activity.watch(_ -> events.incrementAndGet())) {
      step.run();
    }
    return List.of(
        WebFigure.of("a training step of " + (isLarge() ? "GPT-2 on a GPU" : "char-cpu") + ", views off", "ms", "", off),
        WebFigure.of(String.format(Locale.ROOT, "  views on: %d events a step", events.get()), "ms", "", on),
        WebFigure.of("  cost of recording", "%", "10 %", more),
        WebFigure.of("  off: a look at a field for each event", "%", "0", events.get() * lookNanos() / (WebFigure.median(off) * 1e6) * 100));
  }

  private static double millis(Runnable step, Activity.@Nullable Watcher watcher) {
    List<Double> samples = new ArrayList<>();
    try (Activity.Watching _ = watcher == null ? () -> {} : Activity.watch(watcher)) {
      for (int i = 0; i < STEPS; i++) {
        long start = System.nanoTime();
        step.run();
        samples.add((System.nanoTime() - start) / 1e6);
      }
    }
    return WebFigure.median(samples.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /// What [Activity#begin] costs while nobody watches.
  private static double lookNanos() {
    long sum = 0;
    long start = System.nanoTime();
    for (int i = 0; i < LOOKS; i++) {
      sum += Activity.begin();
    }
    double nanos = (double) (System.nanoTime() - start) / LOOKS;
    if (sum != 0) {
      throw new IllegalStateException("somebody watches");
    }
    return nanos;
  }

  /// A step on random tokens.
  private static Runnable step() {
    TrainSettings settings = isLarge() ? Preset.GPT2.settings().with(Map.of("dtype", ComputeType.BFLOAT16)) : Preset.SHAKESPEARE_CHAR_CPU.settings();
    int vocabulary = isLarge() ? GPT2_TOKENS : CHARACTERS;
    Tensor.manualSeed(1);
    Gpt model = Gpt.of(settings.model(vocabulary));
    Gpt computing = settings.dtype() == ComputeType.FLOAT32 ? model : model.in(settings.dtype().dtype());
    Optimizer optimizer = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), settings.learningRate(), settings.weightDecay()), settings.beta1(), settings.beta2(), 1e-8).clipNorm(1);
    int[] ids = new Random(1).ints((long) settings.batchSize() * settings.blockSize(), 0, vocabulary).toArray();
    Tensor tokens = Tensor.of(ids, settings.batchSize(), settings.blockSize());
    return () -> settings.dtype().precision().run(() -> {
      Tensor loss = computing.loss(tokens, tokens);
      optimizer.step(loss);
      loss.item();
    });
  }
}
