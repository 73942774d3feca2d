package org.teenygrad.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.teenygrad.RankFailedException;

@Timeout(20)
class HeartbeatTest {
  private static final Heartbeat.Timing FAST = new Heartbeat.Timing(10, 300, 200, 400, 60_000);

  /// Waits until a rank has failed.
  private static String failure(Heartbeat heartbeat) {
    while (true) {
      try {
        heartbeat.check();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      } catch (RankFailedException e) {
        return Objects.requireNonNull(e.getMessage());
      }
    }
  }

  /// A rank that says hello and nothing else.
  private static Heartbeat.Line mute(HeartbeatLead lead, int rank) throws IOException {
    HeartbeatLead.Contact contact = HeartbeatLead.Contact.parse(lead.contact());
    Heartbeat.Line line = Heartbeat.Line.to(new InetSocketAddress(contact.hosts().getFirst(), contact.port()), 1000);
    line.send(Heartbeat.Kind.BEAT, rank, contact.token());
    assertThat(line.read().sentence()).isEqualTo(contact.token());
    return line;
  }

  @Test
  void aRankWhoseConnectionEndsHasDiedForAll() throws IOException {
    try (HeartbeatLead lead = HeartbeatLead.of(3, FAST); Heartbeat one = HeartbeatFollower.join(lead.contact(), 1, FAST)) {
      mute(lead, 2).close();
      assertThat(failure(lead)).isEqualTo("rank 2 has died: its connection ended without a goodbye");
      assertThat(failure(one)).isEqualTo("rank 2 has died: its connection ended without a goodbye");
    }
  }

  @Test
  void aSilentRankHasStoppedForAll() throws IOException {
    try (HeartbeatLead lead = HeartbeatLead.of(3, FAST); Heartbeat one = HeartbeatFollower.join(lead.contact(), 1, FAST); Heartbeat.Line _ = mute(lead, 2)) {
      assertThat(failure(one)).startsWith("rank 2 has been silent for ").endsWith(": it has stopped, or its host is out of reach").isEqualTo(failure(lead));
    }
  }

  @Test
  void aRankThatTheOthersWaitForIsGivenUp() throws IOException {
    try (HeartbeatLead lead = HeartbeatLead.of(3, FAST); Heartbeat one = HeartbeatFollower.join(lead.contact(), 1, FAST); Heartbeat two = HeartbeatFollower.join(lead.contact(), 2, FAST)) {
      lead.begin();
      lead.end();
      one.begin();
      one.end();
      one.begin();
      lead.begin();
      assertThat(failure(two)).contains(" for rank 2 in exchange 2 and gives up").isEqualTo(failure(one)).isEqualTo(failure(lead));
    }
  }

  @Test
  void ranksThatWaitForEachOtherGiveUp() throws IOException {
    try (HeartbeatLead lead = HeartbeatLead.of(2, FAST); Heartbeat one = HeartbeatFollower.join(lead.contact(), 1, FAST)) {
      lead.begin();
      one.begin();
      assertThat(failure(one)).startsWith("all ranks have waited ").contains(" for each other in exchange 1: they do not run the same program");
    }
  }

  @Test
  void aGoodbyeIsNoFailure() throws IOException {
    HeartbeatLead lead = HeartbeatLead.of(2, FAST);
    Heartbeat one = HeartbeatFollower.join(lead.contact(), 1, FAST);
    one.close();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2 * FAST.silence()));
    lead.check();
    lead.close();
  }

  @Test
  void whoDoesNotKnowTheWordIsNobody() throws IOException {
    try (HeartbeatLead lead = HeartbeatLead.of(2, FAST)) {
      String wrong = lead.contact().replaceFirst(" \\S+$", " guess");
      assertThatThrownBy(() -> HeartbeatFollower.join(wrong, 1, FAST)).isInstanceOf(IllegalStateException.class).hasMessageStartingWith("rank 1 cannot reach rank 0 at ");
    }
  }
}
