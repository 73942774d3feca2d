package org.teenygrad.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.teenygrad.Tensor;

/// A part of a model: tensors and smaller modules, in a tree whose names come from the code.
///
/// A record's components, or a class' fields, that are tensors, modules, or lists or maps of these, are the parts;
/// null means absent. There is nothing to register and no constructor to call:
///
/// ```java
/// record Mlp(Linear up, Linear down) implements Module {
///   Tensor forward(Tensor x) {
///     return down.forward(up.forward(x).gelu());
///   }
/// }
/// var mlp = new Mlp(Linear.of(64, 256), Linear.of(256, 64));
/// mlp.namedParameters().keySet();   // [up.weight, up.bias, down.weight, down.bias]
/// ```
/// Import it by its name, `import org.teenygrad.nn.Module;`: with `import org.teenygrad.nn.*;` alone the name could as well be that of
/// `java.lang.Module`, which every program sees. In a program with a module-info, the package of such a record must be open to this module.
public interface Module {
  /// The tensors, modules and lists or maps of them that this module is made of, by name, in order. Found by reflection
  /// unless overridden.
  /// @throws IllegalStateException if the package of this class is not open to reflection; the message says how to open it
  default Map<String, Object> parts() {
    return Parts.of(this);
  }

  /// Every tensor of the tree, parameters and others, under dotted names such as `blocks.0.attention.query.weight`. A tensor with
  /// two places has both names.
  default Map<String, Tensor> stateDict() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    Parts.walk("", this, state::put);
    return state;
  }

  /// The tensors of the tree that ask for a gradient, each once, under its first name.
  default Map<String, Tensor> namedParameters() {
    Map<String, Tensor> named = new LinkedHashMap<>();
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    stateDict().forEach((name, tensor) -> {
      if (tensor.isLeaf() && seen.add(tensor)) {
        named.put(name, tensor);
      }
    });
    return named;
  }

  /// The tensors of the tree that ask for a gradient, each once.
  default List<Tensor> parameters() {
    return List.copyOf(namedParameters().values());
  }

  /// The number of elements of all [#parameters].
  default long parameterCount() {
    return parameters().stream().mapToLong(Tensor::numel).sum();
  }

  /// Gives every tensor of the tree the value of that name, in the type and on the device of the tensor.
  /// @throws IllegalArgumentException if names are missing or left over, or shapes differ; nothing is changed then
  default void loadStateDict(Map<String, Tensor> values) {
    Map<String, Tensor> own = stateDict();
    List<String> wrong = new ArrayList<>();
    own.forEach((name, tensor) -> {
      Tensor value = values.get(name);
      if (value == null) {
        wrong.add("no value for " + name + " " + tensor.shape());
      } else if (!value.shape().equals(tensor.shape())) {
        wrong.add(name + " is " + tensor.shape() + ", the value is " + value.shape());
      }
    });
    values.keySet().stream().filter(name -> !own.containsKey(name)).forEach(name -> wrong.add("there is no " + name));
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException("loadStateDict: " + String.join("; ", wrong));
    }
    own.forEach((name, tensor) -> {
      Tensor value = values.get(name);
      if (value != null) {
        tensor.assign(value.detach().cast(tensor.dtype()).to(tensor.device()));
      }
    });
    Tensor.realize(List.copyOf(own.values()));
  }

  /// A copy of a module in which every tensor is replaced: on another device, or in another type.
  ///
  /// ```java
  /// var served = Module.map(model, Tensor::toBfloat16);
  /// ```
  /// Parameters stay parameters, with values of their own; what was shared is shared again. The modules of the tree must be records.
  /// @throws IllegalArgumentException if a module with parts is not a record
  static <M extends Module> M map(M module, UnaryOperator<Tensor> change) {
    return Copies.of(module, change);
  }
}
