package org.teenygrad.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.teenygrad.Tensor;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.Preset;
import org.teenygrad.models.nanogpt.TrainSettings;
import org.teenygrad.nn.Linear;
import org.teenygrad.optim.Adam;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;

/// A program of a user under `TEENYGRAD_WEB=1`.
///
/// @param url what it printed
record Program(Process process, String url) implements AutoCloseable {
  private static final Pattern URL = Pattern.compile("teenygrad: (\\S+) shows what this program computes.*");

  /// @param environment beside `TEENYGRAD_WEB=1`
  static Program start(Class<?> main, Map<String, String> environment) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    String llvm = System.getProperty("teenygrad.llvm");
    if (llvm != null) {
      command.add("-Dteenygrad.llvm=" + llvm);
    }
    command.add(main.getName());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TEENYGRAD_WEB", "1");
    builder.environment().putAll(environment);
    Process process = builder.start();
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher address = URL.matcher(line);
      if (address.matches()) {
        return new Program(process, address.group(1));
      }
      said.append(line).append('\n');
    }
    throw new IllegalStateException("it ended: " + said);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /// Plans a training step of GPT-2 with 124 million parameters.
  static final class Gpt2 {
    private static final int TIME = 1024;

    public static void main(String[] arguments) {
      TrainSettings settings = Preset.GPT2.settings();
      Gpt model = Gpt.of(settings.model(50257));
      Optimizer optimizer = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), settings.learningRate(), settings.weightDecay()), settings.beta1(), settings.beta2(), 1e-8).clipNorm(1);
      optimizer.step(model.loss(Tensor.of(new int[TIME], 1, TIME), Tensor.of(new int[TIME], 1, TIME)));
    }
  }

  /// Computes something before a training in a folder of its own, whose log is there already.
  static final class Elsewhere {
    public static void main(String[] arguments) throws InterruptedException {
      ProgramView.trainsIn(Path.of(System.getenv("TRAINING_FOLDER")));
      Tensor.of(1f, 2f).exp().realize();
      Thread.currentThread().join();
    }
  }

  /// Trains a network for as long as it is let, with steps that leave the processor time for the browser.
  static final class Steps {
    public static void main(String[] arguments) throws InterruptedException {
      Tensor.manualSeed(1);
      Linear first = Linear.of(256, 256);
      Linear second = Linear.of(256, 16);
      Tensor x = Tensor.randn(256, 256);
      Tensor y = Tensor.randn(256, 16);
      Adam optimizer = new Adam(Map.of("first", first.weight(), "second", second.weight()), 1e-3);
      while (true) {
        Tensor loss = second.forward(first.forward(x).gelu()).sub(y).square().mean();
        optimizer.step(loss);
        Thread.sleep(300);
      }
    }
  }
}
