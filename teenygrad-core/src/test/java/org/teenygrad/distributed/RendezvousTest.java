package org.teenygrad.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  private static Rendezvous rank(int rank, int size, int port, Duration patience) {
    return new Rendezvous(new Launched(rank, size, rank, "127.0.0.1", port), patience);
  }

  @Test
  void allRanksHaveWhatTheFirstGives() throws Exception {
    int port = freePort();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> others = List.of(1, 2).stream()
          .map(rank -> threads.submit(() -> rank(rank, 3, port, Duration.ofSeconds(20)).fromFirst(new byte[3]))).toList();

      assertThat(rank(0, 3, port, Duration.ofSeconds(20)).fromFirst(new byte[] {1, 2, 3})).containsExactly(1, 2, 3);

      for (Future<byte[]> other : others) {
        assertThat(other.get()).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void whoDoesNotComeIsNamed() throws Exception {
    int port = freePort();

    assertThatThrownBy(() -> rank(0, 2, port, Duration.ofMillis(100)).fromFirst(new byte[1]))
        .isInstanceOf(IllegalStateException.class).hasMessage("1 of 2 ranks came to 127.0.0.1:" + port + " within 0 s; rank 1 did not");
    assertThatThrownBy(() -> rank(1, 2, port, Duration.ofMillis(100)).fromFirst(new byte[1]))
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
  void wrongVariablesAreNamed() {
    assertThatThrownBy(() -> Launched.from(Map.of("RANK", "4", "WORLD_SIZE", "4", "MASTER_PORT", "1")))
        .hasMessage("this process is one of several ranks, but RANK is '4'; a number from 0 to 3 is needed");
    assertThatThrownBy(() -> Launched.from(Map.of("RANK", "0", "WORLD_SIZE", "4")))
        .hasMessage("this process is one of several ranks, but MASTER_PORT is not set; a number from 1 to 65535 is needed");
  }
}
