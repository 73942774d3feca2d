package org.teenygrad.nn;

import java.util.Map;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.ParameterNames;
import org.teenygrad.engine.runtime.Activity;

/// Tells views of graphs what a module calls its parameters.
final class ModuleNames {
  private ModuleNames() {}

  /// While somebody watches; asking that opens the views that [org.teenygrad.engine.runtime.Settings#WEB] asks for, before the
  /// first tensor is computed.
  static void note(Module module, Map<String, Tensor> named) {
    if (Activity.isWatched()) {
      named.forEach((name, tensor) -> ParameterNames.note(tensor, Tensor::node, module.getClass().getSimpleName() + "." + name));
    }
  }
}
