package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Has rows read what was guessed to follow their newest tokens together with these, each as a row of the same step.
final class Speculation {
  private final Batch batch;
  private final Admission admission;
  private final Launches launches;
  private final DeviceRows device;
  private long draftedTokens;

  Speculation(Batch batch, Admission admission, Launches launches, DeviceRows device) {
    this.batch = batch;
    this.admission = admission;
    this.launches = launches;
    this.device = device;
  }

  /// Tokens that were guessed so far.
  long draftedTokens() {
    return draftedTokens;
  }

  /// Whether anything may be guessed in this step, or was in the last.
  boolean isWanted() {
    return launches.isVerifying() || batch.running().stream().anyMatch(sequence -> sequence.generation().request().drafts() > 0);
  }

  /// Has rows read their tokens and what is guessed to follow them, if anything is for any.
  /// @return which rows have
  Set<Sequence> verify() {
    Map<Sequence, int[]> drafts = drafts();
    int guessed = drafts.values().stream().mapToInt(draft -> draft.length).sum();
    if (guessed == 0) {
      return Set.of();
    }
    draftedTokens += guessed;
    int count = device.choices(drafts.size() + guessed);
    int[] tokens = new int[count];
    int[] earlier = new int[count];
    int[] positions = new int[count];
    List<List<Integer>> blocks = new ArrayList<>(Collections.nCopies(count, List.of()));
    @Nullable Sequence[] concerned = new @Nullable Sequence[count];
    int[] guesses = new int[count];
    Arrays.fill(guesses, -1);
    int row = 0;
    for (Map.Entry<Sequence, int[]> each : drafts.entrySet()) {
      Sequence sequence = each.getKey();
      int position = sequence.position();
      int[] text = IntStream.concat(IntStream.of(sequence.generation().text(position + 1)), IntStream.of(each.getValue())).toArray();
      for (int at = position; at < text.length; at++, row++) {
        tokens[row] = text[at];
        earlier[row] = text[at - 1];
        positions[row] = at;
        blocks.set(row, sequence.blocks());
        concerned[row] = sequence;
        guesses[row] = at == position ? -1 : text[at];
      }
      sequence.append();
    }
    admission.makeRoom();
    launches.add(device.verify(tokens, earlier, positions, blocks, batch.sampler(concerned)), concerned, guesses);
    return drafts.keySet();
  }

  /// By sequence what is guessed to follow, which has blocks; of those that read a token now and may be guessed for.
  private Map<Sequence, int[]> drafts() {
    Map<Sequence, int[]> drafts = new LinkedHashMap<>();
    for (Sequence sequence : batch.running()) {
      Generation generation = sequence.generation();
      if (sequence.appends() && sequence.isNew() && !generation.isConstrained() && !generation.request().sampling().hasPenalties()) {
        int[] draft = generation.draft();
        drafts.put(sequence, sequence.reserve(sequence.position() + 1 + draft.length) ? draft : new int[0]);
      }
    }
    return drafts;
  }
}
