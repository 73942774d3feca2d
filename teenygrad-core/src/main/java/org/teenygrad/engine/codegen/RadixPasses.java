package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.DType;

/// Distributes numbers by one byte after the other, the lowest first, those with the same byte in their order (LSD radix sort:
/// Knuth, "The Art of Computer Programming", vol. 3, 5.2.5).
///
/// Where a number is a key with its position below it, those of one key are in order to begin with, as they stay: at first only the upper
/// half's bytes count, and if numbers are not in order then, all do. A byte that is the same everywhere needs no pass.
final class RadixPasses implements ScratchPasses {
  /// Fewer numbers are merged faster than 256 counts are added up for each byte.
  static final int SHORTEST = 24;

  private static final int BUCKETS = 1 << Byte.SIZE;

  private final Ir ir;
  private final long size;
  private final int lanes;

  RadixPasses(Ir ir, long size, int lanes) {
    this.ir = ir;
    this.size = size;
    this.lanes = lanes;
  }

  @Override
  public long bytes() {
    return (2 * size + BUCKETS) * Long.BYTES;
  }

  @Override
  public String sort(String from) {
    List<Ir.Carried> start = List.of(new Ir.Carried("i64", from), new Ir.Carried("i1", "false"));
    return ir.loop("0", "2", 1, start, (round, carried) -> ir.when(ir.value("xor i1 " + carried.get(1).value() + ", true"), carried, () -> {
      String lowest = ir.value("mul i64 " + ir.value("sub i64 1, " + round) + ", " + Integer.SIZE);
      String sorted = byBytes(carried.getFirst().value(), lowest);
      return List.of(new Ir.Carried("i64", sorted), new Ir.Carried("i1", isInOrder(sorted)));
    })).getFirst().value();
  }

  /// @param lowest the first bit of the lowest byte that counts
  private String byBytes(String from, String lowest) {
    return ir.loop(lowest, Integer.toString(Long.SIZE), Byte.SIZE, List.of(new Ir.Carried("i64", from)), (shift, sorted) -> {
      String now = sorted.getFirst().value();
      count(now, shift);
      String first = ir.value("load i64, ptr " + bucket(digit(load(now, "0"), shift)));
      return ir.when(ir.value("icmp ne i64 " + first + ", " + size), sorted, () -> {
        String to = ir.value("sub i64 " + size + ", " + now);
        distribute(now, to, shift);
        return List.of(new Ir.Carried("i64", to));
      });
    }).getFirst().value();
  }

  private String isInOrder(String from) {
    String type = Ir.type(DType.INT64, lanes);
    String mask = Ir.vector("i1", lanes);
    List<Ir.Carried> start = List.of(new Ir.Carried(mask, Ir.constant(DType.BOOL, true, lanes)));
    // The last vector is that in front of the last number.
    String last = Long.toString(size - 1 - lanes);
    String all = ir.loop("0", Long.toString(size - 1), lanes, start, (counter, carried) -> {
      String at = ir.value("add i64 " + from + ", " + ir.smallest(counter, last));
      String one = ir.value("load " + type + ", ptr " + ScratchPasses.place(ir, at) + ", align 8");
      String next = ir.value("load " + type + ", ptr " + ScratchPasses.place(ir, ir.plus(at, 1)) + ", align 8");
      String ascends = ir.value("icmp sle " + type + " " + one + ", " + next);
      return List.of(new Ir.Carried(mask, ir.value("and " + mask + " " + carried.getFirst().value() + ", " + ascends)));
    }).getFirst().value();
    return lanes == 1 ? all : ir.value("icmp eq i" + lanes + " " + ir.value("bitcast " + mask + " " + all + " to i" + lanes) + ", -1");
  }

  private void count(String from, String shift) {
    ir.loop("0", Integer.toString(BUCKETS), lanes, List.of(), (bucket, none) -> {
      ir.effect("store " + Ir.type(DType.INT64, lanes) + " zeroinitializer, ptr " + bucket(bucket) + ", align 8");
      return none;
    });
    ir.loop("0", Long.toString(size), 1, List.of(), (counter, none) -> {
      String bucket = bucket(digit(load(from, counter), shift));
      ir.effect("store i64 " + ir.value("add i64 " + ir.value("load i64, ptr " + bucket) + ", 1") + ", ptr " + bucket);
      return none;
    });
  }

  private void distribute(String from, String to, String shift) {
    ir.loop("0", Integer.toString(BUCKETS), 1, List.of(new Ir.Carried("i64", to)), (counter, sum) -> {
      String bucket = bucket(counter);
      String own = ir.value("load i64, ptr " + bucket);
      ir.effect("store i64 " + sum.getFirst().value() + ", ptr " + bucket);
      return List.of(new Ir.Carried("i64", ir.value("add i64 " + sum.getFirst().value() + ", " + own)));
    });
    ir.loop("0", Long.toString(size), 1, List.of(), (counter, none) -> {
      String number = load(from, counter);
      String bucket = bucket(digit(number, shift));
      String place = ir.value("load i64, ptr " + bucket);
      ir.effect("store i64 " + number + ", ptr " + ScratchPasses.place(ir, place));
      ir.effect("store i64 " + ir.value("add i64 " + place + ", 1") + ", ptr " + bucket);
      return none;
    });
  }

  /// A byte of a number, those of negative numbers in front.
  private String digit(String number, String shift) {
    String unsigned = ir.value("xor i64 " + number + ", " + Long.MIN_VALUE);
    return ir.value("and i64 " + ir.value("lshr i64 " + unsigned + ", " + shift) + ", " + (BUCKETS - 1));
  }

  private String bucket(String digit) {
    return ScratchPasses.place(ir, ir.plus(digit, 2 * size));
  }

  private String load(String from, String index) {
    return ir.value("load i64, ptr " + ScratchPasses.place(ir, ir.value("add i64 " + from + ", " + index)));
  }
}
