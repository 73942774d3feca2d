package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.serve.http.ApiError;

/// Reads texts that are no conversations: a string, tokens, or a list of either.
record Prompts(ServedModel model) {
  private static final int MOST = 128;

  /// @throws ApiError if there is none, or they are too many
  List<int[]> of(Parameters given, String name) {
    List<int[]> prompts = new ArrayList<>();
    switch (given.get(name)) {
      case null -> throw ApiError.coded(400, "missing_required_parameter", name, "the parameter '" + name + "' is missing");
      case String text -> prompts.add(tokens(text));
      case List<?> list when !list.isEmpty() && list.getFirst() instanceof Long -> prompts.add(Parameters.integers(name, list));
      case List<?> list -> list.forEach(each -> prompts.add(each instanceof String text ? tokens(text) : Parameters.integers(name, each)));
      case Object other -> throw Parameters.wrong(name, "a string, a list of tokens, or a list of either", other);
    }
    if (prompts.isEmpty() || prompts.size() > MOST) {
      throw ApiError.invalid(name, name + " may be 1 to " + MOST + " texts, not " + prompts.size());
    }
    for (int[] prompt : prompts) {
      for (int token : prompt) {
        if (token < 0 || token >= model.model().vocabSize()) {
          throw ApiError.invalid(name, name + " has token " + token + ", which is none of the model's " + model.model().vocabSize());
        }
      }
    }
    return prompts;
  }

  private int[] tokens(String text) {
    return IntStream.concat(IntStream.of(model.beginning()), IntStream.of(model.tokenizer().encode(text))).toArray();
  }
}
