package org.teenygrad.models.pretrained;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.nn.Module;
import org.teenygrad.state.GgufWriter.Type;

/// A model whose matrices are kept in fewer bits; the kernels that multiply them unpack them. It computes in float32.
///
/// @param error how far the weights are from what they were: the root of the mean square of that beside their own
public record Quantized(CausalModel model, double error) {
  /// @param model of records
  /// @param type of matrices whose rows are whole blocks of it; all else becomes float32
  /// @throws IllegalArgumentException if the model's parts are not records
  public static Quantized of(CausalModel model, Type type) {
    if (!(model instanceof Module module)) {
      throw new IllegalArgumentException("a " + model.getClass().getSimpleName() + " has no parts that could be quantized");
    }
    Set<Tensor> weights = Collections.newSetFromMap(new IdentityHashMap<>()); // not what follows from sizes, as angles of positions do
    weights.addAll(module.stateDict().values());
    double[] squares = new double[2]; // of errors, of weights
    CausalModel quantized = (CausalModel) Module.derived(module, tensor -> {
      if (!weights.contains(tensor)) {
        return tensor;
      }
      Tensor plain = tensor.detach().cast(DType.FLOAT32);
      if (tensor.rank() != 2 || tensor.size(1) % type.blockElements() != 0) {
        return plain.realize();
      }
      Tensor packed = type.pack(plain);
      squares[0] += packed.sub(plain).square().sum().item();
      squares[1] += plain.square().sum().item();
      return packed;
    });
    return new Quantized(quantized, Math.sqrt(squares[0] / squares[1]));
  }
}
