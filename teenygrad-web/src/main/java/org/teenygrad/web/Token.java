package org.teenygrad.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.serve.http.ApiError;
import org.teenygrad.serve.http.Call;
import org.teenygrad.serve.http.Origins;

/// What lets in: a random word in the URL, which becomes a cookie of the browser. Programs show it as `Authorization: Bearer TOKEN`.
///
/// @param text of 256 random bits
/// @param cookie its name, one for each port, as cookies of all ports of a machine are kept together
record Token(String text, String cookie) {
  static Token random(int port) {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return new Token(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), "teenygrad-" + port);
  }

  /// Lets a call in, or not. One whose URL has the token gets the cookie.
  /// @throws ApiError if it does not show the token, or comes from a page of another origin
  void check(Call call) {
    Origins.requireOwn(call);
    Origins.requireLoopback(call);
    String site = call.header("Sec-Fetch-Site");
    if (site != null && !call.method().equals("GET") && !site.equals("same-origin")) {
      throw ApiError.of(403, "pages of other origins may not call");
    }
    if (isRight(inQuery(call.query()))) {
      call.set("Set-Cookie", cookie + "=" + text + "; HttpOnly; SameSite=Strict; Path=/");
    } else if (!isRight(inCookies(call.header("Cookie"))) && !isRight(inHeader(call.header("Authorization")))) {
      throw ApiError.of(403, "open the URL that teenygrad web has printed: it has the token that lets in");
    }
  }

  /// In a time that does not tell how much of it is right.
  private boolean isRight(@Nullable String shown) {
    return shown != null && MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String inQuery(@Nullable String query) {
    return Stream.of(Objects.requireNonNullElse(query, "").split("&")).filter(part -> part.startsWith("token=")).findFirst()
        .map(part -> URLDecoder.decode(part.substring("token=".length()), StandardCharsets.UTF_8)).orElse(null);
  }

  private @Nullable String inCookies(@Nullable String cookies) {
    String start = cookie + "=";
    return Stream.of(Objects.requireNonNullElse(cookies, "").split("; *")).filter(part -> part.startsWith(start)).findFirst()
        .map(part -> part.substring(start.length())).orElse(null);
  }

  private static @Nullable String inHeader(@Nullable String authorization) {
    return authorization != null && authorization.startsWith("Bearer ") ? authorization.substring("Bearer ".length()) : null;
  }
}
