package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What an operation returns is a value: a later assignment to an operand does not show through it, also where the operation had
/// nothing to do.
class ResultsAreValuesTest {
  /// Documented to return the tensor itself, or to look at the value on the host.
  private static final Set<String> SELF = Set.of("assign", "update", "realize", "alongside", "requiresGrad", "grad");

  private static final List<Object> OPTIONS =
      List.of(
          FourierNorm.BACKWARD, OrthogonalPolynomial.LEGENDRE,
          LossReduction.NONE, ScatterReduction.SUM, PadMode.REFLECT, Interpolation.NEAREST, Interpolation.LINEAR, Window.DEFAULT,
          AttentionOptions.DEFAULT, QuantileMode.LINEAR, BagReduction.SUM, (BinaryOperator<Tensor>) Tensor::sub, DType.FLOAT32, DType.INT32, "...", ":", "ij", "xy", "a->a", "ab->ab", 1.0, 0.0,
          new double[] {0.5}, 1L, 0L, true, false, Device.of("interpreter"), Slice.ALL);

  static Stream<Method> methods() {
    return Arrays.stream(Tensor.class.getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class && !SELF.contains(method.getName()))
        .filter(method -> returnsTensors(method.getReturnType()));
  }

  private static boolean returnsTensors(Class<?> type) {
    return type == Tensor.class || List.class.isAssignableFrom(type) || type.isRecord() && type != Shape.class;
  }

  @ParameterizedTest
  @MethodSource("methods")
  void noResultIsAnOperand(Method method) throws IllegalAccessException {
    for (Tensor x : receivers()) {
      for (List<Object> arguments : combinations(method, x)) {
        Set<Tensor> operands = new HashSet<>(tensors(arguments));
        operands.add(x);
        try {
          for (Tensor result : tensors(method.invoke(x, arguments.toArray()))) {
            assertThat(operands).as("%s of %s %s with %s", method, x.dtype(), x.shape(), shown(arguments)).doesNotContain(result);
          }
        } catch (InvocationTargetException refused) {
          assertThat(refused.getCause()).as(method.toString()).isInstanceOf(RuntimeException.class);
        }
      }
    }
  }

  private static List<Tensor> receivers() {
    Device device = Device.of("interpreter");
    return List.of(
        Tensor.of(new float[] {2}, Shape.SCALAR, device),
        Tensor.of(new float[] {1, 2, 3}, Shape.of(3), device),
        Tensor.of(new float[] {1, 2, 3, 4}, Shape.of(2, 2), device),
        Tensor.of(new float[] {5}, Shape.of(1, 1), device),
        Tensor.of(new float[] {1, 2, 3, 4}, Shape.of(1, 1, 2, 2), device),
        Tensor.of(new int[] {0, 1}, Shape.of(2), device),
        Tensor.of(new boolean[] {true, false}, Shape.of(2), device));
  }

  /// Every choice of arguments that may leave an operation with nothing to do.
  private static List<List<Object>> combinations(Method method, Tensor x) {
    List<List<Object>> all = List.of(List.of());
    for (Class<?> type : method.getParameterTypes()) {
      List<List<Object>> longer = new ArrayList<>();
      for (List<Object> begun : all) {
        for (Object choice : choices(type, x)) {
          if (longer.size() < 2000) {
            List<Object> more = new ArrayList<>(begun);
            more.add(choice);
            longer.add(more);
          }
        }
      }
      all = longer;
    }
    return all;
  }

  private static List<Object> choices(Class<?> type, Tensor x) {
    int rank = x.rank();
    if (type == Tensor.class) {
      return List.of(x, x.onesLike(), x.zerosLike());
    }
    if (type == Tensor[].class) {
      return List.of(new Tensor[] {x}, new Tensor[] {});
    }
    if (type == List.class) {
      return List.of(List.of(x));
    }
    if (type == Slice[].class) {
      return List.of(new Slice[] {Slice.ELLIPSIS}, new Slice[] {Slice.ALL});
    }
    if (type == Shape.class) {
      return List.of(x.shape());
    }
    if (type == int.class) {
      return List.of(0, 1, -1, rank == 0 ? 1 : x.size(-1));
    }
    if (type == Number.class) {
      return List.of(0, 1, 1.0, 0.0);
    }
    if (type == int[].class) {
      return List.of(new int[0], new int[] {0}, new int[] {-1}, new int[] {1}, x.shape().toArray(), new int[rank], IntStream.range(0, rank).toArray());
    }
    if (type == int[][].class) {
      int[][] whole = new int[rank][];
      Arrays.setAll(whole, axis -> new int[] {0, x.size(axis)});
      return List.of(new int[rank][2], whole);
    }
    if (type == UnaryOperator.class) {
      return List.of(UnaryOperator.identity());
    }
    Class<?> boxed = type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
    return OPTIONS.stream().filter(boxed::isInstance).toList();
  }

  private static List<Tensor> tensors(@Nullable Object result) {
    return switch (result) {
      case Tensor tensor -> List.of(tensor);
      case Tensor[] array -> List.of(array);
      case List<?> list -> list.stream().flatMap(element -> tensors(element).stream()).toList();
      case Record parts -> Arrays.stream(parts.getClass().getRecordComponents()).flatMap(part -> tensors(read(part, parts)).stream()).toList();
      case null, default -> List.of();
    };
  }

  private static @Nullable Object read(RecordComponent part, Record of) {
    try {
      return part.getAccessor().invoke(of);
    } catch (IllegalAccessException | InvocationTargetException e) {
      return null; // what cannot be read by users is no result
    }
  }

  private static String shown(List<Object> arguments) {
    return Arrays.deepToString(arguments.stream().map(a -> a instanceof Tensor t ? t.dtype() + " " + t.shape() : a).toArray());
  }

  @Test
  void assignmentsDoNotShowThroughWholeSlices() {
    Tensor x = Tensor.of(1f, 2f, 3f);
    Tensor whole = x.slice(0, 0, 3);
    Tensor part = x.slice(0, 0, 2);
    x.assign(Tensor.of(7f, 8f, 9f));
    assertThat(whole.data()).containsExactly(1, 2, 3);
    assertThat(part.data()).containsExactly(1, 2);
    assertThat(x.data()).containsExactly(7, 8, 9);
  }

  @Test
  void aReplacedWholeIsNotTheReplacement() {
    Tensor v = Tensor.of(4f, 5f);
    Tensor changed = Tensor.of(1f, 2f).at(":").with(v);
    v.at("0").assign(0);
    assertThat(changed.data()).containsExactly(4, 5);
  }

  @Test
  void derivativesFlowThroughAnotherHandle() {
    Tensor w = Tensor.of(3f).requiresGrad();
    w.reshape(w.shape()).cast(DType.FLOAT32).square().sum().backward();
    assertThat(w.grad().item()).isEqualTo(6);
  }

  @Test
  void aParameterAndAnotherHandleOnItBothCollect() {
    Tensor w = Tensor.of(3f).requiresGrad();
    Tensor same = w.reshape(w.shape()).requiresGrad();
    w.mul(2).add(same.mul(5)).sum().backward();
    assertThat(same.grad().item()).isEqualTo(5);
    assertThat(w.grad().item()).isEqualTo(7);
  }

  @Test
  void anUpdateTakesTheMemoryOfOtherHandlesToo() {
    Tensor x = Tensor.of(1f, 2f);
    Tensor same = x.reshape(2);
    x.update(x.add(1)).realize();
    assertThatThrownBy(same::data).isInstanceOf(IllegalStateException.class).hasMessageContaining("overwritten");
  }
}
