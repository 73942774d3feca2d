package org.teenygrad.serve;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.data.Tokenizer;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.tokenizer.VocabularyTokenizer;

/// A model as it is served.
///
/// @param id what requests call it
/// @param model in the type to compute in
/// @param beginning the tokens before a text that is to be continued
/// @param ends tokens that end a text
/// @param chat how conversations are written; null for a model that only continues texts
/// @param sampling what holds where a request does not say how tokens are chosen
public record ServedModel(
    String id, CausalModel model, Tokenizer tokenizer, int[] beginning, int[] ends, @Nullable ChatFormat chat, Sampling sampling) {

  /// Models with names of their own: those that share one are named after the folders that they come from, too.
  ///
  /// @param folders of the models, in their order
  public static List<ServedModel> named(List<ServedModel> models, List<Path> folders) {
    return IntStream.range(0, models.size()).mapToObj(at -> {
      ServedModel model = models.get(at);
      boolean isAlone = models.stream().filter(other -> other.id().equals(model.id())).count() == 1;
      return isAlone ? model : model.withId(folders.get(at).toAbsolutePath().normalize().getFileName() + "-" + model.id());
    }).toList();
  }

  /// The same with other weights.
  public ServedModel withModel(CausalModel changed) {
    return new ServedModel(id, changed, tokenizer, beginning, ends, chat, sampling);
  }

  private ServedModel withId(String changed) {
    return new ServedModel(changed, model, tokenizer, beginning, ends, chat, sampling);
  }

  /// What a token is to a reader of the text.
  public TokenKind kind(int token) {
    if (chat != null) {
      return chat.kind(token);
    }
    return tokenizer instanceof VocabularyTokenizer vocabulary && vocabulary.isSpecial(token) ? TokenKind.CONTROL : TokenKind.TEXT;
  }
}
