package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.runtime.cpu.Cpu;

/// PyTorch's answers, forward and backward, against ours.
///
/// `-Dgolden=PREFIX` reads `PREFIX.json` and `PREFIX.safetensors` instead of the file that is kept here, `-Dgolden.device=NAME` picks
/// one device, `-Dgolden.all=true` also runs what [#LATER] holds back. What cannot be run counts as a failure.
class GoldenTest {
  /// Functions that are not there yet. Everything else must pass.
  private static final Set<String> LATER =
      Set.of(
          "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "atan2",
          "norm", "masked_select", "diag", "diagonal", "unfold",
          "conv1d", "conv2d", "conv3d", "conv_transpose2d",
          "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "interpolate",
          "rnn", "lstm", "gru", "multi_head_attention",
          "solve", "cholesky", "lstsq", "svdvals", "inv", "det", "eigvalsh");

  /// Padding by what is there already, which is not there yet.
  private static final Set<String> LATER_PADDING = Set.of("reflect", "replicate", "circular");

  /// All devices of this machine that compute.
  static Stream<Device> devices() {
    String name = System.getProperty("golden.device");
    if (name != null) {
      return Stream.of(Device.of(name));
    }
    return Stream.of("interpreter", "cpu").filter(kind -> !kind.equals("cpu") || Cpu.isPresent()).map(Device::of);
  }

  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(GoldenTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void everyCaseGivesTheAnswerAndTheGradientsOfPyTorch(Device device) {
    String property = System.getProperty("golden");
    String kept = resource("/golden/golden-1.json").toString();
    Path prefix = Path.of(property == null ? kept.substring(0, kept.length() - ".json".length()) : property);
    boolean all = Boolean.getBoolean("golden.all");
    int passed = 0;
    int failed = 0;
    int unsupported = 0;
    try (GoldenFile file = new GoldenFile(prefix)) {
      for (GoldenCase c : file.cases()) {
        if (!all && (LATER.contains(c.op()) || c.op().equals("pad") && LATER_PADDING.contains(c.text("mode", "")))) {
          continue;
        }
        try {
          String difference = difference(device, file, c);
          if (difference == null) {
            passed++;
          } else {
            failed++;
            System.out.println("FAILED      " + c.name() + ": " + difference);
          }
        } catch (UnsupportedOperationException e) {
          unsupported++;
          System.out.println("UNSUPPORTED " + c.name() + ": " + e.getMessage());
        } catch (RuntimeException e) {
          failed++;
          System.out.println("FAILED      " + c.name() + ": " + e);
        }
      }
    }
    System.out.println(passed + " passed, " + failed + " failed, " + unsupported + " unsupported");
    assertThat(failed + unsupported).as("cases that failed or cannot be run").isZero();
    assertThat(passed).isPositive();
  }

  private @Nullable String difference(Device device, GoldenFile file, GoldenCase c) {
    List<Tensor> in = c.in().stream().map(key -> file.tensor(key, device)).toList();
    return c.op().equals("gpt") ? gptDifference(device, file, c, in) : functionDifference(device, file, c, in);
  }

  private @Nullable String functionDifference(Device device, GoldenFile file, GoldenCase c, List<Tensor> in) {
    GoldenOps.Op op = GoldenOps.TABLE.get(c.op());
    if (op == null) {
      throw new UnsupportedOperationException("no function " + c.op());
    }
    List<Tensor> wrt = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < c.grad().size(); i++) {
      String key = c.grad().get(i);
      if (key != null) {
        wrt.add(in.get(i).requiresGrad());
        expected.add(key);
      }
    }
    List<Tensor> out = op.apply(in, c);
    if (out.size() != c.out().size()) {
      return out.size() + " results, not " + c.out().size();
    }
    List<Tensor> gradients = gradients(device, file, c, out, wrt);
    List<Tensor> everything = new ArrayList<>(out);
    everything.addAll(gradients);
    Tensor.realize(everything);
    for (int i = 0; i < out.size(); i++) {
      String difference = compare(device, file, c, "out" + i, out.get(i), c.out().get(i));
      if (difference != null) {
        return difference;
      }
    }
    for (int i = 0; i < gradients.size(); i++) {
      String difference = compare(device, file, c, expected.get(i), gradients.get(i), expected.get(i));
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  /// The derivative of the sum of all outputs times their cotangents.
  private List<Tensor> gradients(Device device, GoldenFile file, GoldenCase c, List<Tensor> out, List<Tensor> wrt) {
    Tensor objective = null;
    for (int i = 0; i < c.cot().size() && !wrt.isEmpty(); i++) {
      String key = c.cot().get(i);
      if (key != null) {
        Tensor part = out.get(i).mul(file.tensor(key, device)).sum();
        objective = objective == null ? part : objective.add(part);
      }
    }
    return objective == null ? List.of() : Gradient.of(objective, wrt);
  }

  private @Nullable String gptDifference(Device device, GoldenFile file, GoldenCase c, List<Tensor> in) {
    List<Tensor> results = GoldenModels.gpt(in, c);
    for (int i = 0; i < c.out().size(); i++) {
      String difference = compare(device, file, c, c.out().get(i), results.get(i), c.out().get(i));
      if (difference != null) {
        return difference;
      }
    }
    double[] losses = c.numbers("losses");
    for (int i = 0; i < losses.length; i++) {
      Tensor loss = results.get(c.out().size() + i);
      Tensor theirs = Tensor.of((float) losses[i]).to(device);
      String difference = Tolerance.of(c.op(), loss.dtype()).difference("loss " + i, loss, theirs);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private @Nullable String compare(Device device, GoldenFile file, GoldenCase c, String what, Tensor ours, String key) {
    Tensor theirs = file.tensor(key, device);
    return Tolerance.of(c.op(), theirs.dtype()).difference(what, ours, theirs);
  }

  @Test
  void whatIsHeldBackIsNotThereYet() {
    assertThat(GoldenOps.TABLE.keySet()).doesNotContainAnyElementsOf(LATER);
  }
}
