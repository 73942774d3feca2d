package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.Shape;
import org.teenygrad.engine.autodiff.Gradients;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// All ranks of a distributed program in one: each collective is replaced by the expression of what the ranks put into it. So the partitioner is checked on
/// any device, without a transport, for any number of ranks.
public final class Lockstep {
  private final List<Mesh> meshes;
  private final List<Map<OpNode, OpNode>> known = new ArrayList<>();

  private Lockstep(List<Mesh> meshes) {
    this.meshes = meshes;
    meshes.forEach(mesh -> known.add(new IdentityHashMap<>()));
  }

  /// The meshes of all ranks.
  public static List<Mesh> meshes(Device device, int... sizes) {
    List<Mesh.Axis> axes = IntStream.range(0, sizes.length).mapToObj(i -> new Mesh.Axis(i == 0 ? "data" : "model", sizes[i])).toList();
    int ranks = IntStream.of(sizes).reduce(1, (a, b) -> a * b);
    return IntStream.range(0, ranks).mapToObj(rank -> new Mesh(axes, rank, device)).toList();
  }

  /// What each rank has of each result.
  /// @param program the same on all ranks; what its tensors read are tensors of one device
  public static List<List<OpNode>> run(List<Mesh> meshes, Function<Mesh, List<OpNode>> program) {
    List<List<OpNode>> local = meshes.stream().map(mesh -> Partitioner.local(Gradients.expand(program.apply(mesh)), Map.of())).toList();
    return new Lockstep(meshes).joined(local);
  }

  private List<List<OpNode>> joined(List<List<OpNode>> local) {
    List<List<OpNode>> collectives = local.stream().map(roots -> Graph.topological(roots).stream().filter(node -> node.op().group() == OpCode.Group.COLLECTIVE)
        .sorted(Comparator.comparingInt(node -> node.payload(Collective.class).order())).toList()).toList();
    for (int step = 0; step < collectives.getFirst().size(); step++) {
      exchange(step, collectives);
    }
    return IntStream.range(0, local.size()).mapToObj(rank -> local.get(rank).stream().map(root -> Graph.substitute(root, known.get(rank))).toList()).toList();
  }

  /// One collective of all ranks. All must be at the same one, with the same sizes.
  private void exchange(int step, List<List<OpNode>> collectives) {
    List<OpNode> sources = new ArrayList<>();
    OpNode first = collectives.getFirst().get(step);
    for (int rank = 0; rank < collectives.size(); rank++) {
      assertThat(collectives.get(rank)).hasSameSizeAs(collectives.getFirst());
      OpNode node = collectives.get(rank).get(step);
      assertThat(List.of(node.op(), node.dtype(), node.shape(), node.payload(Collective.class).order()))
          .isEqualTo(List.of(first.op(), first.dtype(), first.shape(), first.payload(Collective.class).order()));
      sources.add(Graph.substitute(node.input(0), known.get(rank)));
    }
    for (int rank = 0; rank < sources.size(); rank++) {
      OpNode node = collectives.get(rank).get(step);
      Collective collective = node.payload(Collective.class);
      List<Integer> group = meshes.get(rank).ranks(collective.axis());
      int place = group.indexOf(rank);
      List<OpNode> given = group.stream().map(sources::get).toList();
      OpNode result = switch (node.op()) {
        case ALL_REDUCE -> combined(collective, given);
        case ALL_GATHER -> stacked(given);
        case REDUCE_SCATTER -> row(combined(collective, given), place);
        default -> stacked(given.stream().map(x -> row(x, place)).toList());
      };
      known.get(rank).put(node, result);
    }
  }

  private static OpNode combined(Collective collective, List<OpNode> given) {
    return given.stream().reduce((a, b) -> OpNode.of(Objects.requireNonNull(collective.combine()), a, b)).orElseThrow();
  }

  private static OpNode stacked(List<OpNode> rows) {
    List<Integer> sizes = new ArrayList<>(IntStream.of(rows.getFirst().shape().toArray()).boxed().toList());
    sizes.addFirst(1);
    OpNode sum = null;
    for (int i = 0; i < rows.size(); i++) {
      OpNode row = OpNode.of(OpCode.RESHAPE, Shape.of(sizes), List.of(rows.get(i)));
      List<Integer> before = new ArrayList<>(Collections.nCopies(sizes.size(), 0));
      List<Integer> after = new ArrayList<>(before);
      before.set(0, i);
      after.set(0, rows.size() - 1 - i);
      OpNode padded = OpNode.of(OpCode.PAD, new Bounds(before, after), List.of(row));
      sum = sum == null ? padded : OpNode.of(OpCode.ADD, sum, padded);
    }
    return Objects.requireNonNull(sum);
  }

  private static OpNode row(OpNode x, int row) {
    List<Integer> begins = new ArrayList<>(Collections.nCopies(x.shape().rank(), 0));
    List<Integer> ends = new ArrayList<>(IntStream.of(x.shape().toArray()).boxed().toList());
    begins.set(0, row);
    ends.set(0, row + 1);
    OpNode one = OpNode.of(OpCode.SHRINK, new Bounds(begins, ends), List.of(x));
    return OpNode.of(OpCode.RESHAPE, Shape.of(ends.subList(1, ends.size())), List.of(one));
  }
}
