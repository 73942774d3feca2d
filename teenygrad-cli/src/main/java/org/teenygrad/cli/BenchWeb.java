package org.teenygrad.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `teenygrad bench web`: what the book in a browser and the views of programs cost.
@Command(
    name = "web",
    description = {
      "Measures the book in a browser: how soon the first page is there and a cell answers, what recording costs a training step while views are on,",
      "and, where there is Chromium, how soon GPT-2's graph is drawn and how smoothly it moves."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BenchWeb implements Callable<Integer> {
  /// What is measured.
  enum Part {
    START,
    RECORDING,
    GRAPH
  }

  @Option(names = "--starts", paramLabel = "N", defaultValue = "5", description = "How often the server is started (default: ${DEFAULT-VALUE}).")
  private int starts;

  @Option(names = "--pairs", paramLabel = "N", defaultValue = "80", description = "How often five steps with views and five without take turns (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(names = "--only", paramLabel = "PART", split = ",", defaultValue = "start,recording,graph", description = "What to measure: start, recording, graph (default: all).")
  private List<Part> parts;

  @Option(names = "--json", description = "Print a line of JSON for each figure.")
  private boolean json;

  @Option(names = "--gpt2", hidden = true, description = "Plan GPT-2's step, and stay.")
  private boolean isGpt2;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (isGpt2) {
      LargeGraph.plan();
      Thread.currentThread().join(); // until the one who looks ends this process
    }
    for (Part part : parts) {
      switch (part) {
        case START -> print(new FirstPage(starts).measure());
        case RECORDING -> print(new RecordingCost(pairs).measure());
        case GRAPH -> graph();
      }
    }
    return 0;
  }

  private void graph() throws IOException, InterruptedException {
    Optional<Path> chromium = Chromium.executable();
    if (chromium.isPresent()) {
      print(new LargeGraph(chromium.get()).measure());
    } else {
      System.err.println("GPT-2's graph is not measured: there is no chromium");
    }
  }

  private void print(List<WebFigure> figures) {
    figures.forEach(figure -> System.out.println(figure.line(json)));
  }
}
