package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Einstein summation: reads an equation, then contracts the operands two at a time, each pair as one reduction over a
/// product, the pair with the smallest result first.
///
/// A label is a number: a letter's code point, or, for the axes that an ellipsis stands for, -1 for the last of
/// them, -2 for the one before, and so on. So ellipses of different rank align at the right, as broadcasting does.
final class Einsum {
  /// A tensor with a label for each of its axes, none twice.
  private record Operand(Tensor tensor, List<Integer> labels) {
    int size(int label) {
      int axis = labels.indexOf(label);
      return axis < 0 ? 1 : tensor.shape().size(axis);
    }
  }

  private final String equation;
  private final List<Operand> operands = new ArrayList<>();
  private final Map<Integer, Integer> counts = new TreeMap<>();
  private final Map<Integer, Integer> sizes = new TreeMap<>();
  private final List<Integer> output;

  private Einsum(String equation, Tensor[] tensors) {
    this.equation = equation;
    String compact = equation.replace(" ", "");
    int arrow = compact.indexOf("->");
    String[] terms = (arrow < 0 ? compact : compact.substring(0, arrow)).split(",", -1);
    if (terms.length != tensors.length) {
      throw error("it names " + terms.length + " operands, but " + tensors.length + " are given");
    }
    for (int i = 0; i < terms.length; i++) {
      operands.add(operand(i, terms[i], tensors[i]));
    }
    output = arrow < 0 ? implicitOutput() : explicitOutput(compact.substring(arrow + 2));
  }

  static Tensor evaluate(String equation, Tensor... tensors) {
    return new Einsum(equation, tensors).contractAll();
  }

  private Operand operand(int position, String term, Tensor tensor) {
    int ellipsisRank = tensor.shape().rank() - (int) term.chars().filter(c -> c != '.').count();
    List<Integer> labels = labels(term, ellipsisRank);
    if (labels.size() != tensor.shape().rank()) {
      throw error("'" + term + "' names " + labels.size() + " axes, but operand " + position + " is " + tensor.shape());
    }
    for (int axis = 0; axis < labels.size(); axis++) {
      int label = labels.get(axis);
      int size = tensor.shape().size(axis);
      int known = sizes.merge(label, size, (a, b) -> a == 1 ? b : a);
      if (size != known && size != 1) {
        throw error(name(label) + " is " + known + " and " + size + " (operand " + position + ", " + tensor.shape() + ")");
      }
      counts.merge(label, 1, Integer::sum);
    }
    return diagonals(position, tensor, labels);
  }

  /// The labels of a term: letters, and those of `ellipsisRank` axes for an ellipsis.
  private List<Integer> labels(String term, int ellipsisRank) {
    List<Integer> labels = new ArrayList<>();
    boolean ellipsis = false;
    for (int i = 0; i < term.length(); i++) {
      char c = term.charAt(i);
      if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
        labels.add((int) c);
      } else if (term.startsWith("...", i) && !ellipsis) {
        ellipsis = true;
        i += 2;
        IntStream.range(0, Math.max(0, ellipsisRank)).forEach(axis -> labels.add(axis - ellipsisRank));
      } else {
        throw error("'" + c + "' at position " + i + " of '" + term + "'; a term holds letters and at most one '...'");
      }
    }
    return labels;
  }

  /// Takes the diagonal of axes with the same label.
  private Operand diagonals(int position, Tensor tensor, List<Integer> labels) {
    List<Integer> distinct = new ArrayList<>(labels);
    for (int second = 0; second < distinct.size(); second++) {
      int first = distinct.indexOf(distinct.get(second));
      if (first < second) {
        if (tensor.shape().size(first) != tensor.shape().size(second)) {
          throw error(name(distinct.get(first)) + " is repeated in operand " + position + ", " + tensor.shape()
              + ", on axes of different size");
        }
        tensor = diagonal(tensor, first, second);
        distinct.remove(second--);
      }
    }
    return new Operand(tensor, distinct);
  }

  /// Replaces two axes of one size n by their diagonal, which stands where the first was. A view: as rows of n + 1 elements,
  /// a padded n x n matrix has its diagonal in the first column.
  private static Tensor diagonal(Tensor tensor, int first, int second) {
    int rank = tensor.shape().rank();
    int n = tensor.shape().size(first);
    List<Integer> rest = IntStream.range(0, rank).filter(a -> a != first && a != second).boxed().toList();
    List<Integer> order = new ArrayList<>(rest);
    order.add(first);
    order.add(second);
    Tensor matrices = tensor.permute(order.stream().mapToInt(a -> a).toArray());
    int[] outer = rest.stream().mapToInt(tensor::size).toArray();
    Tensor padded = matrices.reshape(with(outer, n * n)).padAxis(-1, 0, n);
    Tensor diagonal = padded.reshape(with(outer, n, n + 1)).slice(-1, 0, 1).reshape(with(outer, n));
    List<Integer> back = new ArrayList<>(IntStream.range(0, rank - 2).boxed().toList());
    back.add(first, rank - 2);
    return diagonal.permute(back.stream().mapToInt(a -> a).toArray());
  }

  private static int[] with(int[] sizes, int... more) {
    return IntStream.concat(IntStream.of(sizes), IntStream.of(more)).toArray();
  }

  /// As NumPy and PyTorch: the ellipsis' axes, then the labels that occur once, in alphabetical order.
  private List<Integer> implicitOutput() {
    return counts.entrySet().stream().filter(e -> e.getKey() < 0 || e.getValue() == 1).map(Map.Entry::getKey).toList();
  }

  private List<Integer> explicitOutput(String term) {
    int ellipsisRank = (int) counts.keySet().stream().filter(label -> label < 0).count();
    List<Integer> labels = labels(term, ellipsisRank);
    for (int label : labels) {
      if (!counts.containsKey(label)) {
        throw error(name(label) + " of the output is in no operand");
      }
      if (labels.indexOf(label) != labels.lastIndexOf(label)) {
        throw error(name(label) + " stands twice in the output");
      }
    }
    return labels;
  }

  private Tensor contractAll() {
    while (operands.size() > 1) {
      int left = 0;
      int right = 1;
      double smallest = Double.POSITIVE_INFINITY;
      for (int i = 0; i < operands.size(); i++) {
        for (int j = i + 1; j < operands.size(); j++) {
          double elements = resultElements(i, j);
          if (elements < smallest) {
            smallest = elements;
            left = i;
            right = j;
          }
        }
      }
      Operand second = operands.remove(right);
      Operand first = operands.remove(left);
      operands.add(left, contract(first, second));
    }
    Operand last = summed(operands.getFirst(), null);
    return permuted(last, output).tensor();
  }

  private double resultElements(int i, int j) {
    double elements = 1;
    for (int label : sizes.keySet()) {
      int size = Math.max(operands.get(i).size(label), operands.get(j).size(label));
      elements *= isNeeded(label, operands.get(i), operands.get(j)) ? size : 1;
    }
    return elements;
  }

  /// Whether the output or an operand other than these two has the label.
  private boolean isNeeded(int label, Operand a, @Nullable Operand b) {
    return output.contains(label)
        || operands.stream().anyMatch(o -> o != a && o != b && o.labels().contains(label));
  }

  private Operand contract(Operand first, Operand second) {
    Operand a = summed(first, second);
    Operand b = summed(second, first);
    List<Integer> kept = new ArrayList<>();
    List<Integer> reduced = new ArrayList<>();
    for (int label : union(a.labels(), b.labels())) {
      (isNeeded(label, first, second) ? kept : reduced).add(label);
    }
    kept.sort((x, y) -> Integer.compare(rank(x, a), rank(y, a)));
    List<Integer> all = new ArrayList<>(kept);
    all.addAll(reduced);
    Tensor product = Contractions.sumOfProduct(aligned(a, all), aligned(b, all), reduced.size());
    return new Operand(product, kept);
  }

  /// Output labels in the output's order, then the others.
  private int rank(int label, Operand first) {
    int position = output.indexOf(label);
    return position >= 0 ? position : output.size() + (first.labels().contains(label) ? 0 : 1);
  }

  private static List<Integer> union(List<Integer> a, List<Integer> b) {
    List<Integer> union = new ArrayList<>(a);
    b.stream().filter(label -> !a.contains(label)).forEach(union::add);
    return union;
  }

  /// Sums over the labels that only this operand has and that nobody needs.
  private Operand summed(Operand operand, @Nullable Operand partner) {
    List<Integer> kept = new ArrayList<>();
    List<Integer> gone = new ArrayList<>();
    for (int label : operand.labels()) {
      boolean needed = isNeeded(label, operand, partner) || partner != null && partner.labels().contains(label);
      (needed ? kept : gone).add(label);
    }
    if (gone.isEmpty()) {
      return operand;
    }
    List<Integer> order = new ArrayList<>(kept);
    order.addAll(gone);
    return new Operand(Contractions.sumOfLast(permuted(operand, order).tensor(), gone.size()), kept);
  }

  private static Operand permuted(Operand operand, List<Integer> labels) {
    int[] order = labels.stream().mapToInt(operand.labels()::indexOf).toArray();
    return new Operand(operand.tensor().permute(order), labels);
  }

  /// The operand's tensor with its axes in the order of `all`, and axes of size 1 for labels that it lacks.
  private static Tensor aligned(Operand operand, List<Integer> all) {
    List<Integer> present = all.stream().filter(operand.labels()::contains).toList();
    int[] shape = all.stream().mapToInt(operand::size).toArray();
    return permuted(operand, present).tensor().reshape(shape);
  }

  private static String name(int label) {
    return label < 0 ? "axis " + label + " of the ellipsis" : "'" + (char) label + "'";
  }

  private IllegalArgumentException error(String what) {
    return new IllegalArgumentException("einsum \"" + equation + "\": " + what);
  }

  @Override
  public String toString() {
    return equation + Arrays.toString(operands.stream().map(o -> o.tensor().shape()).toArray());
  }
}
