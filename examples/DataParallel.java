// A line through points, by several ranks that each have a part of the points.
//
//   ./teenygrad launch -n 2 -- run examples/DataParallel.java

import java.util.Map;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Tensor;
import org.teenygrad.distributed.World;
import org.teenygrad.optim.SGD;

void main() {
  try (World world = World.join()) {
    Mesh mesh = world.mesh("data");
    Tensor.manualSeed(1); // the same numbers on all ranks
    var x = Tensor.rand(100, 1);
    var y = x.mul(3).add(1).add(Tensor.randn(100, 1).mul(0.1)); // 3 x + 1, with noise

    var slope = Tensor.zeros(1).requiresGrad(); // whole on each rank
    var intercept = Tensor.zeros(1).requiresGrad();
    var optimizer = new SGD(Map.of("slope", slope, "intercept", intercept), 0.5);
    var mine = x.shard(mesh, Placement.shard(0)); // each rank has its rows
    var targets = y.shard(mesh, Placement.shard(0));
    for (int i = 0; i <= 300; i++) {
      var loss = mine.mul(slope).add(intercept).mseLoss(targets).gather(); // the mean over the rows of all ranks
      optimizer.step(loss);
      if (i % 100 == 0 && world.rank() == 0) {
        IO.println("step " + i + ": loss " + loss.item());
      }
    }
    IO.println("rank " + world.rank() + " of " + world.size() + ", " + mine.local().size(0) + " points: slope " + slope.item() + ", intercept " + intercept.item());
  }
}
