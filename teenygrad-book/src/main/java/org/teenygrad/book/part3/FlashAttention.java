package org.teenygrad.book.part3;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// softmax(q kᵀ / sqrt(d)) v three ways: with all scores in memory; with an online softmax (Milakov and Gimelshein, 2018) that meets the
/// keys tile by tile and keeps no scores, which is FlashAttention's idea (Dao et al., 2022); and compiled.
@Section(number = "3.2", name = "flash-attention",
    title = "Attention with all its scores in memory, with none, and compiled: time and memory")
public record FlashAttention(
    @Help("shortest of four lengths, each twice the one before") int shortest,
    @Help("numbers of a query, a key and a value") int dim,
    @Help("keys that are looked at together") int tile)
    implements Program {
  private static final int LENGTHS = 4;

  public FlashAttention() {
    this(256, 64, 64);
  }

  /// @throws IllegalArgumentException if a setting is not positive
  public FlashAttention {
    if (shortest < 1 || dim < 1 || tile < 1) {
      throw new IllegalArgumentException("shortest, dim and tile must be at least 1, not " + shortest + ", " + dim + " and " + tile);
    }
  }

  /// As it is defined: all scores, then each row's softmax, then the sums of values.
  /// @param q (time, dim), as are k and v
  float[][] naive(float[][] q, float[][] k, float[][] v) {
    float[][] scores = new float[q.length][k.length];
    float[][] out = new float[q.length][dim];
    for (int i = 0; i < q.length; i++) {
      double sum = 0;
      float largest = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < k.length; j++) {
        scores[i][j] = score(q[i], k[j]);
        largest = Math.max(largest, scores[i][j]);
      }
      for (int j = 0; j < k.length; j++) {
        scores[i][j] = (float) Math.exp(scores[i][j] - largest);
        sum += scores[i][j];
      }
      for (int j = 0; j < k.length; j++) {
        addTo(out[i], v[j], (float) (scores[i][j] / sum));
      }
    }
    return out;
  }

  /// A tile's largest score may exceed all before it. What was summed so far was relative to the old largest: times exp(old - new) it is
  /// relative to the new. So a row needs its largest score, its sum of exponentials and its sum of values, and each key is met once.
  float[][] online(float[][] q, float[][] k, float[][] v) {
    float[][] out = new float[q.length][dim];
    float[] scores = new float[tile]; // all that is ever kept of them
    for (int i = 0; i < q.length; i++) {
      float largest = Float.NEGATIVE_INFINITY;
      double sum = 0;
      for (int start = 0; start < k.length; start += tile) {
        int size = Math.min(tile, k.length - start);
        float before = largest;
        for (int j = 0; j < size; j++) {
          scores[j] = score(q[i], k[start + j]);
          largest = Math.max(largest, scores[j]);
        }
        float correction = (float) Math.exp(before - largest);
        sum *= correction;
        scale(out[i], correction);
        for (int j = 0; j < size; j++) {
          float weight = (float) Math.exp(scores[j] - largest);
          sum += weight;
          addTo(out[i], v[start + j], weight);
        }
      }
      scale(out[i], (float) (1 / sum));
    }
    return out;
  }

  private float score(float[] q, float[] k) {
    float sum = 0;
    for (int d = 0; d < dim; d++) {
      sum += q[d] * k[d];
    }
    return (float) (sum / Math.sqrt(dim));
  }

  private static void addTo(float[] sum, float[] x, float weight) {
    for (int d = 0; d < sum.length; d++) {
      sum[d] += weight * x[d];
    }
  }

  private static void scale(float[] x, float by) {
    for (int d = 0; d < x.length; d++) {
      x[d] *= by;
    }
  }

  /// What a way took: its result, the best of three times, and memory beside queries, keys, values and result.
  private record Run(float[][] out, double millis, double bytes) {}

  private interface Way {
    float[][] attend();
  }

  private Run inJava(Way attention, int length) {
    float[][] out = attention.attend();
    for (int rows = length; rows < 2048; rows += length) { // until the JVM has compiled it
      attention.attend();
    }
    double best = Double.POSITIVE_INFINITY;
    long before = allocated();
    attention.attend();
    double bytes = allocated() - before - (double) length * dim * Float.BYTES;
    for (int trial = 0; trial < 3; trial++) {
      long start = System.nanoTime();
      attention.attend();
      best = Math.min(best, (System.nanoTime() - start) / 1e6);
    }
    return new Run(out, best, bytes);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /// What the engine plans and launches for attention; its workspace is what lives only meanwhile.
  private Run compiled(Tensor q, Tensor k, Tensor v) {
    double best = Double.POSITIVE_INFINITY;
    double bytes = 0;
    Tensor result = q.scaledDotProductAttention(k, v);
    for (int trial = 0; trial < 3; trial++) {
      Tensor out = trial == 0 ? result : q.add(trial).realize().scaledDotProductAttention(k, v); // other data, or nothing would run
      Profile profile = Profile.of(out::realize);
      best = Math.min(best, profile.launches().stream().mapToLong(Profile.Launch::nanos).sum() / 1e6);
      bytes = Math.max(bytes, (double) profile.schedules().stream().mapToLong(Profile.Making::workspaceBytes).max().orElse(0));
    }
    return new Run(rows(result), best, bytes);
  }

  private float[][] rows(Tensor x) {
    float[] all = x.toFloat().toFloatArray();
    return IntStream.range(0, all.length / dim).mapToObj(i -> Arrays.copyOfRange(all, i * dim, (i + 1) * dim)).toArray(float[][]::new);
  }

  /// A GPU of an H200's kind that plans as one and runs nothing.
  private static Device plannedGpu() {
    Device device = Device.of("planned-gpu");
    Devices.register(device.name(), d -> NullDevice.open(d, new Target.Gpu(132, 227 << 10, Target.Rung.TENSOR_MEMORY), program -> {}));
    return device;
  }

  @Override
  public void run(Page page) {
    Device gpu = plannedGpu();
    List<List<Object>> times = new ArrayList<>();
    List<List<Object>> bytes = new ArrayList<>();
    List<double[]> differences = new ArrayList<>();
    for (int length = shortest; length < shortest << LENGTHS; length *= 2) {
      List<Tensor> inputs = List.of(Tensor.randn(length, dim).realize(), Tensor.randn(length, dim).realize(),
          Tensor.randn(length, dim).realize());
      float[][] q = rows(inputs.get(0));
      float[][] k = rows(inputs.get(1));
      float[][] v = rows(inputs.get(2));
      Run naive = inJava(() -> naive(q, k, v), length);
      Run online = inJava(() -> online(q, k, v), length);
      Run compiled = compiled(inputs.get(0), inputs.get(1), inputs.get(2));
      List<Tensor> there = inputs.stream().map(x -> x.cast(DType.BFLOAT16).to(gpu).realize()).toList();
      Run onGpu = compiled(there.get(0), there.get(1), there.get(2));
      times.add(List.of(length, naive.millis, online.millis, compiled.millis));
      bytes.add(List.of(length, naive.bytes / 1024, online.bytes / 1024, compiled.bytes / 1024, onGpu.bytes / 1024));
      differences.add(new double[] {apart(online.out, naive.out), apart(compiled.out, naive.out)});
    }
    page.say("Time in ms, of one head of %d numbers on %s:", dim, Devices.defaultDevice());
    page.table(List.of("length", "all scores", "online", "compiled"), times);
    page.say("Memory on the way, beside inputs and result, in KiB; the last is what the engine plans for an H200:");
    page.table(List.of("length", "all scores", "online", "compiled", "for an H200"), bytes);
    page.say("On a processor the engine keeps the scores. For a GPU's tensor cores it makes one kernel of attention, which computes each tile");
    page.say("of them in registers, where it is used: the online softmax, compiled.");
    page.picture("flash-attention", Panels.of("Attention against length", 2,
        plot("Time", "time (ms)", times, "all scores", "online", "compiled"),
        plot("Memory on the way", "memory (KiB)", bytes, "all scores", "online", "compiled"))::write);
    for (int i = 0; i < LENGTHS; i++) {
      page.claim("largest difference of compiled from all scores, at length " + times.get(i).getFirst(), differences.get(i)[1])
          .isAtMost(1e-5);
    }
    page.claim("largest difference of online from all scores", differences.stream().mapToDouble(d -> d[0]).max().orElseThrow())
        .isAtMost(1e-5);
    page.claim("memory of all scores, when the length doubles", growth(bytes, 1)).isNear(4, 0.2);
    page.claim("memory of online, when the length doubles", growth(bytes, 2)).isAtMost(2.2);
    page.claim("memory for an H200, in all scores' at the longest", (double) bytes.getLast().get(4) / (double) bytes.getLast().get(1))
        .isAtMost(0.02);
  }

  private static double growth(List<List<Object>> rows, int column) {
    return (double) rows.getLast().get(column) / (double) rows.get(LENGTHS - 2).get(column);
  }

  private static double apart(float[][] a, float[][] b) {
    return IntStream.range(0, a.length)
        .mapToDouble(i -> IntStream.range(0, a[i].length).mapToDouble(d -> Math.abs(a[i][d] - b[i][d])).max().orElseThrow()).max()
        .orElseThrow();
  }

  private static Plot plot(String title, String unit, List<List<Object>> rows, String... columns) {
    Plot plot = Plot.of(title).x("length T").y(unit).logX().logY();
    double[] lengths = rows.stream().mapToDouble(row -> (int) row.getFirst()).toArray();
    for (int c = 0; c < columns.length; c++) {
      int column = c + 1;
      plot.path(columns[c], lengths, rows.stream().mapToDouble(row -> (double) row.get(column)).toArray());
    }
    return plot;
  }
}
