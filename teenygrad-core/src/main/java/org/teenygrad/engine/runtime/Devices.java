package org.teenygrad.engine.runtime;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.cpu.Cpu;
import org.teenygrad.engine.runtime.cuda.Cuda;
import org.teenygrad.engine.runtime.interpreter.Interpreter;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;

/// The devices by name. A device is opened when it is first used and stays open.
public final class Devices {
  private static final SequencedMap<String, Kind> KINDS = new LinkedHashMap<>();
  private static final Map<Device, Runtime> OPEN = new LinkedHashMap<>();
  private static @Nullable Device defaultDevice;

  // Every kind of device, the one to prefer last.
  static {
    register("null", NullDevice::open);
    register("null-h200", NullDevice::openH200);
    register("null-a100", NullDevice::openA100);
    register("interpreter", () -> true, Interpreter::open);
    register("cpu", Cpu::isPresent, Cpu::open);
    register("cuda", Cuda::isPresent, Cuda::open);
  }

  private Devices() {}

  private record Kind(BooleanSupplier isPresent, Function<Device, Runtime> open) {}

  /// Makes a kind of device known that is used only where it is named: how a program brings a device of its own.
  ///
  /// ```java
  /// Devices.register("own", device -> new Runtime(device, HostAllocator.shared(), new Target.Graphs(), program -> arguments -> System.out.println(program)));
  /// Tensor.of(1, 2).to(Device.of("own"));
  /// ```
  /// @param kind lower case, no colon; a kind of this name that was known is replaced for devices that are not open yet
  public static void register(String kind, Function<Device, Runtime> open) {
    register(kind, () -> false, open);
  }

  /// Makes a kind of device known: `cpu`, or `cuda` for `cuda:0`, `cuda:1`...
  /// @param isPresent whether this machine has one that may be the default; asked only if nobody named
  ///     another, so it may take a while
  public static synchronized void register(
      String kind, BooleanSupplier isPresent, Function<Device, Runtime> open) {
    KINDS.put(kind, new Kind(isPresent, open));
  }

  /// The runtime of a device, opened if need be.
  /// @throws IllegalArgumentException if there is no such device
  public static synchronized Runtime runtime(Device device) {
    Runtime open = OPEN.get(device);
    if (open == null) {
      open = kind(device).open.apply(device);
      Runtime opened = open;
      Debug.say(Debug.SCHEDULES, () -> "opened " + device + ": " + opened.target() + " " + opened.machine());
      OPEN.put(device, open);
    }
    return open;
  }

  /// Where tensors go if nobody says: what [Settings#DEVICE] names, else the best device of this machine.
  /// @throws IllegalArgumentException if the setting names no device
  public static synchronized Device defaultDevice() {
    Device device = defaultDevice;
    if (device == null) {
      String name = Settings.DEVICE.value();
      device = name == null ? best() : Device.of(name);
      kind(device);
      Device chosen = device;
      Debug.say(Debug.SCHEDULES, () -> "device " + chosen + (name == null ? ", the best that is present" : ", as TEENYGRAD_DEVICE says"));
      defaultDevice = device;
    }
    return device;
  }

  /// Has tensors go to a device if nobody says, whatever was the default before.
  public static synchronized void useByDefault(Device device) {
    kind(device);
    defaultDevice = device;
  }

  private static Device best() {
    Device best = KINDS.sequencedEntrySet().reversed().stream()
        .filter(entry -> entry.getValue().isPresent.getAsBoolean())
        .findFirst()
        .map(entry -> Device.of(entry.getKey()))
        .orElseThrow(() -> new IllegalStateException("no device is present"));
    if (best.name().equals("interpreter")) {
      Debug.warn("computes on the interpreter, which is hundreds of times slower than compiled kernels. " + Cpu.absence()
          + ". If the interpreter is what you want, TEENYGRAD_DEVICE=interpreter says so");
    }
    return best;
  }

  private static Kind kind(Device device) {
    Kind kind = KINDS.get(device.name().toLowerCase(Locale.ROOT).replaceFirst(":.*", ""));
    if (kind == null) {
      throw new IllegalArgumentException(
          "no device '" + device + "'; there are " + String.join(", ", KINDS.keySet()));
    }
    return kind;
  }
}
