package org.teenygrad.serve.load;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// What a load has measured.
///
/// @param failures what went wrong with requests, if anything did
/// @param seconds from the first request to the last answer
/// @param firstToken milliseconds from a request to its first token, in order; likewise the others
/// @param betweenTokens from one token of a request to the next
/// @param endToEnd to the end of the answer
public record LoadReport(
    int requests, List<String> failures, double seconds, long promptTokens, long newTokens, double[] firstToken, double[] betweenTokens, double[] endToEnd) {

  static LoadReport of(List<Measured> all) {
    List<Measured> fine = all.stream().filter(each -> each.failure().isEmpty()).toList();
    long start = all.stream().mapToLong(Measured::start).min().orElseThrow();
    long end = all.stream().mapToLong(Measured::end).max().orElseThrow();
    return new LoadReport(
        all.size(),
        all.stream().map(Measured::failure).filter(failure -> !failure.isEmpty()).toList(),
        (end - start) / 1e9,
        fine.stream().mapToLong(Measured::promptTokens).sum(),
        fine.stream().mapToLong(Measured::newTokens).sum(),
        millis(fine.stream().mapToLong(each -> each.arrivals().getFirst() - each.start())),
        millis(fine.stream().flatMapToLong(each -> IntStream.range(1, each.arrivals().size())
            .mapToLong(i -> each.arrivals().get(i) - each.arrivals().get(i - 1)))),
        millis(fine.stream().mapToLong(each -> each.end() - each.start())));
  }

  private static double[] millis(LongStream nanos) {
    return nanos.sorted().mapToDouble(each -> each / 1e6).toArray();
  }

  /// The value that a share of values does not exceed; NaN where there is none.
  /// @param sorted in order
  static double percentile(double[] sorted, double share) {
    return sorted.length == 0 ? Double.NaN : sorted[Math.clamp((int) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
  }

  /// As a table.
  public String text() {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
        "%,d requests, %d failed, in %.2f s: %.2f requests/s%n%,d tokens read, %,d added: %,.1f tokens/s%n%-22s%10s%10s%10s%10s%n",
        requests, failures.size(), seconds, requests / seconds, promptTokens, newTokens, newTokens / seconds, "ms", "mean", "p50", "p90", "p99"));
    times().forEach((name, sorted) -> text.append(String.format(Locale.ROOT, "%-22s%10.2f%10.2f%10.2f%10.2f%n",
        name, mean(sorted), percentile(sorted, 0.5), percentile(sorted, 0.9), percentile(sorted, 0.99))));
    failures.stream().distinct().limit(3).forEach(failure -> text.append("failed: ").append(failure).append(System.lineSeparator()));
    return text.toString();
  }

  /// As a line for programs.
  public String json() {
    Map<String, @Nullable Object> json = Json.members(
        "requests", requests, "failed", failures.size(), "seconds", seconds, "prompt_tokens", promptTokens, "new_tokens", newTokens,
        "requests_per_second", requests / seconds, "tokens_per_second", newTokens / seconds);
    times().forEach((name, sorted) -> json.put(name.replace(' ', '_') + "_ms", sorted.length == 0 ? null : Json.members(
        "mean", mean(sorted), "p50", percentile(sorted, 0.5), "p90", percentile(sorted, 0.9), "p99", percentile(sorted, 0.99))));
    return Json.text(json);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  private Map<String, double[]> times() {
    Map<String, double[]> times = new LinkedHashMap<>();
    times.put("first token", firstToken);
    times.put("between tokens", betweenTokens);
    times.put("end to end", endToEnd);
    return times;
  }

  /// How many requests were answered otherwise in one of several runs of the same, and in how many tokens. What is compared is each
  /// token and its log-probability, to the last bit.
  ///
  /// @param requests that differ
  /// @param tokens that differ
  /// @param compared tokens in all
  public record Differences(int requests, int tokens, int compared) {
    static Differences of(List<List<Measured>> runs) {
      int requests = 0;
      int tokens = 0;
      int compared = 0;
      for (int i = 0; i < runs.getFirst().size(); i++) {
        List<String> first = runs.getFirst().get(i).tokens();
        int before = tokens;
        for (List<Measured> run : runs.subList(1, runs.size())) {
          List<String> other = run.get(i).tokens();
          compared += Math.max(first.size(), other.size());
          tokens += Math.abs(first.size() - other.size())
              + (int) IntStream.range(0, Math.min(first.size(), other.size())).filter(token -> !first.get(token).equals(other.get(token))).count();
        }
        requests += tokens > before ? 1 : 0;
      }
      return new Differences(requests, tokens, compared);
    }
  }

  static Stream<String> failures(List<Measured> all) {
    return all.stream().map(Measured::failure).filter(failure -> !failure.isEmpty());
  }
}
