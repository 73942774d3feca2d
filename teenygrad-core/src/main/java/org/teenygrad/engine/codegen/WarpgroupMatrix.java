package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `wgmma.mma_async` of four warps (PTX ISA, "Asynchronous warpgroup level matrix instructions"): 64 rows, of which each warp has
/// 16, times up to 256 columns. The right factor is read from shared memory, the left one from there or from registers; sums lie as
/// those of [WarpMatrix] do, eight columns after eight.
///
/// @param row of four warps
record WarpgroupMatrix(Ir ir, MatrixUnit row) {
  /// Warps that multiply together.
  static final int WARPS = 4;

  static final int M = WARPS * MatrixUnit.ROWS;

  /// Rows whose lines of a slab lie one behind the other; those of the next group may lie anywhere.
  static final int GROUP = 8;

  private static final int GROUP_BYTES = GROUP * SharedTile.LINE;

  /// How far the addresses of a block's own shared memory go; in a cluster the bits above are the block's number.
  private static final long BLOCK_BYTES = 1 << 18;

  /// One step along the inner dimension.
  ///
  /// @param left a descriptor, or the four words of a fragment
  /// @param right a descriptor
  record Step(List<String> left, String right) {}

  /// Where a matrix is in shared memory and how it lies there.
  /// @param slab the byte where it starts
  /// @param panel how many bytes apart panels of 64 rows are, for slabs along the rows
  String descriptor(String slab, boolean alongInner, int panel) {
    return descriptor(slab, alongInner, panel, GROUP_BYTES);
  }

  /// Of a slab along the inner dimension that has one group of rows, which stand for all others, too.
  String descriptorOfGroup(String slab) {
    return descriptor(slab, true, 0, 0);
  }

  private String descriptor(String slab, boolean alongInner, int panel, int groupStride) {
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + slab);
    String address = ir.value("zext i32 " + ir.value("ptrtoint ptr addrspace(3) " + pointer + " to i32") + " to i64");
    long swizzle128 = 1L << 62;
    long leading = alongInner ? 1 : panel >> 4;
    long layout = swizzle128 | (long) (groupStride >> 4) << 32 | leading << 16;
    String inBlock = ir.value("and i64 " + address + ", " + (BLOCK_BYTES - 1));
    return ir.value("or i64 " + ir.value("lshr i64 " + inBlock + ", 4") + ", " + layout);
  }

  /// A number that a loop does not change, such as where a factor lies, as it is in each of its iterations: what follows from it is
  /// found there, too, instead of being kept in registers.
  String anew(String number) {
    return ir.value("call i64 asm sideeffect \"mov.b64 $0, $1;\", \"=l,l\"(i64 " + number + ")");
  }

  /// The descriptor some steps further along the inner dimension: each is some elements of a line, or as many lines.
  String further(String descriptor, boolean alongInner, int steps) {
    return furtherBytes(descriptor, steps * (alongInner ? (long) row.depth * row.bytes() : row.depth * SharedTile.LINE));
  }

  /// The descriptor of what lies some bytes further on in the same way.
  String furtherBytes(String descriptor, long bytes) {
    return ir.plus(descriptor, bytes >> 4);
  }

  /// Products of one left and one right factor, step by step along the inner dimension.
  ///
  /// @param sums what they are added to; null for none
  /// @param columns of the right factor
  /// @param leftAcross whether the left factor lies across in shared memory
  record Products(@Nullable List<String> sums, int columns, List<Step> steps, boolean leftAcross, boolean rightAcross) {
    int count() {
      return columns / 2;
    }
  }

  /// Starts to add products to sums, or to make sums of products alone; [#settle] waits for them. What is started together has
  /// nothing in between that defines registers, for which ptxas would have one product wait for the other.
  /// @return the sums of each
  List<List<String>> multiply(List<Products> all) {
    StringBuilder text = new StringBuilder("{ .reg .pred p, n; setp.eq.u32 p, 0, 0; setp.ne.u32 n, 0, 0; wgmma.fence.sync.aligned; ");
    int count = all.stream().mapToInt(Products::count).sum();
    List<String> constraints = new ArrayList<>(Ir.times(count, i -> "=f"));
    List<String> operands = new ArrayList<>();
    List<String> tied = new ArrayList<>();
    List<String> sums = new ArrayList<>();
    int next = count;
    int first = 0;
    for (Products products : all) {
      int from = first;
      String registers = String.join(", ", Ir.times(products.count(), i -> "$" + (from + i)));
      for (int i = 0; i < products.steps.size(); i++) {
        Step step = products.steps.get(i);
        boolean words = step.left.size() > 1;
        List<String> left = new ArrayList<>();
        for (String operand : step.left) {
          left.add("$" + next++);
          constraints.add(words ? "r" : "l");
          operands.add((words ? "i32 " : "i64 ") + operand);
        }
        constraints.add("l");
        operands.add("i64 " + step.right);
        text.append("wgmma.mma_async.sync.aligned.m64n").append(products.columns).append("k").append(row.depth).append(".f32.").append(row.instruction)
            .append(" {").append(registers).append("}, ").append(words ? "{" + String.join(", ", left) + "}" : left.getFirst()).append(", $").append(next++)
            .append(products.sums == null && i == 0 ? ", n" : ", p").append(", 1, 1").append(directions(products, words)).append("; ");
      }
      text.append("wgmma.commit_group.sync.aligned; ");
      if (products.sums != null) {
        tied.addAll(Ir.times(products.count(), i -> Integer.toString(from + i)));
        sums.addAll(products.sums);
      }
      first += products.count();
    }
    constraints.addAll(tied);
    sums.forEach(sum -> operands.add("float " + sum));
    List<String> results = floats(text.append('}').toString(), constraints, operands, count);
    List<List<String>> each = new ArrayList<>();
    int at = 0;
    for (Products products : all) {
      each.add(results.subList(at, at + products.count()));
      at += products.count();
    }
    return each;
  }

  /// How factors lie, where they may lie either way: those of 16 bits.
  private String directions(Products products, boolean words) {
    if (!row.leftType.isHalf()) {
      return "";
    }
    return (words ? "" : products.leftAcross ? ", 1" : ", 0") + (products.rightAcross ? ", 1" : ", 0");
  }

  /// Waits for products; the sums pass through here, so that nothing touches them before.
  /// @param newest how many of the last [#multiply] are not waited for
  List<String> settle(List<String> pending, int newest) {
    int count = pending.size();
    List<String> constraints = new ArrayList<>(Ir.times(count, i -> "=f"));
    constraints.addAll(Ir.times(count, Object::toString));
    return floats("wgmma.wait_group.sync.aligned " + newest + ";", constraints, pending.stream().map(sum -> "float " + sum).toList(), count);
  }

  private List<String> floats(String text, List<String> constraints, List<String> operands, int count) {
    String result = "{ " + Ir.times(count, i -> "float").stream().collect(Collectors.joining(", ")) + " }";
    String all = ir.value("call " + result + " asm sideeffect \"" + text + "\", \"" + String.join(",", constraints) + ",~{memory}\"(" + String.join(", ", operands) + ")");
    return Ir.times(count, i -> ir.value("extractvalue " + result + " " + all + ", " + i));
  }

  /// Makes what ordinary instructions wrote to shared memory visible to the tensor cores; a barrier follows.
  void fence() {
    ir.effect("call void asm sideeffect \"fence.proxy.async.shared::cta;\", \"~{memory}\"()");
  }
}
