package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.teenygrad.models.inference.Penalties;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.ApiError;

/// What a call wants to have continued, checked.
///
/// @param prompts at least one; each has `n` choices
/// @param n choices of each prompt
/// @param maxNewTokens of each choice
/// @param sampling of the first choice of a prompt; those that follow have the seeds that follow
/// @param state what follows an answer's tokens
/// @param calls who calls tools
/// @param drafts how many tokens are guessed at a time
/// @param alternatives how many tokens are shown beside each that was chosen
record GenerationRequest(
    List<int[]> prompts, int n, int maxNewTokens, Sampling sampling, Supplier<RowState> state, Calls calls, List<String> stops,
    boolean streams, boolean includesUsage, boolean hasLogprobs, int drafts, int alternatives) {

  /// What becomes of a model's calls of tools.
  enum Calls {
    /// The server answers them.
    ANSWERED,
    /// An answer ends with its first call, which the client answers.
    OFFERED,
    /// The answer is a call.
    REQUIRED
  }

  /// What both kinds of completions know.
  private static final Set<String> COMMON = Set.of(
      "model", "stream", "stream_options", "n", "seed", "temperature", "top_p", "top_k", "max_tokens", "stop", "stop_token_ids", "ignore_eos", "logprobs",
      "response_format", "structured_outputs", "speculate", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty", "logit_bias",
      "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key"); // of no consequence here

  private static final int MOST_CHOICES = 128;
  private static final int MOST_STOPS = 16;

  /// OpenAI's limit.
  private static final int MOST_ALTERNATIVES = 20;

  /// @param prompts what to continue
  /// @param states what follows an answer's tokens, whatever the request says
  /// @param calls who calls tools
  /// @param byDefault new tokens where the request does not say how many
  /// @param more parameters that this kind of completion has besides
  /// @throws ApiError if a parameter is none, or is not what it should be
  static GenerationRequest of(
      Parameters given, ServedModel model, ServeSettings settings, List<int[]> prompts, Supplier<RowState> states, Calls calls, int byDefault,
      Set<String> more) {
    Set<String> known = new TreeSet<>(COMMON);
    known.addAll(more);
    given.requireOnly(known);
    int n = given.integer("n", 1, 1, MOST_CHOICES);
    int choices = Math.multiplyExact(n, prompts.size());
    String limit = given.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
    int most = Math.max(1, settings.maxTokens() / choices);
    if (choices > settings.maxTokens()) {
      throw ApiError.invalid("n", "a request may have " + settings.maxTokens() + " new tokens, all choices together; these are " + choices + " choices");
    }
    int maxNewTokens = given.integer(limit, Math.min(byDefault, most), 1, most);
    prompts.forEach(prompt -> requireRoom(prompt, model));
    Sampling sampling = sampling(given, model);
    List<String> stops = given.strings("stop", MOST_STOPS);
    if (stops.contains("")) {
      throw ApiError.invalid("stop", "a stop string must have a character");
    }
    return new GenerationRequest(
        prompts, n, maxNewTokens, sampling, states(given, states), calls, stops, given.truth("stream", false), includesUsage(given), hasLogprobs(given),
        given.integer("speculate", settings.speculate(), 0, Request.MOST_DRAFTS),
        given.get("logprobs") instanceof Long ? given.integer("logprobs", 0, 0, MOST_ALTERNATIVES) : given.integer("top_logprobs", 0, 0, MOST_ALTERNATIVES));
  }

  private static Sampling sampling(Parameters given, ServedModel model) {
    boolean isChosen = given.has("temperature") || given.has("top_p") || given.has("min_p");
    return new Sampling(
        given.number("temperature", model.sampling().temperature(), 0, 2),
        given.integer("top_k", isChosen ? 0 : model.sampling().topK(), 0, Integer.MAX_VALUE),
        given.number("top_p", isChosen ? 1 : model.sampling().topP(), Double.MIN_VALUE, 1),
        given.number("min_p", 0, 0, 1),
        new Penalties(
            given.number("repetition_penalty", 1, 0.01, 100), given.number("presence_penalty", 0, -2, 2), given.number("frequency_penalty", 0, -2, 2)),
        bias(given, model),
        given.integer("seed", ThreadLocalRandom.current().nextLong()));
  }

  /// Tokens, as strings, and what is added to their scores.
  private static Map<Integer, Double> bias(Parameters given, ServedModel model) {
    Map<Integer, Double> bias = new HashMap<>();
    if (given.has("logit_bias")) {
      Parameters byToken = new Parameters(Json.asObject(given.get("logit_bias"), "logit_bias"));
      for (String token : byToken.json().keySet()) {
        if (!token.matches("\\d{1,9}") || Integer.parseInt(token) >= model.model().vocabSize()) {
          throw ApiError.invalid("logit_bias", "logit_bias has a name that is none of the model's " + model.model().vocabSize() + " tokens");
        }
        bias.put(Integer.parseInt(token), byToken.number(token, 0, -100, 100));
      }
    }
    return bias;
  }

  private static Supplier<RowState> states(Parameters given, Supplier<RowState> states) {
    Supplier<RowState> chosen = given.truth("ignore_eos", false) ? RowState.withoutEnd(states) : states;
    int[] ends = given.integers("stop_token_ids");
    return ends.length == 0 ? chosen : () -> new AlsoEnding(chosen.get(), ends);
  }

  private static boolean includesUsage(Parameters given) {
    return given.get("stream_options") instanceof Map<?, ?> options && Boolean.TRUE.equals(options.get("include_usage"));
  }

  /// Chat says true or false, completions how many alternatives to show.
  private static boolean hasLogprobs(Parameters given) {
    return given.get("logprobs") instanceof Long || given.truth("logprobs", false);
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
        requests.add(Request.of(prompt, maxNewTokens, sampling.withSeed(sampling.seed() + i)).withState(state).withAlternatives(alternatives).withDrafts(drafts));
      }
    }
    return requests;
  }
}
