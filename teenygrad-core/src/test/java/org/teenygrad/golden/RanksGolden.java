package org.teenygrad.golden;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.ShardingException;
import org.teenygrad.distributed.Launcher;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.schedule.Realizer;
import org.teenygrad.testing.Buffers;

/// As [ShardedGoldenTest] on ranks that really exchange what they have: two GPUs by NCCL, or what `mpirun` starts. A program rather than a test: `check-gpu.sh ranks`.
final class RanksGolden {
  private final World world;
  private final Mesh mesh;
  private final List<String> wrong = new ArrayList<>();
  private int legal;

  private RanksGolden(World world) {
    this.world = world;
    mesh = world.mesh("data");
  }

  /// @param args a golden file or folder
  public static void main(String[] args) throws IOException, InterruptedException {
    if (!World.isLaunched()) {
      List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED", "-Xmx8g",
          "-Dteenygrad.llvm=" + System.getProperty("teenygrad.llvm"), "-cp", System.getProperty("java.class.path"), RanksGolden.class.getName(), args[0]);
      System.exit(Launcher.run(2, command));
    }
    RanksGolden golden;
    try (World world = World.join()) {
      golden = new RanksGolden(world);
      for (GoldenFiles path : GoldenFiles.at(Path.of(args[0]))) {
        try (GoldenFile file = GoldenFile.open(path)) {
          file.calls().forEach(c -> golden.check(ShardedCase.of(file, c, world.device())));
        }
      }
    }
    if (golden.world.rank() == 0) {
      golden.wrong.forEach(System.out::println);
      System.out.println(golden.legal + " legal ways to cut inputs over " + golden.world.size() + " ranks, " + golden.wrong.size() + " wrong");
    }
    System.exit(golden.wrong.isEmpty() && golden.legal > 0 ? 0 : 1);
  }

  private void check(ShardedCase c) {
    List<double[]> wanted = c.whole().stream().map(Buffers::numbers).toList();
    for (List<Placement> placements : c.ways()) {
      List<OpNode> found;
      try {
        found = c.cut(mesh, placements);
      } catch (ShardingException e) {
        continue;
      } catch (IllegalStateException e) { // what the host computes has to be whole
        if (String.valueOf(e.getMessage()).startsWith("this rank has a part")) {
          continue;
        }
        throw e;
      }
      legal++;
      Realizer.realize(found);
      for (int i = 0; i < found.size(); i++) {
        String difference = ShardedCase.difference(wanted.get(i), Buffers.numbers(found.get(i)), found.get(i).dtype());
        if (difference != null) {
          wrong.add(c.c().name() + ", " + placements + ": result " + i + " " + difference);
        }
      }
    }
  }
}
