package org.teenygrad.nn;

import java.util.function.Supplier;
import org.teenygrad.Tensor;

/// Sees the output of each layer, and may replace it: PyTorch's `register_forward_hook`.
///
/// A hook belongs to the code that runs inside [#call], as [Mode] does, and not to the modules: nothing has to be removed again, and
/// other threads do not see it.
/// ```java
/// var mlp = Sequential.of(Linear.of(4, 8), Tensor::relu, Linear.of(8, 2));
/// var shapes = new ArrayList<String>();
/// ForwardHook look = (module, input, output) -> {
///   shapes.add(input.shape() + " to " + output.shape());
///   return output;
/// };
/// look.call(() -> mlp.forward(x));
/// shapes;   // [(4, 4) to (4, 8), (4, 8) to (4, 2), (4, 4) to (4, 2)]
/// ```
/// All layers of this package announce their outputs, each when it is made: the layers of a [Sequential] before the whole. A method
/// of your own does so by [#output], and is seen then, too; functions such as `Tensor::relu` are not seen.
@FunctionalInterface
public interface ForwardHook {
  /// @param input the first argument of the layer
  /// @return the output to go on with: that which was given, or another
  Tensor apply(Module module, Tensor input, Tensor output);

  /// Does `action`, all of whose layers this hook sees; hooks around this one see what it returns.
  default <T> T call(Supplier<T> action) {
    return Hooks.call(this, action);
  }

  /// As [#call] without a result.
  default void run(Runnable action) {
    Hooks.call(this, () -> {
      action.run();
      return this;
    });
  }

  /// What a layer ends with: shows its output to the hooks around this code, the innermost first.
  /// ```java
  /// record Doubled(Linear inner) implements Module {
  ///   Tensor forward(Tensor x) {
  ///     return ForwardHook.output(this, x, inner.forward(x).mul(2));
  ///   }
  /// }
  /// ```
  /// @return what the hooks make of it; `output` itself without any
  static Tensor output(Module module, Tensor input, Tensor output) {
    Tensor current = output;
    for (Hooks hooks = Hooks.around(); hooks != null; hooks = hooks.outer()) {
      current = hooks.hook().apply(module, input, current);
    }
    return current;
  }

}
