package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// What detectors of objects do with boxes.
final class Detection {
  private Detection() {}

  static void addTo(OperatorTable table) {
    table.value("NonMaxSuppression", 10, Detection::suppress);
    table.alike("RoiAlign", 10, call -> align(call, 0));
    table.alike("RoiAlign", 16, call -> align(call, call.text("coordinate_transformation_mode", "half_pixel").equals("half_pixel") ? 0.5 : 0));
  }

  /// A box by two corners.
  private record Box(double top, double left, double bottom, double right) {
    static Box of(double[] values, int at, boolean byCentre) {
      return byCentre
          ? new Box(values[at + 1] - values[at + 3] / 2, values[at] - values[at + 2] / 2, values[at + 1] + values[at + 3] / 2, values[at] + values[at + 2] / 2)
          : new Box(Math.min(values[at], values[at + 2]), Math.min(values[at + 1], values[at + 3]),
              Math.max(values[at], values[at + 2]), Math.max(values[at + 1], values[at + 3]));
    }

    double area() {
      return (bottom - top) * (right - left);
    }

    /// How much of both they have in common.
    double overlap(Box other) {
      double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      double width = Math.min(right, other.right) - Math.max(left, other.left);
      return height <= 0 || width <= 0 ? 0 : height * width / (area() + other.area() - height * width);
    }
  }

  /// The best boxes that do not overlap too much; how many there are depends on values, which are computed at once.
  private static Value suppress(Call call) {
    int batches = call.in(1).size(0);
    int classes = call.in(1).size(1);
    int count = call.in(1).size(2);
    double[] boxes = call.doubles(0);
    double[] scores = call.doubles(1);
    long most = call.has(2) ? call.number(2) : 0;
    double overlap = call.has(3) ? call.doubles(3)[0] : 0;
    double threshold = call.has(4) ? call.doubles(4)[0] : Double.NEGATIVE_INFINITY;
    boolean byCentre = call.flag("center_point_box", false);
    List<long[]> selected = new ArrayList<>();
    for (int batch = 0; batch < batches; batch++) {
      int b = batch;
      List<Box> all = IntStream.range(0, count).mapToObj(i -> Box.of(boxes, (b * count + i) * 4, byCentre)).toList();
      for (int c = 0; c < classes; c++) {
        int first = (batch * classes + c) * count;
        List<Integer> kept = new ArrayList<>();
        IntStream.range(0, count).boxed()
            .filter(i -> scores[first + i] > threshold)
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[first + i]))
            .forEach(i -> {
              if (kept.size() < most && kept.stream().allMatch(k -> all.get(k).overlap(all.get(i)) <= overlap)) {
                kept.add(i);
              }
            });
        for (int i : kept) {
          selected.add(new long[] {batch, c, i});
        }
      }
    }
    long[] flat = selected.stream().flatMapToLong(Arrays::stream).toArray();
    return Value.of(Tensor.of(flat, Shape.of(selected.size(), 3), call.device()));
  }

  /// Each region of an image as an image of a fixed size (He et al., "Mask R-CNN", 2017). Where samples are depends on regions,
  /// which are computed at once.
  private static Tensor align(Call call, double shift) {
    Tensor x = call.in(0);
    double[] regions = call.doubles(1);
    long[] images = call.longs(2);
    int height = call.axis("output_height", 1);
    int width = call.axis("output_width", 1);
    double scale = call.real("spatial_scale", 1);
    boolean average = call.text("mode", "avg").equals("avg");
    List<Tensor> aligned = new ArrayList<>();
    for (int r = 0; r < images.length; r++) {
      double[] box = new double[4];
      for (int i = 0; i < 4; i++) {
        box[i] = regions[4 * r + i] * scale - shift;
      }
      Tensor image = x.select(0, Math.toIntExact(images[r]));
      Axis rows = Axis.of(call, box[1], box[3], height, image.size(1), shift == 0);
      Axis columns = Axis.of(call, box[0], box[2], width, image.size(2), shift == 0);
      aligned.add(average ? rows.mean(columns.mean(image, 2), 1) : largest(image, rows, columns));
    }
    return aligned.isEmpty()
        ? Tensor.full(Shape.of(0, x.size(1), height, width), 0, x.dtype()) : Tensor.stack(aligned, 0);
  }

  /// The largest of what each neighbour of a sample contributes.
  private static Tensor largest(Tensor image, Axis rows, Axis columns) {
    Tensor best = null;
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        Tensor part = columns.neighbours(rows.neighbours(image, 1, i), 2, j);
        best = best == null ? part : best.maximum(part);
      }
    }
    Tensor parts = Call.required(best, "samples")
        .reshape(image.size(0), rows.bins, rows.samples, columns.bins, columns.samples);
    return parts.max(new int[] {2, 4}, false);
  }

  /// The samples of a region along an axis: of each the element before, the one behind, and what both count.
  private record Axis(Tensor[] positions, Tensor[] weights, int bins, int samples) {
    static Axis of(Call call, double begin, double end, int bins, int size, boolean atLeastOne) {
      double length = atLeastOne ? Math.max(1, end - begin) : end - begin;
      double bin = length / bins;
      int asked = call.axis("sampling_ratio", 0);
      int samples = Math.max(1, asked > 0 ? asked : Call.clamped((long) Math.ceil(bin)));
      int count = Math.multiplyExact(bins, samples);
      long[] before = new long[count];
      long[] behind = new long[count];
      double[] near = new double[count];
      double[] far = new double[count];
      for (int i = 0; i < count; i++) {
        double at = begin + (i / samples) * bin + (i % samples + 0.5) * bin / samples;
        boolean inside = at >= -1 && at <= size;
        double bounded = Math.clamp(at, 0, size - 1);
        before[i] = (long) bounded;
        behind[i] = Math.min(before[i] + 1, size - 1);
        far[i] = inside ? bounded - before[i] : 0;
        near[i] = inside ? 1 - far[i] : 0;
      }
      return new Axis(new Tensor[] {call.tensorOf(before), call.tensorOf(behind)},
          new Tensor[] {call.along(3, 2, near), call.along(3, 2, far)}, bins, samples);
    }

    Tensor neighbours(Tensor image, int axis, int which) {
      Tensor weight = axis == 2 ? weights[which] : weights[which].transpose(1, 2);
      return image.indexSelect(axis, positions[which]).mul(weight.cast(image.dtype()));
    }

    Tensor mean(Tensor image, int axis) {
      return neighbours(image, axis, 0).add(neighbours(image, axis, 1)).unflatten(axis, bins, samples).mean(axis + 1, false);
    }
  }
}
