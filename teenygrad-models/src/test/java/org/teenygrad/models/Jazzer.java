package org.teenygrad.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Jazzer in a process of its own: it changes files that are good, and keeps what reaches new code, for three seconds, `-Dfuzz.seconds=N`, or ten minutes with
/// `-Pcampaign`. What it finds fault with is kept in `target/fuzz`.
///
/// @param folder for what the target writes
/// @param instrumented classes whose places in the code count
public record Jazzer(Class<?> target, Path folder, String instrumented, int maxBytes) {
  private static final Pattern DONE = Pattern.compile("#(\\d+)\\s+DONE\\s+cov: (\\d+)");

  /// @param seeds by name
  /// @return how many places in the code were reached
  public int run(Map<String, byte[]> seeds) throws IOException, InterruptedException {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    Path given = Files.createDirectory(folder.resolve("seeds"));
    for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
      Files.write(given.resolve(seed.getKey()), seed.getValue());
    }
    Files.write(given.resolve("longest"), new byte[maxBytes]); // Jazzer makes nothing longer than what it is given.
    Path findings = Files.createDirectories(Path.of("target", "fuzz", target.getSimpleName()));
    Path log = findings.resolve("log");
    Process jazzer = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp", System.getProperty("java.class.path"),
        "-Xmx256m", "-XX:MaxDirectMemorySize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", "-XX:+EnableDynamicAgentLoading",
        "-Dteenygrad.device=interpreter", "-Dfuzz.folder=" + folder,
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + target.getName(),
        "--instrumentation_includes=" + instrumented,
        "--custom_hook_includes=" + instrumented,
        "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.RegexInjection", // tokenizers bring patterns; what they cost is bounded
        "--reproducer_path=" + findings,
        "-max_total_time=" + System.getProperty("fuzz.seconds", "3"), "-timeout=60", "-max_len=" + maxBytes,
        "-rss_limit_mb=0", // Linux counts what the process that starts it once had
        "-artifact_prefix=" + findings + "/",
        corpus.toString(), given.toString())
        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(jazzer.waitFor()).as(log.toString()).isZero();
    Matcher done = DONE.matcher(Files.readString(log, StandardCharsets.ISO_8859_1));
    assertThat(done.find()).as(log.toString()).isTrue();
    System.out.printf(Locale.ROOT, "%s: %s files, %s places in the code%n", target.getSimpleName(), done.group(1), done.group(2));
    return Integer.parseInt(done.group(2));
  }
}
