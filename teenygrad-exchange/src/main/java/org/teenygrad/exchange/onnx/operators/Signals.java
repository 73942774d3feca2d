package org.teenygrad.exchange.onnx.operators;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.FourierNorm;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Fourier transforms, and what is around them.
final class Signals {
  private Signals() {}

  static void addTo(OperatorTable table) {
    table.alike("DFT", 17, call -> transform(call, call.axis("axis", 1)));
    table.alike("DFT", 20, call -> transform(call, call.has(2) ? Call.clamped(call.number(2)) : -2));
    table.alike("STFT", 17, Signals::shortTime);
    table.value("HannWindow", 17, call -> window(call, phase -> 0.5 - 0.5 * Math.cos(phase)));
    table.value("HammingWindow", 17, call -> window(call, phase -> 25.0 / 46 - 21.0 / 46 * Math.cos(phase)));
    table.value("BlackmanWindow", 17, call -> window(call, phase -> 0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase)));
    table.value("MelWeightMatrix", 17, Signals::mel);
  }

  private interface Phase {
    double of(double phase);
  }

  private static Value window(Call call, Phase function) {
    int size = Call.clamped(call.number(0));
    int period = call.flag("periodic", true) ? size : size - 1;
    return vector(call, size, i -> function.of(2 * Math.PI * i / period));
  }

  private static Value vector(Call call, int size, IntToDoubleFunction values) {
    double[] all = IntStream.range(0, size).mapToDouble(values).toArray();
    return Value.of(call.elementType("output_datatype", ElementType.FLOAT), Tensor.of(all, Shape.of(size), call.device()));
  }

  private static Tensor transform(Call call, int axis) {
    Tensor x = call.in(0);
    boolean inverse = call.flag("inverse", false);
    boolean oneSided = call.flag("onesided", false);
    int at = Shapes.position(x, axis);
    int length = call.has(1) ? Call.clamped(call.number(1)) : inverse && oneSided ? 2 * (x.size(at) - 1) : x.size(at);
    return transform(x, at, length, inverse, oneSided);
  }

  /// @param x real and imaginary parts on the last axis, or real ones only
  private static Tensor transform(Tensor x, int axis, int length, boolean inverse, boolean oneSided) {
    Tensor wide = x.dtype() == DType.FLOAT64 ? x : x.toFloat();
    boolean real = x.size(-1) != 2;
    if (real && oneSided && !inverse) {
      return wide.select(-1, 0).rfft(length, axis, FourierNorm.BACKWARD).cast(x.dtype());
    }
    Tensor numbers = real ? wide.select(-1, 0).complex(wide.select(-1, 0).zerosLike()) : wide;
    if (inverse && oneSided) {
      return numbers.irfft(length, axis, FourierNorm.BACKWARD).unsqueeze(-1).cast(x.dtype());
    }
    Tensor all = inverse ? numbers.ifft(length, axis, FourierNorm.BACKWARD) : numbers.fft(length, axis, FourierNorm.BACKWARD);
    return (oneSided ? all.narrow(axis, 0, length / 2 + 1) : all).cast(x.dtype());
  }

  private static Tensor shortTime(Call call) {
    Tensor signal = call.in(0);
    int step = Call.clamped(call.number(1));
    Tensor window = call.optional(2);
    int length = call.has(3) ? Call.clamped(call.number(3)) : window == null ? signal.size(1) : window.size(0);
    Tensor frames = signal.unfold(1, length, step).transpose(-1, -2);
    Tensor weighted = window == null ? frames : frames.mul(window.reshape(1, 1, length, 1));
    return transform(weighted, 2, length, false, call.flag("onesided", true));
  }

  /// Triangles whose corners are evenly spaced on the mel scale.
  private static Value mel(Call call) {
    int bins = Call.clamped(call.number(0));
    int length = Call.clamped(call.number(1));
    double rate = call.doubles(2)[0];
    double low = mel(call.doubles(3)[0]);
    double step = (mel(call.doubles(4)[0]) - low) / (bins + 2);
    int[] corners = IntStream.range(0, bins + 2)
        .map(i -> (int) Math.floor((length + 1) * (700 * (Math.pow(10, (i * step + low) / 2595) - 1)) / rate))
        .toArray();
    int rows = length / 2 + 1;
    double[] values = new double[Math.multiplyExact(rows, bins)];
    for (int b = 0; b < bins; b++) {
      int left = corners[b];
      int peak = corners[b + 1];
      int right = corners[b + 2];
      for (int row = Math.max(0, left); row < Math.min(rows, Math.max(right, peak + 1)); row++) {
        double rising = peak == left ? row == peak ? 1 : 0 : (double) (row - left) / (peak - left);
        double falling = right == peak ? 0 : (double) (right - row) / (right - peak);
        values[row * bins + b] = row < peak || row == peak && right == peak ? rising : falling;
      }
    }
    return Value.of(call.elementType("output_datatype", ElementType.FLOAT), Tensor.of(values, Shape.of(rows, bins), call.device()));
  }

  private static double mel(double hertz) {
    return 2595 * Math.log10(1 + hertz / 700);
  }
}
