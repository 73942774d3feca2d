package org.teenygrad.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.models.pretrained.Quantized;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.serve.ServeSettings;
import org.teenygrad.serve.ServedModel;
import org.teenygrad.serve.ServedModels;
import org.teenygrad.serve.Server;
import org.teenygrad.state.GgufWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad serve`: a model for many at once, over HTTP.
@Command(
    name = "serve",
    description = {
      "Serves a model to many at once, in the terms of OpenAI's API.",
      "Ctrl-C or SIGTERM lets running requests end; a second one ends at once."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      paramLabel = "PATH",
      defaultValue = "out/nanochat",
      description = "The --out folder of nanochat's or nanoGPT's trainings, or GPT-2, Llama, Qwen2, Qwen3 or Gemma: a GGUF file, or a folder in Hugging Face's layout "
          + "(default: ${DEFAULT-VALUE}); may be given more than once, for requests to choose from.")
  private List<Path> from;

  @Option(
      names = {"-i", "--source"},
      paramLabel = "base|sft|rl",
      description = "The stage of nanochat's model; by default the last that there is.")
  private @Nullable Stage source;

  @Option(
      names = "--quantize",
      paramLabel = "TYPE",
      description = "Keep matrices in fewer bits: Q8_0, Q4_0, Q4_K, F16 or BF16, as llama.cpp does; how far the weights are from what they were is said at the start.")
  private GgufWriter.@Nullable Type quantize;

  @Option(names = "--config", paramLabel = "FILE", description = "A file with settings, name = value a line; options take precedence.")
  private @Nullable Path config;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    long start = System.nanoTime();
    ServeSettings settings = (config == null ? ServeSettings.DEFAULT : ServeSettings.DEFAULT.with(ServeSettings.read(config)))
        .with(SettingOptions.given(spec, ServeSettings.class));
    Device device = deviceOptions.choose();
    List<ServedModel> models = ServedModel.named(from.stream().map(folder -> quantized(ServedModels.read(folder, source))).toList(), from);
    CountDownLatch end = new CountDownLatch(1);
    Interrupt interrupt = ((Main) spec.root().userObject()).interrupt();
    try (Interrupt.Listening _ = interrupt.listen(end::countDown);
        Server server = Server.start(models, settings, Version.number(), System.out)) {
      server.caches().forEach((id, cache) -> System.out.printf(Locale.ROOT, "%s: %s; %,d texts at once%n", id, cache, settings.rows()));
      String ids = models.stream().map(ServedModel::id).collect(Collectors.joining(" and "));
      System.out.printf(Locale.ROOT, "%s on %s, ready after %.1f s: %s%n", ids, device, (System.nanoTime() - start) / 1e9, url(server.address()));
      end.await();
      System.out.println("ending: running requests have " + settings.drainSeconds() + " s");
      server.drain();
    }
    return 0;
  }

  private ServedModel quantized(ServedModel model) {
    if (quantize == null) {
      return model;
    }
    Quantized quantized = Quantized.of(model.model(), quantize);
    System.out.printf(Locale.ROOT, "%s: matrices in %s, %.2f %% from what they were%n", model.id(), quantize, 100 * quantized.error());
    return model.withModel(quantized.model());
  }

  private static String url(InetSocketAddress address) {
    String host = address.getAddress().isLoopbackAddress() ? "localhost" : address.getAddress().getHostAddress();
    return "http://" + host + ":" + address.getPort();
  }
}
