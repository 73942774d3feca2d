package org.teenygrad.distributed;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a launcher says to each of the processes that it starts, by the variables that PyTorch's `torchrun` sets, too.
///
/// @param localRank its number among those on its machine
/// @param address of the machine of rank 0
/// @param port at which rank 0 awaits the others
record Launched(int rank, int size, int localRank, String address, int port) {
  /// Null where no launcher set them, or there is one rank alone, which needs nobody.
  /// @throws IllegalStateException if some are missing or wrong
  static @Nullable Launched from(Map<String, String> environment) {
    if (!environment.containsKey("RANK") || !environment.containsKey("WORLD_SIZE")) {
      return null;
    }
    int size = number(environment, "WORLD_SIZE", 1, Integer.MAX_VALUE);
    if (size == 1) {
      return null;
    }
    int rank = number(environment, "RANK", 0, size - 1);
    int localRank = environment.containsKey("LOCAL_RANK") ? number(environment, "LOCAL_RANK", 0, size - 1) : rank;
    return new Launched(rank, size, localRank, environment.getOrDefault("MASTER_ADDR", "127.0.0.1"), number(environment, "MASTER_PORT", 1, 65_535));
  }

  private static int number(Map<String, String> environment, String name, int least, int most) {
    String text = environment.get(name);
    try {
      int number = Integer.parseInt(text == null ? "" : text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalStateException("this process is one of several ranks, but " + name + " is " + (text == null ? "not set" : "'" + text + "'")
        + "; a number from " + least + " to " + most + " is needed");
  }

  /// The variables by which a process learns of it.
  Map<String, String> variables() {
    return Map.of("RANK", String.valueOf(rank), "WORLD_SIZE", String.valueOf(size), "LOCAL_RANK", String.valueOf(localRank), "MASTER_ADDR", address,
        "MASTER_PORT", String.valueOf(port));
  }
}
