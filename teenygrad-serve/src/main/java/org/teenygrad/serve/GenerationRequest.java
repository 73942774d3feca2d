package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;

/// What a call wants to have continued, checked.
///
/// @param prompts at least one; each has `n` choices
/// @param n choices of each prompt
/// @param maxNewTokens of each choice
/// @param sampling of the first choice of a prompt; those that follow have the seeds that follow
/// @param state what follows an answer's tokens
/// @param callsTools as [ChatFormat#answering] has it
record GenerationRequest(
    List<int[]> prompts, int n, int maxNewTokens, Sampling sampling, Supplier<RowState> state, boolean callsTools, List<String> stops,
    boolean streams, boolean includesUsage, boolean hasLogprobs) {

  /// What both kinds of completions know.
  private static final Set<String> COMMON = Set.of(
      "model", "stream", "stream_options", "n", "seed", "temperature", "top_p", "top_k", "max_tokens", "stop", "stop_token_ids", "ignore_eos", "logprobs",
      "presence_penalty", "frequency_penalty", "logit_bias",
      "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key"); // of no consequence here

  private static final int MOST_CHOICES = 128;
  private static final int MOST_STOPS = 16;

  /// @param prompts what to continue
  /// @param ending what ends a choice besides stop strings and ids
  /// @param byDefault new tokens where the request does not say how many
  /// @param more parameters that this kind of completion has besides
  /// @throws ApiError if a parameter is none, or is not what it should be
  static GenerationRequest of(
      Parameters given, ServedModel model, ServeSettings settings, List<int[]> prompts, Ending ending, int byDefault, Set<String> more) {
    Set<String> known = new TreeSet<>(COMMON);
    known.addAll(more);
    given.requireOnly(known);
    requireModel(given, model);
    given.number("presence_penalty", 0, 0, 0);
    given.number("frequency_penalty", 0, 0, 0);
    if (given.has("logit_bias")) {
      throw ApiError.invalid("logit_bias", "logit_bias is not supported");
    }
    int n = given.integer("n", 1, 1, MOST_CHOICES);
    int choices = Math.multiplyExact(n, prompts.size());
    String limit = given.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
    int most = Math.max(1, settings.maxTokens() / choices);
    if (choices > settings.maxTokens()) {
      throw ApiError.invalid("n", "a request may have " + settings.maxTokens() + " new tokens, all choices together; these are " + choices + " choices");
    }
    int maxNewTokens = given.integer(limit, Math.min(byDefault, most), 1, most);
    prompts.forEach(prompt -> requireRoom(prompt, model));
    Sampling sampling = new Sampling(
        given.number("temperature", model.sampling().temperature(), 0, 2),
        given.integer("top_k", given.has("temperature") || given.has("top_p") ? 0 : model.sampling().topK(), 0, Integer.MAX_VALUE),
        given.number("top_p", 1, Double.MIN_VALUE, 1),
        given.integer("seed", ThreadLocalRandom.current().nextLong()));
    List<String> stops = given.strings("stop", MOST_STOPS);
    if (stops.contains("")) {
      throw ApiError.invalid("stop", "a stop string must have a character");
    }
    return new GenerationRequest(
        prompts, n, maxNewTokens, sampling, ending.state(given.integers("stop_token_ids"), given.truth("ignore_eos", false)), ending.callsTools(), stops,
        given.truth("stream", false), includesUsage(given), hasLogprobs(given));
  }

  /// What ends a choice.
  interface Ending {
    /// @param more tokens that end it besides
    /// @param ignored whether the model's own ends do not
    Supplier<RowState> state(int[] more, boolean ignored);

    default boolean callsTools() {
      return true;
    }
  }

  private static boolean includesUsage(Parameters given) {
    return given.get("stream_options") instanceof java.util.Map<?, ?> options && Boolean.TRUE.equals(options.get("include_usage"));
  }

  /// Chat says true or false, completions how many alternatives to show; there are none but the chosen tokens.
  private static boolean hasLogprobs(Parameters given) {
    if (given.get("logprobs") instanceof Long) {
      given.integer("logprobs", 0, 0, 1);
      return true;
    }
    return given.truth("logprobs", false);
  }

  static void requireModel(Parameters given, ServedModel model) {
    if (given.has("model") && !given.string("model").equals(model.id())) {
      throw ApiError.coded(404, "model_not_found", "model", "the model '" + given.string("model") + "' is not served here; there is '" + model.id() + "'");
    }
  }

  static void requireRoom(int[] prompt, ServedModel model) {
    if (prompt.length == 0) {
      throw ApiError.invalid("prompt", "the prompt is empty");
    }
    int most = model.model().maxPositions();
    if (prompt.length >= most) {
      throw ApiError.coded(400, "context_length_exceeded", "messages",
          "the prompt has " + prompt.length + " tokens, and the model reads " + most + " at most, the answer included");
    }
  }

  int choices() {
    return n * prompts.size();
  }

  int promptTokens() {
    return prompts.stream().mapToInt(prompt -> prompt.length).sum();
  }

  /// A request of the engine for each choice.
  List<Request> requests() {
    List<Request> requests = new ArrayList<>();
    for (int[] prompt : prompts) {
      for (int i = 0; i < n; i++) {
        requests.add(Request.of(prompt, maxNewTokens, sampling.withSeed(sampling.seed() + i)).withState(state));
      }
    }
    return requests;
  }

  /// Ends a row with a model's own ends and others.
  static Ending ending(int[] ends) {
    return (more, ignored) -> RowState.endingWith(IntStream.concat(Arrays.stream(more), ignored ? IntStream.empty() : Arrays.stream(ends)).toArray());
  }
}
