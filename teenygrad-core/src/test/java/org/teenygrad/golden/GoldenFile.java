package org.teenygrad.golden;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.state.SafetensorsFile;

/// Answers of PyTorch: `PREFIX.json` with the cases, `PREFIX.safetensors` with their tensors.
final class GoldenFile implements GoldenSet {
  private final List<GoldenCase> cases;
  private final SafetensorsFile tensors;

  private GoldenFile(List<GoldenCase> cases, SafetensorsFile tensors) {
    this.cases = cases;
    this.tensors = tensors;
  }

  static GoldenFile open(GoldenFiles files) {
    String name = files.cases().toString();
    if (!(Json.read(files.cases()) instanceof Map<?, ?> json && json.get("cases") instanceof List<?> list)) {
      throw new IllegalArgumentException(name + ": has no list of cases");
    }
    List<GoldenCase> cases = new ArrayList<>();
    for (Object one : list) {
      cases.add(GoldenCase.of(String.format(Locale.ROOT, "%s, case %d", name, cases.size() + 1), one));
    }
    return new GoldenFile(cases, SafetensorsFile.open(files.tensors()));
  }

  @Override
  public List<Named> cases() {
    return cases.stream().map(c -> new Named(c.name(), device -> difference(device, c))).toList();
  }

  /// The cases that are calls of one function, with gradients and all.
  List<GoldenCase> calls() {
    return cases.stream().filter(c -> !Set.of("gpt", "layer", "optim", "optimizer").contains(c.op())).toList();
  }

  private @Nullable String difference(Device device, GoldenCase c) {
    List<Tensor> in = c.in().stream().map(key -> tensor(key, device)).toList();
    return switch (c.op()) {
      case "gpt" -> gptDifference(device, c, in);
      case "layer" -> GoldenLayers.difference(device, c, key -> tensor(key, device), (what, ours, key) -> compare(device, c, what, ours, key));
      default -> functionDifference(device, c, in);
    };
  }

  private @Nullable String functionDifference(Device device, GoldenCase c, List<Tensor> in) {
    GoldenOps.Op op = GoldenOps.named(c.op());
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
    List<Tensor> gradients = gradients(device, c, out, wrt);
    List<Tensor> everything = new ArrayList<>(out);
    everything.addAll(gradients);
    Tensor.realize(everything);
    for (int i = 0; i < out.size(); i++) {
      String difference = compare(device, c, "out" + i, out.get(i), c.out().get(i));
      if (difference != null) {
        return difference;
      }
    }
    for (int i = 0; i < gradients.size(); i++) {
      String difference = compare(device, c, expected.get(i), gradients.get(i), expected.get(i));
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  /// The derivative of the sum of all outputs times their cotangents.
  private List<Tensor> gradients(Device device, GoldenCase c, List<Tensor> out, List<Tensor> wrt) {
    Tensor objective = null;
    for (int i = 0; i < c.cot().size() && !wrt.isEmpty(); i++) {
      String key = c.cot().get(i);
      if (key != null) {
        Tensor part = out.get(i).mul(tensor(key, device)).sum();
        objective = objective == null ? part : objective.add(part);
      }
    }
    return objective == null ? List.of() : Gradient.of(objective, wrt);
  }

  private @Nullable String gptDifference(Device device, GoldenCase c, List<Tensor> in) {
    double[] losses = c.numbers("losses");
    // What the interpreter does in a step takes a second, and is the same in each from the second on.
    int steps = device.equals(Device.of("interpreter")) ? Math.min(losses.length, 3) : losses.length;
    List<Tensor> results = GoldenModels.gpt(in, c, steps);
    for (int i = 0; i < c.out().size(); i++) {
      String difference = compare(device, c, c.out().get(i), results.get(i), c.out().get(i));
      if (difference != null) {
        return difference;
      }
    }
    for (int i = 0; i < steps; i++) {
      Tensor loss = results.get(c.out().size() + i);
      Tensor theirs = Tensor.of((float) losses[i]).to(device);
      String difference = Tolerance.of(c.op(), loss.dtype()).difference("loss " + i, loss, theirs);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private @Nullable String compare(Device device, GoldenCase c, String what, Tensor ours, String key) {
    Tensor theirs = tensor(key, device);
    return Tolerance.of(c.op(), theirs.dtype()).difference(what, ours, theirs);
  }

  /// A tensor of the file, on a device.
  Tensor tensor(String key, Device device) {
    return tensor(tensors, key, device);
  }

  static Tensor tensor(SafetensorsFile file, String key, Device device) {
    SafetensorsFile.Entry entry = file.entry(key);
    DType dtype = entry.tensorType();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment aligned = arena.allocate(entry.bytes().byteSize(), 64).copyFrom(entry.bytes());
      return Tensor.ofMemory(aligned, dtype, entry.tensorShape(), device);
    }
  }

  @Override
  public void close() {
    tensors.close();
  }
}
