package org.teenygrad.engine.ir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// In which module each node of a program's graph is, and which node is whose gradient: told from the names of parameters
/// ([Clusters]) and from what is known of derivatives ([Origin]).
///
/// | what | where |
/// | --- | --- |
/// | what leads to the loss | `h.0`, `attn`; behind all modules `loss`, or `result` where nothing is derived |
/// | derivatives of that | `∂ h.0`, `∂ attn` |
/// | what is computed from derivatives, such as new weights | `updates` |
public final class ModulePaths {
  private static final String DERIVATIVE = "∂ ";
  private static final String LOSS = "loss";
  private static final List<String> UPDATES = List.of("updates");

  private final Map<OpNode, List<String>> paths = new IdentityHashMap<>();
  private final Map<OpNode, OpNode> gradients = new IdentityHashMap<>();

  /// What leads to the loss and depends on a parameter.
  private final Set<OpNode> weighted = new LinkedHashSet<>();

  private enum Kind {
    FORWARD,
    DERIVATIVE,
    UPDATE
  }

  private ModulePaths() {}

  /// @param nodes inputs before users
  /// @param names those of parameters, without what all begin with
  public static ModulePaths of(List<OpNode> nodes, Map<OpNode, String> names) {
    ModulePaths made = new ModulePaths();
    Map<OpNode, Kind> kinds = kinds(nodes);
    Map<Origin, List<String>> byOrigin = made.placeForward(nodes.stream().filter(node -> kinds.get(node) == Kind.FORWARD).toList(), names, kinds.containsValue(Kind.DERIVATIVE) ? LOSS : "result");
    for (OpNode node : nodes) {
      if (kinds.get(node) == Kind.UPDATE) {
        made.paths.put(node, UPDATES);
      } else if (kinds.get(node) == Kind.DERIVATIVE) {
        made.paths.put(node, made.derivative(node, byOrigin));
      }
    }
    made.findGradients(nodes, kinds);
    nodes.stream().filter(node -> node.is(OpCode.ASSIGN) && kinds.get(node) == Kind.UPDATE && names.containsKey(node.input(0))).forEach(assign -> made.findGradient(assign, kinds));
    made.placeRest(nodes, kinds);
    return made;
  }

  /// Views are where they are read, or else where what they show is.
  /// @param result where what follows the last module is
  /// @return the paths by where nodes come from
  private Map<Origin, List<String>> placeForward(List<OpNode> forward, Map<OpNode, String> names, String result) {
    forward.stream().filter(node -> names.containsKey(node) || node.inputs().stream().anyMatch(weighted::contains)).forEach(weighted::add);
    List<OpNode> drawn = forward.stream().filter(node -> !node.op().isMovement()).toList();
    Set<OpNode> isDrawn = new HashSet<>(drawn);
    Clusters clusters = new Clusters(drawn, node -> inputs(node).map(ModulePaths::source).filter(isDrawn::contains).toList(), names);
    Map<Origin, List<String>> byOrigin = new HashMap<>();
    Map<OpNode, List<String>> readers = new IdentityHashMap<>();
    Function<OpNode, List<String>> own = node -> names.containsKey(node) ? Clusters.module(Objects.requireNonNull(names.get(node))) : isDrawn.contains(node) ? clusters.of(node) : List.of();
    Set<OpNode> leadsToModule = new HashSet<>();
    for (OpNode node : forward.reversed()) {
      List<String> found = isDrawn.contains(node) ? own.apply(node) : readers.getOrDefault(node, List.of());
      found = found.isEmpty() && !isDrawn.contains(node) ? own.apply(source(node)) : found;
      boolean isResult = found.isEmpty() && weighted.contains(node) && !leadsToModule.contains(node);
      List<String> path = isResult ? List.of(result) : found;
      paths.put(node, path);
      node.inputs().forEach(input -> readers.merge(input, path, Clusters::common));
      if (!path.isEmpty() && !path.equals(List.of(result)) || leadsToModule.contains(node)) {
        leadsToModule.addAll(node.inputs());
      }
      Origin origin = node.origin();
      if (origin != null && !node.inputs().isEmpty()) {
        byOrigin.merge(origin.root(), path, (one, other) -> one.size() >= other.size() ? one : other);
      }
    }
    return byOrigin;
  }

  /// A sum of products reads the factors, too: it is where its matrix is.
  private static Stream<OpNode> inputs(OpNode node) {
    OpNode summand = node.is(OpCode.REDUCE) ? source(node.input(0)) : node;
    return summand.is(OpCode.MUL) && summand != node ? Stream.concat(Stream.of(summand), summand.inputs().stream()) : node.inputs().stream();
  }

  /// What a view is of.
  private static OpNode source(OpNode node) {
    OpNode at = node;
    while (at.op().isMovement()) {
      at = at.input(0);
    }
    return at;
  }

  /// The names of the modules that a node is in, the outermost first.
  public List<String> of(OpNode node) {
    return Objects.requireNonNull(paths.get(node));
  }

  /// The node in the same graph that is the gradient of another; null where there is none.
  public @Nullable OpNode gradient(OpNode node) {
    return gradients.get(node);
  }

  private static Kind kind(OpNode node, Map<OpNode, Kind> known) {
    Origin origin = node.origin();
    boolean isDerivative = !node.inputs().isEmpty() && origin != null && origin.derivativeOf().isPresent();
    Kind most = node.inputs().stream().map(input -> Objects.requireNonNull(known.get(input))).reduce(Kind.FORWARD, (one, other) -> one.compareTo(other) > 0 ? one : other);
    return isDerivative ? Kind.DERIVATIVE : most == Kind.FORWARD ? Kind.FORWARD : Kind.UPDATE;
  }

  private static Map<OpNode, Kind> kinds(List<OpNode> nodes) {
    Map<OpNode, Kind> kinds = new IdentityHashMap<>();
    nodes.forEach(node -> kinds.put(node, kind(node, kinds)));
    return kinds;
  }

  /// A derivative is where its node is; one that nothing is known of is where the derivatives are that it is computed from.
  private List<String> derivative(OpNode node, Map<Origin, List<String>> byOrigin) {
    List<String> of = node.origin() == null ? null : byOrigin.get(node.origin().derivativeOf().map(Origin::root).orElse(null));
    if (of != null) {
      return of.stream().map(name -> DERIVATIVE + name).toList();
    }
    return node.inputs().stream().map(paths::get).filter(path -> path != null && !path.isEmpty() && path.getFirst().startsWith(DERIVATIVE)).findFirst().orElse(List.of());
  }

  /// A node has the origin of its gradient from when that was derived; of several nodes with that origin, the last is what has been
  /// added up.
  private void findGradients(List<OpNode> nodes, Map<OpNode, Kind> kinds) {
    Map<Origin, List<OpNode>> last = new LinkedHashMap<>();
    for (OpNode node : nodes) {
      if (kinds.get(node) == Kind.DERIVATIVE && node.origin() != null) {
        last.computeIfAbsent(node.origin(), _ -> new ArrayList<>()).addFirst(node);
      }
    }
    for (OpNode node : nodes) {
      Origin origin = node.origin();
      Origin gradient = origin == null || kinds.get(node) != Kind.FORWARD ? null : origin.gradient().orElse(null);
      if (gradient != null) {
        last.getOrDefault(gradient, List.of()).stream().filter(other -> other.shape().equals(node.shape())).findFirst().ifPresent(found -> gradients.put(node, found));
      }
    }
  }

  /// A parameter's gradient is the derivative, of its shape, that its new value is computed from.
  private void findGradient(OpNode assign, Map<OpNode, Kind> kinds) {
    OpNode parameter = assign.input(0);
    ArrayDeque<OpNode> open = new ArrayDeque<>(List.of(assign));
    Set<OpNode> seen = new HashSet<>();
    while (!open.isEmpty()) {
      for (OpNode input : open.pop().inputs()) {
        if (kinds.get(input) == Kind.DERIVATIVE && input.shape().equals(parameter.shape())) {
          gradients.putIfAbsent(parameter, input);
        } else if (kinds.get(input) == Kind.UPDATE && !input.is(OpCode.REDUCE) && seen.add(input)) {
          open.push(input);
        }
      }
    }
  }

  /// What is in no module of its own is where it is read first, by a module if any reads it: data without a name, what derivatives
  /// take from what led to the loss, states of an optimizer.
  private void placeRest(List<OpNode> nodes, Map<OpNode, Kind> kinds) {
    Map<OpNode, List<String>> reader = new IdentityHashMap<>();
    Set<OpNode> isReadByModule = new HashSet<>();
    for (OpNode node : nodes.reversed()) {
      if (of(node).isEmpty() && !weighted.contains(node)) { // else it is between modules
        paths.put(node, reader.getOrDefault(node, List.of()));
      }
      boolean isModule = kinds.get(node) == Kind.FORWARD && !of(node).equals(List.of(LOSS));
      node.inputs().stream().filter(input -> isModule || !isReadByModule.contains(input)).forEach(input -> reader.put(input, of(node)));
      isReadByModule.addAll(isModule ? node.inputs() : List.of());
    }
  }
}
