package org.teenygrad.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.teenygrad.plot.Axis.Tick;

/// Where ticks stand and how they are written: multiples of 1, 2 or 5 times a power of ten; on logarithmic axes the powers of ten
/// themselves, and where these are few what lies between; within less than half a decade as on a linear axis.
final class Ticks {
  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  private static final double HALF_A_DECADE = Math.sqrt(10);
  private static final int[] COARSE = {1, 2, 5};
  private static final int[] FINE = {1, 2, 3, 4, 5, 6, 7, 8, 9};

  private Ticks() {}

  /// The least step of 1, 2 or 5 times a power of ten that gives no more than `count`.
  static double step(Range range, int count) {
    double power = Math.pow(10, Math.floor(Math.log10(range.width() / count)));
    return DoubleStream.of(1, 2, 5, 10).map(m -> m * power).filter(s -> range.width() / s <= count).min().orElse(power);
  }

  static Axis roundLinear(Range range, int count) {
    double step = step(range, count);
    Range round = new Range(Math.floor(range.min() / step + 1e-9) * step, Math.ceil(range.max() / step - 1e-9) * step);
    return new Axis(Scale.LINEAR, round.min(), round.max(), linear(round, step), false, 0, 1);
  }

  static List<Tick> linear(Range range, double step) {
    long from = (long) Math.ceil(range.min() / step - 1e-9);
    long to = (long) Math.floor(range.max() / step + 1e-9);
    double greatest = Math.max(Math.abs(range.min()), Math.abs(range.max()));
    return LongStream.rangeClosed(from, to).mapToObj(i -> new Tick(i * step, label(i * step, step, greatest))).toList();
  }

  /// A tick as short as its neighbours allow: `0.5`, `250`, `20k`, `3M`, `2.5e-9`.
  static String label(double tick, double step, double greatest) {
    if (tick == 0) {
      return decimal(0, step < 1 && step >= 1e-4 ? decimals(step) : 0);
    }
    if (step >= 1e9 || step < 1e-4) {
      int exponent = (int) Math.floor(Math.log10(greatest) + 1e-9);
      return decimal(tick / Math.pow(10, exponent), Math.max(0, exponent + decimals(step))) + "e" + exponent;
    }
    if (step >= 1e6) {
      return Math.round(tick / 1e6) + "M";
    }
    return step >= 1e3 ? Math.round(tick / 1e3) + "k" : decimal(tick, Math.max(0, decimals(step)));
  }

  /// Digits behind the point; negative where the step is tens or more.
  private static int decimals(double step) {
    return (int) Math.ceil(-Math.log10(step) - 1e-9);
  }

  private static String decimal(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  static Axis roundLog(Range range, int count) {
    double first = below(range.min());
    double last = above(range.max());
    Range round = new Range(first, last > first * 1.5 ? last : above(first * 1.5));
    return new Axis(Scale.LOG, round.min(), round.max(), log(round, count), false, 0, 1);
  }

  private static double below(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value) + 1e-12));
    return value >= 5 * power ? 5 * power : value >= 2 * power ? 2 * power : power;
  }

  private static double above(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value) - 1e-12));
    return value <= power ? power : value <= 2 * power ? 2 * power : value <= 5 * power ? 5 * power : 10 * power;
  }

  static List<Tick> log(Range range, int count) {
    if (range.max() / range.min() < HALF_A_DECADE) {
      return linear(range, step(range, count));
    }
    int from = (int) Math.floor(Math.log10(range.min()) + 1e-9);
    int to = (int) Math.ceil(Math.log10(range.max()) - 1e-9);
    double decades = Math.log10(range.max() / range.min());
    int stride = (int) Math.max(1, Math.ceil(decades / count));
    int[] labelled = decades < 0.8 ? FINE : decades * 3 <= count ? COARSE : new int[] {1};
    boolean plain = from >= -4 && to <= 4;
    List<Tick> ticks = new ArrayList<>();
    for (int exponent = from; exponent <= to; exponent++) {
      for (int multiple : decades <= 8 ? FINE : new int[] {1}) {
        double value = multiple * Math.pow(10, exponent);
        if (value >= range.min() * (1 - 1e-9) && value <= range.max() * (1 + 1e-9)) {
          boolean has = exponent % stride == 0 && contains(labelled, multiple);
          ticks.add(new Tick(value, has ? label(multiple, exponent, plain) : ""));
        }
      }
    }
    return ticks;
  }

  private static boolean contains(int[] multiples, int multiple) {
    for (int one : multiples) {
      if (one == multiple) {
        return true;
      }
    }
    return false;
  }

  private static String label(int multiple, int exponent, boolean plain) {
    if (plain) {
      return decimal(multiple * Math.pow(10, exponent), Math.max(0, -exponent));
    }
    StringBuilder power = new StringBuilder(multiple == 1 ? "10" : multiple + "·10").append(exponent < 0 ? "⁻" : "");
    Integer.toString(Math.abs(exponent)).chars().forEach(digit -> power.append(SUPERSCRIPTS.charAt(digit - '0')));
    return power.toString();
  }
}
