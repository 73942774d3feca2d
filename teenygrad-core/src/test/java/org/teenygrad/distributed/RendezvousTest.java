package org.teenygrad.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.teenygrad.RankFailedException;
import org.teenygrad.engine.runtime.Heartbeat;
import org.teenygrad.engine.runtime.HeartbeatFollower;
import org.teenygrad.engine.runtime.HeartbeatLead;

class RendezvousTest {
  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  private static Rendezvous rank(int rank, int size, int port, Duration patience) {
    return Rendezvous.join(new Launched(rank, size, rank, "127.0.0.1", port), patience);
  }

  /// What each of three ranks says to the others.
  private static <T> List<T> onThree(Function<Rendezvous, T> program) throws Exception {
    return onThree((hosts, _) -> program.apply(hosts));
  }

  /// @param program gets the number of the rank, too
  private static <T> List<T> onThree(BiFunction<Rendezvous, Integer, T> program) throws Exception {
    int port = freePort();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> ranks = IntStream.range(0, 3).mapToObj(rank -> threads.submit(() -> {
        try (Rendezvous hosts = rank(rank, 3, port, Duration.ofSeconds(20))) {
          return program.apply(hosts, rank);
        }
      })).toList();
      List<T> said = new ArrayList<>();
      for (Future<T> rank : ranks) {
        said.add(rank.get());
      }
      return said;
    }
  }

  @Test
  void allRanksHearWhatTheFirstSays() throws Exception {
    AtomicInteger number = new AtomicInteger();

    List<List<String>> heard = onThree(hosts -> List.of(hosts.told("one"), hosts.told("größer"), hosts.told("said by " + number.getAndIncrement())));

    assertThat(heard).allSatisfy(words -> assertThat(words).startsWith("one", "größer"));
    assertThat(heard.stream().map(List::getLast)).as("one of three").containsOnly(heard.getFirst().getLast());
  }

  @Test
  void oneRankIsEnough() throws Exception {
    AtomicInteger ranks = new AtomicInteger();

    assertThat(onThree(hosts -> List.of(hosts.any(false), hosts.any(ranks.getAndIncrement() == 2), hosts.any(true), hosts.any(false))))
        .containsExactly(List.of(false, true, true, false), List.of(false, true, true, false), List.of(false, true, true, false));
  }

  @Test
  void whoEndsIsMissed() {
    AtomicInteger ranks = new AtomicInteger();

    assertThatThrownBy(() -> onThree(hosts -> ranks.getAndIncrement() == 1 ? false : hosts.any(false)))
        .cause().isInstanceOf(RankFailedException.class).hasMessageMatching("rank \\d is gone: .*");
  }

  @Test
  void ranksThatMakeUnlikeMeshesSaySo() throws Exception {
    List<String> said = onThree((hosts, rank) -> {
      try {
        World.requireAlike(hosts, rank, rank == 2 ? "rows 3" : "data 3", "mesh: %s on rank %d, but %s on rank 0");
        return "";
      } catch (IllegalStateException e) {
        return String.valueOf(e.getMessage());
      }
    });

    assertThat(said).containsExactly("rank 0 ends: another rank runs something else, and says so", "rank 1 ends: another rank runs something else, and says so",
        "mesh: rows 3 on rank 2, but data 3 on rank 0");
  }

  /// Rank 1 never comes to where the others wait.
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // the waits are such that no interrupt ends
  void whoWaitsHearsOfALateRankByTheHeartbeat() throws Exception {
    Heartbeat.Timing fast = new Heartbeat.Timing(10, 5_000, 200, 400, 60_000);
    CountDownLatch heard = new CountDownLatch(2);
    List<String> said = onThree((hosts, rank) -> {
      HeartbeatLead lead = rank == 0 ? HeartbeatLead.of(3, fast) : null;
      String contact = hosts.told(lead == null ? "" : lead.contact());
      try (Heartbeat heartbeat = lead == null ? HeartbeatFollower.join(contact, rank, fast) : lead) {
        hosts.watch(heartbeat);
        try {
          if (rank != 1) {
            hosts.any(false);
          }
          heard.await();
          return "";
        } catch (RankFailedException e) {
          heard.countDown();
          heard.await();
          return String.valueOf(e.getMessage());
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });

    assertThat(said.get(0)).contains(" for rank 1 in exchange 1 and gives up").isEqualTo(said.get(2));
  }

  @Test
  void whoDoesNotComeIsNamed() throws Exception {
    int port = freePort();

    assertThatThrownBy(() -> rank(0, 2, port, Duration.ofMillis(100)))
        .isInstanceOf(IllegalStateException.class).hasMessage("1 of 2 ranks came to 127.0.0.1:" + port + " within 0 s; rank 1 did not");
    assertThatThrownBy(() -> rank(1, 2, port, Duration.ofMillis(100)))
        .isInstanceOf(IllegalStateException.class).hasMessageStartingWith("rank 1 cannot reach rank 0 at 127.0.0.1:" + port);
  }

  @Test
  void torchrunsVariablesAreRead() {
    Map<String, String> set = Map.of("RANK", "3", "WORLD_SIZE", "4", "LOCAL_RANK", "1", "MASTER_ADDR", "10.0.0.1", "MASTER_PORT", "29500");

    assertThat(Launched.from(set)).isEqualTo(new Launched(3, 4, 1, "10.0.0.1", 29500));
    assertThat(new Launched(3, 4, 1, "10.0.0.1", 29500).variables()).isEqualTo(set);
    assertThat(Launched.from(Map.of())).isNull();
    assertThat(Launched.from(Map.of("RANK", "0", "WORLD_SIZE", "1"))).as("alone").isNull();
  }

  @Test
  void thoseOfSlurmAndOpenMpiAreReadToo() {
    Map<String, String> srun = Map.of("SLURM_PROCID", "3", "SLURM_NTASKS", "4", "SLURM_STEP_NUM_TASKS", "4", "SLURM_LOCALID", "1", "SLURM_LAUNCH_NODE_IPADDR", "10.0.0.2", "MASTER_PORT", "29500");

    assertThat(Launched.from(srun)).isEqualTo(new Launched(3, 4, 1, "10.0.0.2", 29500));
    assertThat(Launched.from(Map.of("SLURM_PROCID", "0", "SLURM_NTASKS", "4"))).as("a batch script").isNull();
    assertThat(Launched.from(Map.of("OMPI_COMM_WORLD_RANK", "1", "OMPI_COMM_WORLD_SIZE", "2", "OMPI_COMM_WORLD_LOCAL_RANK", "0", "MASTER_ADDR", "10.0.0.1", "MASTER_PORT", "29500")))
        .isEqualTo(new Launched(1, 2, 0, "10.0.0.1", 29500));
  }

  @Test
  void wrongVariablesAreNamed() {
    assertThatThrownBy(() -> Launched.from(Map.of("RANK", "4", "WORLD_SIZE", "4", "MASTER_PORT", "1")))
        .hasMessage("this process is one of several ranks, but RANK is '4'; a number from 0 to 3 is needed");
    assertThatThrownBy(() -> Launched.from(Map.of("RANK", "0", "WORLD_SIZE", "4")))
        .hasMessage("this process is one of several ranks, but MASTER_PORT is not set; a number from 1 to 65535 is needed");
  }
}
