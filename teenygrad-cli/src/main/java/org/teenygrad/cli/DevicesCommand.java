package org.teenygrad.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Settings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad devices`: where this machine can compute, and why not elsewhere.
@Command(name = "devices", description = "Lists where teenygrad can compute on this machine.", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class DevicesCommand implements Callable<Integer> {
  private record Known(String name, String kind, String what) {}

  private static final List<Known> KNOWN = List.of(
      new Known("cuda:0", "compiled", "kernels for an NVIDIA GPU"),
      new Known("cpu", "compiled", "kernels that LLVM compiles for this processor, on all its cores"),
      new Known("interpreter", "reference", "plain loops in Java: slow, and the definition of every operation"),
      new Known("null", "imaginary", "compiles everything and runs nothing: to count kernels and time the compiler"));

  /// What the others are compared with, and what runs nothing.
  private static final Set<String> UNCHECKED = Set.of("interpreter", "null");

  @Spec private CommandSpec spec;

  @Option(names = "--check", description =
      "Try memory, copies, kernels and products of matrices on each device. Exit code 1 if one fails or differs from the interpreter.")
  private boolean check;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    return check ? check(out) : list(out);
  }

  /// All that are known, and the further GPUs of this machine.
  private static List<Known> all() {
    List<Known> all = new ArrayList<>();
    for (Known known : KNOWN) {
      all.add(known);
      for (int i = 1; known.name().equals("cuda:0") && absence(Device.of("cuda:" + i)) == null; i++) {
        all.add(new Known("cuda:" + i, known.kind(), known.what()));
      }
    }
    return all;
  }

  private static int check(PrintWriter out) {
    int status = CommandLine.ExitCode.OK;
    for (Known known : all()) {
      Device device = Device.of(known.name());
      String absence = absence(device);
      if (absence != null) {
        out.printf(Locale.ROOT, "%-12s absent: %s%n", known.name(), absence);
      } else if (!UNCHECKED.contains(known.name())) {
        long start = System.nanoTime();
        String problem = problem(device);
        status = problem == null ? status : CommandLine.ExitCode.SOFTWARE;
        out.printf(Locale.ROOT,
            "%-12s %s (%.1f s)%n",
            known.name(), problem == null ? "ok: computes what the interpreter computes" : problem,
            (System.nanoTime() - start) / 1e9);
      }
      out.flush();
    }
    return status;
  }

  /// What is wrong with a device that is there; null if nothing is.
  private static @Nullable String problem(Device device) {
    try {
      String difference = DeviceCheck.difference(device);
      return difference == null ? null : "DIFFERS: " + difference;
    } catch (RuntimeException | LinkageError e) {
      return "FAILS: " + Failures.sentence(e);
    }
  }

  private static int list(PrintWriter out) {
    Device best = Devices.defaultDevice();
    all().forEach(known -> print(known, best, out));
    out.println();
    out.println("Tensors go to the one marked *; --device or " + Settings.DEVICE.variable() + " chooses another.");
    out.flush();
    return 0;
  }

  private static void print(Known known, Device best, PrintWriter out) {
    Device device = Device.of(known.name());
    String absence = absence(device);
    String machine = absence == null ? Devices.runtime(device).machine() : "";
    out.printf(Locale.ROOT, "%s %-12s %-10s %s%n", device.equals(best) ? "*" : " ", known.name(), known.kind(),
        absence != null ? "absent: " + absence : machine.isEmpty() ? known.what() : known.what() + ": " + machine);
  }

  /// Why a device cannot be used; null if it can.
  private static @Nullable String absence(Device device) {
    try {
      Devices.runtime(device);
      return null;
    } catch (RuntimeException | LinkageError e) {
      return Failures.sentence(e);
    }
  }
}
