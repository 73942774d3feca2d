package org.teenygrad.serve;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.serve.GenerationRequest.Calls;
import org.teenygrad.serve.http.ApiError;
import org.teenygrad.serve.http.Call;

/// `/v1/chat/completions` and `/v1/completions`.
record Completions(ServedModel model, ServeSettings settings, OutputFormat output, Generating generating) {
  /// OpenAI's default.
  private static final int TEXT_TOKENS = 16;

  void chat(Call call, Parameters given) throws IOException {
    ChatFormat format = model.chat();
    if (format == null) {
      throw ApiError.of(400, "the model '" + model.id() + "' only continues texts: /v1/completions");
    }
    int[] prompt = format.prompt(Messages.of(given, settings.maxMessages()));
    GenerationRequest.requireRoom(prompt, model);
    RequiredCall required = RequiredCall.of(given);
    ClientTool tool = required == null ? OfferedTool.of(given, format) : required;
    Supplier<RowState> constrained = required == null ? output.of(given) : output.of(required, given);
    GenerationRequest request = GenerationRequest.of(
        given, model, settings, List.of(prompt), constrained == null ? format.answering(tool == null) : constrained,
        required != null ? Calls.REQUIRED : tool == null ? Calls.ANSWERED : Calls.OFFERED, model.model().maxPositions() - prompt.length,
        Set.of("messages", "max_completion_tokens", "top_logprobs", "tools", "tool_choice", "parallel_tool_calls"));
    generating.answer(call, request, new ChatReply(id("chatcmpl-"), now(), model, tool, request.hasLogprobs()));
  }

  void text(Call call, Parameters given) throws IOException {
    List<int[]> prompts = new Prompts(model).of(given, "prompt");
    if (given.truth("echo", false)) {
      throw ApiError.invalid("echo", "echo is not supported");
    }
    Supplier<RowState> constrained = output.of(given);
    GenerationRequest request = GenerationRequest.of(
        given, model, settings, prompts, constrained == null ? RowState.endingWith(model.ends()) : constrained, Calls.ANSWERED, TEXT_TOKENS,
        Set.of("prompt", "echo"));
    generating.answer(call, request, new TextReply(id("cmpl-"), now(), model, request.hasLogprobs()));
  }

  private static String id(String prefix) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return String.format(Locale.ROOT, "%s%016x%08x", prefix, random.nextLong(), random.nextInt());
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }
}
