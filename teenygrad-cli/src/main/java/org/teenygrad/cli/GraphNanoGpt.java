package org.teenygrad.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.Preset;
import org.teenygrad.models.nanogpt.TrainSettings;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad graph nanogpt`: the expression of its loss, or the kernels of a training step.
@Command(
    name = "nanogpt",
    description = {
      "Shows what nanoGPT is made of.",
      "As a picture: teenygrad graph nanogpt --dot | dot -Tsvg > loss.svg"
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class GraphNanoGpt implements Callable<Integer> {
  /// Distinct characters of tiny Shakespeare.
  private static final int VOCABULARY = 65;

  private static final Map<String, Object> TINY =
      Map.of("nLayer", 1, "nHead", 1, "nEmbd", 4, "blockSize", 4, "batchSize", 1);

  static final class What {
    @Option(names = "--dot", required = true,
        description = "The expression of the loss, as a Graphviz graph; of a tiny model unless settings say otherwise.")
    private boolean dot;

    @Option(names = "--kernels", required = true,
        description = "The kernels of a training step in their order: what each fuses, its work, its time. This is the default.")
    private boolean kernels;
  }

  @ArgGroup
  private What what = new What();

  @Option(names = "--views", description = "With --dot: draws views (RESHAPE, EXPAND...) and constants, too.")
  private boolean views;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    TrainSettings preset = Preset.SHAKESPEARE_CHAR_CPU.settings();
    TrainSettings settings = (what.dot ? preset.with(TINY) : preset).with(SettingOptions.given(spec, TrainSettings.class));
    deviceOptions.choose();
    PrintWriter out = spec.commandLine().getOut();
    Tensor.manualSeed(settings.seed());
    Gpt model = Gpt.of(settings.model(VOCABULARY));
    if (what.dot) {
      Tensor.realize(model.parameters());
      out.print(loss(model, settings).toDot(model.namedParameters(), views));
    }
    if (what.kernels || !what.dot) {
      KernelTable.print(step(model, settings), out);
    }
    out.flush();
    return 0;
  }

  /// A step after two others, for which everything had to be compiled and warmed up.
  private static Profile step(Gpt model, TrainSettings settings) {
    var groups = ParameterGroup.decayingMatrices(model.namedParameters(), settings.learningRate(), settings.weightDecay());
    Optimizer optimizer = new AdamW(groups, settings.beta1(), settings.beta2(), 1e-8).clipNorm(1);
    optimizer.step(loss(model, settings));
    optimizer.step(loss(model, settings));
    return Profile.of(() -> optimizer.step(loss(model, settings)));
  }

  private static Tensor loss(Gpt model, TrainSettings settings) {
    int tokens = settings.batchSize() * settings.blockSize();
    int[] inputs = IntStream.range(0, tokens).map(i -> i % VOCABULARY).toArray();
    int[] targets = IntStream.range(1, tokens + 1).map(i -> i % VOCABULARY).toArray();
    return model.loss(
        Tensor.of(inputs, settings.batchSize(), settings.blockSize()), Tensor.of(targets, settings.batchSize(), settings.blockSize()));
  }
}
