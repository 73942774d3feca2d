package org.teenygrad.engine.runtime;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How much of the host's memory tensors may take.
public final class MemoryBudget {
  private static final double SHARE = 0.7;
  private static final String UNITS = "kmgt";
  private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kmgt]?)(?:i?b)?");

  /// What every machine has; asking for more than this much costs tens of milliseconds once.
  private static final long CERTAIN_BYTES = 256L << 20;

  private static final MemoryBudget OF_MACHINE = new MemoryBudget(0, false);

  /// 0 as long as the machine was not asked.
  private long bytes;

  private boolean isSet;

  private MemoryBudget(long bytes, boolean isSet) {
    this.bytes = bytes;
    this.isSet = isSet;
  }

  public static MemoryBudget of(long bytes) {
    return new MemoryBudget(bytes, true);
  }

  /// What [Settings#MEMORY] says, else 70 % of the machine's (or its container's) memory. Whoever asks it for memory first gets an
  /// IllegalArgumentException if the setting is no size.
  public static MemoryBudget ofMachine() {
    return OF_MACHINE;
  }

  public synchronized long bytes() {
    readSetting();
    if (bytes == 0) {
      var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      bytes = (long) (SHARE * system.getTotalMemorySize());
    }
    return bytes;
  }

  synchronized boolean allows(long wanted) {
    readSetting();
    return bytes == 0 && wanted <= CERTAIN_BYTES || wanted <= bytes();
  }

  private void readSetting() {
    if (!isSet) {
      bytes = Settings.MEMORY.or(0L);
      isSet = true;
    }
  }

  /// The bytes that a text such as `16g`, `512M`, `1.5GB` or `1000000` means; null if it is no size.
  static @Nullable Long parse(String text) {
    Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      return null;
    }
    int unit = size.group(2).isEmpty() ? 0 : 1 + UNITS.indexOf(size.group(2));
    double bytes = Double.parseDouble(size.group(1)) * (1L << 10 * unit);
    return bytes >= 1 && bytes < Long.MAX_VALUE ? (Long) (long) bytes : null;
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
