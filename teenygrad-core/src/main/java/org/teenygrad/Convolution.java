package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target;

/// How [Convolutions] become contractions.
final class Convolution {
  /// Gradients by a single channel are no products of matrices: sums of what windows have in common cost less.
  private static final int FEWEST_CHANNELS = 2;

  /// A gradient by weights has windows over images of fewer channels than that, else over the outputs' derivatives.
  private static final int FEWEST_OF_ROWS = 8;

  private Convolution() {}

  static Tensor of(String name, Tensor x, Tensor weight, @Nullable Tensor bias, Window window, int axes) {
    if (x.rank() == axes + 1) {
      return of(name, x.unsqueeze(0), weight, bias, window, axes).squeeze(0);
    }
    int groups = window.groups();
    check(name, x, weight, axes, groups);
    if (x.size(1) != weight.size(1) * groups || weight.size(0) % groups != 0) {
      throw misfit(name, x, weight, String.format(Locale.ROOT, "weight is (out, channels / groups, ...) with %d groups",
          groups));
    }
    checkBias(name, weight, bias, weight.size(0));
    int[] kernel = spatial(weight, axes);
    int[] ones = new int[axes];
    Arrays.fill(ones, 1);
    Windows windows = Windows.of(name, x.shape(), kernel, ones, window);
    Tensor result = contract(windows.over(windows.padded(x, window.paddingMode())), weight, windows, groups);
    if (window.paddingMode() == PadMode.ZEROS && windows.overlap() && weight.size(1) >= FEWEST_CHANNELS && !NoGrad.isAround()) {
      result = Tensor.apply(OpCode.SURROGATE, result, derived(x, weight, windows, groups, result));
    }
    return biased(result, bias, axes).cast(x.dtype());
  }

  /// What is derived instead. Where windows skip places, a gradient by x is made phase by phase; one by the weights is a sum over
  /// all outputs at once. One of few channels has these, and the places of the kernel, for columns: as rows they would be too few.
  private static Tensor derived(Tensor x, Tensor weight, Windows windows, int groups, Tensor like) {
    if (weight.size(1) >= FEWEST_OF_ROWS && Arrays.stream(windows.stride()).allMatch(step -> step == 1)) {
      return spread(x, weight, windows, groups, like);
    }
    Tensor byImages = spread(x, held(weight), windows, groups, like);
    return byImages.add(contract(windows.over(windows.padded(held(x), PadMode.ZEROS)), weight, windows, groups));
  }

  /// A tensor by which nothing is derived here, though derivatives may be derived by it.
  private static Tensor held(Tensor x) {
    return Tensor.wrap(OpNode.of(OpCode.DETACH, true, List.of(x.node())));
  }

  /// The same numbers as what each element of x adds to the outputs that see it. The chain rule makes windows over the outputs'
  /// derivatives of that: both gradients are then contractions like the convolution, where those of overlapping windows add up what
  /// windows have in common.
  ///
  /// Where windows skip places, elements of x that are a stride apart are seen by the same places of the kernel, others by others:
  /// each such phase is a convolution of its own that skips nothing, so that no zeros between outputs are multiplied (Odena,
  /// Dumoulin and Olah, *Deconvolution and Checkerboard Artifacts*, 2016, has the picture). On a GPU one product with the zeros
  /// takes less time than four without, but for few channels.
  /// @param like the outputs
  private static Tensor spread(Tensor x, Tensor weight, Windows windows, int groups, Tensor like) {
    boolean withZeros = weight.size(1) >= FEWEST_OF_ROWS && Devices.runtime(x.device()).target() instanceof Target.Gpu;
    Tensor outputs = like.detach();
    Tensor spaced = outputs;
    for (int i = 0; withZeros && i < windows.axes(); i++) {
      spaced = zerosBetween(spaced, 2 + i, windows.stride()[i]);
    }
    Windows moved = withZeros ? windows.withoutStride() : windows;
    Tensor sum = null;
    for (List<Phase> phases : phases(moved, x.shape())) {
      Tensor products = Operations.binary("product", OpCode.MUL, like.dtype(), elements(x, moved, phases, groups), filters(weight, phases, groups));
      Tensor part = Gradient.vjp(views(spaced, phases, groups).expand(products.shape().toArray()), products, List.of(outputs)).getFirst();
      sum = sum == null ? part : sum.add(part);
    }
    return Objects.requireNonNull(sum, "overlapping windows see something");
  }

  /// Elements of an axis that are a stride apart, and the places of the kernel that see them.
  ///
  /// @param first the first element
  /// @param size how many there are, of the longest phase: others end with zeros
  /// @param place the first place of the kernel
  /// @param step from that to the next
  /// @param places how many there are
  /// @param dilation outputs from the one that sees an element at a place to the one that sees it at the next
  /// @param output the one that sees the first element at the first place
  private record Phase(int first, int size, int place, int step, int places, int dilation, int output) {
    /// The phases that any place sees of an axis.
    static List<Phase> of(Windows windows, int axis, int elements) {
      int stride = windows.stride()[axis];
      int dilation = windows.dilation()[axis];
      int kernel = windows.kernel()[axis];
      int step = IntStream.rangeClosed(1, stride).filter(places -> places * dilation % stride == 0).findFirst().orElseThrow();
      List<Phase> phases = new ArrayList<>();
      for (int first = 0; first < stride; first++) {
        int padded = first + windows.before()[axis];
        for (int place = 0; place < Math.min(step, kernel); place++) {
          if ((padded - place * dilation) % stride == 0) {
            phases.add(new Phase(first, Math.ceilDiv(elements, stride), place, step, Math.ceilDiv(kernel - place, step), step * dilation / stride, (padded - place * dilation) / stride));
          }
        }
      }
      return phases;
    }

    int reach() {
      return dilation * (places - 1);
    }
  }

  /// Each phase of each axis with each of the others.
  private static List<List<Phase>> phases(Windows windows, Shape shape) {
    List<List<Phase>> all = List.of(List.of());
    for (int i = 0; i < windows.axes(); i++) {
      List<Phase> own = Phase.of(windows, i, shape.size(2 + i));
      all = all.stream().flatMap(before -> own.stream().map(phase -> Stream.concat(before.stream(), Stream.of(phase)).toList())).toList();
    }
    return all;
  }

  /// A phase's elements of x (batch, groups, 1, channels, spatial, 1).
  private static Tensor elements(Tensor x, Windows windows, List<Phase> phases, int groups) {
    Tensor elements = x;
    for (int i = 0; i < phases.size(); i++) {
      Phase phase = phases.get(i);
      int stride = windows.stride()[i];
      elements = elements.padAxis(2 + i, 0, phase.size * stride - x.size(2 + i)).unflatten(2 + i, phase.size, stride).select(3 + i, phase.first);
    }
    elements = elements.unflatten(1, groups, -1).unsqueeze(2);
    for (int i = 0; i < phases.size(); i++) {
      elements = elements.unsqueeze(-1);
    }
    return elements;
  }

  /// The places of the kernel that see them (groups, out, channels, 1, kernel).
  private static Tensor filters(Tensor weight, List<Phase> phases, int groups) {
    Tensor filters = weight;
    for (int i = 0; i < phases.size(); i++) {
      Phase phase = phases.get(i);
      filters = filters.slice(2 + i, phase.place, weight.size(2 + i), phase.step);
    }
    filters = filters.unflatten(0, groups, -1);
    for (int i = 0; i < phases.size(); i++) {
      filters = filters.unsqueeze(3);
    }
    return filters;
  }

  /// The outputs that see them there (batch, groups, out, 1, spatial, kernel).
  private static Tensor views(Tensor outputs, List<Phase> phases, int groups) {
    int axes = phases.size();
    int[][] bounds = new int[2 + axes][2];
    for (int i = 0; i < axes; i++) {
      Phase phase = phases.get(i);
      bounds[2 + i] = new int[] {phase.reach() - phase.output, phase.size + phase.output - outputs.size(2 + i)};
    }
    Tensor seen = outputs.pad(bounds);
    for (int i = 0; i < axes; i++) {
      Phase phase = phases.get(i);
      seen = Windows.slide(seen, 2 + i, phase.places, 1, phase.dilation, phase.size);
    }
    return seen.flip(IntStream.range(2 + axes, 2 + 2 * axes).toArray()).unflatten(1, groups, -1).unsqueeze(3);
  }

  /// A transposed convolution moves the flipped kernel over the input with stride - 1 zeros between its elements.
  static Tensor transposed(String name, Tensor x, Tensor weight, @Nullable Tensor bias, Window window, int axes) {
    if (x.rank() == axes + 1) {
      return transposed(name, x.unsqueeze(0), weight, bias, window, axes).squeeze(0);
    }
    int groups = window.groups();
    check(name, x, weight, axes, groups);
    if (x.size(1) != weight.size(0) || x.size(1) % groups != 0) {
      throw misfit(name, x, weight, String.format(Locale.ROOT, "weight is (channels, out / groups, ...) with %d groups",
          groups));
    }
    checkBias(name, weight, bias, weight.size(1) * groups);
    int[] kernel = spatial(weight, axes);
    int[] stride = window.stride().isEmpty() ? new int[] {1} : Window.each(name + ": stride", window.stride(), axes, 1);
    if (window.padding().isEmpty()) {
      throw new IllegalArgumentException(name + ": has no padding that keeps the size; name the padding");
    }
    if (window.paddingMode() != PadMode.ZEROS) {
      throw new IllegalArgumentException(name + ": is padded with zeros, not " + window.paddingMode());
    }
    int[] padding = Window.each(name + ": padding", window.padding(), axes, 0);
    int[] dilation = Window.each(name + ": dilation", window.dilation(), axes, 1);
    int[] extra = Window.each(name + ": outputPadding", window.outputPadding(), axes, 0);
    Tensor spread = x;
    int[][] bounds = new int[x.rank()][2];
    for (int i = 0; i < axes; i++) {
      int step = stride[stride.length == 1 ? 0 : i];
      if (extra[i] >= Math.max(step, dilation[i])) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%s: outputPadding %d must be smaller than stride %d or dilation %d",
                name, extra[i], step, dilation[i]));
      }
      spread = zerosBetween(spread, 2 + i, step);
      int reach = dilation[i] * (kernel[i] - 1) - padding[i];
      bounds[2 + i] = new int[] {reach, reach + extra[i]};
    }
    int[] flipped = IntStream.range(2, 2 + axes).toArray();
    Tensor turned = weight.unflatten(0, groups, -1).transpose(1, 2).flatten(0, 1).flip(flipped);
    Window dense = Window.DEFAULT.dilation(dilation).groups(groups);
    return of(name, spread.pad(bounds), turned, bias, dense, axes);
  }

  private static Tensor zerosBetween(Tensor x, int axis, int step) {
    int size = x.size(axis);
    if (step == 1 || size == 0) {
      return x;
    }
    Tensor cells = x.unsqueeze(axis + 1).padAxis(axis + 1, 0, step - 1);
    return cells.flatten(axis, axis + 1).slice(axis, 0, (size - 1) * step + 1);
  }

  /// windows (batch, channels, outputs, kernel) and weight (out, channels / groups, kernel) to (batch, out, outputs).
  private static Tensor contract(Tensor seen, Tensor weight, Windows windows, int groups) {
    int axes = windows.axes();
    Tensor grouped = seen.unflatten(1, groups, -1).unsqueeze(2); // (batch, groups, 1, channels, outputs, kernel)
    int[] order =
        IntStream.concat(
                IntStream.of(0, 1, 2),
                IntStream.concat(
                    IntStream.range(4, 4 + axes),
                    IntStream.concat(IntStream.of(3), IntStream.range(4 + axes, 4 + 2 * axes))))
            .toArray();
    Tensor filters = weight.unflatten(0, groups, -1); // (groups, out / groups, channels / groups, kernel)
    for (int i = 0; i < axes; i++) {
      filters = filters.unsqueeze(2);
    }
    return Contractions.wideSumOfProduct(grouped.permute(order), filters, 1 + axes).flatten(1, 2);
  }

  private static Tensor biased(Tensor result, @Nullable Tensor bias, int axes) {
    return bias == null ? result : result.add(bias.cast(result.dtype()).reshape(perChannel(bias, axes)));
  }

  private static int[] perChannel(Tensor bias, int axes) {
    int[] shape = new int[1 + axes];
    Arrays.fill(shape, 1);
    shape[0] = bias.size(0);
    return shape;
  }

  private static int[] spatial(Tensor weight, int axes) {
    return IntStream.range(0, axes).map(i -> weight.size(2 + i)).toArray();
  }

  private static void check(String name, Tensor x, Tensor weight, int axes, int groups) {
    if (x.dtype() != weight.dtype()) {
      throw new IllegalArgumentException(
          name + ": input of " + x.dtype() + " and weight of " + weight.dtype() + ": both must have the same type; cast one");
    }
    if (x.rank() != axes + 2 || weight.rank() != axes + 2 || groups < 1) {
      throw misfit(name, x, weight, String.format(Locale.ROOT, "both need %d axes, and at least one group", axes + 2));
    }
  }

  private static void checkBias(String name, Tensor weight, @Nullable Tensor bias, int channels) {
    if (bias != null && bias.dtype() != weight.dtype()) {
      throw new IllegalArgumentException(
          name + ": weight of " + weight.dtype() + " and bias of " + bias.dtype() + ": both must have the same type; cast one");
    }
    if (bias != null && !bias.shape().equals(Shape.of(channels))) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: bias %s must be (%d,)", name, bias.shape(), channels));
    }
  }

  private static IllegalArgumentException misfit(String name, Tensor x, Tensor weight, String why) {
    return new IllegalArgumentException(
        String.format(Locale.ROOT, "%s: input %s does not fit weight %s; %s", name, x.shape(), weight.shape(), why));
  }
}
