package org.teenygrad.serve;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A file of the chat page: `/` and what it loads.
///
/// @param type of its content
record Page(String type, byte[] content) {
  private static final Map<String, String> TYPES = Map.of(
      "html", "text/html; charset=utf-8", "css", "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8",
      "mjs", "text/javascript; charset=utf-8", "svg", "image/svg+xml");

  /// Names of files that are loaded: no other folders, and none above.
  private static final Pattern FILE = Pattern.compile("/page/((?:vendor/)?[a-z]+(?:[.-][a-z]+)*)");

  /// Nothing comes from elsewhere, nothing is sent elsewhere, no script stands in the page itself, and no text becomes markup but by the
  /// sanitiser: what a model says cannot act.
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
      + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify";

  /// The file at a path; null if there is none.
  static @Nullable Page at(String path) throws IOException {
    var file = FILE.matcher(path);
    String name = path.equals("/") ? "index.html" : file.matches() ? file.group(1) : "";
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      return null;
    }
    try (InputStream stream = Page.class.getResourceAsStream("page/" + name)) {
      return stream == null ? null : new Page(type, stream.readAllBytes());
    }
  }

  void send(Call call) throws IOException {
    call.set("Content-Security-Policy", POLICY);
    call.set("Referrer-Policy", "no-referrer");
    call.set("Cross-Origin-Opener-Policy", "same-origin");
    call.send(200, type, content);
  }
}
