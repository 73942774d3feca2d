package org.teenygrad.bench;

import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.ParameterGroup;

/// A training step as nanoGPT does it: forward, backward, gradients clipped at norm 1, AdamW; on random tokens.
enum GptStep {
  CHAR_CPU("char-cpu", new GptConfig(65, 64, 4, 4, 128, 0, false), 12, 64),
  BABY("baby", new GptConfig(65, 256, 6, 6, 384, 0, false), 8, 256),
  GPT2("gpt2", new GptConfig(50304, 1024, 12, 12, 768, 0, true), 4, 64);

  final String text;
  private final GptConfig config;
  private final int batch;
  private final int time;

  GptStep(String text, GptConfig config, int batch, int time) {
    this.text = text;
    this.config = config;
    this.batch = batch;
    this.time = time;
  }

  static GptStep of(String text) {
    for (GptStep step : values()) {
      if (step.text.equals(text)) {
        return step;
      }
    }
    throw new IllegalArgumentException("--config is char-cpu, baby or gpt2, not " + text);
  }

  Case measured() {
    return new Case("gpt_step_" + text, Unit.MILLIS, 0, this::prepare);
  }

  /// @return one step at each call
  Runnable prepare() {
    Gpt model = Gpt.of(config);
    AdamW optimizer = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), 1e-3, 0.1), 0.9, 0.99, 1e-8);
    optimizer.clipNorm(1);
    Tensor inputs = Tensor.randint(0, config.vocabSize(), batch, time).realize();
    Tensor targets = Tensor.randint(0, config.vocabSize(), batch, time).realize();
    return () -> {
      Tensor loss = model.loss(inputs, targets);
      optimizer.step(loss);
      loss.item();
    };
  }
}
