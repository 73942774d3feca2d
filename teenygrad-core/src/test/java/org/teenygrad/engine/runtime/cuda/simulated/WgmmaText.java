package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Inline PTX that starts products of matrices by four warps.
///
/// @param groups products that are waited for together, a list for each `commit_group`
/// @param tied for each register of sums the number of the operand that it has at first, or -1
record WgmmaText(List<List<Wgmma>> groups, int[] tied) {
  private static final Pattern INSTRUCTION = Pattern.compile("wgmma\\.commit_group\\.sync\\.aligned; |wgmma\\.mma_async\\.sync\\.aligned\\.m64n(\\d+)k(\\d+)\\.f32\\.(\\w+\\.\\w+) \\{([^}]*)}, (\\{[^}]*}|\\$\\d+), (\\$\\d+), ([np]), 1, 1((?:, [01])*); ");
  private static final Pattern OPERAND = Pattern.compile("\\$(\\d+)");

  /// One instruction.
  ///
  /// @param columns of the right factor
  /// @param depth how much of the inner dimension
  /// @param types of the left factor and the right one, in PTX's words
  /// @param sums the number of the first register of sums
  /// @param left operands: a descriptor, or the words of a fragment
  /// @param right operand: a descriptor
  /// @param adds whether products are added to the sums
  record Wgmma(int columns, int depth, String types, int sums, int[] left, int right, boolean adds, boolean leftAcross, boolean rightAcross) {}

  /// @param call the LLVM IR of it
  static WgmmaText of(String call) {
    String[] quoted = call.split("\"", -1);
    List<String> constraints = List.of(quoted[3].split(",", -1));
    int results = (int) constraints.stream().filter(constraint -> constraint.startsWith("=")).count();
    int[] tied = new int[results];
    Arrays.fill(tied, -1);
    for (int i = results; i < constraints.size(); i++) {
      if (Character.isDigit(constraints.get(i).charAt(0))) {
        tied[Integer.parseInt(constraints.get(i))] = i - results;
      }
    }
    String text = quoted[1];
    int begin = text.indexOf("wgmma.fence.sync.aligned; ");
    if (begin < 0) {
      throw new IllegalArgumentException("products begin without wgmma.fence: " + text);
    }
    List<List<Wgmma>> groups = new ArrayList<>(List.of(new ArrayList<>()));
    Matcher found = INSTRUCTION.matcher(text);
    int end = begin + "wgmma.fence.sync.aligned; ".length();
    while (found.find(end) && found.start() == end) {
      end = found.end();
      if (found.group(1) == null) {
        groups.add(new ArrayList<>());
      } else {
        groups.getLast().add(wgmma(found, results));
      }
    }
    if (!text.substring(end).equals("}") || !groups.removeLast().isEmpty()) {
      throw new IllegalArgumentException("no meaning is known of " + text.substring(end));
    }
    return new WgmmaText(groups, tied);
  }

  private static Wgmma wgmma(Matcher found, int results) {
    int columns = Integer.parseInt(found.group(1));
    int[] left = numbers(found.group(5), results);
    String directions = found.group(8);
    boolean inMemory = left.length == 1;
    return new Wgmma(columns, Integer.parseInt(found.group(2)), found.group(3), numbers(found.group(4), 0)[0], left, numbers(found.group(6), results)[0], found.group(7).equals("p"),
        inMemory && directions.startsWith(", 1"), directions.endsWith(", 1"));
  }

  private static int[] numbers(String text, int first) {
    return OPERAND.matcher(text).results().mapToInt(number -> Integer.parseInt(number.group(1)) - first).toArray();
  }
}
