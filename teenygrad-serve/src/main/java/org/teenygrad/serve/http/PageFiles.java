package org.teenygrad.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The files that a page is made of: `/page/NAME`, resources of a folder `page`, or those that all pages share (`look.css`,
/// `dom.js`, `frame.js`, `icon.svg`).
///
/// ```java
/// PageFiles files = new PageFiles(Server.class::getResourceAsStream, "default-src 'none'; script-src 'self'");
/// ```
public final class PageFiles {
  private static final Map<String, String> TYPES = Map.of(
      "html", "text/html; charset=utf-8", "css", "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8",
      "mjs", "text/javascript; charset=utf-8", "svg", "image/svg+xml");

  /// Names of files that are loaded: no other folders, and none above.
  private static final Pattern FILE = Pattern.compile("/page/((?:vendor/)?[a-z]+(?:[.-][a-z]+)*)");

  private final Function<String, @Nullable InputStream> resources;
  private final String policy;
  private final Map<String, PageFile> known = new ConcurrentHashMap<>();

  /// @param resources finds `page/NAME`, as [Class#getResourceAsStream] does beside a class
  /// @param policy what pages may load and do: their `Content-Security-Policy`
  public PageFiles(Function<String, @Nullable InputStream> resources, String policy) {
    this.resources = resources;
    this.policy = policy;
  }

  /// The file at a path, `/` for `index.html`; null if there is none.
  /// @throws IOException if it cannot be read
  public @Nullable PageFile at(String path) throws IOException {
    var file = FILE.matcher(path);
    String name = path.equals("/") ? "index.html" : file.matches() ? file.group(1) : "";
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      return null;
    }
    PageFile found = known.get(name);
    if (found == null) {
      InputStream own = resources.apply("page/" + name);
      try (InputStream stream = own == null ? PageFiles.class.getResourceAsStream("page/" + name) : own) {
        if (stream == null) {
          return null;
        }
        found = of(type, stream.readAllBytes());
        known.put(name, found);
      }
    }
    return found;
  }

  private PageFile of(String type, byte[] content) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
      zip.write(content);
    }
    CRC32 sum = new CRC32();
    sum.update(content);
    return new PageFile(type, content, zipped.toByteArray(), String.format(Locale.ROOT, "\"%x-%x\"", content.length, sum.getValue()), policy);
  }
}
