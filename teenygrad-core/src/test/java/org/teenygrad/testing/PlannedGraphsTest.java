package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.engine.schedule.Realizer;

/// Every graph has a plan for every kind of GPU: none is refused, and what tensor cores can multiply they do.
class PlannedGraphsTest {
  /// Random graphs, attentions and convolutions; `-Pcampaign` takes ten times as many.
  private static final int TIMES = Integer.getInteger("teenygrad.fuzz.times", 1);
  private static final int GRAPHS = 40 * TIMES;
  private static final int LAYERS = 10 * TIMES;

  private static final int[] LENGTHS = {1, 3, 16, 33, 64, 100, 128, 200};
  private static final int[] HEAD_DIMS = {8, 16, 24, 32, 64, 80, 96, 128, 160, 256};
  private static final List<DType> TYPES = List.of(DType.BFLOAT16, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32);

  private static final List<Program> PROGRAMS = Collections.synchronizedList(new ArrayList<>());

  private static Device gpu(Target.Rung rung) {
    Device device = Device.of("planned-for-rung-" + rung.ordinal());
    Devices.register(device.name(), d -> NullDevice.open(d, new Target.Gpu(132, 227 << 10, rung), PROGRAMS::add));
    return device;
  }

  private static Tensor tensor(Device device, DType dtype, int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.ofMemory(NullDevice.memory(shape.elements() * dtype.bytes()), dtype, shape, device);
  }

  private static <T> T any(Random random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static int any(Random random, int[] all) {
    return all[random.nextInt(all.length)];
  }

  private static void attention(Random random, Device device) {
    DType dtype = any(random, TYPES);
    int keyHeads = 1 + random.nextInt(3);
    int heads = keyHeads * (1 + random.nextInt(2));
    int queries = any(random, LENGTHS);
    int keys = random.nextBoolean() ? queries : any(random, LENGTHS);
    int headDim = any(random, HEAD_DIMS);
    AttentionOptions options = switch (random.nextInt(4)) {
      case 0 -> AttentionOptions.CAUSAL;
      case 1 -> AttentionOptions.CAUSAL.withWindow(1 + random.nextInt(64));
      case 2 -> AttentionOptions.DEFAULT.withMask(tensor(device, DType.BOOL, 2, 1, queries, keys));
      default -> AttentionOptions.DEFAULT;
    };
    Tensor q = tensor(device, dtype, 2, heads, queries, headDim).requiresGrad();
    Tensor k = tensor(device, dtype, 2, keyHeads, keys, headDim).requiresGrad();
    Tensor v = tensor(device, dtype, 2, keyHeads, keys, headDim).requiresGrad();
    Tensor found = q.scaledDotProductAttention(k, v, options);
    realizeWithGradients(found, List.of(q, k, v));
  }

  private static void convolution(Random random, Device device) {
    DType dtype = any(random, TYPES);
    int size = 1 + random.nextInt(3);
    int image = size + random.nextInt(12);
    Tensor x = tensor(device, dtype, 1 + random.nextInt(4), 16 * (1 + random.nextInt(4)), image, image).requiresGrad();
    Tensor weight = tensor(device, dtype, 16 * (1 + random.nextInt(4)), x.size(1), size, size).requiresGrad();
    realizeWithGradients(x.conv2d(weight, null, Window.DEFAULT.stride(1 + random.nextInt(2)).padding(random.nextInt(2))), List.of(x, weight));
  }

  private static void realizeWithGradients(Tensor result, List<Tensor> inputs) {
    result.mul(result).sum().backward();
    List<Tensor> all = new ArrayList<>(inputs.stream().map(Tensor::grad).toList());
    all.add(result);
    Tensor.realize(all);
  }

  @ParameterizedTest
  @EnumSource
  void noGraphIsRefused(Target.Rung rung) {
    Device device = gpu(rung);
    LongStream.range(0, GRAPHS).forEach(seed -> Realizer.realize(RandomGraphs.generate(seed, device).roots()));
    for (int seed = 0; seed < LAYERS; seed++) {
      attention(new Random(seed), device);
      convolution(new Random(seed), device);
    }
    assertThat(PROGRAMS).isNotEmpty();
  }

  /// The gradient of a convolution by its image is a sum over windows of sums of few products, which no pass makes by the way.
  @Test
  void productsThatNoPassMakesByTheWayAreKept() {
    Device device = gpu(Target.Rung.TENSOR_MEMORY);
    PROGRAMS.clear();
    Tensor x = tensor(device, DType.BFLOAT16, 8, 64, 28, 28).requiresGrad();
    Tensor weight = tensor(device, DType.BFLOAT16, 64, 64, 3, 3).requiresGrad();
    realizeWithGradients(x.conv2d(weight, null, Window.DEFAULT.padding(1)), List.of(x, weight));
    assertThat(PROGRAMS).extracting(Program::name).filteredOn(name -> name.startsWith("contract")).hasSize(3);
  }
}
