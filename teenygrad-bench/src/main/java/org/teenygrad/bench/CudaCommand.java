package org.teenygrad.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.CudaReport.Row;
import org.teenygrad.runtime.Devices;
import org.teenygrad.runtime.Runtime;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `teenygrad bench cuda`: checks every case against float64 references, then measures ours and PyTorch's in turns, each in a process of its
/// own.
@Command(
    name = "cuda",
    description = {
      "Measures teenygrad beside PyTorch on a GPU. Each case is first compared with float64 on the CPU; one that is wrong is not measured.",
      "Kernels are timed by the GPU's clock, training steps by the host's; figures are medians. TEENYGRAD_PYTHON names a Python with PyTorch.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CudaCommand implements Callable<Integer> {
  /// All must have ended after this long, and nothing is begun when so much of it is over.
  private static final double MOST_SECONDS = 235;

  private static final double LATEST_BEGIN_SECONDS = 200;
  private static final double LATEST_COMPILE_SECONDS = 170;
  private static final int ROUNDS = 3;

  /// What the name of a case ends with whose peer is compiled by torch.compile.
  private static final String COMPILED = "_compile";

  private static final String PEER_SCRIPT = "cuda_peer.py";

  @Option(names = "--only", paramLabel = "NAME", split = ",", description = "These cases only.")
  private List<String> only = List.of();

  @Option(names = "--json", description = "Print a line of JSON for each case.")
  private boolean json;

  @Option(names = "--no-peers", description = "Measure ours only.")
  private boolean alone;

  @Option(names = "--seed", paramLabel = "N", description = "What the random inputs begin with (default: the time).")
  private long seed = System.currentTimeMillis();

  @Option(names = "--device", hidden = true, defaultValue = "cuda", description = "Where ours runs.")
  private String device;

  @Option(names = "--check-here", hidden = true, description = "Check the cases in this process.")
  private boolean checking;

  @Option(names = "--measure-here", hidden = true, description = "Measure the case in this process.")
  private boolean measuring;

  private final long start = System.nanoTime();
  private @Nullable Dialogue peer;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  private CudaCommand() {}

  @Override
  public Integer call() throws IOException {
    List<GpuCase> cases = GpuCases.of(only);
    if (checking) {
      Answering.errors(cases, seed, System.out);
      return 0;
    }
    if (measuring) {
      Answering.measure(cases.getFirst(), System.out);
      return 0;
    }
    Runtime runtime = Devices.runtime(Device.of(device)); // says why there is none
    try {
      return compare(cases, runtime) ? 0 : 1;
    } finally {
      if (peer != null) {
        peer.close();
      }
    }
  }

  /// @return whether all went well
  private boolean compare(List<GpuCase> cases, Runtime runtime) throws IOException {
    Dialogue other = alone ? null : startPeer();
    Map<GpuCase, Object> errors = check(cases);
    String peerName = other == null ? "none" : ready(other);
    CudaReport report = new CudaReport(System.out, json);
    report.title(runtime.machine().isEmpty() ? device : runtime.machine(), peerName, seed);
    Peak peak = Peak.of(runtime.machine());
    boolean well = true;
    for (GpuCase what : cases) {
      List<Row> rows = switch (errors.get(what)) {
        case Double error when error <= what.bound() -> rows(what, "", error, peak);
        case Double error -> List.of(Row.failed(what, error, "WRONG: a relative error of %.2e, where %.0e is the bound".formatted(error, what.bound())));
        case Object failure -> List.of(Row.failed(what, Double.NaN, "FAILED: " + failure));
        case null -> List.of(Row.failed(what, Double.NaN, "FAILED: not checked"));
      };
      rows.forEach(report::row);
      well &= rows.stream().allMatch(row -> row.failure() == null);
    }
    for (GpuCase what : cases) {
      if (what instanceof TrainingCase && peer != null && errors.get(what) instanceof Double error && error <= what.bound() && elapsed() < LATEST_COMPILE_SECONDS) {
        rows(what, COMPILED, error, peak).forEach(report::row);
      }
    }
    return well;
  }

  /// The relative error of each case, or a message where there is none.
  private Map<GpuCase, Object> check(List<GpuCase> cases) throws IOException {
    Map<GpuCase, Object> errors = new HashMap<>();
    try (Dialogue ours = ours(cases, "--check-here")) {
      for (GpuCase what : cases) {
        try {
          errors.put(what, Double.valueOf(ours.next("checked").split("\t")[1]));
        } catch (IllegalStateException e) {
          errors.put(what, String.valueOf(e.getMessage()));
        }
      }
    }
    return errors;
  }

  /// Both in turns; a training step has a second row for memory.
  private List<Row> rows(GpuCase what, String variant, double error, Peak peak) throws IOException {
    if (elapsed() > LATEST_BEGIN_SECONDS) {
      return List.of(Row.failed(what, error, "left out after %.0f seconds: choose fewer cases by --only".formatted(elapsed())));
    }
    Side mine = new Side();
    Side theirs = new Side();
    try (Dialogue ours = ours(List.of(what), "--measure-here")) {
      Dialogue other = alivePeer();
      for (int round = 0; round < ROUNDS; round++) {
        mine.add(ours.ask("go"));
        if (other != null && !theirs.ask(other, what, variant)) {
          other = null;
        }
      }
    } catch (IllegalStateException e) {
      return List.of(Row.failed(what, error, "FAILED: " + e.getMessage()));
    }
    String name = what.name() + variant;
    List<Double> figures = mine.figures(what);
    double share = what.leastSeconds(peak) / mine.median();
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(name, what.unit().text, median(figures), figures.getFirst(), figures.getLast(), theirs.isEmpty() ? Double.NaN : median(theirs.figures(what)), share, error, what.bound(), null));
    if (what instanceof TrainingCase) {
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
    boolean ask(Dialogue other, GpuCase what, String variant) {
      try {
        add(other.ask("%s%s %d %d %s".formatted(what.name(), variant, what.copies(), what.leastSamples(), what.roundSeconds())));
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
      return CudaCommand.median(seconds.stream().sorted().toList());
    }

    /// In the unit of the case, from the lowest to the highest.
    List<Double> figures(GpuCase what) {
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

  private Dialogue ours(List<GpuCase> cases, String mode) throws IOException {
    List<String> command = Processes.java();
    command.addAll(List.of(
        "-Dteenygrad.device=" + device, "-cp", System.getProperty("java.class.path"), Main.class.getName(), "cuda", mode, "--seed", Long.toString(seed),
        "--only", String.join(",", cases.stream().map(GpuCase::name).toList())));
    return new Dialogue("teenygrad", command, secondsLeft());
  }

  private @Nullable Dialogue startPeer() {
    try (InputStream script = Objects.requireNonNull(CudaCommand.class.getResourceAsStream(PEER_SCRIPT))) {
      peer = new Dialogue("PyTorch", List.of(Processes.python(), "-c", new String(script.readAllBytes(), StandardCharsets.UTF_8)), secondsLeft());
    } catch (IOException e) {
      System.err.println("no peer: " + e.getMessage() + " (TEENYGRAD_PYTHON names another Python)");
      peer = null;
    }
    return peer;
  }

  /// The peer's name and version, once it is there; from then on there is none if it is not.
  private String ready(Dialogue other) {
    try {
      return other.next("ready").split("\t")[1];
    } catch (IllegalStateException e) {
      peer = null; // its own message says why
      return "none";
    }
  }

  /// The peer, started again if the case before has ended it.
  private @Nullable Dialogue alivePeer() {
    Dialogue known = peer;
    if (known == null || known.isAlive()) {
      return known;
    }
    Dialogue again = startPeer();
    if (again != null) {
      System.err.println("teenygrad bench: started again: " + ready(again));
    }
    return peer;
  }

  private double elapsed() {
    return (System.nanoTime() - start) / 1e9;
  }

  private double secondsLeft() {
    return Math.max(1, MOST_SECONDS - elapsed());
  }
}
