package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.NodeTable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;

/// The structure of a graph without the identity of its data and without the offsets of its views: two steps of a training loop
/// have equal keys, though each has its own buffers and may read another slice of the examples. What tells graphs apart is a list
/// of words, so that looking one up costs little more than walking it.
final class GraphKey {
  private final int[] words;
  private final Object[] payloads;
  private final int hash;
  /// The graph, inputs before users.
  final List<OpNode> nodes;
  /// The data that the graph reads, in the order in which it is met.
  final List<Storage> storages;
  /// The SHRINKs and PADs of the graph, in the order in which they are met.
  final List<OpNode> views;
  /// For each axis of each of them where the slice begins, or how much is padded before. No part of the key.
  final int[] offsets;

  private GraphKey(int[] words, Object[] payloads, List<OpNode> nodes, List<Storage> storages, List<OpNode> views) {
    this.words = words;
    this.payloads = payloads;
    this.nodes = nodes;
    this.storages = storages;
    this.views = views;
    offsets = views.stream().flatMap(view -> view.payload(Bounds.class).first().stream()).mapToInt(Integer::intValue).toArray();
    hash = 31 * Arrays.hashCode(words) + Arrays.hashCode(payloads);
  }

  /// How exactly products are to be computed is part of it.
  /// @param device where the graph runs: values that were computed elsewhere do not count
  static GraphKey of(List<OpNode> roots, Device device) {
    return new Builder(device).build(roots, false);
  }

  /// As [#of], of graphs whose derivatives will be taken: what is computed already is part of it, too.
  static GraphKey withDerivatives(List<OpNode> roots, Device device) {
    return new Builder(device).build(roots, true);
  }

  /// The same key for a table of schedules: what lasts as long as a schedule must hold no data, nor the nodes that lead to it.
  GraphKey withoutData() {
    return new GraphKey(words, payloads, List.of(), List.of(), List.of());
  }

  /// Where walks go on that also take derivatives: through what is computed already, but for data that was assigned.
  static boolean derivativesGoThrough(OpNode node) {
    return !(node.is(OpCode.ASSIGN) && Realizer.computed(node) != null);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GraphKey that && Arrays.equals(words, that.words) && Arrays.equals(payloads, that.payloads);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  private static final class Builder {
    private final Device device;
    private int[] words = new int[1024];
    private int count;
    private final List<Object> payloads = new ArrayList<>();
    private final Map<Storage, Integer> slots = new IdentityHashMap<>();
    private final List<Storage> storages = new ArrayList<>();
    private final List<OpNode> views = new ArrayList<>();

    Builder(Device device) {
      this.device = device;
    }

    private @Nullable OpNode computed(OpNode node) {
      return Realizer.computed(node, device);
    }

    /// @param derivesLater whether derivatives will be taken where there is no GRADIENT yet
    GraphKey build(List<OpNode> roots, boolean derivesLater) {
      List<OpNode> order = derivesLater ? List.of() : Graph.topological(roots, node -> computed(node) == null);
      boolean derives = derivesLater || order.stream().anyMatch(node -> node.is(OpCode.GRADIENT) && computed(node) == null);
      if (derives) {
        order = Graph.topological(roots, GraphKey::derivativesGoThrough);
      }
      int next = 0;
      NodeTable numbers = new NodeTable(order.size());
      for (OpNode node : order) {
        numbers.put(node, next++);
        OpNode buffer = node.is(OpCode.BUFFER) ? node : computed(node);
        if (buffer != null) {
          add(-1 - slot(buffer.payload(Storage.class)));
        }
        if (buffer == null || derives && !node.is(OpCode.BUFFER) && !node.is(OpCode.ASSIGN)) {
          add(node.op().ordinal() << 8 | node.dtype().ordinal());
          if (MovingViews.hasOffsets(node)) {
            payloads.add(node.shape());
            views.add(node);
          } else if (node.payload() != null) {
            payloads.add(Objects.requireNonNull(node.payload()));
          }
          for (OpNode input : node.inputs()) {
            add(numbers.get(input));
          }
        }
      }
      payloads.add(device);
      payloads.add(MatmulPrecision.current());
      roots.forEach(root -> add(numbers.get(root)));
      return new GraphKey(Arrays.copyOf(words, count), payloads.toArray(), order, storages, views);
    }

    private int slot(Storage storage) {
      Integer known = slots.get(storage);
      if (known != null) {
        return known;
      }
      int slot = storages.size();
      slots.put(storage, slot);
      storages.add(storage);
      payloads.add(storage.shape());
      payloads.add(storage.dtype());
      payloads.add(storage.memory() != null);
      if (storage.sharding() != null) {
        payloads.add(storage.sharding());
      }
      return slot;
    }

    private void add(int word) {
      if (count == words.length) {
        words = Arrays.copyOf(words, count * 2);
      }
      words[count++] = word;
    }
  }
}
