package org.teenygrad.exchange.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// An input of a model that is to be written: see [Onnx#save].
///
/// ```java
/// OnnxInput ids = OnnxInput.of("ids", DType.INT64, 1, 256).open(0, "batch");   // (batch, 256)
/// ```
/// @param shape its sizes; of an axis whose size is open, one that the module can take
/// @param openAxes for each axis the name of its size where that is open, else an empty one
public record OnnxInput(String name, DType type, Shape shape, List<String> openAxes) {
  /// @throws IllegalArgumentException if there is not one name for each axis
  public OnnxInput {
    openAxes = List.copyOf(openAxes);
    if (openAxes.size() != shape.rank()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "the input %s%s has %d names for its axes", name, shape, openAxes.size()));
    }
  }

  /// One whose sizes are fixed.
  public static OnnxInput of(String name, DType type, int... shape) {
    return new OnnxInput(name, type, Shape.of(shape), Collections.nCopies(shape.length, ""));
  }

  /// One of the type and the sizes of an example.
  public static OnnxInput of(String name, Tensor example) {
    return of(name, example.dtype(), example.shape().toArray());
  }

  /// The same with any size along an axis. Sizes of one name are the same wherever they are.
  /// @param size what it is called, such as `batch`
  public OnnxInput open(int axis, String size) {
    return open(axis, size, OnnxExport.LARGEST);
  }

  /// As [#open(int, String)], of a size that the module can only take up to some number, such as that of its positions. The
  /// expression is made for sizes near it: where a module makes another for small ones, as without a window of attention that is
  /// longer, it must have the same value.
  /// @param most at least 31 is enough
  public OnnxInput open(int axis, String size, int most) {
    List<String> names = new ArrayList<>(openAxes);
    names.set(shape.axis(axis), size);
    return new OnnxInput(name, type, shape.with(axis, most), names);
  }
}
