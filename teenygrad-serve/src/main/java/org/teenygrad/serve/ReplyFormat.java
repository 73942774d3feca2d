package org.teenygrad.serve;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.GeneratedToken;

/// How completions are written: as one object, or as chunks.
interface ReplyFormat {
  /// The whole answer.
  Map<String, @Nullable Object> whole(List<Answer> answers, Map<String, @Nullable Object> usage);

  /// The first chunk of a choice; null where there is none.
  @Nullable Map<String, @Nullable Object> opening(int choice);

  /// What a choice has become longer by.
  Map<String, @Nullable Object> chunk(Delta delta);

  /// The last chunk of all.
  Map<String, @Nullable Object> closing(Map<String, @Nullable Object> usage);

  /// A choice's answer.
  /// @param parts empty where it is text alone
  record Answer(String text, List<MessagePart> parts, List<GeneratedToken> tokens, String finishReason) {}
}
