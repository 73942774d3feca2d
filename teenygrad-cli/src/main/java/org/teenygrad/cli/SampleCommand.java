package org.teenygrad.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.models.pretrained.Pretrained;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `teenygrad sample`: a trained model continues a text.
@Command(
    name = "sample",
    description = {"Lets a trained model continue a text."},
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SampleCommand implements Callable<Integer> {
  @Option(names = "--from", paramLabel = "PATH", defaultValue = "out/nanogpt",
      description = "The --out folder of a training (default: ${DEFAULT-VALUE}), a GGUF file, or a folder in Hugging Face's layout.")
  private Path from;

  @Option(names = "--prompt", paramLabel = "TEXT", description = "What to continue; by default an empty line.")
  private @Nullable String prompt;

  @Option(names = "--max-new-tokens", paramLabel = "N", defaultValue = "500",
      description = "How many characters to add, or tokens (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      defaultValue = "0.8",
      description = "Below 1 the likely gets likelier; 0 always takes the likeliest (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(names = "--top-k", paramLabel = "N", defaultValue = "200",
      description = "Only the N likeliest characters; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "X",
      defaultValue = "1",
      description = "Only the likeliest characters that have this probability together (default: ${DEFAULT-VALUE}).")
  private double topP;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1337",
      description = "What the random numbers begin with (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--num-samples", paramLabel = "N", defaultValue = "1",
      description = "How many texts, each with the next seed (default: ${DEFAULT-VALUE}).")
  private int numSamples;

  @Mixin private PrecisionOption precisionOption;
  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (maxNewTokens < 0 || numSamples < 1) {
      throw new ParameterException(spec.commandLine(), "--max-new-tokens must be at least 0 and --num-samples at least 1");
    }
    Sampling sampling = new Sampling(temperature, topK, topP, seed);
    deviceOptions.choose();
    if (Pretrained.kind(from) != Pretrained.Kind.OTHER) {
      samplePretrained(sampling);
      return 0;
    }
    RunFolder.Trained trained = new RunFolder(from).model();
    String begin = prompt == null || prompt.isEmpty() ? Speech.defaultPrompt(trained) : prompt;
    for (int i = 0; i < numSamples; i++) {
      if (i > 0) {
        System.out.println("---------------");
      }
      new Speech(trained, System.out, sampling.withSeed(seed + i)).continueText(begin, maxNewTokens);
    }
    return 0;
  }

  private void samplePretrained(Sampling sampling) {
    PretrainedSpeech speech = new PretrainedSpeech(Pretrained.read(from), precisionOption.precision(), System.out);
    String begin = prompt == null || prompt.isEmpty() ? "\n" : prompt;
    for (int i = 0; i < numSamples; i++) {
      if (i > 0) {
        System.out.println("---------------");
      }
      System.out.print(begin);
      speech.say(speech.begun(begin), maxNewTokens, sampling.withSeed(seed + i), () -> false);
    }
  }
}
