package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.golden.Json;

/// Our tokens against those of tiktoken.
///
/// `-Dtokenizer=PATH` reads another folder than the one that is kept here. It takes, by their names,
/// - `*.jsonl`: a JSON object a line: `text` or `bytes_hex`, and its `ids`; by the `encoding`, or GPT-2's;
/// - `ENCODING_encodings.csv`: texts, in quotes if need be, and their tokens;
/// - `TestPlans.txt`: entries of EncodingName, Sample and Encoded;
/// - `gpt-2.inp` and `gpt-2.out`: texts between lines `__ggml_vocab_test__`, and a line of tokens for each.
///
/// Each vector that is not equal prints a line; then come the numbers by file.
class TokenizerVectorsTest {
  private static final Map<String, Tokenizer> TOKENIZERS = Map.of(
      "gpt2", Tokenizer.gpt2(), "r50k_base", Tokenizer.gpt2(),
      "cl100k_base", Tokenizer.cl100k(), "o200k_base", Tokenizer.o200k());

  private static final Pattern CSV = Pattern.compile(
      "(?:\"((?:[^\"]|\"\")*)\"|([^,\\n]*)),\"(\\[[0-9, ]*])\"(?:,\"[^\"]*\")?\\r?(?:\\n|\\z)");
  private static final Pattern PLAN = Pattern.compile(
      "(?s)EncodingName: (\\S+)\\r?\\nSample: (.*?)\\r?\\nEncoded: \\[([0-9, ]*)]");

  /// @param bytes what the tokens stand for
  /// @param isText whether it is a text, which has just these tokens
  private record Vector(String encoding, byte[] bytes, boolean isText, int[] ids) {
    boolean holds() {
      Tokenizer tokenizer = Objects.requireNonNull(TOKENIZERS.get(encoding));
      return Arrays.equals(tokenizer.decodeBytes(ids), bytes)
          && (!isText || Arrays.equals(tokenizer.encode(new String(bytes, StandardCharsets.UTF_8)), ids));
    }
  }

  @Test
  void everyVectorIsEqual() throws IOException {
    Map<Path, List<Vector>> vectors = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        vectors.put(file, read(file));
      }
    }
    vectors.values().removeIf(List::isEmpty);
    assertThat(vectors).isNotEmpty();
    int different = 0;
    for (var file : vectors.entrySet()) {
      List<Vector> wrong = file.getValue().stream().filter(vector -> !vector.holds()).toList();
      wrong.forEach(vector -> System.out.printf(Locale.ROOT, "%s: %s, %s, %s%n", file.getKey(), vector.encoding(),
          HexFormat.of().formatHex(vector.bytes()), Arrays.toString(vector.ids())));
      System.out.printf(Locale.ROOT, "%s: %d equal, %d different%n",
          file.getKey().getFileName(), file.getValue().size() - wrong.size(), wrong.size());
      different += wrong.size();
    }
    assertThat(different).isZero();
  }

  /// A relative path is meant from where Maven was called; the tests run one folder below.
  private static Path folder() {
    String property = System.getProperty("tokenizer");
    if (property != null) {
      return Path.of("").toAbsolutePath().resolveSibling(property);
    }
    try {
      return Path.of(Objects.requireNonNull(TokenizerVectorsTest.class.getResource("/tokenizer")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Vector> read(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    List<Vector> vectors = new ArrayList<>();
    if (name.endsWith(".jsonl")) {
      Files.readAllLines(file).forEach(line -> vectors.add(ofJson(line)));
    } else if (name.endsWith("_encodings.csv")) {
      String encoding = name.substring(0, name.length() - "_encodings.csv".length());
      String rows = Files.readString(file);
      CSV.matcher(rows).region(rows.indexOf('\n') + 1, rows.length()).results().forEach(row -> vectors.add(of(
          encoding, row.group(1) != null ? row.group(1).replace("\"\"", "\"") : row.group(2), row.group(3))));
    } else if (name.equals("TestPlans.txt")) {
      PLAN.matcher(Files.readString(file)).results().forEach(plan ->
          vectors.add(of(plan.group(1), plan.group(2), plan.group(3))));
    } else if (name.equals("gpt-2.inp")) {
      String[] texts = Files.readString(file).split("\n__ggml_vocab_test__\n", -1);
      List<String> ids = Files.readAllLines(file.resolveSibling("gpt-2.out"));
      for (int i = 0; i < ids.size(); i++) {
        vectors.add(of("gpt2", texts[i], ids.get(i).strip().replace(' ', ',')));
      }
    }
    vectors.removeIf(vector -> !TOKENIZERS.containsKey(vector.encoding()));
    return vectors;
  }

  private static Vector ofJson(String line) {
    Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(Json.parse(line));
    int[] ids = ((List<?>) Objects.requireNonNull(json.get("ids"))).stream()
        .mapToInt(id -> ((Number) Objects.requireNonNull(id)).intValue()).toArray();
    String encoding = json.containsKey("encoding") ? String.valueOf(json.get("encoding")) : "gpt2";
    return json.containsKey("bytes_hex")
        ? new Vector(encoding, HexFormat.of().parseHex(String.valueOf(json.get("bytes_hex"))), false, ids)
        : new Vector(encoding, String.valueOf(json.get("text")).getBytes(StandardCharsets.UTF_8), true, ids);
  }

  private static Vector of(String encoding, String text, String ids) {
    int[] tokens = Pattern.compile("[0-9]+").matcher(ids).results()
        .mapToInt(id -> Integer.parseInt(id.group())).toArray();
    return new Vector(encoding, text.getBytes(StandardCharsets.UTF_8), true, tokens);
  }
}
