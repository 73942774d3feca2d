package org.teenygrad.plot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where the boxes of a [Dag] stand: in layers, each below all that points to it (Sugiyama, Tagawa and Toda, "Methods for Visual
/// Understanding of Hierarchical System Structures", 1981). An arrow over several layers bends at a place of its own in each.
final class DagLayout {
  private static final int SWEEPS = 12;
  private static final double GAP = 18;

  /// A box, or where an arrow passes a layer.
  static final class Place {
    final Dag.@Nullable Node node;
    final double width;
    final List<Place> above = new ArrayList<>();
    final List<Place> below = new ArrayList<>();
    double x;

    Place(Dag.@Nullable Node node, double width) {
      this.node = node;
      this.width = width;
    }
  }

  /// An arrow: its box, the places that it passes, its other box.
  record Path(Dag.Edge edge, List<Place> places) {}

  final List<List<Place>> layers = new ArrayList<>();
  final List<Path> paths = new ArrayList<>();
  final double width;

  /// @param widths of the boxes
  /// @throws IllegalArgumentException if the arrows lead in a circle
  DagLayout(Dag dag, Map<String, Double> widths) {
    Map<String, Integer> depth = depths(dag);
    Map<String, Place> boxes = new HashMap<>();
    for (Dag.Node node : dag.nodes()) {
      Place place = new Place(node, of(widths, node.key()));
      boxes.put(node.key(), place);
      layer(of(depth, node.key())).add(place);
    }
    for (Dag.Edge edge : dag.edges()) {
      List<Place> places = new ArrayList<>(List.of(of(boxes, edge.from())));
      for (int at = of(depth, edge.from()) + 1; at < of(depth, edge.to()); at++) {
        Place passing = new Place(null, 4);
        layer(at).add(passing);
        places.add(passing);
      }
      places.add(of(boxes, edge.to()));
      for (int i = 1; i < places.size(); i++) {
        places.get(i - 1).below.add(places.get(i));
        places.get(i).above.add(places.get(i - 1));
      }
      paths.add(new Path(edge, places));
    }
    order();
    width = align();
  }

  private static <K, V> V of(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key));
  }

  private List<Place> layer(int number) {
    while (layers.size() <= number) {
      layers.add(new ArrayList<>());
    }
    return layers.get(number);
  }

  /// For each node the length of the longest way to it; one that nothing points to stands right above the first that it points to.
  private static Map<String, Integer> depths(Dag dag) {
    Map<String, Integer> depth = new HashMap<>();
    dag.nodes().forEach(node -> depth.put(node.key(), 0));
    for (int round = 0; ; round++) {
      boolean changed = false;
      for (Dag.Edge edge : dag.edges()) {
        int below = of(depth, edge.from()) + 1;
        changed |= below > of(depth, edge.to());
        depth.merge(edge.to(), below, Math::max);
      }
      if (!changed) {
        break;
      }
      if (round > depth.size()) {
        throw new IllegalArgumentException("Dag '" + dag.title + "': its arrows lead in a circle; a layered drawing needs a first node");
      }
    }
    for (Dag.Node node : dag.nodes()) {
      if (dag.edges().stream().noneMatch(edge -> edge.to().equals(node.key()))) {
        dag.edges().stream().filter(edge -> edge.from().equals(node.key())).mapToInt(edge -> of(depth, edge.to()) - 1).min()
            .ifPresent(lowest -> depth.put(node.key(), lowest));
      }
    }
    return depth;
  }

  /// Sorts each layer by where its neighbours stand, downwards and upwards in turn, and keeps the order with the fewest crossings.
  private void order() {
    List<List<Place>> best = copy();
    long fewest = crossings();
    for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
      boolean down = sweep % 2 == 0;
      for (int i = 1; i < layers.size(); i++) {
        List<Place> fixed = layers.get(down ? i - 1 : layers.size() - i);
        Map<Place, Integer> index = indices(fixed);
        List<Place> moving = layers.get(down ? i : layers.size() - 1 - i);
        Map<Place, Double> wish = new HashMap<>();
        for (Place place : moving) {
          wish.put(place, (down ? place.above : place.below).stream().mapToInt(index::get).average().orElse(wish.size()));
        }
        moving.sort(Comparator.comparing(wish::get));
      }
      long now = crossings();
      if (now < fewest) {
        fewest = now;
        best = copy();
      }
    }
    for (int i = 0; i < layers.size(); i++) {
      layers.set(i, best.get(i));
    }
  }

  private List<List<Place>> copy() {
    return layers.stream().<List<Place>>map(ArrayList::new).toList();
  }

  private static Map<Place, Integer> indices(List<Place> layer) {
    Map<Place, Integer> index = new HashMap<>();
    layer.forEach(place -> index.put(place, index.size()));
    return index;
  }

  private long crossings() {
    long crossings = 0;
    for (int i = 1; i < layers.size(); i++) {
      Map<Place, Integer> index = indices(layers.get(i - 1));
      List<Integer> ends = new ArrayList<>();
      for (Place place : layers.get(i)) {
        List<Integer> mine = place.above.stream().map(index::get).toList();
        for (int left : ends) {
          crossings += mine.stream().filter(end -> end < left).count();
        }
        ends.addAll(mine);
      }
    }
    return crossings;
  }

  /// Moves places towards the middle of their neighbours, in order and apart.
  /// @return the width of all
  private double align() {
    for (List<Place> layer : layers) {
      layer.forEach(place -> place.x = 0);
      spread(layer, new double[layer.size()]);
    }
    for (int sweep = 0; sweep < 4 * SWEEPS; sweep++) {
      boolean down = sweep % 2 == 0;
      for (int i = 0; i < layers.size(); i++) {
        List<Place> layer = layers.get(down ? i : layers.size() - 1 - i);
        spread(layer, layer.stream().mapToDouble(place -> {
          List<Place> neighbours = new ArrayList<>(down ? place.above : place.below);
          if (neighbours.isEmpty()) {
            neighbours.addAll(down ? place.below : place.above);
          }
          return neighbours.stream().mapToDouble(neighbour -> neighbour.x).average().orElse(place.x);
        }).toArray());
      }
    }
    double least = layers.stream().flatMap(List::stream).mapToDouble(place -> place.x - place.width / 2).min().orElse(0);
    layers.stream().flatMap(List::stream).forEach(place -> place.x -= least);
    return layers.stream().flatMap(List::stream).mapToDouble(place -> place.x + place.width / 2).max().orElse(0);
  }

  /// Gives each place of a layer what it wishes as nearly as the others allow: the least sum of squares. Those who touch move as one block.
  private static void spread(List<Place> layer, double[] wishes) {
    record Block(double sum, int count) {
      double mean() {
        return sum / count;
      }
    }

    double[] offsets = new double[layer.size()]; // from the first, when all touch
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < layer.size(); i++) {
      offsets[i] = i == 0 ? 0 : offsets[i - 1] + (layer.get(i - 1).width + layer.get(i).width) / 2 + GAP;
      blocks.add(new Block(wishes[i] - offsets[i], 1));
      while (blocks.size() > 1 && blocks.get(blocks.size() - 2).mean() > blocks.getLast().mean()) {
        Block last = blocks.removeLast();
        Block before = blocks.removeLast();
        blocks.add(new Block(before.sum + last.sum, before.count + last.count));
      }
    }
    int i = 0;
    for (Block block : blocks) {
      for (int k = 0; k < block.count; k++, i++) {
        layer.get(i).x = block.mean() + offsets[i];
      }
    }
  }
}
