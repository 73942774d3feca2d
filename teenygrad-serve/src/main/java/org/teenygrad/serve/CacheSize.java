package org.teenygrad.serve;

import java.util.Locale;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.models.inference.CausalModel;

/// How many tokens' keys and values an engine may keep: all that its rows can use, but no more than a share of the memory that is
/// free when it starts.
///
/// @param tokens how many
/// @param bytes that they take at most
/// @param freeBytes of the device at the start; the largest long where nobody counts
public record CacheSize(long tokens, long bytes, long freeBytes) {
  /// The rest is for what passes compute, and on a processor for all other programs.
  private static final double SHARE = 0.5;

  /// The engine's memory begins with so many tokens and doubles.
  private static final long FEWEST = 512;

  /// @param rows texts at once
  /// @param models that share the memory
  static CacheSize of(CausalModel model, int rows, int models) {
    Device device = model.weights().stream().findFirst().map(Tensor::device).orElseGet(Devices::defaultDevice);
    return of(model.keyValueShape().bytes(), (long) rows * model.maxPositions(), Devices.runtime(device).allocator().roomBytes(), models);
  }

  /// @param tokenBytes of a token
  /// @param wanted tokens
  static CacheSize of(long tokenBytes, long wanted, long freeBytes, int models) {
    long most = tokenBytes == 0 ? Long.MAX_VALUE : (long) (freeBytes * SHARE / models) / tokenBytes;
    long memory = FEWEST;
    while (memory < wanted && 2 * memory <= most) {
      memory *= 2;
    }
    return new CacheSize(Math.min(wanted, memory), memory * tokenBytes, freeBytes);
  }

  /// `keys and values of 65,536 tokens in at most 1.6 GB, of 20.1 GB that are free`
  @Override
  public String toString() {
    String free = freeBytes == Long.MAX_VALUE ? "" : String.format(Locale.ROOT, ", of %s that are free", size(freeBytes));
    return String.format(Locale.ROOT, "keys and values of %,d tokens in at most %s%s", tokens, size(bytes), free);
  }

  private static String size(long bytes) {
    return bytes < 1_000_000_000 ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6) : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
