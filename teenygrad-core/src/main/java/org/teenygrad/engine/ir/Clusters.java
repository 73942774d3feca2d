package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which module each node of a picture is drawn in, told from the names of the parameters: nothing is recorded while a graph is made.
///
/// What reads a parameter `h.0.attn.cAttn.weight` is in `h.0.attn.cAttn`. What lies between two modules is in the module around both:
/// the softmax between `cAttn` and `cProj` is in `h.0.attn`. What one module alone reads is in that module: a norm's mean.
final class Clusters {
  private final Map<OpNode, List<String>> of = new IdentityHashMap<>();

  /// @param nodes inputs before users
  /// @param inputs what is drawn as a node's inputs
  /// @param names those of parameters
  Clusters(List<OpNode> nodes, Function<OpNode, List<OpNode>> inputs, Map<OpNode, String> names) {
    Map<OpNode, List<String>> direct = new IdentityHashMap<>();
    Map<OpNode, List<String>> from = new IdentityHashMap<>();
    for (OpNode node : nodes) {
      String name = names.get(node);
      List<String> own = name == null ? null : module(name);
      List<String> above = null;
      for (OpNode input : inputs.apply(node)) {
        own = common(own, parameterModule(input, names));
        above = common(above, from.get(input));
      }
      put(direct, node, own);
      put(from, node, own == null ? above : own);
    }
    Map<OpNode, List<String>> to = new IdentityHashMap<>();
    for (OpNode node : nodes.reversed()) {
      List<String> own = direct.getOrDefault(node, to.get(node));
      put(to, node, own);
      for (OpNode input : own == null ? List.<OpNode>of() : inputs.apply(node)) {
        put(to, input, common(to.get(input), own));
      }
    }
    for (OpNode node : nodes) {
      of.put(node, direct.getOrDefault(node, between(inputs.apply(node), from.get(node), to.get(node))));
    }
    Map<OpNode, List<String>> readers = new IdentityHashMap<>();
    for (OpNode node : nodes.reversed()) {
      // What depends on no parameter, such as a mask, is where it is read.
      List<String> path = from.containsKey(node) ? of(node) : readers.getOrDefault(node, List.of());
      of.put(node, path);
      inputs.apply(node).forEach(input -> put(readers, input, common(readers.get(input), path)));
    }
  }

  /// The names from the outermost module to the one that the node is in; empty for none.
  List<String> of(OpNode node) {
    return Objects.requireNonNull(of.get(node));
  }

  private List<String> between(List<OpNode> inputs, @Nullable List<String> from, @Nullable List<String> to) {
    if (to == null || to.isEmpty()) {
      return List.of();
    }
    List<String> around = to.subList(0, to.size() - 1);
    boolean fromSibling = from != null && from.size() > around.size() && startsWith(from, around);
    boolean forOneAlone = !fromSibling && inputs.stream().allMatch(input -> startsWith(to, of(input)));
    return forOneAlone ? to : Objects.requireNonNull(common(from, to));
  }

  private static void put(Map<OpNode, List<String>> map, OpNode node, @Nullable List<String> path) {
    if (path != null) {
      map.put(node, path);
    }
  }

  /// The module of a parameter, also if it is read in another type.
  private static @Nullable List<String> parameterModule(OpNode node, Map<OpNode, String> names) {
    OpNode at = node;
    while (at.is(OpCode.CAST)) {
      at = at.input(0);
    }
    String name = names.get(at);
    return name == null ? null : module(name);
  }

  /// `h.0.attn.weight` is in `h.0`, there in `attn`: numbers stay with the list that they count.
  static List<String> module(String parameter) {
    List<String> path = new ArrayList<>();
    String[] words = parameter.split("\\.");
    for (String word : Arrays.copyOf(words, words.length - 1)) {
      if (!path.isEmpty() && word.matches("\\d+")) {
        path.add(path.removeLast() + "." + word);
      } else {
        path.add(word);
      }
    }
    return List.copyOf(path);
  }

  /// What both paths begin with; the one that is there if the other is null.
  static @Nullable List<String> common(@Nullable List<String> one, @Nullable List<String> other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    int same = 0;
    while (same < Math.min(one.size(), other.size()) && one.get(same).equals(other.get(same))) {
      same++;
    }
    return one.subList(0, same);
  }

  private static boolean startsWith(List<String> path, List<String> beginning) {
    return path.size() >= beginning.size() && path.subList(0, beginning.size()).equals(beginning);
  }
}
