package org.teenygrad.runtime;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/// How much of the host's memory tensors may take.
public final class MemoryBudget {
  private static final double SHARE = 0.7;
  private static final String UNITS = "kmgt";

  /// What every machine has; asking for more than this much costs tens of milliseconds once.
  private static final long CERTAIN_BYTES = 256L << 20;

  private static final MemoryBudget OF_MACHINE = new MemoryBudget(setting());

  private long bytes;

  private MemoryBudget(long bytes) {
    this.bytes = bytes;
  }

  public static MemoryBudget of(long bytes) {
    return new MemoryBudget(bytes);
  }

  /// What the system property `teenygrad.memory` says, else the environment's `TEENYGRAD_MEMORY`, such
  /// as `16g` or `512m`; else 70 % of the machine's (or its container's) memory.
  /// @throws IllegalArgumentException if the setting is not a size
  public static MemoryBudget ofMachine() {
    return OF_MACHINE;
  }

  public synchronized long bytes() {
    if (bytes == 0) {
      var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      bytes = (long) (SHARE * system.getTotalMemorySize());
    }
    return bytes;
  }

  synchronized boolean allows(long wanted) {
    return bytes == 0 && wanted <= CERTAIN_BYTES || wanted <= bytes();
  }

  private static long setting() {
    String text = System.getProperty("teenygrad.memory", System.getenv().get("TEENYGRAD_MEMORY"));
    return text == null ? 0 : parse(text);
  }

  /// The bytes that a text such as `16g`, `512M`, `1.5GB` or `1000000` means.
  static long parse(String text) {
    String size = text.strip().toLowerCase(Locale.ROOT).replaceFirst("i?b$", "");
    int unit = size.isEmpty() ? -1 : UNITS.indexOf(size.charAt(size.length() - 1));
    try {
      double number = Double.parseDouble(unit < 0 ? size : size.substring(0, size.length() - 1));
      if (number > 0) {
        return (long) (number * (1L << 10 * (unit + 1)));
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "memory limit '" + text + "' is not a size; 16g, 512m and 1000000000 are");
  }

  /// A size for people: `1.5 GiB`.
  public static String text(long bytes) {
    int unit = bytes < 1024 ? 0 : Math.min(4, (63 - Long.numberOfLeadingZeros(bytes)) / 10);
    return unit == 0
        ? bytes + " bytes"
        : String.format(
            Locale.ROOT,
            "%.1f %siB",
            bytes / (double) (1L << 10 * unit),
            Character.toUpperCase(UNITS.charAt(unit - 1)));
  }
}
