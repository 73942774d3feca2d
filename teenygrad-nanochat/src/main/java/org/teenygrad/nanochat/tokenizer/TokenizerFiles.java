package org.teenygrad.nanochat.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// A tokenizer's files: `tokenizer.json`, which Hugging Face's tokenizers read, and tiktoken's: a line a token, its bytes in base64 and its
/// number.
public final class TokenizerFiles {
  private TokenizerFiles() {}

  /// Writes a file; its name says of which kind, `.json` or `.tiktoken`.
  /// @throws IllegalArgumentException if it says another
  /// @throws UncheckedIOException if it cannot be written
  public static void write(NanochatTokenizer tokenizer, Path file) {
    String text = switch (kind(file)) {
      case JSON -> TokenizerJson.write(tokenizer);
      case TIKTOKEN -> tiktoken(tokenizer);
    };
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /// Reads a file.
  /// @throws IllegalArgumentException if it is not nanochat's kind of tokenizer
  /// @throws UncheckedIOException if it cannot be read
  public static NanochatTokenizer read(Path file) {
    Kind kind = kind(file);
    if (!Files.exists(file)) {
      throw new IllegalArgumentException("there is no tokenizer " + file + ": train one with teenygrad nanochat tok-train");
    }
    try {
      return switch (kind) {
        case JSON -> TokenizerJson.read(Files.readString(file));
        case TIKTOKEN -> ofTiktoken(Files.readAllLines(file, StandardCharsets.US_ASCII));
      };
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private enum Kind {
    JSON,
    TIKTOKEN
  }

  private static Kind kind(Path file) {
    if (file.toString().endsWith(".json")) {
      return Kind.JSON;
    }
    if (file.toString().endsWith(".tiktoken")) {
      return Kind.TIKTOKEN;
    }
    throw new IllegalArgumentException(file + " must end in .json or .tiktoken");
  }

  private static String tiktoken(NanochatTokenizer tokenizer) {
    StringBuilder lines = new StringBuilder();
    for (int token = 0; token < tokenizer.ordinarySize(); token++) {
      lines.append(Base64.getEncoder().encodeToString(tokenizer.decodeBytes(token))).append(' ').append(token).append('\n');
    }
    return lines.toString();
  }

  private static NanochatTokenizer ofTiktoken(List<String> lines) {
    List<byte[]> strings = new ArrayList<>();
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space < 0 || !line.substring(space + 1).equals(String.valueOf(strings.size()))) {
        throw new IllegalArgumentException("line " + (strings.size() + 1) + " must be base64, a space and " + strings.size());
      }
      strings.add(Base64.getDecoder().decode(line.substring(0, space)));
    }
    return ofStrings(strings);
  }

  /// @param strings what the tokens stand for, the special ones left out
  static NanochatTokenizer ofStrings(List<byte[]> strings) {
    for (int token = 0; token < NanochatTokenizer.BYTES; token++) {
      if (token >= strings.size() || strings.get(token).length != 1 || strings.get(token)[0] != (byte) token) {
        throw new IllegalArgumentException("token " + token + " must be the byte " + token + ", as in nanochat's vocabularies");
      }
    }
    return NanochatTokenizer.ofMerged(strings.subList(NanochatTokenizer.BYTES, strings.size()));
  }
}
