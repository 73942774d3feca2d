package org.teenygrad.engine.schedule;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;

/// What two graphs on which the same is built have in common: all but the identity of their data. Where structures are equal, so
/// are those of all derivatives, and what is at one place of [#nodes()] or [#storages()] of one has that place in the other.
public final class Structure {
  private final GraphKey key;
  private final int[] offsets;

  private Structure(GraphKey key, int... offsets) {
    this.key = key;
    this.offsets = offsets;
  }

  /// @param device where the graphs are computed
  public static Structure of(List<OpNode> roots, Device device) {
    GraphKey key = GraphKey.withDerivatives(roots, device);
    return new Structure(key, key.offsets);
  }

  /// The same structure for a table, which holds neither data nor nodes.
  public Structure withoutData() {
    return new Structure(key.withoutData(), offsets);
  }

  /// The graphs, inputs before users.
  public List<OpNode> nodes() {
    return key.nodes;
  }

  /// The data that the graphs read, each once.
  public List<Storage> storages() {
    return key.storages;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Structure that && key.equals(that.key) && Arrays.equals(offsets, that.offsets);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }
}
