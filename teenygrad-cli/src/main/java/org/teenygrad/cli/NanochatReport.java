package org.teenygrad.cli;

import java.nio.file.Path;
import java.util.List;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.nanochat.report.ReportCard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad nanochat report`: what came of all stages, on one page.
@Command(
    name = "report",
    description = "Writes report.md: what the stages of a model were trained with, what came of it, and what it answers.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatReport implements Runnable {
  @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/nanochat", description = "The --out folder of the trainings (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--ask",
      paramLabel = "QUESTION",
      arity = "1..*",
      description = "What the model is asked; by default something of the small world that comes with the program.")
  private List<String> questions = List.of(
      "Hello", "Who are you?", "What is the capital of France?", "What colour is the sky?", "What is the opposite of hot?", "What is 9 + 3?",
      "Spell rain.", "Tom has 4 plums. Mia gives Tom 3 more. How many plums does Tom have now?");

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public void run() {
    deviceOptions.choose();
    ReportCard card = ReportCard.of(out, questions);
    card.write();
    card.answers().forEach((question, answer) -> System.out.println(Printable.of(question) + "\n  " + Printable.of(answer.replace("\n", " / "))));
    System.out.println("report: " + Printable.of(card.file()));
  }
}
