package org.teenygrad.nanochat.download;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A server's answer to a request for a file, or for the rest of one.
///
/// Redirections are followed here, as Hugging Face says what a file's SHA-256 is in the one to where it is stored.
/// @param connection to read the bytes from
/// @param offset the first byte's place in the file
/// @param size bytes of the whole file; -1 if the server does not say
/// @param etag the version of the file
/// @param sha256 its hash in hexadecimal digits, if the server gives it
record Source(HttpURLConnection connection, long offset, long size, Optional<String> etag, Optional<String> sha256) {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int MOST_REDIRECTIONS = 10;
  private static final Pattern SHA256 = Pattern.compile("\"?([0-9a-f]{64})\"?");
  private static final Pattern RANGE = Pattern.compile("bytes (\\d+)-\\d*/(\\d+)");

  /// @param from the byte to begin with
  /// @param version the version of which that many bytes are here; without one the file comes from its beginning
  /// @throws Refused if the server will not give the file, now or ever
  static Source open(URI uri, long from, @Nullable String version) throws IOException {
    URI at = uri;
    Optional<String> linked = Optional.empty();
    for (int redirections = 0; redirections <= MOST_REDIRECTIONS; redirections++) {
      HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setRequestProperty("Accept-Encoding", "identity");
      if (from > 0 && version != null) {
        connection.setRequestProperty("Range", "bytes=" + from + "-");
        connection.setRequestProperty("If-Range", version);
      }
      int status = connection.getResponseCode();
      linked = linked.or(() -> sha256(connection.getHeaderField("X-Linked-ETag")));
      String location = connection.getHeaderField("Location");
      if (status / 100 == 3 && location != null) {
        connection.disconnect();
        at = at.resolve(location);
      } else {
        return answered(uri, connection, status, linked);
      }
    }
    throw new ProtocolException(uri + " redirects more than " + MOST_REDIRECTIONS + " times");
  }

  private static Source answered(URI uri, HttpURLConnection connection, int status, Optional<String> linked) throws IOException {
    Optional<String> etag = Optional.ofNullable(connection.getHeaderField("ETag"));
    Optional<String> sha256 = linked.or(() -> etag.flatMap(Source::sha256));
    if (status == HttpURLConnection.HTTP_PARTIAL) {
      Matcher range = RANGE.matcher(String.valueOf(connection.getHeaderField("Content-Range")));
      if (!range.matches()) {
        throw new ProtocolException(uri + " answers a part without saying which");
      }
      return new Source(connection, Long.parseLong(range.group(1)), Long.parseLong(range.group(2)), etag, sha256);
    }
    if (status == HttpURLConnection.HTTP_OK) {
      return new Source(connection, 0, connection.getContentLengthLong(), etag, sha256);
    }
    throw new Refused(uri, status);
  }

  private static Optional<String> sha256(@Nullable String tag) {
    return Optional.ofNullable(tag).map(SHA256::matcher).filter(Matcher::matches).map(matcher -> matcher.group(1));
  }

  /// An answer without the file.
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refused(URI uri, int status) {
      super(uri + " is refused: HTTP status " + status);
      this.status = status;
    }

    /// Whether asking again may help: the server is too busy or broken.
    boolean isTemporary() {
      return status >= 500 || status == 429 || status == HttpURLConnection.HTTP_CLIENT_TIMEOUT || status == 416;
    }
  }
}
