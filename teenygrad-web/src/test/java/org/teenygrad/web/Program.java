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
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Linear;
import org.teenygrad.optim.Adam;

/// A program of a user that trains a network for as long as it is let, under `TEENYGRAD_WEB=1` and `TEENYGRAD_TRACE`.
///
/// @param url what it printed
record Program(Process process, String url) implements AutoCloseable {
  private static final Pattern URL = Pattern.compile("teenygrad: (\\S+) shows what this program computes.*");

  static Program start(@Nullable Path trace) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
    String llvm = System.getProperty("teenygrad.llvm");
    if (llvm != null) {
      command.add("-Dteenygrad.llvm=" + llvm);
    }
    command.add(Steps.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TEENYGRAD_WEB", "1");
    if (trace != null) {
      builder.environment().put("TEENYGRAD_TRACE", trace.toAbsolutePath().toString());
    }
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

  /// Steps that leave the processor time for the browser.
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
