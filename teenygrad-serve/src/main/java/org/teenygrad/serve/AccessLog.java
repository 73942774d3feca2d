package org.teenygrad.serve;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.Call;

/// A line for each call: who, what, how long, how many tokens; nothing of what was said.
record AccessLog(PrintStream out, boolean isJson) {

  void write(Call call) {
    String time = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    String path = Printable.of(call.path(), 100);
    double millis = (System.nanoTime() - call.start()) / 1000 / 1e3;
    String line = isJson
        ? Json.text(Json.members(
            "time", time, "caller", call.caller(), "method", call.method(), "path", path, "status", call.status(), "gone", call.isGone(),
            "prompt_tokens", call.promptTokens(), "completion_tokens", call.completionTokens(), "ms", millis))
        : String.format(Locale.ROOT, "%s %s %s %s %d%s %d+%d tokens %.1f ms", time, call.caller(), call.method(), path, call.status(),
            call.isGone() ? " gone" : "", call.promptTokens(), call.completionTokens(), millis);
    synchronized (out) {
      out.println(line);
    }
  }

  void failure(Throwable problem) {
    synchronized (out) {
      problem.printStackTrace(out);
    }
  }
}
