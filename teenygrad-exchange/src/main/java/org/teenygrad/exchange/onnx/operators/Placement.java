package org.teenygrad.exchange.onnx.operators;

import java.lang.foreign.Arena;
import java.util.IdentityHashMap;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;

/// Where values are: small ones that are known, such as shapes and what is computed of them, stay on the host, in the interpreter,
/// so that nothing is compiled to find a shape; they are brought to the device when they meet tensors there.
public final class Placement {
  static final Device HOST = Device.of("interpreter");
  /// Shapes, positions and scalars are smaller.
  public static final long MOST_ELEMENTS = 1024;

  /// What was brought to the device, so that it is once.
  private final Map<Tensor, Tensor> brought = new IdentityHashMap<>();

  /// Of one call of a model.
  public Placement() {}

  public Device host() {
    return HOST;
  }

  public boolean isHost(Tensor tensor) {
    return tensor.device().equals(HOST);
  }

  /// Whether a result is worth keeping on the host.
  public boolean isSmall(Value value) {
    return !(value instanceof Value.OfTensor tensor) || tensor.tensor().numel() <= MOST_ELEMENTS;
  }

  /// A result of values of the host; constants are at home everywhere.
  public Value onHost(Value value) {
    return value instanceof Value.OfTensor tensor && !isHost(tensor.tensor())
        ? new Value.OfTensor(tensor.type(), tensor.tensor().to(HOST)) : value;
  }

  /// The tensor on a device. One number is a constant there, which is part of the kernels that use it.
  public Tensor bring(Tensor tensor, Device device) {
    if (tensor.device().equals(device)) {
      return tensor;
    }
    if (!isHost(tensor)) {
      return tensor.to(device);
    }
    return brought.computeIfAbsent(tensor, known -> {
      DType type = known.dtype();
      if (known.numel() != 1) {
        try (Arena arena = Arena.ofConfined()) { // data, not an expression that crosses devices: those cannot be recorded
          return Tensor.ofMemory(known.toMemory(arena), type, known.shape(), device);
        }
      }
      if (type == DType.BOOL) {
        return Tensor.full(known.shape(), known.itemBoolean());
      }
      return Tensor.full(known.shape(), type.isFloating() ? (Number) known.itemDouble() : (Number) known.itemLong(), type);
    });
  }
}
