package org.teenygrad.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.runtime.Devices;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Device best = Devices.defaultDevice();
    for (Known known : KNOWN) {
      print(known, best, out);
      for (int i = 1; known.name().equals("cuda:0") && absence(Device.of("cuda:" + i)) == null; i++) {
        print(new Known("cuda:" + i, known.kind(), known.what()), best, out);
      }
    }
    out.println();
    out.println("Tensors go to the one marked *; --device or TEENYGRAD_DEVICE chooses another.");
    out.flush();
    return 0;
  }

  private static void print(Known known, Device best, PrintWriter out) {
    Device device = Device.of(known.name());
    String absence = absence(device);
    String machine = absence == null ? Devices.runtime(device).machine() : "";
    out.printf("%s %-12s %-10s %s%n", device.equals(best) ? "*" : " ", known.name(), known.kind(),
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
