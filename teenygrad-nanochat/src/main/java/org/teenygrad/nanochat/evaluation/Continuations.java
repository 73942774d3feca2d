package org.teenygrad.nanochat.evaluation;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;

/// What a base model writes: the likeliest continuations of some beginnings, and texts of its own, drawn as it weighs.
///
/// ```java
/// Continuations.of(trained.computing(), tokenizer).begun().getFirst();   // The opposite of big is small.
/// ```
/// @param begun the beginnings with what follows
/// @param free texts from their first token on
public record Continuations(List<String> begun, List<String> free) {
  private static final List<String> BEGINNINGS = List.of(
      "The capital of Italy is", "The opposite of big is", "Water freezes when", "The days of the week are:", "If 3*x + 1 = 13, then x is", "My favorite animal is");

  private static final int TOKENS_OF_BEGUN = 16;
  private static final int FREE = 8;
  private static final int TOKENS_OF_FREE = 128;
  private static final long SEED = 42;

  /// @param model in the type to compute in
  public static Continuations of(Gpt model, NanochatTokenizer tokenizer) {
    Answerer likeliest = new Answerer(model, tokenizer, new Answerer.Options(FREE, 1, TOKENS_OF_BEGUN, 0, 0, SEED));
    List<List<String>> begun = likeliest.answers(BEGINNINGS.stream().map(text -> tokens(tokenizer, text)).toList());
    List<List<String>> free = likeliest.with(new Answerer.Options(FREE, 1, Math.min(TOKENS_OF_FREE, model.maxPositions() - 1), 1, 0, SEED)).answers(Collections.nCopies(FREE, tokens(tokenizer, "")));
    return new Continuations(
        IntStream.range(0, BEGINNINGS.size()).mapToObj(i -> BEGINNINGS.get(i) + begun.get(i).getFirst()).toList(), free.stream().map(List::getFirst).toList());
  }

  private static int[] tokens(NanochatTokenizer tokenizer, String text) {
    return IntStream.concat(IntStream.of(tokenizer.token(SpecialToken.BOS)), IntStream.of(tokenizer.encode(text))).toArray();
  }

  /// All texts.
  public List<String> all() {
    return Stream.concat(begun.stream(), free.stream()).toList();
  }
}
