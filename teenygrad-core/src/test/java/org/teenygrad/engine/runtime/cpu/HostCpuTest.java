package org.teenygrad.engine.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;

class HostCpuTest {
  private static HostCpu.Vectors vectors(String triple, String features) {
    return HostCpu.Vectors.of(new LlvmTarget(triple, "generic", features));
  }

  @Test
  void theWidestVectorsCount() {
    assertThat(vectors("x86_64-unknown-linux-gnu", "+sse2,+avx2,+avx512f"))
        .isEqualTo(HostCpu.Vectors.AVX512);
    assertThat(vectors("x86_64-unknown-linux-gnu", "+sse2,+avx2,-avx512f"))
        .isEqualTo(HostCpu.Vectors.AVX2);
    assertThat(vectors("arm64-apple-darwin24", "+sha3")).isEqualTo(HostCpu.Vectors.NEON);
  }

  @Test
  void pairsOfBfloat16AreMultipliedByTheBestThatTheSystemLetsUse() {
    String vectors = "+avx512f,+avx512bf16";
    String tiles = vectors + ",+amx-tile,+amx-bf16";
    assertThat(pairs(tiles, true)).isEqualTo(Target.Pairs.TILES);
    assertThat(pairs(tiles, false)).isEqualTo(Target.Pairs.VECTORS);
    assertThat(pairs(vectors, true)).isEqualTo(Target.Pairs.VECTORS);
    assertThat(pairs("+avx2,+amx-tile,+amx-bf16", true)).isEqualTo(Target.Pairs.NONE);
    assertThat(pairs("+avx512f", true)).isEqualTo(Target.Pairs.NONE);
  }

  private static Target.Pairs pairs(String features, boolean granted) {
    return HostCpu.pairs(new LlvmTarget("x86_64-unknown-linux-gnu", "generic", features), () -> granted);
  }

  @Test
  void cachesAreReadFromLinuxsDescription(@TempDir Path caches) throws IOException {
    index(caches, 0, "1", "Data", "48K");
    index(caches, 1, "1", "Instruction", "32K");
    index(caches, 2, "2", "Unified", "2M");
    assertThat(HostCpu.cacheBytes(caches, 1, 1)).isEqualTo(48 << 10);
    assertThat(HostCpu.cacheBytes(caches, 2, 1)).isEqualTo(2 << 20);
    assertThat(HostCpu.cacheBytes(caches, 3, 17)).isEqualTo(17);
    assertThat(HostCpu.cacheBytes(caches.resolve("none"), 1, 17)).isEqualTo(17);
  }

  /// Virtual machines describe none: taken for half as large, products of matrices lost a tenth of their rate.
  @Test
  void whereLinuxDescribesNoCachesTheLibraryTellsOfThem() throws IOException, InterruptedException {
    Path getconf = Path.of("/usr/bin/getconf");
    assumeThat(getconf).exists();
    assertThat(LibraryCaches.bytes(1)).isEqualTo(bytes(getconf, "LEVEL1_DCACHE_SIZE"));
    assertThat(LibraryCaches.bytes(2)).isEqualTo(bytes(getconf, "LEVEL2_CACHE_SIZE"));
  }

  private static Optional<Long> bytes(Path getconf, String name) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(getconf.toString(), name).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    boolean known = process.waitFor() == 0 && printed.matches("[1-9]\\d*");
    return known ? Optional.of(Long.valueOf(printed)) : Optional.empty();
  }

  private static void index(Path caches, int n, String level, String type, String size)
      throws IOException {
    Path folder = Files.createDirectory(caches.resolve("index" + n));
    Files.writeString(folder.resolve("level"), level + "\n");
    Files.writeString(folder.resolve("type"), type + "\n");
    Files.writeString(folder.resolve("size"), size + "\n");
  }

  @Test
  void thisMachineHasVectorsAndCaches() {
    HostCpu host = HostCpu.host();
    assertThat(host.vectors()).isNotEqualTo(HostCpu.Vectors.NONE);
    assertThat(host.l1Bytes()).isBetween(8L << 10, 1L << 20);
    assertThat(host.l2Bytes()).isGreaterThan(host.l1Bytes());
    assertThat(host.cores()).isPositive();
  }
}
