package org.teenygrad.nanochat.corpus;

import java.util.List;
import java.util.Locale;
import org.teenygrad.data.CounterRandom;

/// A sum of two small numbers in words, with its solution as GSM8K has it: calculator calls in `<<` and `>>`, the answer after `####`.
record WordProblem(String question, String answer) {
  private static final List<String> NAMES =
      List.of("Mia", "Anna", "Lily", "Emma", "Nora", "Ruth", "Tom", "Ben", "Max", "Leo", "Sam", "Finn");
  private static final List<String> THINGS =
      List.of("apples", "plums", "nuts", "books", "balls", "shells", "stones", "eggs", "carrots", "hats", "boats", "keys");
  private static final List<String> PLACES = List.of("boxes", "bags", "baskets", "rooms");

  private static final int SMALLEST = 2;
  private static final int LARGEST = 9;
  private static final int TEST_EVERY = 5;

  /// Which pairs of numbers a problem is made of: no pair is in both.
  enum Part {
    TRAIN,
    TEST
  }

  private enum Operation {
    PLUS('+'),
    MINUS('-'),
    TIMES('*');

    final char sign;

    Operation(char sign) {
      this.sign = sign;
    }

    int result(int a, int b) {
      return switch (this) {
        case PLUS -> a + b;
        case MINUS -> a - b;
        case TIMES -> a * b;
      };
    }
  }

  static WordProblem of(Part part, CounterRandom random) {
    while (true) {
      Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
      int a = SMALLEST + random.nextInt(LARGEST - SMALLEST + 1);
      int b = SMALLEST + random.nextInt(LARGEST - SMALLEST + 1);
      boolean test = (a * 3 + b + operation.ordinal()) % TEST_EVERY == 0;
      boolean makesSense = operation != Operation.MINUS || a - b >= SMALLEST; // "1 apples" would be wrong
      if (test == (part == Part.TEST) && makesSense) {
        return of(operation, a, b, random);
      }
    }
  }

  private static WordProblem of(Operation operation, int a, int b, CounterRandom random) {
    String things = pick(THINGS, random);
    String who = pick(NAMES, random);
    String other = pick(NAMES.stream().filter(name -> !name.equals(who)).toList(), random);
    String place = pick(PLACES, random);
    int result = operation.result(a, b);
    String sum = String.format(Locale.ROOT, "%d %c %d = <<%d%c%d=%d>>%d", a, operation.sign, b, a, operation.sign, b, result, result);
    String end = "\n#### " + result;
    return switch (operation) {
      case PLUS -> new WordProblem(
          String.format(Locale.ROOT, "%s has %d %s. %s gives %s %d more. How many %s does %s have now?", who, a, things, other, who, b, things, who),
          who + " has " + sum + " " + things + "." + end);
      case MINUS -> new WordProblem(
          String.format(Locale.ROOT, "%s has %d %s and gives %d of them to %s. How many %s are left?", who, a, things, b, other, things),
          sum + " " + things + " are left." + end);
      case TIMES -> new WordProblem(
          String.format(Locale.ROOT, "There are %d %s with %d %s in each. How many %s are there?", a, place, b, things, things),
          "There are " + sum + " " + things + "." + end);
    };
  }

  private static String pick(List<String> from, CounterRandom random) {
    return from.get(random.nextInt(from.size()));
  }

  /// Question and solution without marks.
  String prose() {
    return question + " " + answer.replaceAll("<<[^>]*>>", "").replaceAll("\n.*", "");
  }
}
