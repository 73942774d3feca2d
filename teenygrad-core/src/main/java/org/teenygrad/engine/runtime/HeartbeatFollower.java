package org.teenygrad.engine.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// The heartbeat of all ranks but the first.
public final class HeartbeatFollower extends Heartbeat {
  private static final int CONNECT_MILLIS = 2000;

  private final Line line;
  private volatile long heard = now();

  private HeartbeatFollower(Line line, Timing timing) {
    super(timing);
    this.line = line;
  }

  /// Joins the rank that leads.
  /// @param contact what [HeartbeatLead#contact] says
  /// @throws IllegalStateException if it cannot be reached
  public static Heartbeat join(String contact, int rank, Timing timing) {
    HeartbeatLead.Contact lead = HeartbeatLead.Contact.parse(contact);
    IOException last = null;
    for (String host : lead.hosts()) {
      try {
        HeartbeatFollower follower = new HeartbeatFollower(connected(host, lead, rank), timing);
        background("teenygrad-heartbeat-in", follower::listen);
        background("teenygrad-heartbeat", follower::beat);
        return follower;
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IllegalStateException("rank " + rank + " cannot reach rank 0 at " + lead.hosts() + ", port " + lead.port() + ": " + reason(last), last);
  }

  /// A connection on which rank 0 has answered, and not somebody else's program at an address that many machines have.
  private static Line connected(String host, HeartbeatLead.Contact lead, int rank) throws IOException {
    Line line = Line.to(new InetSocketAddress(host, lead.port()), CONNECT_MILLIS);
    try {
      line.patience(CONNECT_MILLIS);
      line.send(Kind.BEAT, rank, lead.token());
      if (!line.read().sentence().equals(lead.token())) {
        throw new IOException("another program answers");
      }
      line.patience(0);
      return line;
    } catch (IOException e) {
      line.close();
      throw e;
    }
  }

  private static String reason(@Nullable IOException e) {
    return e == null ? "it has no address" : String.valueOf(e.getMessage());
  }

  private void beat() throws InterruptedException {
    long before = now();
    while (!isClosed() && !hasFailed()) {
      long now = now();
      if (now - before > timing.silence() / 2) {
        heard = now; // this process was stopped itself
      }
      before = now;
      if (now - heard > timing.silence()) {
        fail("rank 0 has been silent for " + seconds(now - heard) + ": it has stopped, or its host is out of reach");
      }
      try {
        line.send(Kind.BEAT, progress(), "");
      } catch (IOException e) {
        fail(HeartbeatLead.died(0));
      }
      Thread.sleep(timing.beat());
    }
  }

  private void listen() throws IOException {
    try {
      while (true) {
        Frame frame = line.read();
        heard = now();
        switch (frame.kind()) {
          case BEAT -> {}
          case WARNING -> warn(frame.sentence());
          case FAILURE -> fail(frame.sentence());
          case GOODBYE -> {
            super.close();
            return;
          }
        }
      }
    } catch (IOException e) {
      fail(HeartbeatLead.died(0));
      throw e;
    }
  }

  @Override
  public void close() {
    super.close();
    try {
      line.send(Kind.GOODBYE, 0, "");
      line.close();
    } catch (IOException e) {
      Debug.say(Debug.SCHEDULES, () -> "rank 0 was gone first: " + e.getMessage());
    }
  }
}
