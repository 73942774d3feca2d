package org.teenygrad.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.RowState;

/// `/v1/chat/completions` and `/v1/completions`.
record Completions(ServedModel model, ServeSettings settings, Generating generating) {
  private static final int MOST_PROMPTS = 128;

  /// OpenAI's default.
  private static final int TEXT_TOKENS = 16;

  void chat(Call call) throws IOException {
    Parameters given = new Parameters(call.json());
    ChatFormat format = model.chat();
    if (format == null) {
      throw ApiError.of(400, "the model '" + model.id() + "' only continues texts: /v1/completions");
    }
    int[] prompt = format.prompt(Messages.of(given, settings.maxMessages()));
    OfferedTool tool = OfferedTool.of(given);
    GenerationRequest.requireRoom(prompt, model);
    if (given.has("top_logprobs")) {
      given.integer("top_logprobs", 0, 0, 0);
    }
    requireText(given);
    GenerationRequest request = GenerationRequest.of(
        given, model, settings, List.of(prompt), chatEnding(format, tool), model.model().maxPositions() - prompt.length,
        Set.of("messages", "max_completion_tokens", "top_logprobs", "tools", "tool_choice", "parallel_tool_calls", "response_format"));
    generating.answer(call, request, new ChatReply(id("chatcmpl-"), now(), model, tool, request.hasLogprobs()));
  }

  private static void requireText(Parameters given) {
    if (given.get("response_format") instanceof java.util.Map<?, ?> format && !"text".equals(format.get("type"))) {
      throw ApiError.invalid("response_format", "response_format may only be of type text");
    }
  }

  private GenerationRequest.Ending chatEnding(ChatFormat format, @Nullable OfferedTool tool) {
    return new GenerationRequest.Ending() {
      @Override
      public Supplier<RowState> state(int[] more, boolean ignored) {
        if (ignored) {
          return RowState.endingWith(more);
        }
        Supplier<RowState> answering = format.answering(callsTools());
        return more.length == 0 ? answering : () -> new AlsoEnding(answering.get(), more);
      }

      @Override
      public boolean callsTools() {
        return tool == null;
      }
    };
  }

  void text(Call call) throws IOException {
    Parameters given = new Parameters(call.json());
    List<int[]> prompts = prompts(given);
    if (given.truth("echo", false)) {
      throw ApiError.invalid("echo", "echo is not supported");
    }
    GenerationRequest request = GenerationRequest.of(
        given, model, settings, prompts, GenerationRequest.ending(model.ends()), TEXT_TOKENS, Set.of("prompt", "echo"));
    generating.answer(call, request, new TextReply(id("cmpl-"), now(), model, request.hasLogprobs()));
  }

  /// A text, tokens, or a list of either.
  private List<int[]> prompts(Parameters given) {
    List<int[]> prompts = new ArrayList<>();
    switch (given.get("prompt")) {
      case null -> prompts.add(tokens(""));
      case String text -> prompts.add(tokens(text));
      case List<?> list when !list.isEmpty() && list.getFirst() instanceof Long -> prompts.add(Parameters.integers("prompt", list));
      case List<?> list -> list.forEach(each -> prompts.add(each instanceof String text ? tokens(text) : Parameters.integers("prompt", each)));
      case Object other -> throw Parameters.wrong("prompt", "a string, a list of tokens, or a list of either", other);
    }
    if (prompts.isEmpty() || prompts.size() > MOST_PROMPTS) {
      throw ApiError.invalid("prompt", "there must be 1 to " + MOST_PROMPTS + " prompts, not " + prompts.size());
    }
    return prompts;
  }

  private int[] tokens(String text) {
    return IntStream.concat(IntStream.of(model.beginning()), IntStream.of(model.tokenizer().encode(text))).toArray();
  }

  private static String id(String prefix) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return String.format(Locale.ROOT, "%s%016x%08x", prefix, random.nextLong(), random.nextInt());
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }
}
