package org.teenygrad.nanochat.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.teenygrad.data.CounterRandom;

/// Something to know: the colour of the sky is blue.
record Fact(Relation relation, String subject, String object) {

  /// What a fact is about, and how it is said and asked. `{s}` is the subject, `{S}` the same at the beginning of a sentence, `{o}` the
  /// object. The first statement is also the answer.
  enum Relation {
    COLOUR(
        List.of("{S} is {o}.", "The colour of {s} is {o}."),
        List.of("What colour is {s}?", "Which colour is {s}?", "Tell me the colour of {s}.", "What is the colour of {s}?")),
    SOUND(List.of("{S} {o}."), List.of("What does {s} do?", "What sound does {s} make?", "Tell me what {s} does.")),
    YOUNG(
        List.of("A young {s} is called {o}."),
        List.of("What is a young {s} called?", "What do you call a young {s}?", "How is a young {s} called?")),
    OPPOSITE(
        List.of("The opposite of {s} is {o}.", "What is not {s} is {o}."),
        List.of("What is the opposite of {s}?", "Tell me the opposite of {s}.", "Which word is the opposite of {s}?")),
    CAPITAL(
        List.of("The capital of {s} is {o}.", "{o} is the capital of {s}."),
        List.of("What is the capital of {s}?", "Which city is the capital of {s}?", "Tell me the capital of {s}.")),
    DAY(List.of("After {s} comes {o}.", "{s} is the day before {o}."), List.of("Which day comes after {s}?", "What day is after {s}?")),
    MONTH(
        List.of("After {s} comes {o}.", "{s} is the month before {o}."),
        List.of("Which month comes after {s}?", "What month is after {s}?")),
    LEGS(List.of("{S} has {o} legs."), List.of("How many legs does {s} have?", "How many legs has {s}?")),
    HOME(List.of("{S} lives in {o}."), List.of("Where does {s} live?", "What does {s} live in?"));

    final List<String> statements;
    final List<String> questions;

    Relation(List<String> statements, List<String> questions) {
      this.statements = statements;
      this.questions = questions;
    }
  }

  /// All facts of the table.
  static List<Fact> all() {
    List<Fact> facts = new ArrayList<>();
    for (String line : Lines.of("facts.txt")) {
      int colon = line.indexOf(':');
      Relation relation = Relation.valueOf(line.substring(0, colon).toUpperCase(Locale.ROOT));
      for (String pair : Lines.split(line.substring(colon + 1), ',')) {
        List<String> sides = Lines.split(pair, '=');
        facts.add(new Fact(relation, sides.getFirst(), sides.getLast()));
      }
    }
    return facts;
  }

  String statement(CounterRandom random) {
    return filled(relation.statements.get(random.nextInt(relation.statements.size())));
  }

  List<String> questions() {
    return relation.questions.stream().map(this::filled).toList();
  }

  String answer() {
    return filled(relation.statements.getFirst());
  }

  /// The answer up to its object.
  String beginning() {
    String template = relation.statements.getFirst();
    return filled(template.substring(0, template.indexOf("{o}"))).strip();
  }

  private String filled(String template) {
    String first = subject.substring(0, 1).toUpperCase(Locale.ROOT) + subject.substring(1);
    return template.replace("{s}", subject).replace("{S}", first).replace("{o}", object);
  }
}
