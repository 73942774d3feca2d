package org.teenygrad.engine.ir;

import java.util.List;
import java.util.function.Predicate;
import org.teenygrad.DType;

/// Which input types an operation takes, and which type it gives. Most rows derive the type; rows that convert or start
/// from nothing take the type that the caller names.
enum TypeRule {
  /// The caller's type, whatever the inputs.
  ANY,
  /// The caller's integer type.
  INTEGER,
  /// The caller's type; the payload is a value of it.
  PAYLOAD_CONSTANT,
  /// The type of the payload's storage.
  PAYLOAD_STORAGE,
  /// The caller's type: a conversion.
  TARGET,
  /// The caller's type, of the size of the input's.
  TARGET_SAME_BYTES,
  /// All inputs of one type, which is the result's.
  SAME_ANY,
  SAME_NUMERIC,
  SAME_FLOATING,
  SAME_INTEGER,
  /// Integer or bool.
  SAME_INTEGRAL,
  SAME_INT64,
  /// Two inputs of one type; the result is bool.
  COMPARISON,
  /// Bool, then two of one type, which is the result's.
  CHOICE,
  /// The first input's.
  FIRST,
  SECOND,
  /// Any, then an integer index; the result has the first one's.
  GATHERED,
  /// Any, then an integer index, then the first one's again.
  SCATTERED,
  /// No value: BOOL by convention.
  VOID;

  DType derive(OpCode op, DType asked, List<OpNode> inputs, Object payload) {
    return switch (this) {
      case ANY, TARGET -> asked;
      case INTEGER -> require(op, asked, DType::isInteger, inputs);
      case PAYLOAD_CONSTANT -> constant(asked, payload);
      case PAYLOAD_STORAGE -> ((Storage) payload).dtype();
      case TARGET_SAME_BYTES -> require(op, asked, t -> t.bytes() == inputs.getFirst().dtype().bytes(), inputs);
      case SAME_ANY -> same(op, inputs, t -> true);
      case SAME_NUMERIC -> same(op, inputs, t -> t != DType.BOOL);
      case SAME_FLOATING -> same(op, inputs, DType::isFloating);
      case SAME_INTEGER -> same(op, inputs, DType::isInteger);
      case SAME_INTEGRAL -> same(op, inputs, t -> !t.isFloating());
      case SAME_INT64 -> same(op, inputs, t -> t == DType.INT64);
      case COMPARISON -> {
        same(op, inputs, t -> true);
        yield DType.BOOL;
      }
      case CHOICE -> {
        require(op, inputs.getFirst().dtype(), t -> t == DType.BOOL, inputs);
        yield same(op, inputs.subList(1, 3), t -> true);
      }
      case FIRST -> inputs.getFirst().dtype();
      case SECOND -> inputs.get(1).dtype();
      case GATHERED -> {
        require(op, inputs.get(1).dtype(), DType::isInteger, inputs);
        yield inputs.getFirst().dtype();
      }
      case SCATTERED -> {
        require(op, inputs.get(1).dtype(), DType::isInteger, inputs);
        yield require(op, inputs.getFirst().dtype(), t -> t == inputs.get(2).dtype(), inputs);
      }
      case VOID -> DType.BOOL;
    };
  }

  private static DType constant(DType asked, Object payload) {
    boolean fits =
        asked.isFloating() ? payload instanceof Double : asked.isInteger() ? payload instanceof Long : payload instanceof Boolean;
    if (!fits) {
      throw new IllegalArgumentException("CONST of " + asked + " cannot hold " + payload.getClass().getSimpleName() + " " + payload);
    }
    return asked;
  }

  private static DType same(OpCode op, List<OpNode> inputs, Predicate<DType> allowed) {
    DType first = inputs.getFirst().dtype();
    return require(op, first, t -> allowed.test(t) && inputs.stream().allMatch(n -> n.dtype() == t), inputs);
  }

  private static DType require(OpCode op, DType type, Predicate<DType> allowed, List<OpNode> inputs) {
    if (!allowed.test(type)) {
      throw new IllegalArgumentException(op + " does not take " + inputs.stream().map(OpNode::dtype).toList() + " (type " + type + ")");
    }
    return type;
  }
}
