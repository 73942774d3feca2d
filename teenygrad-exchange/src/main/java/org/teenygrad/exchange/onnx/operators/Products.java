package org.teenygrad.exchange.onnx.operators;

import org.teenygrad.Tensor;

/// Products of matrices, and what linear algebra makes of them.
final class Products {
  private Products() {}

  static void addTo(OperatorTable table) {
    table.binary("MatMul", 1, Tensor::matmul);
    table.alike("Gemm", 7, Products::gemm);
    table.alike("Einsum", 12, call -> Tensor.einsum(call.text("equation", ""), call.all().toArray(new Tensor[0])));
    table.unary("Det", 11, Tensor::det);
  }

  private static Tensor gemm(Call call) {
    Tensor a = call.flag("transA", false) ? call.in(0).t() : call.in(0);
    Tensor b = call.flag("transB", false) ? call.in(1).t() : call.in(1);
    double alpha = call.real("alpha", 1);
    double beta = call.real("beta", 1);
    Tensor product = a.matmul(b);
    if (alpha != 1) {
      product = product.mul(alpha);
    }
    Tensor c = call.optional(2);
    return c == null || beta == 0 ? product : product.add(beta == 1 ? c : c.mul(beta));
  }
}
