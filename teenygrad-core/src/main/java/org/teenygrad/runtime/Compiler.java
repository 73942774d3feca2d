package org.teenygrad.runtime;

import java.util.List;

/// Turns programs into code for one device.
@FunctionalInterface
public interface Compiler {
  Kernel compile(Program program);

  /// Kernels of this device that will run one after the other again and again. By default they are called one by one; a device to
  /// which a whole sequence can be handed at once does so.
  default Sequence sequence(List<Kernel> kernels) {
    return arguments -> {
      for (int i = 0; i < kernels.size(); i++) {
        kernels.get(i).run(arguments.get(i));
      }
    };
  }
}
