package org.teenygrad.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.teenygrad.serve.http.Call;
import org.teenygrad.serve.http.PageFile;

/// The frame of a page: `frame.html`, with names in braces where a chapter's parts go.
final class Template {
  private static final Pattern NAME = Pattern.compile("\\{\\{(\\w+)}}");

  /// Nothing comes from elsewhere or goes there, and no script stands in a page. The editor's rules of style have the page's own number; pictures
  /// are documents of their own, in which no script runs.
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
      + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String frame;

  Template() {
    try (InputStream stream = Objects.requireNonNull(Template.class.getResourceAsStream("frame.html"))) {
      frame = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String policy(String nonce) {
    return POLICY.formatted(nonce);
  }

  /// Answers with a page.
  /// @param parts elements by their names
  void send(Call call, int status, Map<String, String> parts) throws IOException {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    String nonce = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    String page = NAME.matcher(frame).replaceAll(name -> Matcher.quoteReplacement(name.group(1).equals("nonce") ? nonce : parts.getOrDefault(name.group(1), "")));
    PageFile.secure(call, policy(nonce));
    call.send(status, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
  }

  /// A text that is no markup.
  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
