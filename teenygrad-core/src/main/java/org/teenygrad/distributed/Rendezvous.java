package org.teenygrad.distributed;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.teenygrad.RankFailedException;
import org.teenygrad.engine.runtime.ControlPlane;
import org.teenygrad.engine.runtime.Heartbeat;

/// How ranks that know nothing but an address find each other, and talk from then on: rank 0 awaits the others there, and all have
/// a connection to it. PyTorch's `TCPStore`.
final class Rendezvous implements ControlPlane {
  /// Between two attempts to reach rank 0, which may start later.
  private static final Duration PAUSE = Duration.ofMillis(50);

  /// Between two looks at the heartbeat while another rank is awaited.
  private static final Duration LOOK = Duration.ofMillis(100);

  /// For how long a rank whose connection ended waits to hear from the heartbeat why.
  private static final Duration OBITUARY = Duration.ofSeconds(2);

  private final int rank;

  /// On rank 0 to all others, in their order; on these to rank 0.
  private final List<Socket> lines;

  private @Nullable Heartbeat heartbeat;

  private Rendezvous(int rank, List<Socket> lines) {
    this.rank = rank;
    this.lines = lines;
  }

  /// Waits until all ranks are there.
  /// @param patience how long to wait for the others
  /// @throws IllegalStateException if the others do not come in time
  static Rendezvous join(Launched launched, Duration patience) {
    try {
      List<Socket> lines = launched.rank() == 0 ? awaited(launched, patience) : List.of(connected(launched, patience));
      for (Socket line : lines) {
        line.setTcpNoDelay(true);
        line.setSoTimeout((int) LOOK.toMillis());
      }
      return new Rendezvous(launched.rank(), lines);
    } catch (IOException e) {
      throw new IllegalStateException(String.format(Locale.ROOT, "rank %d cannot reach rank 0 at %s:%d: %s",
          launched.rank(), launched.address(), launched.port(), e.getMessage()), e);
    }
  }

  private static List<Socket> awaited(Launched launched, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    TreeMap<Integer, Socket> others = new TreeMap<>();
    boolean complete = false;
    try (ServerSocket server = new ServerSocket(launched.port(), launched.size())) {
      while (others.size() < launched.size() - 1) {
        server.setSoTimeout((int) Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        admit(launched, server.accept(), others);
      }
      complete = true;
      return List.copyOf(others.values());
    } catch (SocketTimeoutException e) {
      throw new IllegalStateException(String.format(Locale.ROOT, "%d of %d ranks came to %s:%d within %d s; rank %d did not",
          others.size() + 1, launched.size(), launched.address(), launched.port(), patience.toSeconds(), missing(others)), e);
    } finally {
      if (!complete) {
        for (Socket other : others.values()) {
          other.close();
        }
      }
    }
  }

  private static void admit(Launched launched, Socket other, TreeMap<Integer, Socket> others) throws IOException {
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

  private static int missing(TreeMap<Integer, Socket> others) {
    int rank = 1;
    while (others.containsKey(rank)) {
      rank++;
    }
    return rank;
  }

  private static Socket connected(Launched launched, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(launched.address(), launched.port()), (int) patience.toMillis());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(launched.rank());
        out.writeInt(launched.size());
        return socket;
      } catch (IOException e) {
        socket.close();
        if (System.nanoTime() > deadline) {
          throw e;
        }
        pause(PAUSE);
      }
    }
  }

  private static void pause(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void watch(Heartbeat beating) {
    heartbeat = beating;
  }

  @Override
  public String told(String text) {
    if (rank == 0) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      sayToAll(ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes).array());
      return text;
    }
    int length = ByteBuffer.wrap(heard(0, Integer.BYTES)).getInt();
    return new String(heard(0, length), StandardCharsets.UTF_8);
  }

  @Override
  public boolean any(boolean here) {
    byte[] word = {(byte) (here ? 1 : 0)};
    begin();
    if (rank == 0) {
      for (int line = 0; line < lines.size(); line++) {
        word[0] |= heard(line, 1)[0];
      }
      sayToAll(word);
    } else {
      sayToAll(word);
      word = heard(0, 1);
    }
    end();
    return word[0] != 0;
  }

  private void begin() {
    if (heartbeat != null) {
      heartbeat.begin();
    }
  }

  private void end() {
    if (heartbeat != null) {
      heartbeat.end();
    }
  }

  /// To all others on rank 0, to rank 0 on these.
  private void sayToAll(byte[] bytes) {
    for (int line = 0; line < lines.size(); line++) {
      try {
        lines.get(line).getOutputStream().write(bytes);
      } catch (IOException e) {
        throw gone(line, e);
      }
    }
  }

  private byte[] heard(int line, int count) {
    byte[] bytes = new byte[count];
    try {
      InputStream in = lines.get(line).getInputStream();
      int read = 0;
      while (read < count) {
        try {
          int more = in.read(bytes, read, count - read);
          if (more < 0) {
            throw new EOFException("the connection ended");
          }
          read += more;
        } catch (SocketTimeoutException e) {
          look();
        }
      }
      return bytes;
    } catch (IOException e) {
      throw gone(line, e);
    }
  }

  private void look() {
    if (heartbeat != null) {
      heartbeat.check();
    }
  }

  /// What to say of a connection that ended: what the heartbeat says of the rank that began it, if it does so soon.
  private RankFailedException gone(int line, IOException cause) {
    long deadline = System.nanoTime() + OBITUARY.toNanos();
    try {
      while (heartbeat != null && System.nanoTime() < deadline) {
        look();
        pause(PAUSE);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    } catch (RankFailedException e) {
      e.addSuppressed(cause);
      return e;
    }
    int other = rank == 0 ? line + 1 : 0;
    RankFailedException failed = new RankFailedException("rank " + other + " is gone: " + cause.getMessage());
    failed.initCause(cause);
    return failed;
  }

  @Override
  public void close() {
    List<IOException> failures = new ArrayList<>();
    for (Socket line : lines) {
      try {
        line.close();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException("the connections of rank " + rank + " do not end: " + failures.getFirst().getMessage(), failures.getFirst());
    }
  }
}
