package org.teenygrad.engine.ir;

import org.jspecify.annotations.Nullable;

/// Numbers for nodes: a hash table without boxes, as every walk over a graph needs one.
public final class NodeTable {
  /// What [#get] gives for a node without a number.
  public static final int ABSENT = -1;

  private @Nullable OpNode[] nodes;
  private int[] numbers;
  private int count;

  public NodeTable() {
    this(32);
  }

  /// @param expected how many nodes there will be, so that the table need not grow
  public NodeTable(int expected) {
    int size = Integer.highestOneBit(Math.max(32, expected)) * 4;
    nodes = new @Nullable OpNode[size];
    numbers = new int[size];
  }

  public int get(OpNode node) {
    int slot = slot(node);
    return nodes[slot] == null ? ABSENT : numbers[slot];
  }

  public void put(OpNode node, int number) {
    int slot = slot(node);
    if (nodes[slot] == null) {
      nodes[slot] = node;
      count++;
    }
    numbers[slot] = number;
    if (count * 2 > nodes.length) {
      grow();
    }
  }

  /// Where a node is, or the free place where it belongs.
  private int slot(OpNode node) {
    int mask = nodes.length - 1;
    int hash = node.hashCode() * 0x9E3779B9;
    int slot = (hash ^ hash >>> 16) & mask;
    while (nodes[slot] != null && nodes[slot] != node) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    @Nullable OpNode[] oldNodes = nodes;
    int[] oldNumbers = numbers;
    nodes = new @Nullable OpNode[oldNodes.length * 4];
    numbers = new int[nodes.length];
    for (int i = 0; i < oldNodes.length; i++) {
      OpNode node = oldNodes[i];
      if (node != null) {
        int slot = slot(node);
        nodes[slot] = node;
        numbers[slot] = oldNumbers[i];
      }
    }
  }
}
