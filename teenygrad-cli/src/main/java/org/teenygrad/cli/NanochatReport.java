package org.teenygrad.cli;

import java.nio.file.Path;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.nanochat.report.ReportCard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `teenygrad nanochat report`: what came of all stages, on one page.
@Command(
    name = "report",
    description = "Writes report.md: what the stages of a model were trained with, and what came of it.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatReport implements Runnable {
  @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/nanochat", description = "The --out folder of the trainings (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Override
  public void run() {
    ReportCard card = ReportCard.of(out);
    card.write();
    System.out.println("report: " + Printable.of(card.file()));
  }
}
