package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.ShardingException;
import org.teenygrad.engine.ir.OpNode;
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
        ShardedCase sharded = ShardedCase.of(file, c, DEVICE);
        all.add(c.op());
        for (List<Placement> placements : sharded.ways()) {
          int ranks = 2 + legal % 2;
          Outcome outcome = outcome(sharded, Lockstep.meshes(DEVICE, ranks), placements);
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

  private static Outcome outcome(ShardedCase c, List<Mesh> meshes, List<Placement> placements) {
    List<OpNode> wanted = c.whole();
    List<List<OpNode>> ranks;
    try {
      ranks = Lockstep.run(meshes, mesh -> c.cut(mesh, placements));
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
        String difference = ShardedCase.difference(theirs, Buffers.numbers(rank.get(i)), wanted.get(i).dtype());
        if (difference != null) {
          return new Outcome(true, "result " + i + " " + difference);
        }
      }
    }
    return new Outcome(true, null);
  }
}
