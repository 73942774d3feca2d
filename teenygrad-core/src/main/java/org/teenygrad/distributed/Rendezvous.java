package org.teenygrad.distributed;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeMap;

/// How ranks that know nothing but an address find each other: rank 0 awaits the others there.
final class Rendezvous {
  /// Between two attempts to reach rank 0, which may start later.
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Launched launched;
  private final Duration patience;

  /// @param patience how long to wait for the others
  Rendezvous(Launched launched, Duration patience) {
    this.launched = launched;
    this.patience = patience;
  }

  /// Brings what rank 0 gives to all ranks.
  /// @param bytes as many on all ranks
  /// @throws IllegalStateException if the others do not come in time
  byte[] fromFirst(byte[] bytes) {
    try {
      return launched.rank() == 0 ? give(bytes) : take(bytes.length);
    } catch (IOException e) {
      throw new IllegalStateException(String.format(Locale.ROOT, "rank %d cannot reach rank 0 at %s:%d: %s",
          launched.rank(), launched.address(), launched.port(), e.getMessage()), e);
    }
  }

  private byte[] give(byte[] bytes) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    TreeMap<Integer, Socket> others = new TreeMap<>();
    try (ServerSocket server = new ServerSocket(launched.port(), launched.size())) {
      while (others.size() < launched.size() - 1) {
        server.setSoTimeout((int) Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        Socket other = server.accept();
        DataInputStream in = new DataInputStream(other.getInputStream());
        int rank = in.readInt();
        int size = in.readInt();
        if (size != launched.size()) {
          throw new IllegalStateException(String.format(Locale.ROOT, "rank %d says that there are %d ranks, rank 0 that there are %d", rank, size, launched.size()));
        }
        if (rank <= 0 || rank >= size || others.putIfAbsent(rank, other) != null) {
          throw new IllegalStateException("a second rank " + rank + " came to " + launched.address() + ":" + launched.port());
        }
      }
      for (Socket other : others.values()) {
        new DataOutputStream(other.getOutputStream()).write(bytes);
      }
      return bytes;
    } catch (SocketTimeoutException e) {
      throw new IllegalStateException(String.format(Locale.ROOT, "%d of %d ranks came to %s:%d within %d s; rank %d did not",
          others.size() + 1, launched.size(), launched.address(), launched.port(), patience.toSeconds(), missing(others)), e);
    } finally {
      for (Socket other : others.values()) {
        other.close();
      }
    }
  }

  private int missing(TreeMap<Integer, Socket> others) {
    int rank = 1;
    while (others.containsKey(rank)) {
      rank++;
    }
    return rank;
  }

  private byte[] take(int count) throws IOException {
    try (Socket first = connected()) {
      first.setSoTimeout((int) patience.toMillis());
      DataOutputStream out = new DataOutputStream(first.getOutputStream());
      out.writeInt(launched.rank());
      out.writeInt(launched.size());
      byte[] bytes = new byte[count];
      new DataInputStream(first.getInputStream()).readFully(bytes);
      return bytes;
    }
  }

  private Socket connected() throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(launched.address(), launched.port()), (int) patience.toMillis());
        return socket;
      } catch (IOException e) {
        socket.close();
        if (System.nanoTime() > deadline) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
