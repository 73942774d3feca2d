package org.teenygrad.serve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.grammar.Grammar;
import org.teenygrad.models.grammar.JsonSchema;
import org.teenygrad.models.grammar.Regex;
import org.teenygrad.models.grammar.TokenMasks;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.ApiError;

/// What a request's answers must be: `response_format`, in OpenAI's terms, `structured_outputs`, in vLLM's, or the call of a tool
/// that must be called. The model's tokens are looked through when the first request asks for any of that.
final class OutputFormat {
  private static final int MOST_GRAMMARS = 64;

  private final ServedModel model;
  private @Nullable TokenMasks masks;

  /// By what they were made of, so that states and masks of those that come again are known.
  private final Map<String, Grammar> grammars = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Grammar> eldest) {
      return size() > MOST_GRAMMARS;
    }
  });

  OutputFormat(ServedModel model) {
    this.model = model;
  }

  /// Rows that write nothing else; null where any text will do.
  /// @throws ApiError if it is not supported
  @Nullable Supplier<RowState> of(Parameters given) {
    Grammar asked = read("response_format", given, this::responseFormat);
    Grammar structured = read("structured_outputs", given, this::structured);
    if (asked != null && structured != null) {
      throw ApiError.invalid("structured_outputs", "an answer has one format: response_format or structured_outputs");
    }
    Grammar grammar = asked == null ? structured : asked;
    return grammar == null ? null : rows(grammar, given);
  }

  /// Rows that call a tool.
  Supplier<RowState> of(RequiredCall call, Parameters given) {
    if (given.has("structured_outputs") || given.has("response_format") && !"text".equals(Json.object(given.json(), "response_format").get("type"))) {
      throw ApiError.invalid("tool_choice", "an answer is a call that must come, or has a format of its own");
    }
    return rows(known(call.schema()), given);
  }

  private Supplier<RowState> rows(Grammar grammar, Parameters given) {
    if (given.truth("ignore_eos", false)) {
      throw ApiError.invalid("ignore_eos", "an answer of a format ends when it is complete: ignore_eos cannot be true");
    }
    return masks().constrained(grammar);
  }

  private synchronized TokenMasks masks() {
    TokenMasks known = masks;
    if (known == null) {
      int tokens = Math.min(model.tokenizer().vocabularySize(), model.model().vocabSize());
      known = TokenMasks.of(
          tokens, token -> model.kind(token) == TokenKind.TEXT ? model.tokenizer().decodeBytes(token) : null, model.ends());
      masks = known;
    }
    return known;
  }

  private interface Reader {
    @Nullable Grammar read(Map<String, Object> format);
  }

  private static @Nullable Grammar read(String name, Parameters given, Reader reader) {
    if (!given.has(name)) {
      return null;
    }
    try {
      return reader.read(Json.object(given.json(), name));
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid(name, String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Grammar responseFormat(Map<String, Object> format) {
    return switch (Json.string(format, "type")) {
      case "text" -> null;
      case "json_object" -> JsonSchema.anyObject();
      case "json_schema" -> known(Json.object(Json.object(format, "json_schema"), "schema"));
      default -> throw new IllegalArgumentException("response_format may be of type text, json_object or json_schema");
    };
  }

  private Grammar structured(Map<String, Object> format) {
    new Parameters(format).requireOnly(Set.of("json", "json_object", "regex", "choice"));
    List<String> kinds = format.keySet().stream().filter(kind -> format.get(kind) != null).toList();
    if (kinds.size() != 1) {
      throw new IllegalArgumentException("structured_outputs has one of json, json_object, regex and choice");
    }
    return switch (kinds.getFirst()) {
      case "json" -> known(Json.object(format, "json"));
      case "json_object" -> JsonSchema.anyObject();
      case "regex" -> grammars.computeIfAbsent("regex " + Json.string(format, "regex"), _ -> Regex.of(Json.string(format, "regex")));
      default -> Grammar.choice(new Parameters(format).strings("choice", Integer.MAX_VALUE));
    };
  }

  private Grammar known(Map<String, Object> schema) {
    return grammars.computeIfAbsent("json " + Json.text(schema), _ -> JsonSchema.of(schema));
  }
}
