package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.testing.Devices;

/// Scalars and tensors without elements go through every public method of [Tensor]: each answers, with values and derivatives that
/// can be computed, or refuses with a sentence.
class EveryMethodTest {
  /// What only has a meaning for one element, for files or for the engine.
  private static final Set<String> OTHER =
      Set.of("item", "itemDouble", "itemLong", "itemBoolean", "toMemory", "node", "backward", "grad", "setGrad");

  /// Objects that are made of tensors, for parameters of their type.
  private static final List<Object> OPTIONS =
      List.of(
          FourierNorm.BACKWARD, OrthogonalPolynomial.LEGENDRE,
          LossReduction.MEAN, ScatterReduction.SUM, PadMode.REFLECT, Interpolation.NEAREST, Window.DEFAULT, AttentionOptions.CAUSAL,
          QuantileMode.LINEAR, BagReduction.SUM, (BinaryOperator<Tensor>) Tensor::sub, DType.FLOAT64, "...", 0.5, new double[] {0.5}, 1L, 1, true, Device.of("interpreter"), Slice.ELLIPSIS, Map.of(),
          new Mesh(List.of(new Mesh.Axis("data", 1)), 0, Device.of("interpreter")), new Placement[] {Placement.shard(0)});

  static Stream<Method> methods() {
    return Arrays.stream(Tensor.class.getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class)
        .filter(method -> !Modifier.isStatic(method.getModifiers()) && !OTHER.contains(method.getName()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void answersOrRefusesScalarsAndNothing(Method method) throws IllegalAccessException {
    for (Device device : devices()) {
      for (int[] shape : new int[][] {{}, {0}, {2, 0, 3}}) {
        for (DType type : List.of(DType.FLOAT32, DType.INT64, DType.BOOL)) {
          for (int axis : new int[] {0, -1, 1}) {
            Tensor x = Tensor.of(new double[shape.length == 0 ? 1 : 0], Shape.of(shape), device).cast(type);
            String name = method + " of " + type + " " + x.shape() + " with " + axis + " on " + device;
            check(name, method, type.isFloating() ? x.requiresGrad() : x, axis);
          }
        }
      }
    }
  }

  private static List<Device> devices() {
    return Devices.all().toList();
  }

  private static void check(String name, Method method, Tensor x, int number) throws IllegalAccessException {
    Object[] arguments = Arrays.stream(method.getParameterTypes()).map(type -> argument(type, x, number)).toArray();
    try {
      List<Tensor> results = tensors(method.invoke(x, arguments));
      Tensor.realize(results);
      for (Tensor result : results) {
        assertThat(result.gather().toDoubleArray()).as(name).hasSize((int) result.numel());
        if (x.isLeaf() && result.dtype().isFloating() && result != x && Leaves.isTracked(result.node())) {
          x.zeroGrad();
          result.sum().backward();
          assertThat(x.hasGrad() ? x.grad().toDoubleArray().length : (int) x.numel()).as(name).isEqualTo((int) x.numel());
        }
      }
    } catch (InvocationTargetException refused) {
      assertThat(refused.getCause()).as(name)
          .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class, IndexOutOfBoundsException.class);
      assertThat(refused.getCause()).as(name).hasMessageMatching("(?s)([A-Za-z0-9]+|tril and triu): .*|(axis|weight|shape) .*");
    }
  }

  private static Object argument(Class<?> type, Tensor x, int number) {
    if (type == Tensor.class) {
      return x.detach();
    }
    if (type == Tensor[].class) {
      return new Tensor[] {x.cast(DType.INT64)};
    }
    if (type == Slice[].class) {
      return new Slice[] {Slice.ELLIPSIS, Slice.NEW_AXIS};
    }
    if (type == Shape.class) {
      return x.shape();
    }
    if (type == int.class || type == Number.class) {
      return number;
    }
    if (type == int[].class) {
      return new int[] {number};
    }
    if (type == int[][].class) {
      return new int[x.rank()][2];
    }
    Class<?> boxed = type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
    return OPTIONS.stream().filter(boxed::isInstance).findFirst().orElseThrow(() -> new AssertionError("no argument of " + type));
  }

  private static List<Tensor> tensors(@Nullable Object result) {
    return switch (result) {
      case Tensor tensor -> List.of(tensor);
      case List<?> list -> list.stream().map(Tensor.class::cast).toList();
      case Record parts -> components(parts);
      case null, default -> List.of();
    };
  }

  private static List<Tensor> components(Record parts) {
    List<Tensor> tensors = new ArrayList<>();
    for (var component : parts.getClass().getRecordComponents()) {
      try {
        tensors.addAll(tensors(component.getAccessor().invoke(parts)));
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(component.toString(), e);
      }
    }
    return tensors;
  }
}
