package org.teenygrad.engine.codegen;

import java.util.List;

/// Merges runs bottom-up. Of every run only as many numbers are kept as are wanted.
final class MergePasses implements ScratchPasses {
  private final Ir ir;
  private final long size;
  private final long count;

  /// @param count how many are wanted
  MergePasses(Ir ir, long size, long count) {
    this.ir = ir;
    this.size = size;
    this.count = count;
  }

  @Override
  public long bytes() {
    return 2 * size * Long.BYTES;
  }

  @Override
  public String sort(String from) {
    String sorted = from;
    for (long width = 1; width < size; width *= 2) {
      String to = ir.value("sub i64 " + size + ", " + sorted);
      merge(sorted, to, width);
      sorted = to;
    }
    return sorted;
  }

  /// Merges neighbouring runs, which begin every `width` numbers.
  private void merge(String from, String to, long width) {
    long kept = Math.min(width, count);
    String end = Long.toString(size);
    ir.loop("0", end, 2 * width, List.of(), (first, none) -> {
      String firstEnd = ir.smallest(ir.plus(first, kept), end);
      String second = ir.smallest(ir.plus(first, width), end);
      String secondEnd = ir.smallest(ir.plus(second, kept), end);
      String ofSecond = ir.value("sub i64 " + secondEnd + ", " + second);
      String both = ir.value("add i64 " + ir.value("sub i64 " + firstEnd + ", " + first) + ", " + ofSecond);
      List<Ir.Carried> starts = List.of(new Ir.Carried("i64", first), new Ir.Carried("i64", second));
      ir.loop("0", ir.smallest(both, Long.toString(count)), 1, starts, (number, heads) -> {
        String i = heads.get(0).value();
        String j = heads.get(1).value();
        String a = load(from, ir.smallest(i, Long.toString(size - 1)));
        String b = load(from, ir.smallest(j, Long.toString(size - 1)));
        String inFirst = ir.value("icmp slt i64 " + i + ", " + firstEnd);
        String left = takesFirst(ir, a, inFirst, b, ir.value("icmp slt i64 " + j + ", " + secondEnd));
        String next = ir.value("select i1 " + left + ", i64 " + a + ", i64 " + b);
        String place = ir.value("add i64 " + to + ", " + ir.value("add i64 " + first + ", " + number));
        ir.effect("store i64 " + next + ", ptr " + ScratchPasses.place(ir, place));
        return behind(ir, left, i, j);
      });
      return none;
    });
  }

  /// Whether a merge goes on with what it finds in the first run.
  /// @param inFirst whether there is something left of it
  /// @param inSecond the same of the second run
  static String takesFirst(Ir ir, String first, String inFirst, String second, String inSecond) {
    String isAtMost = ir.value("icmp sle i64 " + first + ", " + second);
    return ir.value("and i1 " + inFirst + ", " + ir.value("or i1 " + isAtMost + ", " + ir.value("xor i1 " + inSecond + ", true")));
  }

  /// Where both runs go on.
  /// @param left whether what is at `i`, in the first run, was taken, not what is at `j`
  static List<Ir.Carried> behind(Ir ir, String left, String i, String j) {
    String step = ir.value("zext i1 " + left + " to i64");
    String next = ir.value("add i64 " + i + ", " + step);
    return List.of(new Ir.Carried("i64", next), new Ir.Carried("i64", ir.value("add i64 " + j + ", " + ir.value("xor i64 " + step + ", 1"))));
  }

  private String load(String from, String index) {
    return ir.value("load i64, ptr " + ScratchPasses.place(ir, ir.value("add i64 " + from + ", " + index)));
  }
}
