package org.teenygrad.golden;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// PyTorch's functions, methods and operators by name, in our words.
final class Torch {
  /// What a function gives: one tensor, or several.
  interface Function {
    List<Tensor> apply(Call c);
  }

  /// A function with one result.
  interface Single {
    Tensor apply(Call c);
  }

  interface Unary {
    Tensor apply(Tensor x);
  }

  interface Binary {
    Tensor apply(Tensor x, Tensor y);
  }

  /// Functions by name, while tables are written.
  static final class Table {
    private final Map<String, Function> functions = new HashMap<>();

    void several(String names, Function function) {
      for (String name : names.split(" ", -1)) {
        if (functions.put(name, function) != null) {
          throw new IllegalStateException(name + " stands twice in the table");
        }
      }
    }

    void one(String names, Single function) {
      several(names, c -> List.of(function.apply(c)));
    }

    void unary(String names, Unary function) {
      one(names, c -> function.apply(c.x()));
    }

    void binary(String names, Binary function) {
      one(names, c -> function.apply(c.x(), c.tensor(1, "other")));
    }
  }

  private static final Map<String, Function> FUNCTIONS = functions();

  private Torch() {}

  private static Map<String, Function> functions() {
    Table table = new Table();
    TorchElementwise.fill(table);
    TorchReductions.fill(table);
    TorchMovement.fill(table);
    TorchIndexing.fill(table);
    TorchNetworks.fill(table);
    TorchLosses.fill(table);
    return Map.copyOf(table.functions);
  }

  static boolean knows(String name) {
    return FUNCTIONS.containsKey(name);
  }

  static List<Tensor> call(Call call) {
    Function function = FUNCTIONS.get(call.function());
    if (function == null) {
      throw new Call.Unsupported("no function " + call.function());
    }
    return function.apply(call);
  }
}
