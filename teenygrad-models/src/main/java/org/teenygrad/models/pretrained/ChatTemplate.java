package org.teenygrad.models.pretrained;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.teenygrad.models.jinja.Template;
import org.teenygrad.models.jinja.TemplateException;
import org.teenygrad.models.tokenizer.VocabularyTokenizer;
import org.teenygrad.state.FileException;

/// How a model's chat template writes conversations.
///
/// @param template what writes a conversation
/// @param specials what the template calls `bos_token`, `eos_token` and so on
public record ChatTemplate(VocabularyTokenizer tokenizer, Template template, Map<String, String> specials) {
  /// @param role `system`, `user`, `assistant` or `tool`
  public record Message(String role, String content) {}

  /// @throws FileException if it is no template
  static ChatTemplate of(Path from, VocabularyTokenizer tokenizer, String template, Map<String, String> specials) {
    try {
      return new ChatTemplate(tokenizer, Template.of(template), specials);
    } catch (TemplateException e) {
      throw FileException.malformed(from, "a model with a chat template", String.valueOf(e.getMessage()));
    }
  }

  /// The tokens that ask for the assistant's next words. What others say cannot be taken for the template's special tokens.
  /// @throws IllegalArgumentException if the messages are no conversation that the template takes
  public int[] prompt(List<Message> messages) {
    Map<String, Object> variables = new LinkedHashMap<>(specials);
    variables.put("messages", messages.stream().map(message -> Map.of("role", message.role(), "content", tokenizer.literal(message.content()))).toList());
    variables.put("add_generation_prompt", true);
    int[] tokens = tokenizer.encodeWithSpecial(template.render(variables));
    int[] beginning = tokenizer.beginning();
    boolean isBegun = tokens.length >= beginning.length && IntStream.range(0, beginning.length).allMatch(i -> tokens[i] == beginning[i]);
    return isBegun ? tokens : IntStream.concat(IntStream.of(beginning), IntStream.of(tokens)).toArray();
  }
}
