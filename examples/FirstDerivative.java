// The book's first derivative: an expression, its value and its gradients.
//
//   ./teenygrad run examples/FirstDerivative.java

import org.teenygrad.Tensor;

void main() {
  var x1 = Tensor.of(9f).requiresGrad();
  var x2 = Tensor.of(10f).requiresGrad();
  var d = x1.exp().mul(x2.sin().square()); // nothing has run yet

  d.backward();
  IO.println("d        = " + d.item());
  IO.println("dd / dx1 = " + x1.grad().item()); // e^x is its own derivative
  IO.println("dd / dx2 = " + x2.grad().item());
}
