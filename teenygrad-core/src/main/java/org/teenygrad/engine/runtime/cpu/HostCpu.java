package org.teenygrad.engine.runtime.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;

/// What the Generator must know of a processor.
///
/// @param vectors its widest vector registers
/// @param l1Bytes first-level data cache of a core
/// @param l2Bytes second-level cache of a core
/// @param cores processors that this process may use
/// @param pairs its instructions for bfloat16
/// @param bytes its instructions for integers of 8 bits
record HostCpu(Vectors vectors, long l1Bytes, long l2Bytes, int cores, Target.Pairs pairs, Target.Bytes bytes) {
  private static final Path LINUX_CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

  /// The widest vector extension of each kind of processor, best first.
  ///
  /// Registers: Intel's "Architectures Software Developer's Manual" vol. 1, 14.1 (AVX: ymm0-15) and
  /// 15.1 (AVX-512: zmm0-31); "Arm Architecture Reference Manual for A-profile", B1.2 (v0-v31).
  enum Vectors {
    AVX512("+avx512f", 64, 32),
    AVX2("+avx2", 32, 16),
    SSE2("+sse2", 16, 16),
    NEON("+neon", 16, 32),
    /// No feature that is known here: LLVM splits the vectors.
    NONE("", 16, 16);

    private final String feature;
    final int bytes;
    final int registers;

    Vectors(String feature, int bytes, int registers) {
      this.feature = feature;
      this.bytes = bytes;
      this.registers = registers;
    }

    static Vectors of(LlvmTarget target) {
      List<String> features = List.of(target.features().split(","));
      for (Vectors vectors : values()) {
        if (features.contains(vectors.feature)) {
          return vectors;
        }
      }
      // AArch64 always has NEON, and LLVM does not list it for each processor.
      return target.triple().matches("(aarch64|arm64)-.*") ? NEON : NONE;
    }
  }

  /// The instructions for bfloat16 of a processor.
  /// @param tiles whether the system lets this process use tile registers
  static Target.Pairs pairs(LlvmTarget target, BooleanSupplier tiles) {
    List<String> features = List.of(target.features().split(","));
    if (features.contains("+avx512f") && features.contains("+amx-tile") && features.contains("+amx-bf16") && tiles.getAsBoolean()) {
      return Target.Pairs.TILES;
    }
    return features.contains("+avx512bf16") ? Target.Pairs.VECTORS : Target.Pairs.NONE;
  }

  /// The instructions for integers of 8 bits of a processor, for all vectors up to its widest.
  static Target.Bytes bytes(LlvmTarget target) {
    List<String> features = List.of(target.features().split(","));
    boolean wide = features.contains("+avx512vnni") && features.contains("+avx512vl");
    boolean narrow = features.contains("+avxvnni") && !features.contains("+avx512f");
    return wide || narrow ? Target.Bytes.DOT_PRODUCTS : Target.Bytes.WIDENED;
  }

  /// Where neither the system nor the C library tells: the smallest caches of server and laptop cores since 2017
  /// (Intel Skylake's 32 KB; AMD Zen's and Arm Neoverse N1's 512 KB).
  private static final long L1_BYTES = 32 << 10;

  private static final long L2_BYTES = 512 << 10;

  /// This machine.
  static HostCpu host() {
    return new HostCpu(
        Vectors.of(LlvmTarget.host()),
        cacheBytes(LINUX_CACHES, 1, LibraryCaches.bytes(1).orElse(L1_BYTES)),
        cacheBytes(LINUX_CACHES, 2, LibraryCaches.bytes(2).orElse(L2_BYTES)),
        Runtime.getRuntime().availableProcessors(),
        pairs(LlvmTarget.host(), TileRegisters::areGranted),
        bytes(LlvmTarget.host()));
  }

  /// In the Generator's terms.
  Target.Cpu target(int threads) {
    return new Target.Cpu(vectors.bytes, vectors.registers, l1Bytes, l2Bytes, threads, pairs, bytes);
  }

  /// The data cache of a level in Linux's description (`index0/level`, `type`, `size`: `48K`).
  static long cacheBytes(Path caches, int level, long otherwise) {
    if (!Files.isDirectory(caches)) {
      return otherwise;
    }
    try (var folders = Files.newDirectoryStream(caches, "index*")) {
      for (Path folder : folders) {
        if (read(folder, "level").equals(Integer.toString(level))
            && !read(folder, "type").equals("Instruction")) {
          return bytes(read(folder, "size"));
        }
      }
      return otherwise;
    } catch (IOException | NumberFormatException e) {
      return otherwise;
    }
  }

  private static String read(Path folder, String file) throws IOException {
    return Files.readString(folder.resolve(file)).strip();
  }

  private static long bytes(String size) {
    for (var unit : List.of(new Unit("K", 10), new Unit("M", 20), new Unit("G", 30))) {
      if (size.endsWith(unit.suffix())) {
        return Long.parseLong(size.substring(0, size.length() - 1)) << unit.shift();
      }
    }
    return Long.parseLong(size);
  }

  private record Unit(String suffix, int shift) {}
}
