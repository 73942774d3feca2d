package org.teenygrad.bench;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;

/// A training step as nanoGPT does it: forward, backward, gradients clipped at norm 1, AdamW; on random tokens.
///
/// @param text its name
/// @param batch sequences
/// @param time tokens of each
/// @param dtype what is computed in; the weights are float32
record GptStep(String text, GptConfig config, int batch, int time, DType dtype) {
  static final GptStep CHAR_CPU = new GptStep("char-cpu", new GptConfig(65, 64, 4, 4, 128, 0, false), 12, 64, DType.FLOAT32);
  static final GptStep BABY = new GptStep("baby", new GptConfig(65, 256, 6, 6, 384, 0, false), 8, 256, DType.FLOAT32);
  static final GptStep GPT2 = new GptStep("gpt2", new GptConfig(50304, 1024, 12, 12, 768, 0, true), 4, 64, DType.FLOAT32);

  /// @throws IllegalArgumentException if there is none of that name
  static GptStep of(String text) {
    return List.of(CHAR_CPU, BABY, GPT2).stream().filter(step -> step.text.equals(text)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("--config is char-cpu, baby or gpt2, not " + text));
  }

  /// The same model in training on more.
  GptStep with(int moreBatch, int moreTime, DType otherType) {
    return new GptStep(text, config, moreBatch, moreTime, otherType);
  }

  /// The same step computed in a type.
  GptStep in(DType otherType) {
    return with(batch, time, otherType);
  }

  /// The same model with as much as it is trained on with a GPU.
  GptStep onGpu() {
    return switch (text) {
      case "baby" -> with(64, 256, DType.BFLOAT16);
      case "gpt2" -> with(32, 1024, DType.BFLOAT16);
      default -> this;
    };
  }

  Case measured() {
    return new Case("gpt_step_" + text + (dtype == DType.FLOAT32 ? "" : "_" + dtype.name().toLowerCase(Locale.ROOT)), Unit.MILLIS, 0, () -> prepare(1));
  }

  /// @return some steps at each call, the value of the last loss being waited for
  Runnable prepare(int steps) {
    return prepare(steps, null);
  }

  /// @param mesh the ranks that share the batch, the weights and the optimizer's states, or null
  Runnable prepare(int steps, @Nullable Mesh mesh) {
    Gpt model = Gpt.of(config);
    Optimizer optimizer = optimizer(model, mesh);
    Tensor inputs = part(tokens(), mesh);
    Tensor targets = part(tokens(), mesh);
    return () -> {
      Tensor loss = null;
      for (int i = 0; i < steps; i++) {
        loss = Module.gathered(computing(model, dtype)).loss(inputs, targets).gather();
        optimizer.step(loss);
      }
      Objects.requireNonNull(loss).item();
    };
  }

  private static Optimizer optimizer(Gpt model, @Nullable Mesh mesh) {
    Optimizer optimizer = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), 1e-3, 0.1), 0.9, 0.99, 1e-8).clipNorm(1);
    return mesh == null ? optimizer : optimizer.shard(mesh);
  }

  /// A step on a rank of a world that need not be there.
  StepPlan plan(World world) {
    Gpt model = StepPlan.unread(world.device(), Gpt.of(config));
    Mesh mesh = world.size() == 1 ? null : world.mesh("data");
    Optimizer optimizer = optimizer(model, mesh);
    Supplier<Tensor> tokens = () -> part(StepPlan.unread(world.device(), DType.INT32, Shape.of(batch, time)), mesh);
    return StepPlan.of(model.parameters(), optimizer, 1, () -> Module.gathered(computing(model, dtype)).loss(tokens.get(), tokens.get()).gather());
  }

  private static Tensor part(Tensor batch, @Nullable Mesh mesh) {
    return mesh == null ? batch : batch.shard(mesh, Placement.shard(0)).realize();
  }

  private Tensor tokens() {
    return Tensor.randint(0, config.vocabSize(), batch, time).realize();
  }

  static Gpt computing(Gpt model, DType type) {
    return type == DType.FLOAT32 ? model : model.in(type);
  }

  long tokensPerStep() {
    return (long) batch * time;
  }

  /// Operations of a step's products as nanoGPT counts them: six for each weight and token, and attention's, causal or not
  /// (Chowdhery et al., "PaLM", 2022, appendix B).
  double flops() {
    double dim = config.nEmbd();
    double weights = config.vocabSize() * dim + 12 * config.nLayer() * dim * dim;
    return tokensPerStep() * (6 * weights + 12.0 * config.nLayer() * dim * time);
  }
}
