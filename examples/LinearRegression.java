// A line through points, by gradient descent and by least squares.
//
//   ./teenygrad run examples/LinearRegression.java

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;
import org.teenygrad.optim.SGD;

void main() {
  Tensor.manualSeed(1);
  var x = Tensor.rand(100, 1);
  var y = x.mul(3).add(1).add(Tensor.randn(100, 1).mul(0.1)); // 3 x + 1, with noise

  var slope = Tensor.zeros(1).requiresGrad();
  var intercept = Tensor.zeros(1).requiresGrad();
  var optimizer = new SGD(Map.of("slope", slope, "intercept", intercept), 0.5);
  for (int i = 0; i <= 300; i++) {
    var loss = x.mul(slope).add(intercept).mseLoss(y);
    optimizer.step(loss);
    if (i % 100 == 0) {
      IO.println("step " + i + ": loss " + loss.item());
    }
  }
  IO.println("gradient descent: slope " + slope.item() + ", intercept " + intercept.item());

  var solution = Tensor.cat(List.of(x, Tensor.ones(100, 1)), 1).lstsq(y); // (2, 1)
  IO.println("least squares:    slope " + solution.get(0, 0).item() + ", intercept " + solution.get(1, 0).item());
}
