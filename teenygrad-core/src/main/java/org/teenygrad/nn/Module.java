package org.teenygrad.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.Shape;
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
    Parts.walk("", this, new Parts.Visitor() {
      @Override
      public void tensor(String name, Tensor tensor) {
        state.put(name, tensor);
      }
    });
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
    ModuleNames.note(this, named);
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

  /// This module and all below it, each once, under dotted names; its own is the empty one: PyTorch's `named_modules`.
  /// ```java
  /// Sequential.of(Linear.of(4, 8), Sequential.of(Linear.of(8, 2))).namedModules().keySet();   // [, 0, 1, 1.0]
  /// ```
  default Map<String, Module> namedModules() {
    Map<String, Module> named = new LinkedHashMap<>();
    Set<Module> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Parts.walk("", this, new Parts.Visitor() {
      @Override
      public void module(String name, Module module) {
        if (seen.add(module)) {
          named.put(name, module);
        }
      }
    });
    return named;
  }

  /// This module as text, a line for each module of the tree: its settings, the shapes of its tensors and its number of parameters,
  /// instead of their values. What the layers of this package print; a record of your own does with
  /// `public String toString() { return tree(); }`, and prints the trees of its layers without.
  /// ```java
  /// System.out.println(Sequential.of(Linear.of(64, 8), Dropout.of(0.5)).tree());
  /// // Sequential: 520 parameters
  /// //   0: Linear(weight (8, 64), bias (8,)): 520
  /// //   1: Dropout(p=0.5)
  /// ```
  default String tree() {
    return ModuleTree.of(this);
  }

  /// Gives every tensor of the tree the value of that name, in the type and on the device of the tensor.
  /// @throws IllegalArgumentException if names are missing or left over, or shapes differ; nothing is changed then
  default void loadStateDict(Map<String, Tensor> values) {
    loadStateDict(values, true);
  }

  /// As [#loadStateDict(Map)]; unless that is to be strict, what fits is loaded and the rest is told.
  /// ```java
  /// var report = Linear.of(4, 2).loadStateDict(Map.of("weight", Tensor.ones(2, 4), "scale", Tensor.ones(1)), false);
  /// report.loaded();       // [weight]
  /// report.missing();      // [bias (2,)]
  /// report.unexpected();   // [scale (1,)]
  /// ```
  /// @throws IllegalArgumentException if it is to be strict and something does not fit; nothing is changed then
  default LoadReport loadStateDict(Map<String, Tensor> values, boolean strict) {
    Map<String, Tensor> own = stateDict();
    LoadReport report = LoadReport.of(own, values);
    if (strict && !report.isComplete()) {
      throw new IllegalArgumentException("loadStateDict: " + report);
    }
    List<Tensor> changed = new ArrayList<>();
    own.forEach((name, tensor) -> {
      Tensor value = values.get(name);
      if (value != null && value.shape().equals(tensor.shape())) {
        changed.add(tensor.assign(value.detach().cast(tensor.dtype()).to(tensor.device())));
      }
    });
    Tensor.realize(changed);
    return report;
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

  /// As [#map], but what replaces a tensor may stay an expression of less, such as of quantised blocks: nothing is computed here, and what
  /// replaces a tensor is a parameter only if it is one itself. The modules of the tree must be records.
  ///
  /// ```java
  /// Module.derived(Linear.of(4, 3), weight -> weight.toHalf().toFloat()).weight().shape();   // (3, 4)
  /// ```
  /// @throws IllegalArgumentException if a module with parts is not a record
  static <M extends Module> M derived(M module, UnaryOperator<Tensor> change) {
    return Copies.derived(module, change);
  }

  /// The same module with its parameters in another type, through which gradients flow to these: mixed precision. Normalizations
  /// keep theirs, as under PyTorch's autocast. The modules of the tree must be records.
  /// ```java
  /// optimizer.step(Module.in(model, DType.BFLOAT16).forward(x.toBfloat16()).cast(DType.FLOAT32).crossEntropy(labels));
  /// ```
  /// @param type the floating type to compute in
  /// @throws IllegalArgumentException if a module with parts is not a record
  static <M extends Module> M in(M module, DType type) {
    return Copies.in(module, type);
  }

  /// The same module whose tensors are whole along the first axis of their mesh, through which gradients flow to their parts: what
  /// [org.teenygrad.optim.Optimizer#shard] has spread is gathered when it is computed with, the parts that are used first before
  /// the others, and lasts until its last use. To be called on all ranks. The modules of the tree must be records.
  /// ```java
  /// Module.gathered(Linear.of(4, 3)).forward(x).shape();   // (4, 3)
  /// ```
  /// @throws IllegalArgumentException if a module with parts is not a record
  static <M extends Module> M gathered(M module) {
    return Copies.derived(module, Copies::gathered);
  }

  /// The same module whose weights that are [cast][#in] or [gathered][#gathered] are computed, once for many passes: to evaluate a
  /// model whose weights stay as they are meanwhile. What is a parameter itself is shared with `module`; through the others no
  /// gradient flows. The modules of the tree must be records.
  /// ```java
  /// Linear narrow = Module.computed(Module.in(Linear.of(4, 3), DType.BFLOAT16));
  /// narrow.weight().dtype();   // bfloat16
  /// ```
  /// @throws IllegalArgumentException if a module with parts is not a record
  static <M extends Module> M computed(M module) {
    return Copies.computed(module);
  }

  /// A table of what a model makes of an input, layer by layer, and what that costs: shapes, parameters, floating-point operations,
  /// memory. Nothing is computed. Layers are those that announce their outputs, see [ForwardHook]; the modules of the tree must be records.
  /// ```java
  /// System.out.println(Module.summary(Embedding.of(100, 16), (m, ids) -> m.forward(ids), DType.INT32, 8, 32));
  /// ```
  /// @param input the shape of the input, zeros of that type
  /// @throws IllegalArgumentException if a module with parts is not a record
  static <M extends Module> String summary(M model, BiFunction<? super M, Tensor, Tensor> forward, DType dtype, int... input) {
    return Summary.of(model, forward, dtype, Shape.of(input));
  }
}
