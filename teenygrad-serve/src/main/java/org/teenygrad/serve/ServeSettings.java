package org.teenygrad.serve;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.settings.Help;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.state.FileException;

/// How a [Server] listens and what it grants. Each is an option of `teenygrad serve` and an entry of its `--config` file.
public record ServeSettings(
    @Help("the address to listen at; any but loopback needs --api-key-file") String host,
    @Help("the port to listen at; 0 for any that is free") int port,
    @Help("a file with a key a line, and what the log calls it after a blank; who calls must show one") String apiKeyFile,
    @Help("listen to others without a key") boolean withoutKeys,
    @Help("how many texts are continued at once") int rows,
    @Help("how exactly products are computed: highest; medium, which rounds to bfloat16 while prompts are read, on a processor that multiplies it faster; or low, which rounds to blocks of 8 bits what quantised weights are multiplied by") MatmulPrecision precision,
    @Help("tokens that are guessed at a time, from where a text had its last ones before, and read at once; 0 for none") int speculate,
    @Help("bytes of a request at most") int maxBodyBytes,
    @Help("messages of a conversation at most") int maxMessages,
    @Help("new tokens of a request at most, all of its choices together") int maxTokens,
    @Help("seconds that a request may take, waiting included") int maxSeconds,
    @Help("requests that wait or run at most") int maxRequests,
    @Help("of these for one key") int maxRequestsPerKey,
    @Help("requests that stream at most") int maxStreams,
    @Help("of these for one key") int maxStreamsPerKey,
    @Help("seconds that a client may take to send a request, or to take what is sent to it") int clientSeconds,
    @Help("seconds that running requests have when the server is asked to end") int drainSeconds,
    @Help("log a line of JSON for each request") boolean json) {
  public static final ServeSettings DEFAULT = new ServeSettings(
      "127.0.0.1", 8000, "", false, 64, MatmulPrecision.HIGHEST, 0, 1 << 20, 256, 4096, 300, 256, 128, 128, 64, 10, 30, false);

  /// @throws IllegalArgumentException if a number is out of range; the message says which
  public ServeSettings {
    within("port", port, 0, 65535);
    within("rows", rows, 1, 1 << 16);
    within("speculate", speculate, 0, Request.MOST_DRAFTS);
    within("max_body_bytes", maxBodyBytes, 1, 1 << 30);
    within("max_messages", maxMessages, 1, Integer.MAX_VALUE);
    within("max_tokens", maxTokens, 1, Integer.MAX_VALUE);
    within("max_seconds", maxSeconds, 1, 1 << 20);
    within("max_requests", maxRequests, 1, 1 << 20);
    within("max_requests_per_key", maxRequestsPerKey, 1, 1 << 20);
    within("max_streams", maxStreams, 1, 1 << 20);
    within("max_streams_per_key", maxStreamsPerKey, 1, 1 << 20);
    within("client_seconds", clientSeconds, 1, 1 << 20);
    within("drain_seconds", drainSeconds, 0, 1 << 20);
  }

  private static void within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", not " + value);
    }
  }

  /// Reads `name = value` lines, with the names of the options, `max-tokens` or `max_tokens`; `#` begins a comment.
  ///
  /// @return new values by the names of the components
  /// @throws IllegalArgumentException if there is no setting of a name, or a value is none
  /// @throws FileException if the file cannot be read
  public static Map<String, Object> read(Path file) {
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      lines.load(reader);
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    }
    Map<String, Object> changes = new TreeMap<>();
    for (String name : lines.stringPropertyNames()) {
      Setting setting = Setting.of(ServeSettings.class).stream().filter(each -> each.key().equals(name.replace('-', '_'))).findFirst()
          .orElseThrow(() -> new IllegalArgumentException("there is no setting " + Printable.of(name) + ", which " + Printable.of(file) + " has"));
      changes.put(setting.name(), setting.parse(lines.getProperty(name)));
    }
    return changes;
  }

  /// @param changes new values by the names of the components
  public ServeSettings with(Map<String, ?> changes) {
    return Setting.changed(this, changes);
  }
}
