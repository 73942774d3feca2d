package org.teenygrad.nanochat.chat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.data.Conversation.Kind;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// An answer as it is printed, token by token: `9 + 3 = [calculator: 9+3 = 12] 12.` Characters whose bytes are in several tokens
/// wait until they are whole, and those that would control a terminal are left out.
public final class AnswerText {
  private final NanochatTokenizer tokenizer;
  private final PrintStream out;
  private final List<Part> parts = new ArrayList<>();
  private final StringBuilder part = new StringBuilder();
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
      .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer pending = ByteBuffer.allocate(0);
  private Kind kind = Kind.TEXT;
  private boolean called; // a call stands there whose bracket is open

  AnswerText(NanochatTokenizer tokenizer, PrintStream out) {
    this.tokenizer = tokenizer;
    this.out = out;
  }

  /// A whole answer as it would be printed.
  /// @param tokens of the assistant
  public static String of(NanochatTokenizer tokenizer, int[] tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      AnswerText answer = new AnswerText(tokenizer, out);
      for (int token : tokens) {
        answer.add(token);
      }
      answer.parts(); // prints what waits
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  void add(int token) {
    SpecialToken special = special(token);
    if (special == null) {
      String text = decoded(tokenizer.decodeBytes(token), false);
      if (called && !text.isEmpty()) {
        closeCall();
        out.print(Character.isLetterOrDigit(text.codePointAt(0)) ? " " : "");
      }
      print(text);
      return;
    }
    endPart();
    switch (special) {
      case PYTHON_START -> {
        closeCall();
        kind = Kind.PYTHON;
        out.print("[calculator: ");
      }
      case OUTPUT_START -> {
        called = false;
        kind = Kind.PYTHON_OUTPUT;
        out.print(" = ");
      }
      case PYTHON_END, OUTPUT_END -> {
        called = true;
        kind = Kind.TEXT;
      }
      default -> closeCall();
    }
    out.flush();
  }

  /// The answer's parts, once all tokens are there.
  List<Part> parts() {
    endPart();
    closeCall();
    out.flush();
    return parts;
  }

  private void closeCall() {
    if (called) {
      out.print("]");
      called = false;
    }
  }

  private void endPart() {
    print(decoded(new byte[0], true));
    if (!part.isEmpty()) {
      parts.add(new Part(kind, part.toString()));
      part.setLength(0);
    }
  }

  private void print(String text) {
    part.append(text);
    out.print(text.codePoints().filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append));
    out.flush();
  }

  /// The characters that have become whole.
  private String decoded(byte[] bytes, boolean last) {
    ByteBuffer all = ByteBuffer.allocate(pending.remaining() + bytes.length).put(pending).put(bytes).flip();
    CharBuffer text = CharBuffer.allocate(all.remaining() + 1);
    decoder.decode(all, text, last);
    if (last) {
      decoder.flush(text);
      decoder.reset();
      pending = ByteBuffer.allocate(0);
    } else {
      pending = all.slice();
    }
    return text.flip().toString();
  }

  private @Nullable SpecialToken special(int token) {
    int first = tokenizer.token(SpecialToken.BOS);
    return token < first ? null : SpecialToken.values()[token - first];
  }
}
