package org.teenygrad.web.cells;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What a page's cells may take.
///
/// @param javaHome of a JDK: JShell is not in the image's own Java
/// @param cellTime that a cell has before it is stopped; so much processor time a request has, for each processor, threads that a cell leaves behind included
/// @param heapMegabytes of Java's memory
/// @param tensorMegabytes of tensors
public record CellLimits(Path javaHome, Duration cellTime, int heapMegabytes, int tensorMegabytes) {
  private static final long MEGABYTE = 1 << 20;

  /// What LLVM and Java take beside tensors and the heap.
  private static final long OVERHEAD_MEGABYTES = 1024;

  /// 30 seconds, 512 MB of Java's memory and a gigabyte of tensors.
  /// @return empty where there is no JDK
  public static Optional<CellLimits> standard() {
    return javaHomes().filter(home -> release(home).matches("(?s).*JAVA_VERSION=\"(2[5-9]|[3-9]\\d).*") && release(home).contains(" jdk.jshell ")).findFirst()
        .map(home -> new CellLimits(home, Duration.ofSeconds(30), 512, 1024));
  }

  /// The same with another time for a cell.
  /// @throws IllegalArgumentException if that is no time
  public CellLimits withCellTime(Duration other) {
    if (!other.isPositive()) {
      throw new IllegalArgumentException("a cell needs some time, not " + other.toSeconds() + " s");
    }
    return new CellLimits(javaHome, other, heapMegabytes, tensorMegabytes);
  }

  /// This process's Java, and that of `JAVA_HOME`.
  static Stream<Path> javaHomes() {
    return Stream.of(System.getProperty("java.home"), System.getenv("JAVA_HOME")).filter(Objects::nonNull).filter(home -> !home.isBlank()).map(Path::of)
        .filter(home -> Files.isExecutable(home.resolve("bin").resolve("java"))).distinct();
  }

  /// What a Java says of its version and modules.
  private static String release(Path home) {
    try {
      return Files.readString(home.resolve("release"));
    } catch (IOException e) {
      return ""; // no JDK's folder lacks the file
    }
  }

  long processBytes() {
    return (heapMegabytes + tensorMegabytes + OVERHEAD_MEGABYTES) * MEGABYTE;
  }

  long fileBytes() {
    return 256 * MEGABYTE;
  }
}
