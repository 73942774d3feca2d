package org.teenygrad.models.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.huggingface.ConfigFile;

/// How texts are split before byte-pair encoding, by the names that GGUF files have for it.
///
/// @param takesWhole whether a piece that is a token is that token, whatever merges there are
record PreTokenizer(Splitter splitter, boolean takesWhole) {
  private static final String CONTRACTIONS = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
  private static final String WORDS = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}";
  private static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /// @param names that files have
  /// @param patterns each of which splits what those before have left
  private record Row(Set<String> names, boolean takesWhole, List<String> patterns) {}

  private static final List<Row> ROWS = List.of(
      new Row(Set.of("gpt-2", "phi-2", "olmo", "mpt"), false, List.of(Splitter.GPT2)),
      new Row(Set.of("llama-bpe", "llama3", "llama-v3"), true, List.of(CONTRACTIONS + WORDS + "{1,3}" + REST)),
      new Row(Set.of("qwen2", "deepseek-r1-qwen", "stablelm2"), false, List.of(CONTRACTIONS + WORDS + REST)),
      new Row(Set.of("starcoder", "refact", "command-r", "smollm", "codeshell"), false, List.of("\\p{N}", Splitter.GPT2)),
      new Row(Set.of("falcon"), false, List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", Splitter.GPT2, "[0-9][0-9][0-9]")),
      new Row(Set.of("deepseek-coder"), false, List.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+", "\\p{N}")),
      new Row(Set.of("default"), false, List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Splitter.GPT2, "\\p{N}+", "[0-9][0-9][0-9]")));

  /// @throws IllegalArgumentException if there is none of that name here
  static PreTokenizer named(String name) {
    Row row = row(name);
    return new PreTokenizer(Splitter.ofBytes(row.patterns()), row.takesWhole());
  }

  /// The patterns behind a name.
  /// @throws IllegalArgumentException if there is none of that name here
  static List<String> patterns(String name) {
    return row(name).patterns();
  }

  private static Row row(String name) {
    return ROWS.stream().filter(row -> row.names().contains(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("its texts are split in the way '" + name + "'; there are "
            + String.join(", ", new TreeSet<>(ROWS.stream().flatMap(row -> row.names().stream()).toList()))));
  }

  /// The name of what a `tokenizer.json` says in patterns.
  /// @throws IllegalArgumentException if it has none in GGUF files that is known here
  static String name(@Nullable ConfigFile preTokenizer) {
    List<String> patterns = new ArrayList<>();
    if (preTokenizer != null) {
      collect(preTokenizer, patterns);
    }
    return ROWS.stream().filter(row -> row.patterns().equals(patterns)).findFirst().map(row -> new TreeSet<>(row.names()).first())
        .orElseThrow(() -> new IllegalArgumentException("it splits texts by " + patterns + ", for which GGUF files have no name that is known here"));
  }

  private static void collect(ConfigFile step, List<String> patterns) {
    switch (step.text("type", "")) {
      case "Sequence" -> step.objects("pretokenizers").forEach(part -> collect(part, patterns));
      case "Split" -> patterns.add(Splitter.pattern(step).pattern().replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)", CONTRACTIONS));
      case "Digits" -> patterns.add("\\p{N}");
      case "ByteLevel" -> {
        if (step.truth("use_regex", true)) {
          patterns.add(Splitter.GPT2);
        }
      }
      case String other -> patterns.add(other);
    }
  }
}
