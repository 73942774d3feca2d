package org.teenygrad.golden;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// PyTorch's functions, methods and operators by name, in our words.
///
/// Of `torch.nn.functional.pad`, `linalg.inv` or `Tensor.add` the last part counts, unless the table has a longer name. What ends with `_`,
/// and `__iadd__`, changes its first argument.
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

  private record Entry(Signature signature, Function function) {}

  /// Functions by name, while tables are written.
  static final class Table {
    private final Map<String, Entry> functions = new HashMap<>();

    /// @param declaration `name other_name(parameter, parameter=default)`
    void several(String declaration, Function function) {
      int open = declaration.indexOf('(');
      Signature signature = Signature.parse(declaration.substring(open + 1, declaration.length() - 1));
      for (String name : declaration.substring(0, open).split(" ", -1)) {
        if (functions.put(name, new Entry(signature, function)) != null) {
          throw new IllegalStateException(name + " stands twice in the table");
        }
      }
    }

    void one(String declaration, Single function) {
      several(declaration, c -> List.of(function.apply(c)));
    }

    void unary(String names, Unary function) {
      one(names + "(input)", c -> function.apply(c.x()));
    }

    void binary(String names, Binary function) {
      one(names + "(input, other)", c -> function.apply(c.x(), c.tensor("other")));
    }
  }

  private static final Map<String, Entry> FUNCTIONS = functions();

  private Torch() {}

  private static Map<String, Entry> functions() {
    Table table = new Table();
    TorchElementwise.fill(table);
    TorchLayers.fill(table);
    TorchReductions.fill(table);
    TorchLinear.fill(table);
    TorchCreation.fill(table);
    TorchMovement.fill(table);
    TorchIndexing.fill(table);
    TorchNetworks.fill(table);
    TorchLosses.fill(table);
    TorchFourier.fill(table);
    TorchSpecial.fill(table);
    TorchMatrices.fill(table);
    return Map.copyOf(table.functions);
  }

  /// @param args positional arguments, null for None
  /// @throws Call.Unsupported if the table lacks the function or one of the arguments
  static List<Tensor> call(String name, List<? extends @Nullable Object> args, Map<String, ? extends @Nullable Object> kwargs) {
    // torch.nn.functional.unfold has the name of the method, but takes its options by keywords.
    Entry entry = find(name.equals("unfold") && kwargs.containsKey("dilation") ? "functional.unfold" : name);
    if (entry != null) {
      return entry.function.apply(new Call(name, entry.signature.bind(name, args, kwargs)));
    }
    String pure = pure(name);
    if (pure == null || !(args.getFirst() instanceof Tensor changed)) {
      throw new Call.Unsupported("no function " + name);
    }
    Tensor value = call(pure, args, kwargs).getFirst();
    return List.of(changed.assign(value.cast(changed.dtype()).broadcastTo(changed.shape())));
  }

  private static @Nullable Entry find(String name) {
    for (String rest = name; ; rest = rest.substring(rest.indexOf('.') + 1)) {
      Entry entry = FUNCTIONS.get(rest);
      if (entry != null || !rest.contains(".")) {
        return entry;
      }
    }
  }

  /// The function that a changing one applies: `add` of `add_` and `__iadd__`.
  private static @Nullable String pure(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    String pure = last.matches("__i\\w+__") ? "__" + last.substring(3) : last.endsWith("_") && !last.endsWith("__") ? last.replaceFirst("_$", "") : "";
    return find(pure) == null ? null : pure;
  }

  /// A type by its own name or one of PyTorch's: `torch.float`, `long`, `int32`.
  static DType dtype(String name) {
    String plain = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT).replaceFirst("tensor$", "");
    return switch (plain) {
      case "float" -> DType.FLOAT32;
      case "double" -> DType.FLOAT64;
      case "half" -> DType.FLOAT16;
      case "byte" -> DType.UINT8;
      case "char" -> DType.INT8;
      case "short" -> DType.INT16;
      case "int" -> DType.INT32;
      case "long" -> DType.INT64;
      default -> {
        for (DType type : DType.values()) {
          if (type.toString().equals(plain)) {
            yield type;
          }
        }
        throw new Call.Unsupported("type " + name);
      }
    };
  }
}
