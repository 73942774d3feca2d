package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.ShardingException;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.engine.schedule.Lockstep;
import org.teenygrad.testing.Buffers;

/// The cases of the golden file on two and three ranks, with their inputs cut in every way: what is not refused where it is written gives the answers and
/// the gradients of one device.
class ShardedGoldenTest {
  private static final Device DEVICE = Device.of("interpreter");

  /// Functions that have to see all of what their cases give them: linear algebra on the host, diagonals, and what is not linear in a sum over everything.
  private static final Set<String> WHOLE = Set.of("cholesky", "det", "diagonal", "eigvalsh", "inv", "lstsq", "masked_select", "one_hot", "solve", "std", "svdvals");

  /// What differs, or null; and whether the placements go.
  private record Outcome(boolean legal, @Nullable String difference) {}

  @Test
  void everyLegalWayToCutTheInputsGivesTheAnswersOfOneDevice() {
    List<String> wrong = new ArrayList<>();
    Set<String> cut = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    int legal = 0;
    try (GoldenFile file = GoldenFile.open(GoldenFiles.at(GoldenTest.kept("golden-1")).getFirst())) {
      for (GoldenCase c : file.calls()) {
        List<Tensor> in = c.in().stream().map(key -> file.tensor(key, DEVICE)).toList();
        all.add(c.op());
        for (List<Placement> placements : ways(in)) {
          int ranks = 2 + legal % 2;
          Outcome outcome = outcome(file, c, in, Lockstep.meshes(DEVICE, ranks), placements);
          legal += outcome.legal ? 1 : 0;
          if (outcome.legal) {
            cut.add(c.op());
          }
          if (outcome.difference != null) {
            wrong.add(c.name() + " on " + ranks + " ranks, " + placements + ": " + outcome.difference);
          }
        }
      }
    }
    all.removeAll(cut);
    assertThat(wrong).isEmpty();
    assertThat(legal).isGreaterThan(700);
    assertThat(all).as("functions whose inputs cannot be cut").isSubsetOf(WHOLE);
  }

  /// One input cut along one axis, and all inputs of its shape cut alike.
  private static Set<List<Placement>> ways(List<Tensor> in) {
    Set<List<Placement>> ways = new LinkedHashSet<>();
    for (int i = 0; i < in.size(); i++) {
      for (int axis = 0; axis < in.get(i).rank(); axis++) {
        int one = i;
        Placement shard = Placement.shard(axis);
        ways.add(IntStream.range(0, in.size()).mapToObj(k -> k == one ? shard : Placement.replicate()).toList());
        ways.add(in.stream().map(other -> other.shape().equals(in.get(one).shape()) ? shard : Placement.replicate()).toList());
      }
    }
    return ways;
  }

  private static Outcome outcome(GoldenFile file, GoldenCase c, List<Tensor> in, List<Mesh> meshes, List<Placement> placements) {
    List<OpNode> wanted = program(file, c, in);
    List<List<OpNode>> ranks;
    try {
      ranks = Lockstep.run(meshes, mesh -> program(file, c, IntStream.range(0, in.size()).mapToObj(i -> in.get(i).shard(mesh, placements.get(i))).toList()));
    } catch (ShardingException e) {
      return new Outcome(false, null);
    } catch (IllegalStateException e) { // what the host computes has to be whole
      return new Outcome(false, String.valueOf(e.getMessage()).startsWith("this rank has a part") ? null : e.toString());
    } catch (RuntimeException e) {
      return new Outcome(true, e.toString());
    }
    for (int i = 0; i < wanted.size(); i++) {
      double[] theirs = Buffers.numbers(wanted.get(i));
      for (List<OpNode> rank : ranks) {
        double[] ours = Buffers.numbers(rank.get(i));
        String difference = difference(theirs, ours, wanted.get(i).dtype().isFloating() ? wanted.get(i).dtype().bytes() < 4 ? 2e-2 : 1e-4 : 0);
        if (difference != null) {
          return new Outcome(true, "result " + i + " " + difference);
        }
      }
    }
    return new Outcome(true, null);
  }

  private static @Nullable String difference(double[] wanted, double[] found, double tolerance) {
    if (wanted.length != found.length) {
      return found.length + " elements, not " + wanted.length;
    }
    for (int i = 0; i < wanted.length; i++) {
      boolean same = wanted[i] == found[i] || Double.isNaN(wanted[i]) && Double.isNaN(found[i]) || Math.abs(wanted[i] - found[i]) <= tolerance * (1 + Math.abs(wanted[i]));
      if (!same) {
        return "[" + i + "] " + found[i] + ", not " + wanted[i];
      }
    }
    return null;
  }

  /// Outputs and gradients, whole on each rank.
  private static List<OpNode> program(GoldenFile file, GoldenCase c, List<Tensor> in) {
    List<Tensor> out = GoldenOps.named(c.op()).apply(in, c);
    List<OpNode> results = new ArrayList<>(out.stream().map(tensor -> tensor.gather().node()).toList());
    Tensor objective = null;
    for (int i = 0; i < c.cot().size(); i++) {
      String key = c.cot().get(i);
      if (key != null) {
        Tensor part = out.get(i).mul(file.tensor(key, DEVICE)).sum().gather();
        objective = objective == null ? part : objective.add(part);
      }
    }
    for (int i = 0; objective != null && i < c.grad().size(); i++) {
      if (c.grad().get(i) != null) {
        OpNode cotangent = Uniform.of(objective.dtype(), objective.shape(), 1);
        OpNode gradient = OpNode.of(OpCode.GRADIENT, objective.node(), in.get(i).node(), cotangent);
        results.add(whole(gradient));
      }
    }
    return results;
  }

  private static OpNode whole(OpNode node) {
    return node.sharding() == null ? node : OpNode.of(OpCode.REDISTRIBUTE, Sharding.replicated(node.sharding().mesh()), List.of(node));
  }
}
