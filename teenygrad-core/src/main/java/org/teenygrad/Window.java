package org.teenygrad;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How a kernel moves over the spatial axes of a convolution or a pooling.
///
/// Each list holds one number for each spatial axis, or a single number for all of them.
/// ```java
/// var filters = Tensor.ones(4, 3, 3, 3);
/// images.conv2d(filters, null, Window.DEFAULT.stride(2).padding(1, 0));
/// images.conv2d(filters, null, Window.DEFAULT.samePadding());
/// images.conv2d(filters, null, Window.DEFAULT.samePadding().paddingMode(PadMode.REFLECT));
/// images.maxPool2d(Window.DEFAULT.stride(2).ceilMode(true), 3);
/// ```
/// @param stride the distance from one position of the kernel to the next; empty: 1, or the kernel's size in poolings
/// @param padding zeros on both sides of an axis (-infinity for maxima); empty: convolutions keep the size, see [#samePadding]
/// @param dilation the distance between the elements under the kernel
/// @param groups convolutions: the channels are split into that many groups that do not see each other
/// @param outputPadding transposed convolutions: how much longer the result is at its end
/// @param ceilMode poolings: whether windows that begin inside but end outside count
/// @param countIncludePad averages: whether padding counts as elements
/// @param divisorOverride averages: what sums are divided by, 0 for the number of elements
/// @param paddingMode convolutions: what the padding is made of
public record Window(
    List<Integer> stride,
    List<Integer> padding,
    List<Integer> dilation,
    int groups,
    List<Integer> outputPadding,
    boolean ceilMode,
    boolean countIncludePad,
    int divisorOverride,
    PadMode paddingMode) {
  /// PyTorch's defaults: no padding, no dilation, one group.
  public static final Window DEFAULT = new Window(List.of(), List.of(0), List.of(1), 1, List.of(0), false, true, 0, PadMode.ZEROS);

  public Window {
    stride = List.copyOf(stride);
    padding = List.copyOf(padding);
    dilation = List.copyOf(dilation);
    outputPadding = List.copyOf(outputPadding);
  }

  /// This with another stride.
  public Window stride(int... changed) {
    return new Window(list(changed), padding, dilation, groups, outputPadding, ceilMode, countIncludePad, divisorOverride, paddingMode);
  }

  /// This with another padding.
  public Window padding(int... changed) {
    return new Window(stride, list(changed), dilation, groups, outputPadding, ceilMode, countIncludePad, divisorOverride, paddingMode);
  }

  /// This with so many zeros that a convolution of stride 1 keeps the size, one more of them at the end where their number is odd:
  /// PyTorch's `padding="same"`.
  public Window samePadding() {
    return padding(new int[0]);
  }

  /// This with another dilation.
  public Window dilation(int... changed) {
    return new Window(stride, padding, list(changed), groups, outputPadding, ceilMode, countIncludePad, divisorOverride, paddingMode);
  }

  /// This with other groups.
  public Window groups(int changed) {
    return new Window(stride, padding, dilation, changed, outputPadding, ceilMode, countIncludePad, divisorOverride, paddingMode);
  }

  /// This with another output padding.
  public Window outputPadding(int... changed) {
    return new Window(stride, padding, dilation, groups, list(changed), ceilMode, countIncludePad, divisorOverride, paddingMode);
  }

  /// This with or without windows that end outside.
  public Window ceilMode(boolean changed) {
    return new Window(stride, padding, dilation, groups, outputPadding, changed, countIncludePad, divisorOverride, paddingMode);
  }

  /// This with or without padding in the count of averages.
  public Window countIncludePad(boolean changed) {
    return new Window(stride, padding, dilation, groups, outputPadding, ceilMode, changed, divisorOverride, paddingMode);
  }

  /// This with another number to divide sums by: PyTorch's `divisor_override`.
  public Window divisorOverride(int changed) {
    return new Window(stride, padding, dilation, groups, outputPadding, ceilMode, countIncludePad, changed, paddingMode);
  }

  /// This with other elements than zeros as padding: PyTorch's `padding_mode` of convolutions.
  public Window paddingMode(PadMode changed) {
    return new Window(stride, padding, dilation, groups, outputPadding, ceilMode, countIncludePad, divisorOverride, changed);
  }

  private static List<Integer> list(int... numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  /// One number for each of `axes` axes.
  static int[] each(String what, List<Integer> numbers, int axes, int least) {
    if (numbers.size() != 1 && numbers.size() != axes || numbers.stream().anyMatch(n -> n < least)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%s %s: there must be one number, or one for each of the %d spatial axes, and none below %d",
              what, numbers, axes, least));
    }
    int[] result = new int[axes];
    Arrays.setAll(result, i -> numbers.get(numbers.size() == 1 ? 0 : i));
    return result;
  }
}
