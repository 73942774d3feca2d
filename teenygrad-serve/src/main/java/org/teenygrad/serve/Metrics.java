package org.teenygrad.serve;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.teenygrad.models.inference.Engine;

/// What the server has done so far, as Prometheus reads it.
final class Metrics {
  final Histogram queue = new Histogram("teenygrad_queue_seconds", "Time a text waits for a row of the engine.");
  final Histogram firstToken = new Histogram("teenygrad_time_to_first_token_seconds", "Time from a request to the first token of a choice.");
  final Histogram nextToken = new Histogram("teenygrad_inter_token_seconds", "Time between two tokens of a choice.");
  final Histogram endToEnd = new Histogram("teenygrad_request_seconds", "Time from a request to the end of its answer.");
  final LongAdder promptTokens = new LongAdder();
  final LongAdder newTokens = new LongAdder();

  /// Choices by the reason of their end.
  private final Map<String, LongAdder> reasons = new ConcurrentSkipListMap<>();

  /// Answers by status; 0 where the client had gone.
  private final Map<String, LongAdder> statuses = new ConcurrentSkipListMap<>();

  void countChoice(String reason) {
    reasons.computeIfAbsent(reason, _ -> new LongAdder()).increment();
  }

  void countAnswer(int status) {
    statuses.computeIfAbsent(Integer.toString(status), _ -> new LongAdder()).increment();
  }

  /// @param engines one for each model; what they do is added up
  /// @param rows of an engine
  String text(List<EngineThread> engines, int rows) {
    List<EngineLog.Sequence> served = engines.stream().flatMap(engine -> engine.log().sequences().stream()).toList();
    List<Engine.Load> loads = engines.stream().map(EngineThread::load).toList();
    StringBuilder text = new StringBuilder();
    single(text, "gauge", "teenygrad_choices_running", "Texts that are being continued.", served.stream().filter(EngineLog.Sequence::isRunning).count());
    single(text, "gauge", "teenygrad_choices_waiting", "Texts that wait for a row.", served.stream().filter(sequence -> !sequence.isRunning()).count());
    single(text, "gauge", "teenygrad_rows", "Texts that can be continued at once.", (long) rows * engines.size());
    single(text, "gauge", "teenygrad_cache_tokens", "Tokens whose keys and values can be kept.", sum(loads, Engine.Load::cacheTokens));
    single(text, "gauge", "teenygrad_cache_used_tokens", "What of that running texts have.", sum(loads, Engine.Load::usedTokens));
    single(text, "counter", "teenygrad_shared_prompt_tokens_total", "Tokens of prompts that the cache had.", sum(loads, Engine.Load::sharedTokens));
    single(text, "counter", "teenygrad_draft_tokens_total", "Tokens that were guessed.", sum(loads, Engine.Load::draftedTokens));
    single(text, "counter", "teenygrad_accepted_draft_tokens_total", "Guessed tokens that were right.", sum(loads, Engine.Load::acceptedTokens));
    single(text, "counter", "teenygrad_prompt_tokens_total", "Tokens of prompts.", promptTokens.sum());
    single(text, "counter", "teenygrad_generated_tokens_total", "Tokens that were added.", newTokens.sum());
    labelled(text, "teenygrad_choices_total", "Texts that have ended, by reason.", "reason", reasons);
    labelled(text, "teenygrad_http_responses_total", "Answers, by status; 0 where the client had gone.", "status", statuses);
    for (Histogram histogram : new Histogram[] {queue, firstToken, nextToken, endToEnd}) {
      histogram.appendTo(text);
    }
    return text.toString();
  }

  private static long sum(List<Engine.Load> loads, ToLongFunction<Engine.Load> figure) {
    return loads.stream().mapToLong(figure).sum();
  }

  private static void single(StringBuilder text, String type, String name, String help, long value) {
    head(text, type, name, help);
    text.append(name).append(' ').append(value).append('\n');
  }

  private static void labelled(StringBuilder text, String name, String help, String label, Map<String, LongAdder> values) {
    head(text, "counter", name, help);
    values.forEach((value, count) ->
        text.append(name).append('{').append(label).append("=\"").append(value).append("\"} ").append(count.sum()).append('\n'));
  }

  private static void head(StringBuilder text, String type, String name, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
  }
}
