package org.teenygrad.exchange.onnx.format;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.teenygrad.Shape;

/// A tensor as the file has it: `TensorProto`.
///
/// @param name empty for tensors that are attributes
/// @param type its number in `TensorProto.DataType`; see [ElementType]
/// @param content the elements
public record TensorData(String name, int type, Shape shape, Content content) {
  /// Where the elements are.
  public sealed interface Content {}

  /// Bytes in little-endian order; elements of less than a byte are packed, the first in the lowest bits.
  public record Raw(MemorySegment bytes) implements Content {}

  /// Numbers, an element or its bits in each: what is written in fields of the element's type. Elements of less than a byte are
  /// packed in bytes.
  public record Typed(long... values) implements Content {}

  /// Strings.
  public record Texts(List<String> values) implements Content {
    public Texts {
      values = List.copyOf(values);
    }
  }

  /// Bytes of another file.
  /// @param length what is left of that file if negative
  public record External(String location, long offset, long length) implements Content {}
}
