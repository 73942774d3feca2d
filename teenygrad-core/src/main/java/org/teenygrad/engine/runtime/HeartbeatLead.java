package org.teenygrad.engine.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The heartbeat of rank 0, which listens to all others.
public final class HeartbeatLead extends Heartbeat {
  private final ServerSocket server;
  private final String token = Long.toHexString(new SecureRandom().nextLong());
  private final List<Peer> peers = new ArrayList<>();
  private long warned = -1;

  /// What is known of a rank.
  private static final class Peer {
    final int rank;
    @Nullable Line line;
    long heard = now();
    long progress;
    long since = now();
    boolean gone;

    Peer(int rank) {
      this.rank = rank;
    }

    void hear(long told) {
      heard = now();
      if (told != progress) {
        progress = told;
        since = heard;
      }
    }

    boolean waits() {
      return progress % 2 == 1;
    }
  }

  /// How to reach rank 0.
  record Contact(List<String> hosts, int port, String token) {
    static Contact parse(String text) {
      String[] parts = text.split(" ", -1);
      return new Contact(List.of(parts[0].split(",", -1)), Integer.parseInt(parts[1]), parts[2]);
    }

    String text() {
      return String.join(",", hosts) + " " + port + " " + token;
    }
  }

  private HeartbeatLead(ServerSocket server, int ranks, Timing timing) {
    super(timing);
    this.server = server;
    for (int rank = 0; rank < ranks; rank++) {
      peers.add(new Peer(rank));
    }
  }

  /// Listens on a port that is free.
  /// @param ranks how many there are, this one included
  /// @throws IllegalStateException if that is not possible
  public static HeartbeatLead of(int ranks, Timing timing) {
    try {
      HeartbeatLead lead = new HeartbeatLead(new ServerSocket(0, ranks), ranks, timing);
      background("teenygrad-heartbeat-door", lead::accept);
      background("teenygrad-heartbeat", lead::beat);
      return lead;
    } catch (IOException e) {
      throw new IllegalStateException("ranks cannot listen to each other: " + e.getMessage(), e);
    }
  }

  /// How other ranks find this one: addresses, port, and a word that no other program knows.
  /// @throws IllegalStateException if this machine does not say its addresses
  public String contact() {
    try {
      List<String> hosts = NetworkInterface.networkInterfaces().filter(HeartbeatLead::isUp).flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLinkLocalAddress() && !address.isLoopbackAddress()).map(InetAddress::getHostAddress).collect(Collectors.toList());
      hosts.addFirst(InetAddress.getLoopbackAddress().getHostAddress()); // fails at once on another machine, by the word if not by the port
      return new Contact(hosts, server.getLocalPort(), token).text();
    } catch (IOException e) {
      throw new IllegalStateException("ranks cannot find each other: " + e.getMessage(), e);
    }
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp();
    } catch (IOException e) {
      return false;
    }
  }

  private void accept() throws IOException {
    while (true) {
      Line line = new Line(server.accept());
      background("teenygrad-heartbeat-in", () -> listen(line));
    }
  }

  private void listen(Line line) throws IOException {
    try (line) {
      Frame hello = line.read();
      if (!hello.sentence().equals(token) || hello.number() < 1 || hello.number() >= peers.size()) {
        return; // somebody else
      }
      line.send(Kind.BEAT, 0, token);
      Peer peer = peers.get((int) hello.number());
      synchronized (this) {
        peer.line = line;
        peer.heard = now();
      }
      try {
        while (true) {
          Frame frame = line.read();
          synchronized (this) {
            peer.hear(frame.kind() == Kind.BEAT ? frame.number() : peer.progress);
            peer.gone |= frame.kind() == Kind.GOODBYE;
          }
        }
      } catch (IOException e) {
        lost(peer);
        throw e;
      }
    }
  }

  static String died(int rank) {
    return "rank " + rank + " has died: its connection ended without a goodbye";
  }

  private synchronized void lost(Peer peer) {
    if (!peer.gone) {
      peer.gone = true;
      announce(Kind.FAILURE, died(peer.rank));
    }
  }

  private void beat() throws InterruptedException {
    long before = now();
    while (!isClosed() && !hasFailed()) {
      look(now() - before > timing.silence() / 2);
      before = now();
      Thread.sleep(timing.beat());
    }
  }

  /// @param stopped whether this process was stopped itself
  private synchronized void look(boolean stopped) {
    peers.getFirst().hear(progress());
    for (Peer peer : peers) {
      if (stopped) {
        peer.heard = now();
        peer.since = now();
      }
      if (!peer.gone && now() - peer.heard > timing.silence()) {
        announce(Kind.FAILURE, "rank " + peer.rank + " has been silent for " + seconds(now() - peer.heard) + ": it has stopped, or its host is out of reach");
        return;
      }
    }
    Peer first = peers.stream().filter(Peer::waits).max((a, b) -> Long.compare(a.progress, b.progress)).orElse(null);
    if (first != null) {
      lookForLate(first);
    }
    announce(Kind.BEAT, "");
  }

  /// @param first a rank that waits in an exchange that no rank is beyond
  private void lookForLate(Peer first) {
    List<Integer> late = peers.stream().filter(peer -> !peer.gone && peer.progress < first.progress).map(peer -> peer.rank).toList();
    long waited = now() - first.since;
    if (late.isEmpty() && waited >= timing.patience() && peers.stream().allMatch(peer -> peer.progress == first.progress)) {
      announce(Kind.FAILURE, "all ranks have waited " + seconds(waited) + " for each other in exchange " + (first.progress / 2 + 1)
          + ": they do not run the same program, or cannot reach each other (TEENYGRAD_PATIENCE)");
    }
    if (late.isEmpty() || waited < timing.named()) {
      return;
    }
    String who = (late.size() == 1 ? "rank " : "ranks ") + late.stream().map(String::valueOf).collect(Collectors.joining(", "));
    String sentence = "rank " + first.rank + " has waited " + seconds(waited) + " for " + who + " in exchange " + (first.progress / 2 + 1);
    if (waited >= timing.patience()) {
      announce(Kind.FAILURE, sentence + " and gives up (TEENYGRAD_PATIENCE)");
    } else if (warned != first.progress) {
      warned = first.progress;
      announce(Kind.WARNING, sentence + "; all end after " + seconds(timing.patience()));
    }
  }

  /// Tells all ranks.
  private void announce(Kind kind, String sentence) {
    for (Peer peer : peers) {
      Line line = peer.line;
      if (line != null && !(peer.gone && kind != Kind.GOODBYE)) {
        try {
          line.send(kind, 0, sentence);
        } catch (IOException e) {
          Debug.say(Debug.SCHEDULES, () -> "rank " + peer.rank + ": " + e.getMessage()); // whoever listens to it says so
        }
      }
    }
    if (kind == Kind.FAILURE) {
      fail(sentence);
    } else if (kind == Kind.WARNING) {
      warn(sentence);
    }
  }

  @Override
  public synchronized void close() {
    super.close();
    announce(Kind.GOODBYE, "");
    try {
      server.close();
      for (Peer peer : Collections.unmodifiableList(peers)) {
        peer.gone = true;
        if (peer.line != null) {
          peer.line.close();
        }
      }
    } catch (IOException e) {
      Debug.say(Debug.SCHEDULES, () -> "the end of the heartbeat: " + e.getMessage());
    }
  }
}
