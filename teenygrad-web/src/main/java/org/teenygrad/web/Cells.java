package org.teenygrad.web;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.ApiError;
import org.teenygrad.serve.http.Call;
import org.teenygrad.web.cells.CellProcess;
import org.teenygrad.web.cells.CellsEndedException;

/// What pages ask of their processes.
///
/// @param readers null where there is no JDK
record Cells(@Nullable Readers readers) {
  private static final Pattern PAGE = Pattern.compile("[a-zA-Z0-9-]{8,64}");

  /// Answers a call of `/cells/...`; each names its page.
  /// @throws IOException if the client has gone
  void answer(Call call) throws IOException {
    Map<String, Object> asked = call.json();
    String page = Json.string(asked, "page");
    if (!PAGE.matcher(page).matches()) {
      throw ApiError.of(400, "a page's name has 8 to 64 letters and digits");
    }
    if (readers == null) {
      throw ApiError.of(501, "cells need a JDK, version 25 or newer: set JAVA_HOME to one");
    }
    switch (call.path()) {
      case "/cells/run" -> run(call, readers.of(page), Json.string(asked, "code"));
      case "/cells/complete" -> send(call, () -> readers.of(page).complete(Json.string(asked, "code"), Json.integer(asked, "cursor")));
      case "/cells/graph" -> send(call, () -> {
        CellProcess process = readers.ifAny(page);
        return process == null ? Map.of() : process.graph();
      });
      case "/cells/box" -> send(call, () -> known(page).box(Json.integer(asked, "number")));
      case "/cells/say" -> send(call, () -> known(page).say(Json.integer(asked, "piece"), Json.string(asked, "text")));
      case "/cells/trace" -> send(call, () -> {
        CellProcess process = readers.ifAny(page);
        return process == null ? Map.of() : process.trace();
      });
      case "/cells/compiler" -> send(call, () -> {
        CellProcess process = readers.ifAny(page);
        return process == null ? Map.of() : process.compiler(Json.string(asked, "what"), Json.integer(asked, "schedule"), Json.integer(asked, "index"));
      });
      case "/cells/stop" -> {
        CellProcess process = readers.ifAny(page);
        if (process != null) {
          process.stop();
        }
        call.send(200, Map.of());
      }
      case "/cells/open" -> {
        readers.seen(page);
        call.send(200, Map.of());
      }
      case "/cells/end" -> {
        readers.end(page);
        call.send(200, Map.of());
      }
      default -> throw ApiError.of(404, "there is no " + call.path());
    }
  }

  /// The process of a page that has one.
  private CellProcess known(String page) {
    CellProcess process = readers == null ? null : readers.ifAny(page);
    if (process == null) {
      throw ApiError.of(409, "the cell has to run first");
    }
    return process;
  }

  /// What a cell makes, a line of JSON each, as it comes.
  private static void run(Call call, CellProcess process, String code) throws IOException {
    call.begin("application/x-ndjson");
    try {
      process.run(code, answer -> call.write(Json.text(answer) + "\n"));
    } catch (CellsEndedException e) {
      call.write(Json.text(Map.of("kind", "ended", "message", String.valueOf(e.getMessage()))) + "\n");
    }
    call.end();
  }

  private interface Asked {
    Map<String, Object> answer();
  }

  private static void send(Call call, Asked asked) throws IOException {
    try {
      call.send(200, asked.answer());
    } catch (CellsEndedException e) {
      throw ApiError.of(409, String.valueOf(e.getMessage()));
    }
  }
}
