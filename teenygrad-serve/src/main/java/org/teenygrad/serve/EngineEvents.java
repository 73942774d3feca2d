package org.teenygrad.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.EngineLog.Sequence;
import org.teenygrad.serve.EngineLog.State;
import org.teenygrad.serve.EngineLog.Step;
import org.teenygrad.serve.http.Call;

/// `/engine/events`: the engine at work as server-sent events, for the page's second view. Nothing of what is asked or answered is in them.
///
/// @param rows texts that can be continued at once
record EngineEvents(EngineLog engine, Gate gate, int rows) {
  /// A watcher is told what is new so often at most.
  private static final long INTERVAL_MILLIS = 100;

  /// Where nothing is new, it is said after so many intervals: who has gone is noticed by that.
  private static final int QUIET_INTERVALS = 10;

  void answer(Call call) throws IOException {
    try (Gate.Admission _ = gate.admit(call, true)) {
      call.begin("text/event-stream");
      long seen = 0;
      State last = null;
      int quiet = 0;
      while (!gate.isClosed()) {
        State state = engine.since(seen);
        boolean isNew = last == null || !state.steps().isEmpty() || !state.sequences().equals(last.sequences());
        quiet = isNew ? 0 : quiet + 1;
        if (isNew || quiet % QUIET_INTERVALS == 0) {
          call.write("data: " + Json.text(json(state)) + "\n\n");
        }
        seen = state.steps().isEmpty() ? seen : state.steps().getLast().number();
        last = state;
        Thread.sleep(INTERVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // the server ends
    }
    call.write("data: [DONE]\n\n");
    call.end();
  }

  private Map<String, @Nullable Object> json(State state) {
    return Json.members(
        "rows", rows, "cache", state.load().cacheTokens(), "cached", state.load().usedTokens(), "prompts", state.load().promptTokens(),
        "shared", state.load().sharedTokens(),
        "steps", state.steps().stream().map(EngineEvents::json).toList(),
        "sequences", state.sequences().stream().map(EngineEvents::json).toList());
  }

  private static Map<String, @Nullable Object> json(Step step) {
    return Json.members("number", step.number(), "millis", step.nanos() / 1e6, "tokens", step.tokens());
  }

  /// Numbers that follow each other as the first and how many: `[[3, 2], [9, 1]]`.
  static List<List<Integer>> ranges(List<Integer> blocks) {
    List<List<Integer>> ranges = new ArrayList<>();
    for (int block : blocks) {
      List<Integer> last = ranges.isEmpty() ? List.of(-1, -1) : ranges.getLast();
      if (last.getFirst() + last.getLast() == block) {
        ranges.set(ranges.size() - 1, List.of(last.getFirst(), last.getLast() + 1));
      } else {
        ranges.add(List.of(block, 1));
      }
    }
    return ranges;
  }

  private static Map<String, @Nullable Object> json(Sequence sequence) {
    return Json.members(
        "id", sequence.number(), "prompt", sequence.promptTokens(), "tokens", sequence.newTokens(), "most", sequence.maxNewTokens(),
        "running", sequence.isRunning(), "blocks", ranges(sequence.blocks()));
  }
}
