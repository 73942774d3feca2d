package org.teenygrad.serve.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// Why a call is not answered, as OpenAI's error object.
public final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;
  private final int retryAfterSeconds;

  private ApiError(int status, String type, String message, @Nullable String param, @Nullable String code, int retryAfterSeconds) {
    super(message, null, false, false); // what a client did wrong has no stack trace
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /// The client's mistake.
  /// @param status 400 to 499
  public static ApiError of(int status, String message) {
    return new ApiError(status, "invalid_request_error", message, null, null, 0);
  }

  /// A member of the request that is not what it should be.
  public static ApiError invalid(String param, String message) {
    return new ApiError(400, "invalid_request_error", message, param, null, 0);
  }

  /// Something that has a name of its own among errors.
  public static ApiError coded(int status, String code, @Nullable String param, String message) {
    return new ApiError(status, "invalid_request_error", message, param, code, 0);
  }

  /// More than a client, or all together, may ask for at once.
  public static ApiError tooMany(String message) {
    return new ApiError(429, "rate_limit_error", message, null, "rate_limit_exceeded", 1);
  }

  /// The server cannot answer now.
  public static ApiError unavailable(String code, String message) {
    return new ApiError(503, "server_error", message, null, code, 1);
  }

  /// The server's own mistake, of which the client is told no more.
  public static ApiError internal() {
    return new ApiError(500, "server_error", "the server failed to answer this; its log says why", null, "internal_error", 0);
  }

  public int status() {
    return status;
  }

  /// When to come again; 0 where that would not help.
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /// `{"error": {"message": ..., "type": ..., "param": ..., "code": ...}}`
  public Map<String, @Nullable Object> json() {
    return Json.members("error", Json.members("message", getMessage(), "type", type, "param", param, "code", code));
  }
}
