package org.teenygrad.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.ReplyFormat.Answer;
import org.teenygrad.serve.http.ApiError;
import org.teenygrad.serve.http.Call;

/// Has texts continued for a call and sends what comes: at once, or as server-sent events. A client that has gone is noticed when
/// something is sent to it, and its rows are free with the engine's next step.
record Generating(ServedModel model, ServeSettings settings, EngineThread engine, Gate gate, Metrics metrics) {
  private static final long NANOS = 1_000_000_000L;

  /// A call that waits for its whole answer is sent a blank so often, by which it is noticed that the client has gone. JSON may
  /// begin with blanks.
  private static final long HEARTBEAT = NANOS / 4;

  void answer(Call call, GenerationRequest request, ReplyFormat format) throws IOException {
    call.count(request.promptTokens(), 0);
    List<ChoiceReader> readers = IntStream.range(0, request.choices())
        .mapToObj(choice -> new ChoiceReader(choice, model, request.stops(), request.calls())).toList();
    try (Gate.Admission _ = gate.admit(call, request.streams());
        TokenFeed feed = engine.submit(request.requests());
        Choices choices = new Choices(call, feed, readers, call.start() + settings.maxSeconds() * NANOS, metrics)) {
      metrics.promptTokens.add(request.promptTokens());
      if (request.streams()) {
        stream(call, choices, request, format);
      } else {
        whole(call, choices, request, format);
      }
      metrics.endToEnd.add(System.nanoTime() - call.start());
    }
  }

  /// The choices of a call, which come to their ends one by one.
  private record Choices(Call call, TokenFeed feed, List<ChoiceReader> readers, long deadline, Metrics metrics) implements AutoCloseable {

    boolean isFinished() {
      return readers.stream().allMatch(ChoiceReader::isFinished);
    }

    /// What has been added next.
    /// @param until when to give up waiting ([System#nanoTime])
    /// @return null where nothing has come until then
    @Nullable Delta next(long until) {
      while (true) {
        TokenFeed.@Nullable Added added;
        try {
          added = feed.next(Math.min(until, deadline));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw ApiError.unavailable("shutting_down", "the server ends");
        }
        if (added == null) {
          return System.nanoTime() >= deadline ? cut() : null;
        }
        ChoiceReader reader = readers.get(added.choice());
        if (reader.isFinished()) {
          continue; // came after its stop string
        }
        call.count(call.promptTokens(), call.completionTokens() + 1);
        Delta delta = reader.add(added.token(), added.reason());
        if (delta.finishReason() != null) {
          feed.cancel(added.choice());
          metrics.countChoice(delta.finishReason());
        }
        return delta;
      }
    }

    /// Time is up: what is there is the answer, if there is anything.
    private Delta cut() {
      if (call.completionTokens() == 0) {
        throw ApiError.unavailable("timeout", "the request has waited too long");
      }
      ChoiceReader open = readers.stream().filter(reader -> !reader.isFinished()).findFirst().orElseThrow();
      metrics.countChoice("timeout");
      return open.cut();
    }

    @Override
    public void close() {
      readers.stream().filter(reader -> !reader.isFinished()).forEach(_ -> metrics.countChoice("cancelled"));
    }
  }

  private void stream(Call call, Choices choices, GenerationRequest request, ReplyFormat format) throws IOException {
    Delta first = choices.next(Long.MAX_VALUE); // errors until here have a status of their own
    call.begin("text/event-stream");
    for (int choice = 0; choice < request.choices(); choice++) {
      send(call, format.opening(choice));
    }
    for (Delta delta = first; delta != null; delta = choices.isFinished() ? null : choices.next(Long.MAX_VALUE)) {
      if (!delta.isEmpty()) {
        send(call, format.chunk(delta));
      }
    }
    if (request.includesUsage()) {
      send(call, format.closing(usage(call)));
    }
    call.write("data: [DONE]\n\n");
    call.end();
  }

  private static void send(Call call, @Nullable Map<String, @Nullable Object> event) throws IOException {
    if (event != null) {
      call.write("data: " + Json.text(event) + "\n\n");
    }
  }

  private void whole(Call call, Choices choices, GenerationRequest request, ReplyFormat format) throws IOException {
    List<List<Delta>> deltas = new ArrayList<>();
    for (int choice = 0; choice < request.choices(); choice++) {
      deltas.add(new ArrayList<>());
    }
    long heartbeat = System.nanoTime() + HEARTBEAT;
    while (!choices.isFinished()) {
      Delta delta = choices.next(heartbeat);
      if (delta != null) {
        deltas.get(delta.choice()).add(delta);
      }
      if (System.nanoTime() - heartbeat >= 0) {
        heartbeat = System.nanoTime() + HEARTBEAT;
        if (call.completionTokens() > 0) {
          if (!call.hasBegun()) {
            call.begin("application/json");
          }
          call.write(" ");
        }
      }
    }
    call.send(200, format.whole(deltas.stream().map(Generating::joined).toList(), usage(call)));
  }

  private static Answer joined(List<Delta> deltas) {
    StringBuilder all = new StringBuilder();
    StringBuilder text = new StringBuilder();
    List<MessagePart> parts = new ArrayList<>();
    List<GeneratedToken> tokens = new ArrayList<>();
    String finishReason = "stop";
    for (Delta delta : deltas) {
      all.append(delta.text());
      text.append(delta.text());
      tokens.addAll(delta.tokens());
      MessagePart part = delta.part();
      if (part != null) {
        addText(parts, text);
        parts.add(part);
      }
      finishReason = delta.finishReason() == null ? finishReason : delta.finishReason();
    }
    if (!parts.isEmpty()) {
      addText(parts, text);
    }
    return new Answer(all.toString(), parts, tokens, finishReason);
  }

  private static void addText(List<MessagePart> parts, StringBuilder text) {
    if (!text.isEmpty()) {
      parts.add(new MessagePart(MessagePart.Kind.TEXT, text.toString()));
      text.setLength(0);
    }
  }

  private static Map<String, @Nullable Object> usage(Call call) {
    int prompt = call.promptTokens();
    int completion = call.completionTokens();
    return Json.members("prompt_tokens", prompt, "completion_tokens", completion, "total_tokens", prompt + completion);
  }
}
