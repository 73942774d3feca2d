package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Has every row read its newest token, most of which the host does not know yet.
final class Decode {
  private final Batch batch;
  private final Admission admission;
  private final Launches launches;
  private final DeviceRows device;

  Decode(Batch batch, Admission admission, Launches launches, DeviceRows device) {
    this.batch = batch;
    this.admission = admission;
    this.launches = launches;
    this.device = device;
  }

  /// @param verified rows that have read theirs with what was guessed to follow
  /// @param speculates whether there may be guesses, so that the device does not know all tokens
  /// @return whether any row has read one
  boolean append(Set<Sequence> verified, boolean speculates) {
    int rows = batch.rows();
    int[] positions = new int[rows];
    int[] tokens = new int[rows];
    int[] earlier = new int[rows];
    Arrays.fill(tokens, -1);
    Arrays.fill(earlier, -1);
    List<List<Integer>> blocks = new ArrayList<>();
    @Nullable Sequence[] concerned = new @Nullable Sequence[rows];
    boolean any = false;
    for (int row = 0; row < rows; row++) {
      Sequence sequence = batch.at(row);
      boolean reads = sequence != null && sequence.appends() && !verified.contains(sequence);
      blocks.add(reads ? Objects.requireNonNull(sequence).blocks() : List.of());
      if (sequence != null && reads) {
        positions[row] = sequence.position();
        tokens[row] = sequence.next().orElse(-1);
        earlier[row] = speculates ? sequence.generation().token(sequence.position() - 1) : -1;
        concerned[row] = sequence.isNew() ? sequence : null;
        sequence.append();
        any = true;
      }
    }
    if (any) {
      admission.makeRoom();
      if (speculates) {
        device.remember(earlier);
      }
      launches.add(device.append(positions, tokens, blocks, batch.sampler(), batch.allowed(concerned)), concerned);
    }
    return any;
  }
}
