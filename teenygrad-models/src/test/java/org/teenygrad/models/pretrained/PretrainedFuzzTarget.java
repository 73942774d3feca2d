package org.teenygrad.models.pretrained;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.teenygrad.data.Tokenizer;
import org.teenygrad.models.llama.LlamaConfig;
import org.teenygrad.models.tokenizer.TokenizerFile;
import org.teenygrad.state.FileException;

/// What Jazzer calls with each file that it makes up, in a process of its own; see [PretrainedFuzzTest]. The first byte says which of a model's files it is.
public final class PretrainedFuzzTarget {
  /// How many tokens the models have that it begins with.
  static final int VOCABULARY = 300;

  /// Time of the processor, which does not depend on what else the machine does.
  private static final long MAX_NANOS = 1_000_000_000L;

  private static final Path FOLDER = Path.of(System.getProperty("fuzz.folder"));
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private PretrainedFuzzTarget() {}

  /// The files of a model that say what it is.
  enum Part {
    GGUF("model.gguf"),
    TOKENIZER("tokenizer.json"),
    TEMPLATE("tokenizer_config.json"),
    CONFIG("config.json");

    final String fileName;

    Part(String fileName) {
      this.fileName = fileName;
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    Part part = Part.values()[Byte.toUnsignedInt(input[0]) % Part.values().length];
    Path own = Files.createDirectories(FOLDER.resolve(part.name()));
    if (part == Part.TEMPLATE) {
      for (String other : List.of("config.json", "tokenizer.json", "model.safetensors")) {
        if (!Files.exists(own.resolve(other))) {
          Files.copy(FOLDER.resolve(other), own.resolve(other));
        }
      }
    }
    Path file = own.resolve(part.fileName);
    Files.write(file, Arrays.copyOfRange(input, 1, input.length));
    if (read(part, file) > MAX_NANOS) { // Classes may have been loaded, and instrumented. They are now.
      long again = read(part, file);
      if (again > MAX_NANOS) {
        throw new AssertionError(String.format(Locale.ROOT, "it took %d ns", again));
      }
    }
  }

  private static long read(Part part, Path file) {
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      switch (part) {
        case GGUF -> use(Pretrained.read(file));
        case TOKENIZER -> use(TokenizerFile.read(file, VOCABULARY));
        case TEMPLATE -> use(Pretrained.read(Path.of(String.valueOf(file.getParent()))));
        case CONFIG -> LlamaConfig.read(file);
      }
    } catch (FileException e) {
      String sentence = String.valueOf(e.getMessage());
      if (!sentence.contains(String.valueOf(file.getParent())) || sentence.chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("not a sentence about a file: " + sentence, e);
      }
    }
    return THREADS.getCurrentThreadCpuTime() - nanos;
  }

  private static void use(Pretrained read) {
    use(read.tokenizer());
    if (read.chat() != null) {
      try {
        read.chat().prompt(List.of(new ChatTemplate.Message("user", "hi<|im_end|>"), new ChatTemplate.Message("assistant", "hello")));
      } catch (IllegalArgumentException e) {
        if (String.valueOf(e.getMessage()).isEmpty()) {
          throw new AssertionError("why not?", e);
        }
      }
    }
  }

  private static void use(Tokenizer tokenizer) {
    int[] tokens = tokenizer.encode("hello 12 it's\n  \u00e9\u4e2d <|im_start|>");
    if (Arrays.stream(tokens).anyMatch(token -> token < 0 || token >= tokenizer.vocabularySize())) {
      throw new AssertionError("no token: " + Arrays.toString(tokens));
    }
    tokenizer.decode(tokens);
  }
}
