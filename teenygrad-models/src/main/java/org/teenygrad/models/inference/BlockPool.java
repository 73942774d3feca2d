package org.teenygrad.models.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who uses which blocks of a [PagedCache] (Kwon et al., *Efficient memory management for large language model serving with
/// PagedAttention*, 2023), and which hold the beginnings of texts that may come again.
///
/// A full block is known by its tokens and by the block before it, so that equal chains of blocks are equal texts. Such a block stays when
/// nobody uses it any more, until its memory is needed: the one that has been unused for longest goes first.
final class BlockPool {
  /// Tokens of a block.
  static final int TOKENS = 16;

  /// A text of whole blocks: the number of all but the last block, and the last one's tokens.
  private record Chain(long before, List<Integer> tokens) {}

  /// A full block whose text is known.
  ///
  /// @param text the number of its whole text, from its beginning: no two texts ever had the same
  record Known(int block, long text) {}

  private final int most;
  private final Deque<Integer> free = new ArrayDeque<>();

  /// By block how many sequences have it.
  private final List<Integer> users = new ArrayList<>();

  /// By block what its text is known by; null for blocks whose texts nobody can ask for.
  private final List<@Nullable Chain> chains = new ArrayList<>();

  private final Map<Chain, Known> known = new HashMap<>();

  /// Blocks that nobody uses and that hold known texts, those that have been unused for longest first.
  private final Set<Integer> unused = new LinkedHashSet<>();

  private long texts;

  BlockPool(int most) {
    this.most = most;
  }

  /// How many blocks there may be.
  int most() {
    return most;
  }

  /// How many blocks were ever used: their numbers are below it.
  int size() {
    return users.size();
  }

  /// How many blocks may be taken.
  int available() {
    return most - users.size() + free.size() + unused.size();
  }

  /// How many of them hold known texts.
  int unused() {
    return unused.size();
  }

  /// A block for one user; empty if all are used.
  OptionalInt take() {
    if (!free.isEmpty()) {
      return used(free.pop());
    }
    if (users.size() < most) {
      users.add(0);
      chains.add(null);
      return used(users.size() - 1);
    }
    if (unused.isEmpty()) {
      return OptionalInt.empty();
    }
    int oldest = unused.iterator().next();
    unused.remove(oldest);
    known.remove(Objects.requireNonNull(chains.get(oldest)));
    chains.set(oldest, null);
    return used(oldest);
  }

  private OptionalInt used(int block) {
    users.set(block, 1);
    return OptionalInt.of(block);
  }

  /// The block that holds a text, which gets one more user.
  /// @param before the number of the text before it; 0 for none
  /// @param tokens of a whole block
  Optional<Known> find(long before, List<Integer> tokens) {
    Known found = known.get(new Chain(before, tokens));
    if (found != null) {
      users.set(found.block(), users.get(found.block()) + 1);
      unused.remove(found.block());
    }
    return Optional.ofNullable(found);
  }

  /// Makes a full block's text known, unless another block has the same.
  /// @return the number of the text
  long remember(int block, long before, List<Integer> tokens) {
    Chain chain = new Chain(before, List.copyOf(tokens));
    Known same = known.get(chain);
    if (same != null) {
      return same.text();
    }
    chains.set(block, chain);
    known.put(chain, new Known(block, ++texts));
    return texts;
  }

  /// Takes one user away.
  void release(int block) {
    users.set(block, users.get(block) - 1);
    if (users.get(block) == 0) {
      if (chains.get(block) == null) {
        free.push(block);
      } else {
        unused.add(block);
      }
    }
  }
}
