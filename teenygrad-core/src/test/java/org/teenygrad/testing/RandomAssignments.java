package org.teenygrad.testing;

import static org.teenygrad.engine.ir.OpCode.*;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.engine.schedule.Realizer;

/// Random programs that update a few tensors again and again, in place where that is unnoticed, and read old and new values
/// in the same schedules. All in int32, so that every device must find the same.
final class RandomAssignments {
  private static final int TENSORS = 3;

  private final Random random;
  private final Device device;
  private final Shape shape;
  private final List<OpNode> current = new ArrayList<>();
  private final List<long[]> seen = new ArrayList<>();

  private RandomAssignments(long seed, Device device) {
    random = new Random(seed * 0x9E3779B97F4A7C15L + 2);
    this.device = device;
    int n = List.of(1, 2, 5, 16, 33).get(random.nextInt(5));
    shape = random.nextBoolean() ? Shape.of(n, n) : Shape.of(n, 1 + random.nextInt(40));
  }

  /// All that the program of that seed reads, in order.
  static List<long[]> run(long seed, Device device) {
    return new RandomAssignments(seed, device).run();
  }

  private List<long[]> run() {
    for (int i = 0; i < TENSORS; i++) {
      current.add(Buffers.of(device, DType.INT32, shape, random.ints(shape.elements(), -9, 10).asDoubleStream().toArray()));
    }
    int rounds = 1 + random.nextInt(4);
    for (int i = 0; i < rounds; i++) {
      round();
    }
    return seen;
  }

  private void round() {
    List<OpNode> values = new ArrayList<>(current);
    List<OpNode> wanted = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int target = random.nextInt(TENSORS);
      OpNode assigned = OpNode.of(ASSIGN, random.nextInt(5) > 0, List.of(current.get(target), expression(values)));
      current.set(target, assigned);
      values.add(assigned);
      wanted.add(assigned);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      wanted.add(expression(values));
    }
    Collections.shuffle(wanted, random);
    Realizer.realize(wanted);
    for (OpNode node : wanted) {
      // What was there before may be gone now.
      if (!values.contains(node) || current.contains(node)) {
        seen.add(Buffers.bits(node));
      }
    }
    // An assignment that has run and the BUFFER that it filled are the same to whoever uses them next.
    current.replaceAll(node -> random.nextBoolean() ? node : Objects.requireNonNullElse(node.realized(), node));
  }

  private OpNode expression(List<OpNode> values) {
    OpNode result = pick(values);
    for (int i = random.nextInt(4); i > 0; i--) {
      OpNode x = result;
      result = switch (random.nextInt(11)) {
        case 0, 1 -> OpNode.of(pick(List.of(ADD, SUB, MUL, MAX)), x, pick(values));
        case 2 -> OpNode.of(ADD, x, uniform(1 + random.nextInt(3)));
        case 3 -> OpNode.of(MUL, x, uniform(1));
        case 4 -> OpNode.of(FLIP, List.of(random.nextInt(2)), List.of(x));
        case 5 -> shape.size(0) == shape.size(1) ? OpNode.of(PERMUTE, List.of(1, 0), List.of(x)) : x;
        case 6 -> shifted(x);
        case 7 -> OpNode.of(SUB, x, reduced(x, List.of(1)));
        case 8 -> OpNode.of(ADD, pick(values), reduced(x, List.of(0, 1)));
        case 9 -> {
          double[] index = IntStream.range(0, (int) shape.elements()).mapToDouble(at -> random.nextInt(shape.size(0))).toArray();
          yield OpNode.of(SCATTER, new Scatter(0, ADD), List.of(x, Buffers.of(device, DType.INT32, shape, index), pick(values)));
        }
        default -> OpNode.of(WHERE, OpNode.of(LT, x, uniform(3)), x, pick(values));
      };
    }
    return result;
  }

  private OpNode uniform(int value) {
    return Uniform.of(DType.INT32, shape, value);
  }

  private OpNode shifted(OpNode x) {
    int by = random.nextInt(shape.size(0));
    OpNode part = OpNode.of(SHRINK, new Bounds(List.of(0, 0), List.of(shape.size(0) - by, shape.size(1))), List.of(x));
    return OpNode.of(PAD, new Bounds(List.of(by, 0), List.of(0, 0)), List.of(part));
  }

  private OpNode reduced(OpNode x, List<Integer> axes) {
    return OpNode.of(EXPAND, shape, List.of(OpNode.of(REDUCE, new Reduction(ADD, axes), List.of(x))));
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
