package org.teenygrad.golden;

import java.nio.file.Path;
import org.teenygrad.Device;

/// How many cases of a set pass on a device.
record GoldenCount(int passed, int failed, int unsupported) {
  /// Runs all cases; prints a line for each that does not pass, and the counts at the end.
  static GoldenCount of(Path path, Device device) {
    int passed = 0;
    int failed = 0;
    int unsupported = 0;
    try (GoldenSet set = GoldenSet.open(path)) {
      for (GoldenSet.Named c : set.cases()) {
        try {
          String difference = c.check().difference(device);
          if (difference == null) {
            passed++;
          } else {
            failed++;
            System.out.println("FAILED      " + c.name() + ": " + difference);
          }
        } catch (Call.Unsupported | UnsupportedOperationException e) {
          unsupported++;
          System.out.println("UNSUPPORTED " + c.name() + ": " + e.getMessage());
        } catch (RuntimeException e) {
          failed++;
          System.out.println("FAILED      " + c.name() + ": " + e);
        }
      }
    }
    System.out.println(passed + " passed, " + failed + " failed, " + unsupported + " unsupported");
    return new GoldenCount(passed, failed, unsupported);
  }
}
