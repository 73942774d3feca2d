package org.teenygrad.nanochat.tasks;

import java.util.List;
import java.util.Map;
import org.teenygrad.nanochat.json.Json;

/// A question of CORE (Li et al. 2024, "DataComp-LM: In Search of the Next Generation of Training Sets for Language Models").
public sealed interface CoreExample {
  /// Which kind of questions a task asks.
  enum Kind {
    MULTIPLE_CHOICE,
    SCHEMA,
    LANGUAGE_MODELING
  }

  /// The example with its right answer, as it stands before a question.
  /// @param delimiter between what is asked and what is answered
  String shown(String delimiter);

  /// The prompts of the question, without examples before them: one for each answer, or of language modelling two, without and with
  /// the continuation.
  List<String> asked(String delimiter);

  /// One of several answers goes on from a query.
  /// @param gold index of the right one
  record MultipleChoice(String query, List<String> choices, int gold) implements CoreExample {
    /// @throws IllegalArgumentException if the right answer is not among them
    public MultipleChoice {
      choices = List.copyOf(choices);
      checkGold(gold, choices);
    }

    @Override
    public String shown(String delimiter) {
      return query + delimiter + choices.get(gold);
    }

    @Override
    public List<String> asked(String delimiter) {
      return choices.stream().map(choice -> query + delimiter + choice).toList();
    }
  }

  /// One of several contexts goes before a continuation.
  /// @param gold index of the right one
  record Schema(List<String> contexts, String continuation, int gold) implements CoreExample {
    /// @throws IllegalArgumentException if the right context is not among them
    public Schema {
      contexts = List.copyOf(contexts);
      checkGold(gold, contexts);
    }

    @Override
    public String shown(String delimiter) {
      return contexts.get(gold) + delimiter + continuation;
    }

    @Override
    public List<String> asked(String delimiter) {
      return contexts.stream().map(context -> context + delimiter + continuation).toList();
    }
  }

  /// A context must be continued word by word.
  record LanguageModeling(String context, String continuation) implements CoreExample {
    @Override
    public String shown(String delimiter) {
      return PythonText.strip(context) + delimiter + continuation;
    }

    @Override
    public List<String> asked(String delimiter) {
      String without = PythonText.strip(context) + delimiter;
      return List.of(without, without + continuation);
    }
  }

  /// Reads a line of a task's file.
  /// @throws IllegalArgumentException if it is not a question of this kind
  static CoreExample ofJson(Kind kind, String line) {
    Map<String, Object> json = Json.object(line);
    return switch (kind) {
      case MULTIPLE_CHOICE -> new MultipleChoice(Json.string(json, "query"), strings(json, "choices"), Json.integer(json, "gold"));
      case SCHEMA -> new Schema(strings(json, "context_options"), Json.string(json, "continuation"), Json.integer(json, "gold"));
      case LANGUAGE_MODELING -> new LanguageModeling(Json.string(json, "context"), Json.string(json, "continuation"));
    };
  }

  private static List<String> strings(Map<String, Object> json, String name) {
    return Json.list(json, name).stream().map(element -> {
      if (element instanceof String string) {
        return string;
      }
      throw new IllegalArgumentException("\"" + name + "\" must be a list of strings, but has " + element);
    }).toList();
  }

  private static void checkGold(int gold, List<String> options) {
    if (gold < 0 || gold >= options.size()) {
      throw new IllegalArgumentException("\"gold\" is " + gold + ", but there are " + options.size() + " to choose from");
    }
  }
}
