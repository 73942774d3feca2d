package org.teenygrad.distributed;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a launcher says to each of the processes that it starts.
///
/// @param localRank its number among those on its machine
/// @param address of the machine of rank 0
/// @param port at which rank 0 awaits the others
record Launched(int rank, int size, int localRank, String address, int port) {
  private static final String ADDRESS = "MASTER_ADDR";
  private static final String PORT = "MASTER_PORT";

  /// The variables of a launcher.
  ///
  /// @param address what holds the address of rank 0 where MASTER_ADDR is not set; null where ranks are on one machine then
  private record Variables(String rank, String size, String localRank, @Nullable String address) {}

  /// Those of PyTorch's `torchrun` and of [Launcher], of Slurm's `srun` and of Open MPI's `mpirun`. A batch script of Slurm, which
  /// is no rank, has the first two of srun's as well, but not the last.
  private static final List<Variables> LAUNCHERS = List.of(
      new Variables("RANK", "WORLD_SIZE", "LOCAL_RANK", null),
      new Variables("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "SLURM_LAUNCH_NODE_IPADDR"),
      new Variables("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", null));

  /// Null where no launcher set them, or there is one rank alone, which needs nobody.
  /// @throws IllegalStateException if some are missing or wrong
  static @Nullable Launched from(Map<String, String> environment) {
    for (Variables names : LAUNCHERS) {
      if (environment.containsKey(names.rank) && environment.containsKey(names.size)) {
        int size = number(environment, names.size, 1, Integer.MAX_VALUE);
        return size == 1 ? null : from(environment, names, size);
      }
    }
    return null;
  }

  private static Launched from(Map<String, String> environment, Variables names, int size) {
    int rank = number(environment, names.rank, 0, size - 1);
    int localRank = environment.containsKey(names.localRank) ? number(environment, names.localRank, 0, size - 1) : rank;
    String first = names.address == null ? null : environment.get(names.address);
    return new Launched(rank, size, localRank, environment.getOrDefault(ADDRESS, first == null ? "127.0.0.1" : first), number(environment, PORT, 1, 65_535));
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
    return Map.of("RANK", String.valueOf(rank), "WORLD_SIZE", String.valueOf(size), "LOCAL_RANK", String.valueOf(localRank), ADDRESS, address, PORT, String.valueOf(port));
  }
}
