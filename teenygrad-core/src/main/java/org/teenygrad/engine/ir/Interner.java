package org.teenygrad.engine.ir;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// All the nodes that are alive, by structure. Holds them weakly: a graph that nobody refers to disappears.
final class Interner {
  private static final int STRIPES = 64;

  private final Stripe[] stripes = new Stripe[STRIPES];

  Interner() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  @Nullable OpNode find(int hash, OpCode op, DType dtype, List<OpNode> inputs, @Nullable Object payload) {
    return stripe(hash).find(hash, op, dtype, inputs, payload);
  }

  /// The node itself, or the equal one that somebody added first.
  OpNode add(OpNode node) {
    return stripe(node.hashCode()).add(node);
  }

  private Stripe stripe(int hash) {
    return stripes[(hash ^ hash >>> 16) & STRIPES - 1];
  }

  private static final class Entry extends WeakReference<OpNode> {
    final int hash;
    @Nullable Entry next;

    Entry(OpNode node, ReferenceQueue<OpNode> queue) {
      super(node, queue);
      hash = node.hashCode();
    }
  }

  /// A hash table with chains; one lock a stripe keeps threads out of each other's way.
  private static final class Stripe {
    private final ReferenceQueue<OpNode> dead = new ReferenceQueue<>();
    private @Nullable Entry[] table = new @Nullable Entry[64];
    private int count;

    synchronized @Nullable OpNode find(int hash, OpCode op, DType dtype, List<OpNode> inputs, @Nullable Object payload) {
      for (Entry entry = table[slot(hash)]; entry != null; entry = entry.next) {
        OpNode node = entry.hash == hash ? entry.get() : null;
        if (node != null && node.matches(op, dtype, inputs, payload)) {
          return node;
        }
      }
      return null;
    }

    synchronized OpNode add(OpNode node) {
      OpNode other = find(node.hashCode(), node.op(), node.dtype(), node.inputs(), node.payload());
      if (other != null) {
        return other;
      }
      removeDead();
      if (count >= table.length) {
        grow();
      }
      link(new Entry(node, dead));
      count++;
      return node;
    }

    private void removeDead() {
      for (Entry gone = (Entry) dead.poll(); gone != null; gone = (Entry) dead.poll()) {
        int slot = slot(gone.hash);
        Entry previous = null;
        for (Entry entry = table[slot]; entry != null; previous = entry, entry = entry.next) {
          if (entry == gone) {
            if (previous == null) {
              table[slot] = entry.next;
            } else {
              previous.next = entry.next;
            }
            count--;
            break;
          }
        }
      }
    }

    private void grow() {
      @Nullable Entry[] old = table;
      table = new @Nullable Entry[old.length * 2];
      for (Entry chain : old) {
        for (Entry entry = chain; entry != null; ) {
          Entry next = entry.next;
          link(entry);
          entry = next;
        }
      }
    }

    private void link(Entry entry) {
      int slot = slot(entry.hash);
      entry.next = table[slot];
      table[slot] = entry;
    }

    private int slot(int hash) {
      int mixed = hash * 0x9E3779B9;
      return (mixed ^ mixed >>> 15) & table.length - 1;
    }
  }
}
