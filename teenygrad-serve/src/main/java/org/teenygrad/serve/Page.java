package org.teenygrad.serve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// A file of the chat page: `/` and what it loads.
///
/// @param type of its content
/// @param zipped the content as gzip has it
/// @param tag tells contents apart: who has this one is not sent it again
record Page(String type, byte[] content, byte[] zipped, String tag) {
  private static final Map<String, Page> KNOWN = new ConcurrentHashMap<>();

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
    Page known = KNOWN.get(name);
    if (known == null) {
      try (InputStream stream = Page.class.getResourceAsStream("page/" + name)) {
        if (stream == null) {
          return null;
        }
        known = of(type, stream.readAllBytes());
        KNOWN.put(name, known);
      }
    }
    return known;
  }

  private static Page of(String type, byte[] content) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
      zip.write(content);
    }
    CRC32 sum = new CRC32();
    sum.update(content);
    return new Page(type, content, zipped.toByteArray(), String.format(Locale.ROOT, "\"%x-%x\"", content.length, sum.getValue()));
  }

  void send(Call call) throws IOException {
    call.set("Content-Security-Policy", POLICY);
    call.set("Referrer-Policy", "no-referrer");
    call.set("Cross-Origin-Opener-Policy", "same-origin");
    call.set("Cache-Control", "no-cache"); // may be kept, but is asked for each time
    call.set("Vary", "Accept-Encoding");
    call.set("ETag", tag);
    String encodings = call.header("Accept-Encoding");
    if (tag.equals(call.header("If-None-Match"))) {
      call.sendNotModified();
    } else if (encodings != null && encodings.contains("gzip")) {
      call.set("Content-Encoding", "gzip");
      call.send(200, type, zipped);
    } else {
      call.send(200, type, content);
    }
  }
}
