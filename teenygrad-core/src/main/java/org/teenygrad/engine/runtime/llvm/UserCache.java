package org.teenygrad.engine.runtime.llvm;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Settings;

/// Where this user's files that can be made again are kept: `TEENYGRAD_CACHE`, else the platform's
/// own place.
final class UserCache {
  private static final Path OFF = Path.of("off");

  private UserCache() {}

  /// The folder, which need not exist yet, or null where the user turned it off
  /// (`TEENYGRAD_CACHE=off`) or has no home.
  static @Nullable Path folder() {
    Path chosen = Settings.CACHE.value();
    if (chosen != null) {
      return chosen.equals(OFF) ? null : chosen;
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    if (xdg != null && !xdg.isBlank()) {
      return Path.of(xdg, "teenygrad");
    }
    String home = System.getProperty("user.home");
    if (home == null || home.isBlank() || home.equals("?")) {
      return null;
    }
    boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
    return mac
        ? Path.of(home, "Library", "Caches", "teenygrad")
        : Path.of(home, ".cache", "teenygrad");
  }
}
