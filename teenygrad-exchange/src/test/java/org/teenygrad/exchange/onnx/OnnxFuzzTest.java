package org.teenygrad.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jazzer makes up models: it changes good ones, and keeps what reaches new
/// code, for three seconds, or `-Dfuzz.seconds=N`. What it finds fault with is kept in `target/fuzz`.
class OnnxFuzzTest {
  private static final Pattern DONE = Pattern.compile("#(\\d+)\\s+DONE\\s+cov: (\\d+)");

  @TempDir Path folder;

  @Test
  void everyModelLoadsOrIsRefused() throws IOException, InterruptedException {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    Path seeds = Files.createDirectory(folder.resolve("seeds"));
    Files.write(seeds.resolve("loop"), HostileModelsTest.seed().toBytes());
    Files.write(seeds.resolve("longest"), new byte[4096]); // Jazzer makes nothing longer than what it is given.
    Path findings = Files.createDirectories(Path.of("target", "fuzz"));
    Path log = findings.resolve("log");
    Process jazzer = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp", System.getProperty("java.class.path"),
        "-Xmx256m", "-XX:MaxDirectMemorySize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", "-XX:+EnableDynamicAgentLoading",
        "-Dteenygrad.device=interpreter", "-Dfuzz.folder=" + folder,
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + OnnxFuzzTarget.class.getName(),
        "--instrumentation_includes=org.teenygrad.exchange.**",
        "--custom_hook_includes=org.teenygrad.exchange.**",
        "--reproducer_path=" + findings,
        "-max_total_time=" + System.getProperty("fuzz.seconds", "3"), "-timeout=60", "-max_len=4096",
        "-rss_limit_mb=0", // Linux counts what the process that starts it once had
        "-artifact_prefix=" + findings + "/",
        corpus.toString(), seeds.toString())
        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(jazzer.waitFor()).as(log.toString()).isZero();
    Matcher done = DONE.matcher(Files.readString(log, StandardCharsets.ISO_8859_1));
    assertThat(done.find()).as(log.toString()).isTrue();
    System.out.printf(Locale.ROOT, "%s files, %s places in the code%n", done.group(1), done.group(2));
    assertThat(Integer.parseInt(done.group(2))).as("places in the code that were reached").isGreaterThan(50);
  }
}
