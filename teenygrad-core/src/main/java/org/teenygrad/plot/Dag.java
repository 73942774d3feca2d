package org.teenygrad.plot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A directed acyclic graph: boxes of text in layers from the top, joined by arrows that point down. Boxes of one kind have one colour and,
/// if there are several kinds, an entry in the legend.
///
/// ```java
/// Dag.of("d = exp(x1) sin(x2)")
///     .node("x1", "input", "x1", "9").node("x2", "input", "x2", "10")
///     .node("exp", "computed", "exp", "8103.1").node("sin", "computed", "sin", "-0.544")
///     .node("d", "computed", "mul", "-4408.2")
///     .edge("x1", "exp").edge("x2", "sin").edge("exp", "d").edge("sin", "d")
///     .write(folder.resolve("d.svg"));
/// ```
/// A node stands below all that points to it, in the order that lets few arrows cross. A graph that is wider than its
/// place is drawn smaller.
public final class Dag implements Figure, Panel {
  /// @param kind empty for a box without colour
  record Node(String key, String kind, List<String> lines) {}

  record Edge(String from, String to, String label) {}

  final String title;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<Edge> edges = new ArrayList<>();

  private List<String> kinds = List.of();

  private Dag(String title) {
    this.title = title;
  }

  /// An empty graph.
  /// @param title may be empty
  public static Dag of(String title) {
    return new Dag(title);
  }

  /// Which kinds of boxes there are, in the order of their colours; else that in which boxes of theirs come. For
  /// several graphs in one picture.
  /// @return this
  public Dag kinds(String... names) {
    kinds = List.of(names);
    return this;
  }

  /// A box.
  /// @param key what edges call it
  /// @param kind of boxes that have its colour; empty for one without
  /// @param lines what is written in it, the first in bold
  /// @return this
  /// @throws IllegalArgumentException if there is a node of this key, or `lines` is empty
  public Dag node(String key, String kind, String... lines) {
    if (lines.length == 0 || nodes.putIfAbsent(key, new Node(key, kind, List.of(lines))) != null) {
      throw new IllegalArgumentException("node '" + key + "': "
          + (lines.length == 0 ? "no lines; a box needs one" : "there is one already; keys must differ"));
    }
    return this;
  }

  /// An arrow from one node to another.
  /// @return this
  /// @throws IllegalArgumentException if there is no such node
  public Dag edge(String from, String to) {
    return edge(from, to, "");
  }

  /// An arrow with words beside it.
  /// @return this
  /// @throws IllegalArgumentException if there is no such node
  public Dag edge(String from, String to, String label) {
    for (String key : List.of(from, to)) {
      if (!nodes.containsKey(key)) {
        throw new IllegalArgumentException("edge from '" + from + "' to '" + to + "': no node '" + key + "'; there are " + nodes.keySet());
      }
    }
    edges.add(new Edge(from, to, label));
    return this;
  }

  List<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  /// All kinds, in the order of their colours.
  List<String> kinds() {
    return Stream.concat(kinds.stream(), nodes.values().stream().map(Node::kind)).filter(kind -> !kind.isBlank()).distinct().toList();
  }

  List<Edge> edges() {
    return edges;
  }

  /// @throws IllegalArgumentException if the arrows lead in a circle
  @Override
  public String toSvg() {
    return Placed.toSvg(this, title);
  }
}
