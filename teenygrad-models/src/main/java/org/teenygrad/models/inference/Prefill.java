package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.DeviceRows.Part;

/// Has the device read prompts, part by part between the tokens of others, but for what the cache has of them.
final class Prefill {
  /// A pass over texts reads at most so many tokens of each, and so many in all between two tokens of the others.
  private static final int LONGEST_PART = 512;

  private static final int MOST_TOKENS = 2048;

  private final Batch batch;
  private final Admission admission;
  private final Launches launches;
  private final DeviceRows device;
  private long sharedTokens;

  Prefill(Batch batch, Admission admission, Launches launches, DeviceRows device) {
    this.batch = batch;
    this.admission = admission;
    this.launches = launches;
    this.device = device;
  }

  /// Tokens of prompts that did not have to be read so far, as the cache had them.
  long sharedTokens() {
    return sharedTokens;
  }

  /// A part of a sequence's beginning that is read at once.
  private record Reading(Sequence sequence, int length) {}

  /// Has parts of texts read whose beginning is not read yet.
  void read() {
    Map<Integer, List<Reading>> byLength = new LinkedHashMap<>();
    List<Sequence> chosen = new ArrayList<>();
    int tokens = 0;
    for (Sequence sequence : batch.running()) {
      boolean waits = !batch.has(sequence) || sequence.unread() == 0 || chosen.stream().anyMatch(sequence::beginsAs);
      if (!waits && tokens < MOST_TOKENS) {
        sharedTokens += sequence.read() == 0 ? sequence.share() : 0;
        int length = Math.min(Math.min(sequence.unread(), LONGEST_PART), MOST_TOKENS - tokens);
        if (admission.reserved(sequence, sequence.read() + length)) {
          chosen.add(sequence);
          tokens += length;
          byLength.computeIfAbsent(device.padded(length), any -> new ArrayList<>()).add(new Reading(sequence, length));
        }
      }
    }
    byLength.values().forEach(this::read);
  }

  private void read(List<Reading> readings) {
    admission.makeRoom();
    int choices = device.choices(readings.size());
    @Nullable Sequence[] beginning = new @Nullable Sequence[choices];
    @Nullable Sequence[] concerned = new @Nullable Sequence[choices];
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < readings.size(); i++) {
      Sequence sequence = readings.get(i).sequence();
      Generation generation = sequence.generation();
      int end = sequence.read() + readings.get(i).length();
      parts.add(new Part(
          batch.row(sequence), generation.text(end), sequence.read(), end == generation.request().prompt().length, List.copyOf(sequence.blocks())));
      sequence.advance(readings.get(i).length());
      if (sequence.unread() == 0) {
        beginning[i] = sequence;
        if (!generation.hasBegun()) {
          generation.launch();
          concerned[i] = sequence;
        }
      }
    }
    launches.add(device.read(parts, batch.sampler(beginning), batch.allowed(concerned)), concerned);
  }
}
