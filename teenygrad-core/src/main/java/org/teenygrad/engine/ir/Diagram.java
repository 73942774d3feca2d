package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Graphs as pictures, in Graphviz' language DOT: each node a box with its operation, type and shape, coloured by what kind of
/// operation it is ([Colour]); modules are frames around their nodes ([Clusters]).
///
/// Unless `views` are wanted, RESHAPE, EXPAND and the like are left out: what reads a view is drawn as reading what the view is of, and
/// what is not just another shape is named on the arrow. Constants stand where they are read: `MUL ·, 0.5`. A product that is
/// summed is one box.
///
/// @param names of parameters, dotted, for boxes and frames; what a parameter started from is not drawn
/// @param notes more lines for a node's box, such as `value 2.0`, or null
/// @param views whether each node has a box of its own
public record Diagram(Map<OpNode, String> names, Function<OpNode, @Nullable String> notes, boolean views) {
  private static final String HEAD =
      """
      digraph teenygrad {
        graph [newrank=true, fontname="Helvetica", fontsize=11, style="rounded,filled", color="#9aa0a6"];
        node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=10, margin="0.1,0.05", height=0.3];
        edge [fontname="Helvetica", fontsize=8, fontcolor="#5f6368", color="#5f6368", arrowsize=0.6];
      """;

  /// The colours of boxes.
  private enum Colour {
    PARAMETER("#b7e1cd"),
    DATA("#cfe2f3"),
    ELEMENTWISE("#fff2cc"),
    CONTRACTION("#f9cb9c"),
    REDUCTION("#f4cccc"),
    INDEX("#d9d2e9"),
    VIEW("#eeeeee"),
    MEMORY("#d0e0e3");

    private final String rgb;

    Colour(String rgb) {
      this.rgb = rgb;
    }
  }

  /// A graph's picture.
  ///
  /// @param dot the text
  /// @param boxes the node of each box, by the number in its name: `n0`, `n1`, ...
  public record Drawn(String dot, List<OpNode> boxes) {}

  /// The graph of these nodes and all below.
  public String of(Collection<OpNode> roots) {
    return drawn(roots).dot;
  }

  /// As [#of], with what the boxes stand for.
  public Drawn drawn(Collection<OpNode> roots) {
    Drawing drawing = new Drawing(roots);
    return new Drawn(drawing.text(), drawing.boxes);
  }

  /// One picture being made.
  private final class Drawing {
    private final Set<OpNode> roots;
    private final Map<OpNode, OpNode> products = new IdentityHashMap<>();
    private final Map<OpNode, Integer> numbers = new IdentityHashMap<>();
    private final List<OpNode> boxes;
    private final Clusters clusters;
    private final StringBuilder dot = new StringBuilder(HEAD);

    Drawing(Collection<OpNode> roots) {
      this.roots = Set.copyOf(roots);
      List<OpNode> nodes = Graph.topological(roots, node -> !names.containsKey(node));
      if (!views) {
        findProducts(nodes);
      }
      boxes = nodes.stream().filter(node -> isDrawn(node)).toList();
      boxes.forEach(node -> numbers.put(node, numbers.size()));
      clusters = new Clusters(boxes, this::drawnInputs, names);
    }

    /// The sums whose summands are products that nothing else reads.
    private void findProducts(List<OpNode> nodes) {
      Map<OpNode, Integer> users = new IdentityHashMap<>();
      nodes.stream().filter(node -> !node.op().isMovement()).flatMap(node -> node.inputs().stream())
          .forEach(input -> users.merge(source(input), 1, Integer::sum));
      for (OpNode node : nodes) {
        if (node.is(OpCode.REDUCE) && node.payload(Reduction.class).combine() == OpCode.ADD) {
          OpNode summand = source(node.input(0));
          boolean plain = summand.is(OpCode.MUL) && summand.inputs().stream().noneMatch(factor -> source(factor).is(OpCode.CONST));
          if (plain && Objects.requireNonNull(users.get(summand)) == 1 && notes.apply(summand) == null && !roots.contains(summand)) {
            products.put(node, summand);
          }
        }
      }
    }

    private boolean isDrawn(OpNode node) {
      return views || roots.contains(node) || !node.op().isMovement() && !node.is(OpCode.CONST) && !products.containsValue(node);
    }

    /// What a view is of, if views are not drawn.
    private OpNode source(OpNode node) {
      OpNode at = node;
      while (!views && at.op().isMovement() && !roots.contains(at)) {
        at = at.input(0);
      }
      return at;
    }

    private List<OpNode> inputs(OpNode node) {
      return names.containsKey(node) ? List.of() : Objects.requireNonNullElse(products.get(node), node).inputs();
    }

    private List<OpNode> drawnInputs(OpNode node) {
      return inputs(node).stream().map(this::source).filter(numbers::containsKey).toList();
    }

    String text() {
      write(boxes, List.of());
      for (OpNode node : boxes) {
        for (OpNode input : inputs(node)) {
          Integer from = numbers.get(source(input));
          if (from != null) {
            String label = changes(input);
            dot.append("  n" + from + " -> n" + numbers.get(node) + (label.isEmpty() ? "" : " [label=\"" + label + "\"]") + ";\n");
          }
        }
      }
      return dot.append("}\n").toString();
    }

    /// Nodes of a module: its own, then a frame for each module in it.
    private void write(List<OpNode> nodes, List<String> module) {
      String indent = "  ".repeat(module.size() + 1);
      Map<String, List<OpNode>> inner = new LinkedHashMap<>();
      for (OpNode node : nodes) {
        List<String> path = clusters.of(node);
        if (path.size() == module.size()) {
          dot.append(indent).append(box(node)).append('\n');
        } else {
          inner.computeIfAbsent(path.get(module.size()), name -> new ArrayList<>()).add(node);
        }
      }
      inner.forEach((name, part) -> {
        List<String> path = new ArrayList<>(module);
        path.add(name);
        String full = String.join(".", path);
        dot.append("%ssubgraph \"cluster_%s\" {\n%s  label=\"%s\"; fillcolor=\"%s\";\n".formatted(indent, escaped(full), indent,
            escaped(name), path.size() % 2 == 1 ? "#f8f9fa" : "#ffffff"));
        write(part, path);
        dot.append(indent).append("}\n");
      });
    }

    private String box(OpNode node) {
      String name = names.get(node);
      List<String> lines = new ArrayList<>(List.of(name == null ? operation(node) : name, node.dtype() + " " + node.shape()));
      Objects.requireNonNullElse(notes.apply(node), "").lines().forEach(lines::add);
      String label = lines.stream().map(Diagram::escaped).collect(Collectors.joining("\\n"));
      return "n" + numbers.get(node) + " [label=\"" + label + "\", fillcolor=\"" + colour(node, name != null).rgb + "\"];";
    }

    /// `ADD`, `REDUCE MAX over [1]`, `MUL ·, 0.5`: constants that have no box are written out.
    private String operation(OpNode node) {
      String product = products.containsKey(node) ? "MUL, " : "";
      String constants = "";
      if (inputs(node).stream().anyMatch(input -> !numbers.containsKey(source(input)))) {
        constants = inputs(node).stream().map(input -> numbers.containsKey(source(input)) ? "·" : Printer.payload(source(input)))
            .collect(Collectors.joining(", "));
      }
      return (product + node.op() + " " + Printer.payload(node)).strip() + (constants.isEmpty() ? "" : " " + constants);
    }

    private Colour colour(OpNode node, boolean isParameter) {
      return isParameter ? Colour.PARAMETER : switch (node.op().group()) {
        case SOURCE -> Colour.DATA;
        case UNARY, BINARY, TERNARY -> Colour.ELEMENTWISE;
        case REDUCE -> products.containsKey(node) ? Colour.CONTRACTION : Colour.REDUCTION;
        case INDEX, ROW -> Colour.INDEX;
        case MOVEMENT -> Colour.VIEW;
        case MEMORY, COLLECTIVE, KERNEL, TILE -> Colour.MEMORY;
      };
    }

    /// The views between a box and what it reads that are more than another shape.
    private String changes(OpNode input) {
      List<String> changes = new ArrayList<>();
      for (OpNode at = input; at != source(input); at = at.input(0)) {
        if (!at.is(OpCode.RESHAPE) && !at.is(OpCode.EXPAND)) {
          changes.addFirst(at.op().name().toLowerCase(Locale.ROOT));
        }
      }
      return IntStream.range(0, changes.size()).filter(i -> i == 0 || !changes.get(i).equals(changes.get(i - 1))).mapToObj(changes::get)
          .collect(Collectors.joining(", "));
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
