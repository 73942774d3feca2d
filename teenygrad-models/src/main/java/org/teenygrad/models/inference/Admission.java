package org.teenygrad.models.inference;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/// Who gets a row and blocks of the cache, and who gives them back: requests wait here until there is a row, and sequences whose
/// blocks others need wait here again.
final class Admission {
  private final Batch batch;
  private final Launches launches;
  private final DeviceRows device;
  private final int mostRows;
  private BlockPool pool;
  private final Deque<Generation> waiting = new ConcurrentLinkedDeque<>();
  private long promptTokens;

  Admission(Batch batch, Launches launches, DeviceRows device, int mostRows) {
    this.batch = batch;
    this.launches = launches;
    this.device = device;
    this.mostRows = mostRows;
    pool = new BlockPool(device.mostBlocks());
  }

  /// May be called from any thread.
  void add(Generation generation) {
    waiting.add(generation);
  }

  int waiting() {
    return waiting.size();
  }

  /// Tokens of all prompts that got a row so far.
  long promptTokens() {
    return promptTokens;
  }

  BlockPool pool() {
    return pool;
  }

  /// Makes room on the device for all rows and blocks that there are.
  void makeRoom() {
    device.reserve(batch.rows(), pool.size());
  }

  /// Ends what nobody wants any more.
  void dropCancelled() {
    for (Sequence sequence : batch.running()) {
      if (sequence.generation().isCancelled()) {
        sequence.generation().finish(Completion.Reason.CANCELLED);
        batch.release(sequence);
      }
    }
    waiting.removeIf(generation -> {
      if (generation.isCancelled()) {
        generation.finish(Completion.Reason.CANCELLED);
      }
      return generation.isCancelled();
    });
  }

  /// Gives free rows to those that wait. Where nobody does, rows that nobody needs are no longer computed.
  void admit() {
    if (waiting.isEmpty()) {
      narrow();
      return;
    }
    if (batch.isEmpty()) {
      launches.tellBut(0);
      device.clear();
      batch.clear();
      if (device.noticesNewWeights()) {
        pool = new BlockPool(pool.most());
      }
    }
    batch.widen(device.rounded(batch.size() + waiting.size(), mostRows));
    for (int row = 0; row < Math.min(batch.rows(), mostRows) && !waiting.isEmpty(); row++) {
      if (batch.at(row) == null) {
        Sequence sequence = new Sequence(waiting.remove(), pool);
        promptTokens += sequence.unread();
        batch.put(row, sequence);
      }
    }
  }

  private void narrow() {
    int fewer = device.rounded(batch.size(), mostRows);
    if (!batch.isEmpty() && fewer < batch.rows()) {
      makeRoom();
      device.keep(batch.narrow(fewer));
    }
  }

  /// Takes a block for each token that is read next.
  void reserveNext() {
    for (Sequence sequence : batch.running()) {
      if (batch.has(sequence) && sequence.appends()) {
        reserved(sequence, sequence.position() + 1);
      }
    }
  }

  /// Takes blocks for a text, from those that came later if none is left.
  /// @return whether it has them; else it has ended meanwhile, or has given its own back and waits
  boolean reserved(Sequence sequence, int length) {
    while (!sequence.reserve(length)) {
      launches.tellBut(0); // nothing that is known by then is lost, and who has ended has given blocks back
      if (!batch.has(sequence)) {
        return false;
      }
      if (sequence.reserve(length)) {
        return true;
      }
      Sequence loser = batch.loser(sequence);
      batch.release(loser);
      waiting.addFirst(loser.generation());
      if (loser == sequence) {
        return false;
      }
    }
    return true;
  }
}
