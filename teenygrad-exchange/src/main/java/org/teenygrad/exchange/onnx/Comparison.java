package org.teenygrad.exchange.onnx;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.operators.Value;

/// Compares a value with what it should be: type and shape are the same, floats differ by 1e-7 and a thousandth at most, those of
/// bfloat16 by 2^-6 of it.
final class Comparison {
  private static final double ABSOLUTE = 1e-7;
  private static final double RELATIVE = 1e-3;
  private static final double RELATIVE_OF_BFLOAT16 = 0x1p-6;

  private Comparison() {}

  /// Empty if there is none.
  static String difference(@Nullable Value actual, Value expected) {
    return switch (expected) {
      case Value.OfTensor wanted when actual instanceof Value.OfTensor tensor -> difference(tensor, wanted);
      case Value.OfSequence wanted when actual instanceof Value.OfSequence sequence -> difference(sequence, wanted);
      case Value.OfOptional wanted when actual instanceof Value.OfOptional optional -> {
        Value inside = wanted.value();
        yield inside == null ? optional.value() == null ? "" : "should be empty" : difference(optional.value(), inside);
      }
      case Value other -> "is of another kind than " + other;
    };
  }

  private static String difference(Value.OfSequence actual, Value.OfSequence expected) {
    if (actual.elements().size() != expected.elements().size()) {
      return String.format(Locale.ROOT, "has %d elements instead of %d", actual.elements().size(), expected.elements().size());
    }
    for (int i = 0; i < expected.elements().size(); i++) {
      String difference = difference(actual.elements().get(i), expected.elements().get(i));
      if (!difference.isEmpty()) {
        return "element " + i + " " + difference;
      }
    }
    return "";
  }

  private static String difference(Value.OfTensor actual, Value.OfTensor expected) {
    Tensor a = actual.tensor();
    Tensor b = expected.tensor();
    if (actual.type() != expected.type() || !a.shape().equals(b.shape())) {
      return String.format(Locale.ROOT, "is %s%s instead of %s%s", actual.type(), a.shape(), expected.type(), b.shape());
    }
    if (!b.dtype().isFloating()) {
      long[] is = a.toLongArray();
      long[] should = b.toLongArray();
      for (int i = 0; i < is.length; i++) {
        if (is[i] != should[i]) {
          return String.format(Locale.ROOT, "element %d is %d instead of %d", i, is[i], should[i]);
        }
      }
      return "";
    }
    double[] is = a.toDoubleArray();
    double[] should = b.toDoubleArray();
    double relative = expected.type() == ElementType.BFLOAT16 ? RELATIVE_OF_BFLOAT16 : RELATIVE;
    for (int i = 0; i < is.length; i++) {
      boolean same = Double.compare(is[i], should[i]) == 0 || Math.abs(is[i] - should[i]) <= ABSOLUTE + relative * Math.abs(should[i]);
      if (!same) {
        return String.format(Locale.ROOT, "element %d is %s instead of %s", i, is[i], should[i]);
      }
    }
    return "";
  }
}
