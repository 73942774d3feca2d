package org.teenygrad.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.teenygrad.nanochat.data.Documents;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat tok-train`.
@Command(name = "tok-train", description = "Trains a tokenizer on documents.", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatTokTrain implements Runnable {
  @Option(
      names = "--data",
      paramLabel = "PATH",
      arity = "1..*",
      required = true,
      description = "Files, or folders of them: .parquet and .jsonl (text), .txt (documents are its paragraphs); .gz and .zst of the last two.")
  private List<Path> data;

  @Option(
      names = "--vocab-size",
      paramLabel = "N",
      defaultValue = "" + TokenizerTrainer.DEFAULT_VOCAB_SIZE,
      description = "Tokens, with the 9 special ones (default: ${DEFAULT-VALUE}).")
  private int vocabSize;

  @Option(
      names = "--doc-cap",
      paramLabel = "N",
      defaultValue = "" + TokenizerTrainer.DEFAULT_DOC_CAP,
      description = "Characters that are read of a document (default: ${DEFAULT-VALUE}).")
  private int docCap;

  @Option(
      names = "--max-chars",
      paramLabel = "N",
      defaultValue = "" + TokenizerTrainer.DEFAULT_MAX_CHARS,
      description = "Characters that are read in all (default: ${DEFAULT-VALUE}).")
  private long maxChars;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that count pieces of text (default: one for each processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "out/nanochat", description = "Where the files go (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    TokenizerTrainer trainer = new TokenizerTrainer(vocabSize, docCap, maxChars, threads);
    long start = System.nanoTime();
    TokenizerTrainer.Training training;
    try (Documents documents = Documents.of(data)) {
      training = trainer.train(documents);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    PrintWriter screen = spec.commandLine().getOut();
    screen.println(String.format(Locale.ROOT, "%,d documents, %,d characters, %,d distinct pieces", training.documents(), training.characters(),
        training.distinctPieces()));
    screen.println(String.format(Locale.ROOT, "%,d tokens in %.1f s, %.1f MB of text a second", training.tokenizer().vocabularySize(), seconds,
        training.bytes() / 1e6 / seconds));
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder " + out + ": " + e.getMessage(), e);
    }
    for (String name : List.of("tokenizer.json", "tokenizer.tiktoken")) {
      TokenizerFiles.write(training.tokenizer(), out.resolve(name));
      screen.println(out.resolve(name));
    }
    screen.flush();
  }
}
