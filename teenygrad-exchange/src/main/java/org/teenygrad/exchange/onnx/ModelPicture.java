package org.teenygrad.exchange.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.exchange.onnx.format.Attribute;
import org.teenygrad.exchange.onnx.format.Graph;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.Node;
import org.teenygrad.exchange.onnx.format.TensorData;

/// A model's graph as a picture: a box for each input, node and output, with the shapes of its weights; arrows go where values go.
public final class ModelPicture {
  private static final int LONGEST_LABEL = 34;
  private static final int WIDTH = 190;
  private static final int HEIGHT = 44;
  private static final int GAP = 26;

  /// @param lines of its label
  /// @param below the boxes that its values come from
  /// @param layer longer than every way to a box that it needs
  private record Box(List<String> lines, Set<Integer> below, int layer, String colour) {}

  private final List<Box> boxes = new ArrayList<>();
  private final Map<String, Integer> makers = new HashMap<>();

  private ModelPicture(Model model) {
    Graph graph = model.graph();
    Map<String, String> weights = new HashMap<>();
    graph.initializers().forEach(data -> weights.put(data.name(), ModelText.type(data)));
    for (Graph.NamedType input : graph.inputs()) {
      if (!weights.containsKey(input.name())) {
        makers.put(input.name(), add(List.of(input.name(), input.type().toString()), Set.of(), "#cfe2f3"));
      }
    }
    for (Node node : graph.nodes()) {
      List<String> lines = new ArrayList<>(List.of(node.qualifiedOperator()));
      node.inputs().stream().filter(weights::containsKey).limit(2).forEach(name -> lines.add(name + " " + weights.get(name)));
      Set<Integer> below = new LinkedHashSet<>();
      needed(node).forEach(name -> {
        Integer maker = makers.get(name);
        if (maker != null) {
          below.add(maker);
        }
      });
      int made = add(lines, below, lines.size() > 1 ? "#b7e1cd" : "#fff2cc");
      node.outputs().forEach(name -> makers.put(name, made));
    }
    for (Graph.NamedType output : graph.outputs()) {
      Integer maker = makers.get(output.name());
      add(List.of(output.name(), output.type().toString()), maker == null ? Set.of() : Set.of(maker), "#f9cb9c");
    }
  }

  /// Its own inputs and those that graphs inside take from around.
  private static Set<String> needed(Node node) {
    Set<String> names = new LinkedHashSet<>(node.inputs());
    for (Attribute attribute : node.attributes().values()) {
      if (attribute instanceof Attribute.OfGraph graph) {
        graph.value().nodes().forEach(inner -> names.addAll(needed(inner)));
        graph.value().initializers().stream().map(TensorData::name).forEach(names::remove);
      }
    }
    return names;
  }

  private int add(List<String> lines, Set<Integer> below, String colour) {
    int layer = below.stream().mapToInt(index -> boxes.get(index).layer() + 1).max().orElse(0);
    boxes.add(new Box(lines.stream().map(line -> Printable.of(line, LONGEST_LABEL)).toList(), Set.copyOf(below), layer, colour));
    return boxes.size() - 1;
  }

  /// In Graphviz' language.
  public static String dot(Model model) {
    ModelPicture picture = new ModelPicture(model);
    StringBuilder text = new StringBuilder("digraph model {\n  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=10];\n");
    for (int i = 0; i < picture.boxes.size(); i++) {
      Box box = picture.boxes.get(i);
      String label = String.join("\\n", box.lines().stream().map(line -> line.replace("\\", "\\\\").replace("\"", "\\\"")).toList());
      text.append(String.format(Locale.ROOT, "  n%d [label=\"%s\", fillcolor=\"%s\"];\n", i, label, box.colour()));
      for (int from : box.below().stream().sorted().toList()) {
        text.append(String.format(Locale.ROOT, "  n%d -> n%d;\n", from, i));
      }
    }
    return text.append("}\n").toString();
  }

  /// As SVG: layer below layer, in the order of the file.
  public static String svg(Model model) {
    ModelPicture picture = new ModelPicture(model);
    Map<Integer, Integer> columns = new HashMap<>();
    int[] x = new int[picture.boxes.size()];
    int widest = 0;
    int layers = 0;
    for (int i = 0; i < x.length; i++) {
      int layer = picture.boxes.get(i).layer();
      int column = columns.merge(layer, 1, Integer::sum) - 1;
      x[i] = GAP + column * (WIDTH + GAP);
      widest = Math.max(widest, x[i] + WIDTH + GAP);
      layers = Math.max(layers, layer + 1);
    }
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"11\" text-anchor=\"middle\">\n"
            + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
        widest, GAP + layers * (HEIGHT + GAP)));
    for (int i = 0; i < x.length; i++) {
      for (int from : picture.boxes.get(i).below().stream().sorted().toList()) {
        int top = y(picture.boxes.get(from)) + HEIGHT;
        int bottom = y(picture.boxes.get(i));
        int middle = (top + bottom) / 2;
        text.append(String.format(Locale.ROOT, "<path d=\"M%d %d C%d %d %d %d %d %d\" fill=\"none\" stroke=\"#5f6368\"/>\n",
            x[from] + WIDTH / 2, top, x[from] + WIDTH / 2, middle, x[i] + WIDTH / 2, middle, x[i] + WIDTH / 2, bottom));
      }
    }
    for (int i = 0; i < x.length; i++) {
      Box box = picture.boxes.get(i);
      text.append(String.format(Locale.ROOT, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\" stroke=\"#9aa0a6\"/>\n",
          x[i], y(box), WIDTH, HEIGHT, box.colour()));
      int first = y(box) + HEIGHT / 2 + 4 - (box.lines().size() - 1) * 6;
      for (int line = 0; line < box.lines().size(); line++) {
        text.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\">%s</text>\n", x[i] + WIDTH / 2, first + 13 * line, escaped(box.lines().get(line))));
      }
    }
    return text.append("</svg>\n").toString();
  }

  private static int y(Box box) {
    return GAP + box.layer() * (HEIGHT + GAP);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
