package org.teenygrad.engine.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Optional;

/// Finds and opens the driver's library: where the system looks for libraries, then in the places of distributions and containers.
final class CudaLibrary {
  private static final String LINUX = "libcuda.so.1";

  private static final List<String> NAMES =
      System.getProperty("os.name").startsWith("Windows")
          ? List.of("nvcuda.dll")
          : List.of(
              LINUX,
              "/usr/lib/x86_64-linux-gnu/" + LINUX, // Debian
              "/usr/lib/aarch64-linux-gnu/" + LINUX,
              "/usr/lib64/" + LINUX, // Red Hat
              "/usr/local/nvidia/lib64/" + LINUX, // Kubernetes
              "/run/opengl-driver/lib/" + LINUX, // NixOS
              "/usr/lib/wsl/lib/" + LINUX); // Windows' subsystem for Linux

  private CudaLibrary() {}

  /// The name that a user would search for.
  static String name() {
    return NAMES.getFirst();
  }

  static Optional<SymbolLookup> open() {
    return open(NAMES);
  }

  /// The first of these that there is.
  @SuppressWarnings("restricted")
  static Optional<SymbolLookup> open(List<String> names) {
    for (String name : names) {
      try {
        return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalArgumentException e) {
        // not there: the next
      }
    }
    return Optional.empty();
  }
}
