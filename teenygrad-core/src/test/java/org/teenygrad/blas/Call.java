package org.teenygrad.blas;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// Calls of one routine in either precision: arguments are given as doubles, and arrays come back as doubles.
record Call(char letter) {
  private static final Map<String, Method> METHODS = new HashMap<>();

  static {
    for (Method method : Blas.class.getMethods()) {
      METHODS.put(method.getName(), method);
    }
  }

  /// Half the distance from 1 to the next number.
  double eps() {
    return letter == 'd' ? 0x1p-53 : 0x1p-24;
  }

  /// As this precision holds it.
  double rounded(double value) {
    return letter == 'd' ? value : (float) value;
  }

  Object of(String name, Object... arguments) {
    Object[] given = Arrays.stream(arguments).map(this::given).toArray();
    Object result = invoke(letter + name, given);
    for (int i = 0; i < given.length; i++) {
      if (given[i] instanceof float[] floats) {
        double[] back = (double[]) arguments[i];
        for (int j = 0; j < back.length; j++) {
          back[j] = floats[j];
        }
      }
    }
    return result;
  }

  static Object invoke(String name, Object... given) {
    try {
      return Objects.requireNonNull(METHODS.get(name), name).invoke(null, given);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private Object given(Object argument) {
    if (letter == 'd') {
      return argument;
    }
    return switch (argument) {
      case Double value -> value.floatValue();
      case double[] values -> {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) values[i];
        }
        yield floats;
      }
      default -> argument;
    };
  }
}
