package org.teenygrad.golden;

import java.nio.file.Path;
import java.util.Locale;
import org.teenygrad.Device;

/// How many cases of a set pass on a device.
record GoldenCount(int passed, int failed, int unsupported) {
  /// Runs all cases of all files; prints a line for each that does not pass, and the counts at the end.
  static GoldenCount of(Path path, Device device) {
    int[] counts = new int[Outcome.Kind.values().length];
    for (GoldenFiles files : GoldenFiles.at(path)) {
      try (GoldenSet set = GoldenSet.open(files)) {
        for (GoldenSet.Named c : set.cases()) {
          Outcome outcome = Outcome.of(c, device);
          counts[outcome.kind.ordinal()]++;
          if (outcome.kind != Outcome.Kind.PASSED) {
            System.out.printf(Locale.ROOT, "%-11s %s: %s%n",
                outcome.kind, c.name(), outcome.why.replaceAll("\\s*\\R\\s*", " "));
          }
        }
      }
    }
    System.out.printf(Locale.ROOT, "%d passed, %d failed, %d unsupported%n", counts[0], counts[1], counts[2]);
    return new GoldenCount(counts[0], counts[1], counts[2]);
  }

  private record Outcome(Kind kind, String why) {
    enum Kind {PASSED, FAILED, UNSUPPORTED}

    /// Whatever a case throws is its own failure: the others are to run all the same.
    static Outcome of(GoldenSet.Named c, Device device) {
      try {
        String difference = c.check().difference(device);
        return difference == null ? new Outcome(Kind.PASSED, "") : new Outcome(Kind.FAILED, difference);
      } catch (Call.Unsupported | UnsupportedOperationException e) {
        return new Outcome(Kind.UNSUPPORTED, String.valueOf(e.getMessage()));
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        return new Outcome(Kind.FAILED, e.toString());
      }
    }
  }
}
