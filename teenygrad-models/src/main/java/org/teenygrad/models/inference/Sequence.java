package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// A generation that has a row, and the blocks that its text is in.
final class Sequence {
  private final Generation generation;
  private final BlockPool pool;

  /// How many tokens are read before the first is sampled: the prompt. What had been added before the sequence lost its blocks is
  /// read token by token again, as it was.
  private final int begin;

  private final List<Integer> blocks = new ArrayList<>();

  /// How many tokens of the beginning have been handed to the device.
  private int read;

  /// How many added tokens have been handed to the device to be read.
  private int appended;

  /// How many blocks the pool knows the text of, and the number of that text.
  private int known;
  private long text;

  Sequence(Generation generation, BlockPool pool) {
    this.generation = generation;
    this.pool = pool;
    begin = generation.request().prompt().length;
  }

  Generation generation() {
    return generation;
  }

  List<Integer> blocks() {
    return blocks;
  }

  int read() {
    return read;
  }

  /// How many tokens of the beginning are still to be read.
  int unread() {
    return begin - read;
  }

  /// The position of the added token that is read next.
  int position() {
    return begin + appended;
  }

  /// Whether the token after the one that is read next has not been asked for.
  boolean isNew() {
    return !generation.hasLaunched(appended + 1);
  }

  /// Whether the device has, or will have by what it was handed, an added token that is to be read.
  boolean appends() {
    return unread() == 0 && (!generation.isLaunched() || !isNew());
  }

  /// The token that is read next, where that is not, or not yet known to be, the one that the device chose.
  OptionalInt next() {
    return generation.read(appended);
  }

  /// One more added token has been handed to the device.
  void append() {
    if (isNew()) {
      generation.launch();
    }
    appended++;
  }

  /// Whether its first tokens are those of another, so that it is worth to wait until that has read them.
  boolean beginsAs(Sequence other) {
    return read == 0 && begin > BlockPool.TOKENS && other.begin >= BlockPool.TOKENS && tokens(0).equals(other.tokens(0));
  }

  /// Takes the blocks that are known to hold the beginning. The last token is always read, as something has to follow it.
  /// @return how many tokens need not be read
  int share() {
    while (read + BlockPool.TOKENS < begin) {
      Optional<BlockPool.Known> found = pool.find(text, tokens(known));
      if (found.isEmpty()) {
        break;
      }
      blocks.add(found.get().block());
      text = found.get().text();
      known++;
      read += BlockPool.TOKENS;
    }
    return read;
  }

  /// The tokens of a block of the text.
  private List<Integer> tokens(int block) {
    List<Integer> tokens = new ArrayList<>();
    for (int i = block * BlockPool.TOKENS; i < (block + 1) * BlockPool.TOKENS; i++) {
      tokens.add(generation.token(i));
    }
    return tokens;
  }

  /// Takes blocks for that many tokens, in the order in which they lie in memory: those that another text gave back come the last
  /// first, and a processor fetches keys and values ahead in that of memory (79 instead of 28 us for a layer's scores of 544
  /// tokens).
  /// @return whether there were enough
  boolean reserve(int length) {
    int missing = Math.ceilDiv(length, BlockPool.TOKENS) - blocks.size();
    int[] taken = Stream.generate(pool::take).limit(Math.max(0, missing)).takeWhile(OptionalInt::isPresent).mapToInt(OptionalInt::getAsInt).sorted().toArray();
    Arrays.stream(taken).forEach(blocks::add);
    return taken.length >= missing;
  }

  /// More of the beginning has been handed to the device.
  void advance(int count) {
    read += count;
    remember(read);
  }

  /// Makes known what is in full blocks.
  /// @param length how many tokens are read and known
  void remember(int length) {
    while ((known + 1) * BlockPool.TOKENS <= length) {
      text = pool.remember(blocks.get(known), text, tokens(known));
      known++;
    }
  }

  /// Gives all blocks back, so that the last will be forgotten first.
  void release() {
    blocks.reversed().forEach(pool::release);
    blocks.clear();
  }
}
