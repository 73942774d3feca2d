package org.teenygrad.serve.http;

import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Refuses what pages of others make a browser send to a server of this machine.
public final class Origins {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private Origins() {}

  /// @throws ApiError if a page of another origin calls
  public static void requireOwn(Call call) {
    String host = call.header("Host");
    String origin = call.header("Origin");
    if (origin != null && (host == null || !host.equals(authority(origin)))) {
      throw ApiError.of(403, "pages of other origins may not call");
    }
  }

  /// @throws ApiError if the server is called by a name that is not this machine's: one of a page whose name has come to mean this machine
  public static void requireLoopback(Call call) {
    String host = call.header("Host");
    if (host != null && !LOOPBACK.contains(host.replaceFirst(":\\d+$", ""))) {
      throw ApiError.of(403, "this server is called localhost");
    }
  }

  private static @Nullable String authority(String origin) {
    try {
      return URI.create(origin).getAuthority();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
