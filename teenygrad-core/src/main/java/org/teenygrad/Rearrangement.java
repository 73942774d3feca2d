package org.teenygrad;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A pattern of `einops.rearrange`: axes are split into those with names of their own, brought in another order, and joined.
///
/// @param groups for each axis the names that it consists of
record Rearrangement(List<List<String>> groups) {
  private static final String REST = "...";

  static Tensor of(Tensor x, String pattern, Map<String, Integer> sizes) {
    String[] sides = pattern.split("->", -1);
    if (sides.length != 2) {
      throw new IllegalArgumentException("rearrange: '" + pattern + "' needs one '->' between both sides");
    }
    Rearrangement left = parse(pattern, sides[0]);
    Rearrangement right = parse(pattern, sides[1]);
    int rest = x.rank() - (left.groups.size() - left.count(REST));
    if (left.count(REST) == 0 && rest != 0 || rest < 0) {
      throw new IllegalArgumentException("rearrange: '" + pattern + "' does not fit the axes of " + x.shape());
    }
    left = left.expanded(rest);
    right = right.expanded(rest);
    Map<String, Integer> known = left.sizes(x, pattern, sizes);
    List<String> from = left.names();
    List<String> to = right.names();
    if (from.size() != to.size() || !from.containsAll(to) || to.stream().distinct().count() != to.size()) {
      throw new IllegalArgumentException("rearrange: '" + pattern + "' must have each name once on both sides");
    }
    Tensor split = x.reshape(from.stream().mapToInt(known::get).toArray());
    Tensor turned = split.permute(to.stream().mapToInt(from::indexOf).toArray());
    return turned.reshape(right.groups.stream()
        .mapToInt(group -> group.stream().mapToInt(name -> known.getOrDefault(name, 1)).reduce(1, Math::multiplyExact)).toArray());
  }

  private static Rearrangement parse(String pattern, String side) {
    List<List<String>> groups = new ArrayList<>();
    List<String> open = null;
    for (String token : side.replace("(", " ( ").replace(")", " ) ").replace("…", REST).strip().split("\\s+", -1)) {
      boolean nested = token.equals("(") && open != null || token.equals(")") && open == null;
      if (nested || !token.matches("[A-Za-z_][A-Za-z0-9_]*|1|\\.\\.\\.|[()]|")) {
        throw new IllegalArgumentException("rearrange: '" + token + "' cannot stand there in '" + pattern + "'");
      }
      switch (token) {
        case "(" -> open = new ArrayList<>();
        case ")" -> {
          groups.add(open == null ? List.of() : open);
          open = null;
        }
        case "" -> {
          // A side without axes.
        }
        default -> {
          List<String> names = token.equals("1") ? List.of() : List.of(token);
          if (open == null) {
            groups.add(names);
          } else {
            open.addAll(names);
          }
        }
      }
    }
    if (open != null) {
      throw new IllegalArgumentException("rearrange: a parenthesis is left open in '" + pattern + "'");
    }
    return new Rearrangement(groups);
  }

  private int count(String name) {
    return (int) groups.stream().filter(group -> group.contains(name)).count();
  }

  private List<String> names() {
    return groups.stream().flatMap(List::stream).toList();
  }

  /// With names for the axes that `...` stands for; in parentheses they are one axis.
  private Rearrangement expanded(int rest) {
    List<List<String>> all = new ArrayList<>();
    for (List<String> group : groups) {
      if (group.equals(List.of(REST))) {
        for (int i = 0; i < rest; i++) {
          all.add(List.of(REST + i));
        }
      } else {
        List<String> names = new ArrayList<>();
        for (String name : group) {
          for (int i = 0; i < (name.equals(REST) ? rest : 1); i++) {
            names.add(name.equals(REST) ? REST + i : name);
          }
        }
        all.add(names);
      }
    }
    return new Rearrangement(all);
  }

  /// The sizes of all names: given, or what is left of an axis.
  private Map<String, Integer> sizes(Tensor x, String pattern, Map<String, Integer> given) {
    Map<String, Integer> known = new LinkedHashMap<>();
    Map<String, Integer> wanted = new HashMap<>(given);
    for (int axis = 0; axis < groups.size(); axis++) {
      String unknown = null;
      int product = 1;
      for (String name : groups.get(axis)) {
        Integer size = wanted.get(name);
        boolean twice = known.containsKey(name) || name.equals(unknown);
        if (twice || size == null && unknown != null || size != null && size < 1) {
          throw new IllegalArgumentException("rearrange: the size of '" + name + "' in '" + pattern + "' is not clear");
        }
        unknown = size == null ? name : unknown;
        product *= size == null ? 1 : size;
        known.put(name, size == null ? 1 : size);
      }
      int whole = x.size(axis);
      if (unknown == null ? product != whole : whole % product != 0) {
        throw new IllegalArgumentException("rearrange: axis " + axis + " of " + x.shape() + " is no " + groups.get(axis) + " with " + given);
      }
      if (unknown != null) {
        known.put(unknown, whole / product);
      }
    }
    return known;
  }
}
