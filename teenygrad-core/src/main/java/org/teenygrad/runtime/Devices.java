package org.teenygrad.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.teenygrad.Device;

/// The devices by name. A device is opened when it is first used and stays open.
public final class Devices {
  private static final Map<String, Function<Device, Runtime>> KINDS = new LinkedHashMap<>();
  private static final Map<Device, Runtime> OPEN = new LinkedHashMap<>();

  private Devices() {}

  /// Makes a kind of device known: `cpu`, or `cuda` for `cuda:0`, `cuda:1`...
  public static synchronized void register(String kind, Function<Device, Runtime> open) {
    KINDS.put(kind, open);
  }

  /// The runtime of a device, opened if need be.
  /// @throws IllegalArgumentException if there is no such device
  public static synchronized Runtime runtime(Device device) {
    Runtime open = OPEN.get(device);
    if (open == null) {
      Function<Device, Runtime> opener = KINDS.get(device.name().replaceFirst(":.*", ""));
      if (opener == null) {
        throw new IllegalArgumentException("no device '" + device + "'; there are " + KINDS.keySet());
      }
      open = opener.apply(device);
      OPEN.put(device, open);
    }
    return Objects.requireNonNull(open);
  }
}
