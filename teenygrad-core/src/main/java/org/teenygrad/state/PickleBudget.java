package org.teenygrad.state;

import java.util.Locale;

/// What a pickle may cost, in bytes of memory that its values take or that have to be looked at: so much, and more for
/// each byte of the pickle that was read. Few instructions can ask for much, by what the pickle has kept: a text of
/// 16 MiB is made bytes, say, in five bytes of instructions.
final class PickleBudget {
  private static final long BASE_BYTES = 16 << 20;
  private static final long BYTES_PER_BYTE = 64;

  private final ByteCursor cursor;
  private final long begin;
  private long spent;

  PickleBudget(ByteCursor cursor) {
    this.cursor = cursor;
    this.begin = cursor.position();
  }

  /// @throws IllegalArgumentException if that is too much
  void spend(long bytes) {
    spent += bytes;
    long read = cursor.position() - begin;
    if (spent > BASE_BYTES + BYTES_PER_BYTE * read) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its pickle asks for more than %d bytes of memory by %d bytes", spent, read));
    }
  }
}
