package org.teenygrad.engine.runtime;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.teenygrad.RankFailedException;

/// Ranks that tell each other twice a second that they are alive and how many exchanges they have begun, by TCP beside what they
/// exchange tensors with: so a rank that waits learns that another will never come. All ranks talk to rank 0, the [HeartbeatLead],
/// which finds the rank that has died (its connection ends), has stopped (it is silent) or is late (the others wait for it), and
/// names it to all. Where it is rank 0, each of the others finds so by itself.
public abstract sealed class Heartbeat implements Closeable permits HeartbeatLead, HeartbeatFollower {
  /// How long to wait for what, in milliseconds.
  ///
  /// @param beat from one sign of life to the next
  /// @param silence after which a rank is taken for stopped
  /// @param named after which a rank that others wait for is named on stderr
  /// @param patience after which it is given up
  /// @param grace for which a process may go on that has not noticed a failure
  public record Timing(long beat, long silence, long named, long patience, long grace) {
    /// A rank that stops is named within 10 s; one that is late may be compiling, and is given up after [Settings#PATIENCE].
    public static Timing usual() {
      return new Timing(500, 7_000, 7_000, 1000L * Settings.PATIENCE.or(60), 1_000);
    }
  }

  /// The exit status of a process that ends because another rank failed (EX_TEMPFAIL of sysexits.h).
  public static final int STATUS = 75;

  /// For how long a process that has noticed a failure may take to end.
  private static final int LAST_SECONDS = 10;

  /// What is said in a frame: its kind, a number and a sentence.
  enum Kind {
    BEAT,
    WARNING,
    FAILURE,
    GOODBYE
  }

  final Timing timing;
  private volatile @Nullable String failure;
  private volatile boolean noticed;
  private volatile boolean closed;
  private final AtomicLong exchanges = new AtomicLong();

  Heartbeat(Timing timing) {
    this.timing = timing;
  }

  /// To be called when an exchange begins.
  /// @throws RankFailedException if a rank has failed
  public final void begin() {
    check();
    exchanges.incrementAndGet();
  }

  /// To be called when an exchange is done.
  public final void end() {
    exchanges.incrementAndGet();
  }

  /// Twice the number of exchanges that were done, and one more while this rank waits in one.
  final long progress() {
    return exchanges.get();
  }

  /// To be called now and then by a rank that waits.
  /// @throws RankFailedException if a rank has failed
  public final void check() {
    String sentence = failure;
    if (sentence != null) {
      noticed = true;
      throw new RankFailedException(sentence);
    }
  }

  /// Makes [#check] throw. A process that does not call it soon, because it waits in a library or hangs, is ended.
  final void fail(String sentence) {
    if (failure != null || closed) {
      return;
    }
    failure = sentence;
    ProcessEnd.within((int) TimeUnit.MILLISECONDS.toSeconds(timing.grace) + LAST_SECONDS);
    background("teenygrad-rank-failed", () -> {
      Thread.sleep(timing.grace);
      if (!noticed && !closed) {
        System.err.println("teenygrad: " + sentence);
        endProcess();
      }
    });
  }

  /// Ends this process because another rank has failed, with [#STATUS] and at once: Java's own end may wait for what a GPU
  /// exchanges with that rank.
  public static void endProcess() {
    System.out.flush();
    System.err.flush();
    ProcessEnd.now(STATUS);
  }

  final boolean hasFailed() {
    return failure != null;
  }

  final boolean isClosed() {
    return closed;
  }

  /// Says goodbye: the end of this rank is no failure. To be called when all ranks are done.
  @Override
  public void close() {
    closed = true;
    ProcessEnd.within(0);
  }

  static void warn(String sentence) {
    System.err.println("teenygrad: " + sentence);
  }

  static String seconds(long millis) {
    return String.format(Locale.ROOT, "%d s", TimeUnit.MILLISECONDS.toSeconds(millis));
  }

  static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /// What runs in the background until it is done or the connection ends.
  interface Task {
    void run() throws IOException, InterruptedException;
  }

  static void background(String name, Task task) {
    Thread.ofPlatform().daemon().name(name).start(() -> {
      try {
        task.run();
      } catch (IOException e) {
        Debug.say(Debug.SCHEDULES, () -> name + ": " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  /// A frame that was read.
  record Frame(Kind kind, long number, String sentence) {}

  /// A connection, on which frames are sent and read by two threads.
  static final class Line implements Closeable {
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    Line(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
    }

    static Line to(InetSocketAddress address, int timeoutMillis) throws IOException {
      Socket socket = new Socket();
      try {
        socket.connect(address, timeoutMillis);
        return new Line(socket);
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    /// @param millis for which to wait at most when reading; 0 for as long as it takes
    void patience(int millis) throws IOException {
      socket.setSoTimeout(millis);
    }

    synchronized void send(Kind kind, long number, String sentence) throws IOException {
      out.writeByte(kind.ordinal());
      out.writeLong(number);
      out.writeUTF(sentence);
      out.flush();
    }

    Frame read() throws IOException {
      int kind = in.readUnsignedByte();
      if (kind >= Kind.values().length) {
        throw new IOException("a frame of kind " + kind);
      }
      return new Frame(Kind.values()[kind], in.readLong(), in.readUTF());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
