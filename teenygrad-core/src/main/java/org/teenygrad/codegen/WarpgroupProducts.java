package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.teenygrad.DType;

/// Products of 16-bit floats by `wgmma`: each group of four warps has 64 rows of the tile, and the tensor cores read both factors from
/// shared memory by themselves (PTX ISA, "Asynchronous warpgroup level matrix instructions").
final class WarpgroupProducts implements Products {
  private static final int M = 64;
  private static final int K = 16;

  /// Eight lines of a slab.
  private static final int GROUP_BYTES = 1024;

  private final Ir ir;
  private final BlockTile tile;
  private final DType element;
  private final boolean leftInner;
  private final boolean rightInner;

  WarpgroupProducts(Ir ir, BlockTile tile, DType element, boolean leftInner, boolean rightInner) {
    this.ir = ir;
    this.tile = tile;
    this.element = element;
    this.leftInner = leftInner;
    this.rightInner = rightInner;
  }

  private int sums() {
    return tile.columns() / 2;
  }

  @Override
  public List<Ir.Carried> zero() {
    return Ir.times(sums(), i -> new Ir.Carried("float", "0.0"));
  }

  @Override
  public void fence() {
    ir.effect("call void asm sideeffect \"fence.proxy.async.shared::cta;\", \"~{memory}\"()");
  }

  private String group() {
    return ir.value("lshr i64 " + Team.thread(ir) + ", 7");
  }

  /// Where a matrix is in shared memory and how it lies there.
  /// @param panel how many bytes apart panels of 64 rows are, for slabs along the rows
  private String descriptor(String slab, boolean alongInner, String offset, int panel) {
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + ir.value("add i64 " + slab + ", " + offset));
    String address = ir.value("zext i32 " + ir.value("ptrtoint ptr addrspace(3) " + pointer + " to i32") + " to i64");
    long swizzle128 = 1L << 62;
    long leading = alongInner ? 1 : panel >> 4;
    long layout = swizzle128 | (long) (GROUP_BYTES >> 4) << 32 | leading << 16;
    return ir.value("or i64 " + ir.value("lshr i64 " + address + ", 4") + ", " + layout);
  }

  @Override
  public List<Ir.Carried> multiply(List<Ir.Carried> sums, String left, String right) {
    int panel = tile.depth() * SharedTile.LINE;
    // A warpgroup's 64 rows are as many lines, or one panel.
    String own = ir.value("mul i64 " + group() + ", " + (leftInner ? M * SharedTile.LINE : panel));
    String a = descriptor(left, leftInner, own, panel);
    String b = descriptor(right, rightInner, "0", panel);
    int count = sums();
    StringBuilder text = new StringBuilder("{ .reg .pred p; setp.eq.u32 p, 0, 0; wgmma.fence.sync.aligned; ");
    String registers = String.join(", ", Ir.times(count, i -> "$" + i));
    String type = element == DType.FLOAT16 ? "f16" : "bf16";
    List<String> descriptors = new ArrayList<>();
    for (int step = 0; step < tile.depth() / K; step++) {
      text.append("wgmma.mma_async.sync.aligned.m64n").append(tile.columns()).append("k16.f32.").append(type).append('.').append(type)
          .append(" {").append(registers).append("}, $").append(count + 2 * step).append(", $").append(count + 2 * step + 1)
          .append(", p, 1, 1, ").append(leftInner ? 0 : 1).append(", ").append(rightInner ? 0 : 1).append("; ");
      descriptors.add(ir.plus(a, step * stride(leftInner)));
      descriptors.add(ir.plus(b, step * stride(rightInner)));
    }
    text.append("wgmma.commit_group.sync.aligned; }");
    String result = "{ " + String.join(", ", Ir.times(count, i -> "float")) + " }";
    String constraints = String.join(",", Ir.times(count, i -> "=f")) + "," + String.join(",", descriptors.stream().map(d -> "l").toList())
        + "," + String.join(",", Ir.times(count, i -> Integer.toString(i))) + ",~{memory}";
    String operands = descriptors.stream().map(d -> "i64 " + d).collect(Collectors.joining(", ")) + ", "
        + sums.stream().map(sum -> "float " + sum.value()).collect(Collectors.joining(", "));
    String all = ir.value("call " + result + " asm sideeffect \"" + text + "\", \"" + constraints + "\"(" + operands + ")");
    return Ir.times(count, i -> new Ir.Carried("float", ir.value("extractvalue " + result + " " + all + ", " + i)));
  }

  /// The sums on their way pass through here, so that nothing touches them before.
  @Override
  public List<Ir.Carried> settle(List<Ir.Carried> pending) {
    int count = sums();
    String result = "{ " + String.join(", ", Ir.times(count, i -> "float")) + " }";
    String ties = String.join(",", Ir.times(count, i -> "=f")) + "," + String.join(",", Ir.times(count, i -> Integer.toString(i))) + ",~{memory}";
    String done = ir.value("call " + result + " asm sideeffect \"wgmma.wait_group.sync.aligned 0;\", \"" + ties + "\"("
        + pending.stream().map(sum -> "float " + sum.value()).collect(Collectors.joining(", ")) + ")");
    return Ir.times(count, i -> new Ir.Carried("float", ir.value("extractvalue " + result + " " + done + ", " + i)));
  }

  /// What a step along the inner dimension adds to a descriptor: 16 elements of a line, or 16 lines.
  private static long stride(boolean alongInner) {
    return (alongInner ? K * 2 : K * SharedTile.LINE) >> 4;
  }

  @Override
  public void store(List<Ir.Carried> sums, int pitch) {
    List<String> values = sums.stream().map(Ir.Carried::value).toList();
    String row = ir.value("mul i64 " + WarpMatrix.warp(ir) + ", " + WarpMatrix.M);
    for (int j = 0; j < tile.columns() / WarpMatrix.N; j++) {
      WarpMatrix.store(ir, values.subList(4 * j, 4 * j + 4), row, Integer.toString(WarpMatrix.N * j), pitch, 0);
    }
  }
}
