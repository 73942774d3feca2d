package org.teenygrad.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The columns of a [CsvTable] while its lines come in. The first value of a column says whether it is numbers or text.
final class CsvColumns {
  private static final Set<String> MISSING = Set.of("", "na", "n/a", "nan", "null", "none");
  private static final Set<String> INFINITE = Set.of("inf", "infinity");
  private static final int MAX_VALUES = Integer.MAX_VALUE - 8; // the longest array
  private static final int EXCERPT = 40;

  private final List<String> columns;
  /// Of columns of text: what was seen, in the order of its coming.
  private final List<@Nullable Map<String, Integer>> codes = new ArrayList<>();
  private final boolean[] isKnown;
  private double[] values = new double[256];
  private int count;

  CsvColumns(List<String> columns) {
    this.columns = columns;
    this.isKnown = new boolean[columns.size()];
    columns.forEach(name -> codes.add(null));
  }

  void addRow(List<String> fields, long line) {
    if (fields.size() != columns.size()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "line %d has %d columns, but the first has %d",
              line, fields.size(), columns.size()));
    }
    if (values.length - count < fields.size()) {
      values = Arrays.copyOf(values, grown(fields.size()));
    }
    for (int column = 0; column < fields.size(); column++) {
      values[count++] = isMissing(fields.get(column)) ? Double.NaN : value(fields.get(column), column, line);
    }
  }

  private int grown(int needed) {
    long all = (long) count + needed;
    if (all > MAX_VALUES) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "it has more than %d values", MAX_VALUES));
    }
    return (int) Math.min(MAX_VALUES, Math.max(2L * values.length, all));
  }

  private double value(String field, int column, long line) {
    double number = number(field);
    if (!isKnown[column]) {
      isKnown[column] = true;
      codes.set(column, Double.isNaN(number) ? new HashMap<>() : null);
    }
    Map<String, Integer> known = codes.get(column);
    if (known != null) {
      return known.computeIfAbsent(field, text -> known.size());
    }
    if (Double.isNaN(number)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "line %d has '%s' in column %s, which is not a number",
              line, field.length() <= EXCERPT ? field : field.substring(0, EXCERPT) + "...", columns.get(column)));
    }
    return number;
  }

  CsvTable table() {
    Map<Integer, List<String>> categories = new HashMap<>();
    for (int column = 0; column < columns.size(); column++) {
      Map<String, Integer> known = codes.get(column);
      if (known != null) {
        categories.put(column, sort(known, column));
      }
    }
    return new CsvTable(columns, count / columns.size(), Arrays.copyOf(values, count), categories);
  }

  /// Renumbers a column's values in the order of their texts.
  private List<String> sort(Map<String, Integer> known, int column) {
    List<String> sorted = known.keySet().stream().sorted().toList();
    double[] ranks = new double[sorted.size()];
    for (int rank = 0; rank < ranks.length; rank++) {
      ranks[known.getOrDefault(sorted.get(rank), 0)] = rank;
    }
    for (int i = column; i < count; i += columns.size()) {
      values[i] = Double.isNaN(values[i]) ? Double.NaN : ranks[(int) values[i]];
    }
    return sorted;
  }

  static boolean isMissing(String field) {
    return field.length() <= 4 && MISSING.contains(field.strip().toLowerCase(Locale.ROOT));
  }

  static boolean isNumber(String field) {
    return !Double.isNaN(number(field));
  }

  /// NaN if it is not one. Java would also read `1d` and `0x1p3`.
  private static double number(String field) {
    String text = field.strip();
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return infinity(text);
      }
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static double infinity(String text) {
    boolean isSigned = text.startsWith("-") || text.startsWith("+");
    String unsigned = text.substring(isSigned ? 1 : 0).toLowerCase(Locale.ROOT);
    return !INFINITE.contains(unsigned)
        ? Double.NaN : text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }
}
