package org.teenygrad.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.huggingface.ConfigFile;

/// What the tokens of a vocabulary stand for: the `decoder` of a `tokenizer.json`.
///
/// @param byBytes whether they are in GPT-2's characters of bytes
/// @param hasByteTokens whether `<0x0A>` stands for a byte
/// @param space what stands for a space; empty for nothing
/// @param beginsWithSpace whether a text's first space is not shown
record DecodedTokens(boolean byBytes, boolean hasByteTokens, String space, boolean beginsWithSpace) {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  /// @throws IllegalArgumentException if there is no such decoder here
  static DecodedTokens of(@Nullable ConfigFile config) {
    List<ConfigFile> steps = new ArrayList<>();
    if (config != null) {
      steps.addAll(config.text("type", "").equals("Sequence") ? config.objects("decoders") : List.of(config));
    }
    DecodedTokens decoded = new DecodedTokens(false, false, "", false);
    for (ConfigFile step : steps) {
      decoded = switch (step.text("type", "")) {
        case "ByteLevel" -> new DecodedTokens(true, decoded.hasByteTokens, decoded.space, decoded.beginsWithSpace);
        case "ByteFallback" -> new DecodedTokens(decoded.byBytes, true, decoded.space, decoded.beginsWithSpace);
        case "Replace" -> {
          ConfigFile pattern = step.object("pattern");
          if (pattern == null || !pattern.has("String") || !step.text("content", "").equals(" ")) {
            throw new IllegalArgumentException("its decoder replaces something else than a string by a space");
          }
          yield new DecodedTokens(decoded.byBytes, decoded.hasByteTokens, pattern.text("String", ""), decoded.beginsWithSpace);
        }
        case "Metaspace" -> new DecodedTokens(decoded.byBytes, decoded.hasByteTokens, step.text("replacement", "▁"),
            !step.text("prepend_scheme", "always").equals("never") && step.truth("add_prefix_space", true));
        case "Strip" -> new DecodedTokens(decoded.byBytes, decoded.hasByteTokens, decoded.space, step.text("content", " ").equals(" "));
        case "Fuse" -> decoded;
        case String other -> throw new IllegalArgumentException(
            "its decoder is " + other + "; there are ByteLevel, ByteFallback, Replace, Metaspace, Strip, Fuse and Sequence");
      };
    }
    return decoded;
  }

  byte[] bytes(String token) {
    if (byBytes) {
      return ByteCharacters.bytes(token);
    }
    if (hasByteTokens && BYTE.matcher(token).matches()) {
      return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
    }
    return (space.isEmpty() ? token : token.replace(space, " ")).getBytes(StandardCharsets.UTF_8);
  }
}
