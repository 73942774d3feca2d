package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.data.TokenizerFuzzTarget;

/// Jazzer makes up files for all readers, and texts: it changes good ones, and keeps what reaches new code, for four seconds
/// (texts: two), `-Dfuzz.seconds=N`, or ten minutes with `-Pcampaign`. What it finds fault with is kept in `target/fuzz`.
///
/// One process has all readers, as its start and the instrumenting of classes take longer than what is then done.
class FuzzTest {
  private static final int MAX_BYTES = 4096;

  /// Jazzer's sanitizers that can say something about a reader; the others only take time.
  private static final List<String> IDLE_HOOKS = List.of(
      "BigDecimal", "ClojureLangHooks", "ExpressionLanguageInjection", "LdapInjection", "NamingContextLookup",
      "RegexInjection", "RegexRoadblocks", "ScriptEngineInjection", "ServerSideRequestForgery", "SqlInjection",
      "TemplateInjection", "UnsafeSanitizer", "XPathInjection", "XmlParserSsrfGuidance");

  private static final Pattern DONE = Pattern.compile("#(\\d+)\\s+DONE\\s+cov: (\\d+)");

  @TempDir Path folder;

  @Test
  void everyFileLoadsOrIsRefused() throws IOException, InterruptedException {
    write(folder, Samples.neighbours());
    Map<String, byte[]> seeds = new HashMap<>();
    for (Samples samples : Samples.values()) {
      samples.files().forEach((name, file) -> seeds.put(samples + "-" + name, Bytes.littleEndian().u8(samples.ordinal()).raw(file).toArray()));
    }
    assertThat(fuzz("FILES", FuzzTarget.class, "org.teenygrad.state.**", 4, seeds)).as("places in the code that were reached").isGreaterThan(1000);
  }

  @Test
  void everyTextIsItsTokens() throws IOException, InterruptedException {
    Map<String, byte[]> texts = Map.of(
        "words", "It's 12345 words, aren't they?\n\n  Ünïcödé 中文 🎉".getBytes(StandardCharsets.UTF_8),
        "special", "<|endoftext|>  \t\r\n!!??\u0301\u200D".getBytes(StandardCharsets.UTF_8));
    assertThat(fuzz("TOKENIZER", TokenizerFuzzTarget.class, "com.knuddels.jtokkit.**", 2, texts)).isGreaterThan(100);
  }

  /// How many places in the code were reached.
  private int fuzz(String name, Class<?> target, String instrumented, int seconds, Map<String, byte[]> samples)
      throws IOException, InterruptedException {
    Path seeds = write(Files.createDirectory(folder.resolve("seeds")), samples);
    Files.write(seeds.resolve("longest"), new byte[MAX_BYTES]); // Jazzer makes nothing longer than what it is given.
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    Path findings = Files.createDirectories(Path.of("target", "fuzz", name));
    Path log = findings.resolve("log");
    Process jazzer = new ProcessBuilder(command(target, instrumented, Integer.getInteger("fuzz.seconds", seconds), findings, corpus, seeds))
        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int exit = jazzer.waitFor();
    String output = Files.readString(log, StandardCharsets.ISO_8859_1); // it may quote from the files
    assertThat(exit).as(output).isZero();
    Matcher done = DONE.matcher(output);
    assertThat(done.find()).as(output).isTrue();
    System.out.printf(Locale.ROOT, "%s: %s inputs, %s places in the code%n", name, done.group(1), done.group(2));
    return Integer.parseInt(done.group(2));
  }

  private static Path write(Path folder, Map<String, byte[]> files) throws IOException {
    for (var file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  private List<String> command(Class<?> target, String instrumented, int seconds, Path findings, Path corpus, Path seeds) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp", System.getProperty("java.class.path"),
        "-Xmx256m", "-XX:MaxDirectMemorySize=256m", "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", // a few seconds are over before more compilation pays
        "--enable-native-access=ALL-UNNAMED", "-XX:+EnableDynamicAgentLoading",
        "-Dteenygrad.device=interpreter", "-Dfuzz.folder=" + folder,
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + target.getName(),
        "--instrumentation_includes=" + instrumented,
        "--custom_hook_includes=" + instrumented,
        "--disabled_hooks=" + IDLE_HOOKS.stream()
            .map("com.code_intelligence.jazzer.sanitizers."::concat).collect(Collectors.joining(File.pathSeparator)),
        "--reproducer_path=" + findings,
        "-max_total_time=" + seconds, "-timeout=60", "-max_len=" + MAX_BYTES,
        "-rss_limit_mb=0", // Linux counts what the process that starts it once had; the heap is limited above
        "-artifact_prefix=" + findings + File.separator,
        corpus.toString(), seeds.toString());
  }
}
