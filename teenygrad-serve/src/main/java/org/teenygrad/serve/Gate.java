package org.teenygrad.serve;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.teenygrad.serve.http.ApiError;
import org.teenygrad.serve.http.Call;
import org.teenygrad.serve.http.Origins;

/// Decides who may call, and how much at once.
final class Gate {
  private static final String NOBODY = "-";

  private final ServeSettings settings;
  private final ApiKeys keys;

  /// Requests and streams at once, by whose they are.
  private final Map<String, Integer> requests = new HashMap<>();

  private final Map<String, Integer> streams = new HashMap<>();
  private boolean closed;

  private Gate(ServeSettings settings, ApiKeys keys) {
    this.settings = settings;
    this.keys = keys;
  }

  /// @throws IllegalArgumentException if others than this machine's processes could call without a key
  static Gate of(ServeSettings settings) {
    if (!settings.apiKeyFile().isEmpty()) {
      return new Gate(settings, ApiKeys.read(Path.of(settings.apiKeyFile())));
    }
    if (!isLoopback(settings.host()) && !settings.withoutKeys()) {
      throw new IllegalArgumentException(
          "at " + settings.host() + " others can call: name a file of keys by --api-key-file, or say --without-keys");
    }
    return new Gate(settings, ApiKeys.NONE);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("there is no address " + host, e);
    }
  }

  /// Lets a call in, or not.
  /// @throws ApiError if it shows no key where one is wanted, or comes from a page of another origin
  void check(Call call) {
    Origins.requireOwn(call);
    if (!keys.entries().isEmpty()) {
      String name = keys.name(call.header("Authorization"));
      if (name == null) {
        throw ApiError.coded(401, "invalid_api_key", null, "show a key: Authorization: Bearer KEY");
      }
      call.identify(name);
    } else if (!settings.withoutKeys()) {
      Origins.requireLoopback(call);
    }
  }

  /// A place among those who are served.
  interface Admission extends AutoCloseable {
    @Override
    void close();
  }

  /// @throws ApiError if there is no place
  synchronized Admission admit(Call call, boolean isStream) {
    if (closed) {
      throw ApiError.unavailable("shutting_down", "the server ends");
    }
    String caller = call.caller();
    require(requests, caller, settings.maxRequests(), settings.maxRequestsPerKey(), "requests");
    if (isStream) {
      require(streams, caller, settings.maxStreams(), settings.maxStreamsPerKey(), "streams");
      streams.merge(caller, 1, Integer::sum);
    }
    requests.merge(caller, 1, Integer::sum);
    return () -> leave(caller, isStream);
  }

  private void require(Map<String, Integer> counts, String caller, int most, int mostPerKey, String what) {
    if (counts.values().stream().mapToInt(Integer::intValue).sum() >= most) {
      throw ApiError.tooMany("there are " + most + " " + what + " already: come again later");
    }
    if (!caller.equals(NOBODY) && counts.getOrDefault(caller, 0) >= mostPerKey) {
      throw ApiError.tooMany("your key has " + mostPerKey + " " + what + " already: come again later");
    }
  }

  private synchronized void leave(String caller, boolean isStream) {
    requests.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
    if (isStream) {
      streams.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /// How many are served.
  synchronized int requests() {
    return requests.values().stream().mapToInt(Integer::intValue).sum();
  }

  /// Lets nobody in any more.
  synchronized void close() {
    closed = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
