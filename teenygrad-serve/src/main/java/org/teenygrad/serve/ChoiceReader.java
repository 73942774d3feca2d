package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.serve.GenerationRequest.Calls;
import org.teenygrad.serve.MessagePart.Kind;

/// Reads a choice's tokens as they come: text and calls of tools, until its end.
final class ChoiceReader {
  private final int choice;
  private final ServedModel model;
  private final Calls calls;
  private final TextDecoder decoder = new TextDecoder();
  private final StopStrings stops;

  /// The call or answer of a tool that has begun.
  private final StringBuilder tool = new StringBuilder();

  /// Tokens whose text has not been shown.
  private final List<GeneratedToken> pending = new ArrayList<>();

  private Kind kind;
  private boolean finished;

  /// @param calls who calls tools
  ChoiceReader(int choice, ServedModel model, List<String> stops, Calls calls) {
    this.choice = choice;
    this.model = model;
    this.stops = new StopStrings(stops);
    this.calls = calls;
    kind = calls == Calls.REQUIRED ? Kind.PYTHON : Kind.TEXT;
  }

  boolean isFinished() {
    return finished;
  }

  /// @param reason why it is the last; null if it is not
  Delta add(GeneratedToken token, Completion.@Nullable Reason reason) {
    StringBuilder text = new StringBuilder();
    MessagePart part = null;
    boolean endsText = reason == Completion.Reason.STOP;
    switch (model.kind(token.token())) {
      case TEXT -> {
        if (!endsText) {
          if (kind == Kind.TEXT) {
            pending.add(token);
          }
          show(decoder.add(model.tokenizer().decodeBytes(token.token())), text);
        }
      }
      case CALL_BEGIN -> begin(Kind.PYTHON, text);
      case RESULT_BEGIN -> begin(Kind.PYTHON_OUTPUT, text);
      case CALL_END, RESULT_END -> part = endPart(text);
      case CONTROL -> {}
    }
    String finishReason = null;
    if (stops.isFound()) {
      finishReason = "stop";
    } else if (reason != null) {
      show(decoder.end(), text);
      text.append(stops.end());
      if (calls == Calls.REQUIRED && endsText) {
        part = endPart(text);
      } else if (calls == Calls.REQUIRED) {
        text.append(tool); // no call yet
      }
      finishReason = reason == Completion.Reason.LENGTH ? "length" : part != null && calls != Calls.ANSWERED ? "tool_calls" : "stop";
    }
    finished = finishReason != null;
    List<GeneratedToken> shown = List.of();
    if (!text.isEmpty() || finished) {
      shown = List.copyOf(pending);
      pending.clear();
    }
    return new Delta(choice, text.toString(), part, shown, finishReason);
  }

  /// The text so far is all that there will be.
  Delta cut() {
    finished = true;
    return new Delta(choice, stops.end(), null, pending, "length");
  }

  private void show(String decoded, StringBuilder text) {
    if (kind == Kind.TEXT) {
      text.append(stops.add(decoded));
    } else {
      tool.append(decoded);
    }
  }

  private void begin(Kind begun, StringBuilder text) {
    show(decoder.end(), text);
    text.append(stops.end());
    kind = begun;
    tool.setLength(0);
  }

  private @Nullable MessagePart endPart(StringBuilder text) {
    show(decoder.end(), text);
    MessagePart part = kind == Kind.TEXT ? null : new MessagePart(kind, tool.toString());
    kind = Kind.TEXT;
    return part;
  }
}
