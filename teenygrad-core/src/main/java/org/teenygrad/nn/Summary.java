package org.teenygrad.nn;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// What a model makes of an input of some shape, layer by layer, and what that costs. Nothing is computed: it is planned on the device
/// `null`.
final class Summary {
  private static final Device PLANNED = Device.of("null");

  /// What is known of a layer that was called.
  private static final class Call {
    @Nullable Shape output;
    double flops;
    long bytes;
  }

  private Summary() {}

  static <M extends Module> String of(M model, BiFunction<? super M, Tensor, Tensor> forward, DType dtype, Shape input) {
    M copy = Module.map(model, tensor -> tensor.to(PLANNED));
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"layer", "output", "parameters", "FLOPs"});
    Map<Module, Call> calls = Mode.EVALUATION.call(() -> calls(copy, forward, input(dtype, input)));
    copy.namedModules().forEach((name, module) -> rows.add(row(name, module, calls.get(module))));
    long outputs = calls.values().stream().mapToLong(call -> call.bytes).sum();
    return table(rows) + "\n" + totals(copy, forward, dtype, input, outputs);
  }

  /// An input with memory of its own, so that no expression of it was planned before.
  private static Tensor input(DType dtype, Shape shape) {
    try (Arena arena = Arena.ofConfined()) {
      return Tensor.ofMemory(arena.allocate(shape.elements() * dtype.bytes()), dtype, shape, PLANNED);
    }
  }

  /// Each layer's output is planned by itself, so that its work can be told from that of others.
  private static <M extends Module> Map<Module, Call> calls(M model, BiFunction<? super M, Tensor, Tensor> forward, Tensor x) {
    Map<Module, Call> calls = new IdentityHashMap<>();
    ForwardHook count = (module, in, out) -> {
      Call call = calls.computeIfAbsent(module, m -> new Call());
      call.output = out.shape();
      call.flops += flops(Profile.of(out::realize));
      call.bytes += out.nbytes();
      return out;
    };
    Tensor result = count.call(() -> forward.apply(model, x));
    Call whole = calls.computeIfAbsent(model, m -> new Call());
    whole.output = result.shape();
    whole.flops += flops(Profile.of(result::realize));
    return calls;
  }

  private static double flops(Profile profile) {
    return profile.launches().stream().mapToDouble(Profile.Launch::flops).sum();
  }

  private static String[] row(String name, Module module, @Nullable Call call) {
    String indent = "  ".repeat(name.isEmpty() ? 0 : name.split("\\.").length);
    long parameters = module.parameterCount();
    return new String[] {
      indent + (name.isEmpty() ? "" : name.substring(name.lastIndexOf('.') + 1) + ": ") + ModuleTree.typeName(module),
      call == null || call.output == null ? "" : call.output.toString(),
      parameters == 0 ? "" : String.format(Locale.ROOT, "%,d", parameters),
      call == null || call.flops == 0 ? "" : String.format(Locale.ROOT, "%,.0f", call.flops)
    };
  }

  private static String table(List<String[]> rows) {
    int[] widths = IntStream.range(0, 4).map(column -> rows.stream().mapToInt(row -> row[column].length()).max().orElse(0)).toArray();
    return rows.stream()
        .map(row -> String.format(
                Locale.ROOT, "%-" + widths[0] + "s  %-" + widths[1] + "s  %" + widths[2] + "s  %" + widths[3] + "s",
                (Object[]) row)
            .stripTrailing())
        .collect(Collectors.joining("\n"));
  }

  private static <M extends Module> String totals(M model, BiFunction<? super M, Tensor, Tensor> forward, DType dtype, Shape shape,
      long outputs) {
    long bytes = model.stateDict().values().stream().distinct().mapToLong(Tensor::nbytes).sum();
    Profile use = Mode.EVALUATION.call(() -> {
      Tensor result = forward.apply(model, input(dtype, shape));
      return Profile.of(result::realize);
    });
    String text = String.format(Locale.ROOT, "weights: %s%noutputs of the layers: %s%nforward: %s", memory(bytes), memory(outputs),
        cost(use));
    if (model.parameters().isEmpty()) {
      return text;
    }
    Profile learn = Mode.EVALUATION.call(() -> {
      Tensor loss = forward.apply(model, input(dtype, shape)).cast(DType.FLOAT32).square().sum();
      loss.backward();
      List<Tensor> gradients = model.parameters().stream().filter(Tensor::hasGrad).map(Tensor::grad).toList();
      return Profile.of(() -> Tensor.realize(gradients));
    });
    return text + System.lineSeparator() + "forward and backward: " + cost(learn);
  }

  private static String cost(Profile profile) {
    double flops = flops(profile);
    return String.format(Locale.ROOT, "%d kernels, %s", profile.launches().size(), scaled(flops));
  }

  private static String memory(long bytes) {
    return bytes < 1 << 20 ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }

  private static String scaled(double flops) {
    return flops < 1e6 ? String.format(Locale.ROOT, "%.1f kFLOP", flops / 1e3)
        : flops < 1e9 ? String.format(Locale.ROOT, "%.1f MFLOP", flops / 1e6)
        : String.format(Locale.ROOT, "%.1f GFLOP", flops / 1e9);
  }
}
