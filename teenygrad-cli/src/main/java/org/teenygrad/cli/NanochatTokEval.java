package org.teenygrad.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.data.Tokenizer;
import org.teenygrad.nanochat.data.Documents;
import org.teenygrad.nanochat.tokenizer.CompressionTexts;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat tok-eval`: bytes a token, beside GPT-2's and GPT-4's.
@Command(
    name = "tok-eval",
    description = "Compares how a tokenizer compresses texts with GPT-2's and GPT-4's.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatTokEval implements Runnable {
  private static final int SAMPLE_CHARS = 1_000_000;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      defaultValue = "out/nanochat",
      description = "Where tok-train put tokenizer.json (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--data", paramLabel = "PATH", arity = "1..*", description = "Documents to compress too: their first million characters.")
  private List<Path> data = List.of();

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Tokenizer ours = TokenizerFiles.read(out.resolve("tokenizer.json"));
    Map<String, String> texts = new LinkedHashMap<>(CompressionTexts.all());
    if (!data.isEmpty()) {
      texts.put("data", sample());
    }
    Tokenizer gpt2 = Tokenizer.gpt2();
    Tokenizer gpt4 = Tokenizer.cl100k();
    PrintWriter screen = spec.commandLine().getOut();
    screen.println(String.format(Locale.ROOT, "Bytes a token; vocabularies of %,d (ours), %,d (GPT-2) and %,d (GPT-4)", ours.vocabularySize(),
        gpt2.vocabularySize(), gpt4.vocabularySize()));
    screen.println(String.format(Locale.ROOT, "%-8s %9s %7s %7s %7s %22s", "text", "bytes", "ours", "GPT-2", "GPT-4", "tokens against GPT-2"));
    texts.forEach((name, text) -> {
      double bytes = text.getBytes(StandardCharsets.UTF_8).length;
      int tokens = tokens(ours, name, text);
      int tokensOfGpt2 = tokens(gpt2, name, text);
      screen.println(String.format(Locale.ROOT, "%-8s %,9.0f %7.2f %7.2f %7.2f %+20.1f %%", name, bytes, bytes / tokens, bytes / tokensOfGpt2,
          bytes / tokens(gpt4, name, text), 100.0 * (tokens - tokensOfGpt2) / tokensOfGpt2));
    });
    screen.flush();
  }

  /// How many tokens a text has, which must give it back.
  private static int tokens(Tokenizer tokenizer, String name, String text) {
    int[] tokens = tokenizer.encode(text);
    if (!tokenizer.decode(tokens).equals(text)) {
      throw new IllegalStateException("the text \"" + name + "\" does not come back from its tokens");
    }
    return tokens.length;
  }

  private String sample() {
    List<String> read = new ArrayList<>();
    long characters = 0;
    try (Documents documents = Documents.of(data)) {
      while (documents.hasNext() && characters < SAMPLE_CHARS) {
        String document = documents.next();
        read.add(document);
        characters += document.length();
      }
    }
    if (characters == 0) {
      throw new IllegalArgumentException("there is no text in " + data);
    }
    String sample = String.join("\n\n", read);
    return sample.length() <= SAMPLE_CHARS ? sample : sample.substring(0, sample.offsetByCodePoints(0, sample.codePointCount(0, SAMPLE_CHARS)));
  }
}
