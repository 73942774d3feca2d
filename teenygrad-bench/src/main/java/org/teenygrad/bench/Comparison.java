package org.teenygrad.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.CudaReport.Row;
import org.teenygrad.engine.runtime.Settings;

/// Ours beside PyTorch's, in turns, each in a process of its own. What is wrong is not measured.
final class Comparison implements AutoCloseable {
  /// How much of the time may be over when a case is begun.
  private static final double LATEST_BEGIN = 0.85;

  /// The same where the peer has to be compiled.
  private static final double LATEST_COMPILE = 0.72;

  private static final int ROUNDS = 3;

  private final Sides sides;
  private final long seed;
  private final double mostSeconds;
  private final long start = System.nanoTime();
  private @Nullable Dialogue peer;

  /// @param minutes after which all has ended
  /// @param alone whether there is to be no peer
  Comparison(Sides sides, long seed, double minutes, boolean alone) {
    this.sides = sides;
    this.seed = seed;
    mostSeconds = 60 * minutes;
    peer = alone ? null : startPeer();
  }

  /// The two that take turns.
  ///
  /// @param command of [Main], which answers for our side
  /// @param options of its JVM
  /// @param script of the peer, a resource
  /// @param arguments of the script
  record Sides(String command, List<String> options, String script, List<String> arguments) {
    static Sides cuda(String device) {
      return new Sides("cuda", List.of("-D" + Settings.DEVICE.property() + "=" + device), "cuda_peer.py", List.of());
    }

    static Sides cpu(int threads) {
      return new Sides("cpu", List.of("-D" + Settings.DEVICE.property() + "=cpu", "-D" + Settings.THREADS.property() + "=" + threads),
          "peers.py", List.of("torch", "dialogue", "", Integer.toString(threads), "1"));
    }
  }

  /// Our side.
  ///
  /// @param suffix what the name of a case ends with in the report
  /// @param settings of its JVM
  record Ours(String suffix, List<String> settings) {
    static final Ours PLAIN = new Ours("", List.of());
  }

  /// What became of the comparison with float64.
  ///
  /// @param error a relative one; NaN where there is none
  /// @param failure why there is none, or null
  record Checked(double error, @Nullable String failure) {
    boolean isRight(ComparedCase what) {
      return error <= what.bound();
    }
  }

  /// Whether there is a peer, and time to compile its side of a case.
  boolean compiles() {
    return peer != null && elapsed() < LATEST_COMPILE * mostSeconds;
  }

  private double elapsed() {
    return (System.nanoTime() - start) / 1e9;
  }

  /// The peer's name and version, once it is there; from then on there is none if it is not.
  String peerName() {
    Dialogue other = peer;
    return other == null ? "none" : ready(other);
  }

  private String ready(Dialogue other) {
    try {
      return other.next("ready").split("\t")[1];
    } catch (IllegalStateException e) {
      peer = null; // its own message says why
      return "none";
    }
  }

  Map<ComparedCase, Checked> check(List<ComparedCase> cases, Ours side) throws IOException {
    Map<ComparedCase, Checked> outcomes = new HashMap<>();
    try (Dialogue ours = ours(side, cases, "--check-here")) {
      for (ComparedCase what : cases) {
        try {
          outcomes.put(what, new Checked(Double.parseDouble(ours.next("checked").split("\t")[1]), null));
        } catch (IllegalStateException e) {
          outcomes.put(what, new Checked(Double.NaN, String.valueOf(e.getMessage())));
        }
      }
    }
    return outcomes;
  }

  /// Measures both in turns, if ours is right; a training step has a second row for memory.
  /// @param variant what the peer's name for the case ends with
  List<Row> rows(ComparedCase what, Checked checked, Ours side, String variant, Peak peak) throws IOException {
    String name = what.name() + side.suffix + variant;
    double error = checked.error();
    if (checked.failure() != null) {
      return List.of(Row.failed(name, what, error, "FAILED: " + checked.failure()));
    }
    if (!checked.isRight(what)) {
      return List.of(Row.failed(name, what, error,
          String.format(Locale.ROOT, "WRONG: a relative error of %.2e, where %.0e is the bound", error, what.bound())));
    }
    if (elapsed() > LATEST_BEGIN * mostSeconds) {
      return List.of(Row.failed(name, what, error,
          String.format(Locale.ROOT, "left out after %.0f seconds: choose fewer cases or more --minutes", elapsed())));
    }
    Side mine = new Side();
    Side theirs = new Side();
    try (Dialogue ours = ours(side, List.of(what), "--measure-here")) {
      Dialogue other = what.hasPeer() ? alivePeer() : null;
      for (int round = 0; round < ROUNDS; round++) {
        mine.add(ours.ask("go"));
        if (other != null && !theirs.ask(other, what, variant)) {
          other = null;
        }
      }
    } catch (IllegalStateException e) {
      return List.of(Row.failed(name, what, error, "FAILED: " + e.getMessage()));
    }
    List<Double> figures = mine.figures(what);
    double share = what.leastSeconds(peak) / mine.median();
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(name, what.unit().text, median(figures), figures.getFirst(), figures.getLast(),
        theirs.isEmpty() ? Double.NaN : median(theirs.figures(what)), share, error, what.bound(), null));
    if (what instanceof TrainingCase && theirs.peakBytes > 0) {
      double bytes = mine.gibibytes();
      rows.add(new Row(name + "_memory", "GiB", bytes, bytes, bytes, theirs.gibibytes(), Double.NaN, Double.NaN, Double.NaN, null));
    }
    return rows;
  }

  /// What one of the two has answered.
  private static final class Side {
    private final List<Double> seconds = new ArrayList<>();
    private long peakBytes;

    void add(Dialogue.Answer answer) {
      seconds.addAll(answer.seconds());
      peakBytes = Math.max(peakBytes, answer.peakBytes());
    }

    /// @return whether there was an answer; if not, what came before is dropped
    boolean ask(Dialogue other, ComparedCase what, String variant) {
      try {
        add(other.ask(String.format(Locale.ROOT, "%s%s %d %d %s",
            what.name(), variant, what.copies(), what.leastSamples(), what.roundSeconds())));
        return true;
      } catch (IllegalStateException e) {
        System.err.println("teenygrad bench: " + e.getMessage());
        seconds.clear();
        peakBytes = 0;
        return false;
      }
    }

    boolean isEmpty() {
      return seconds.isEmpty();
    }

    double median() {
      return Comparison.median(seconds.stream().sorted().toList());
    }

    /// In the unit of the case, from the lowest to the highest.
    List<Double> figures(ComparedCase what) {
      Unit unit = what.unit();
      return seconds.stream().map(s -> unit.figure(what.work(), s)).sorted().toList();
    }

    double gibibytes() {
      return peakBytes == 0 ? Double.NaN : peakBytes / (double) (1 << 30);
    }
  }

  private static double median(List<Double> sorted) {
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  private Dialogue ours(Ours side, List<ComparedCase> cases, String mode) throws IOException {
    List<String> command = Processes.java();
    command.addAll(side.settings);
    command.addAll(sides.options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), sides.command, mode, "--seed",
        Long.toString(seed),
        "--only", String.join(",", cases.stream().map(ComparedCase::name).toList())));
    return new Dialogue("teenygrad", command, secondsLeft());
  }

  private @Nullable Dialogue startPeer() {
    try (InputStream script = Objects.requireNonNull(Comparison.class.getResourceAsStream(sides.script))) {
      List<String> command = new ArrayList<>(List.of(Processes.python(), "-c", new String(script.readAllBytes(), StandardCharsets.UTF_8)));
      command.addAll(sides.arguments);
      return new Dialogue("PyTorch", command, secondsLeft());
    } catch (IOException e) {
      System.err.println("no peer: " + e.getMessage() + " (TEENYGRAD_PYTHON names another Python)");
      return null;
    }
  }

  /// The peer, started again if the case before has ended it.
  private @Nullable Dialogue alivePeer() {
    Dialogue known = peer;
    if (known != null && !known.isAlive()) {
      known = startPeer();
      peer = known;
      if (known != null) {
        System.err.println("teenygrad bench: started again: " + ready(known));
      }
    }
    return peer;
  }

  private double secondsLeft() {
    return Math.max(1, mostSeconds - elapsed());
  }

  @Override
  public void close() {
    Dialogue other = peer;
    if (other != null) {
      other.close();
    }
  }
}
