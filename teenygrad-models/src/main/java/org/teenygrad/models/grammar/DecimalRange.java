package org.teenygrad.models.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Numbers between bounds, as decimals without an exponent: as long as the digits so far are a bound's own, the bound limits the next one.
///
/// @param least null for none
/// @param most null for none
/// @param withoutLeast whether `least` itself is too low
/// @param withoutMost whether `most` itself is too high
/// @param isInteger whether numbers have no fraction
record DecimalRange(@Nullable BigDecimal least, @Nullable BigDecimal most, boolean withoutLeast, boolean withoutMost, boolean isInteger) {
  private static final int INTEGER_DIGITS = 18;
  private static final int FRACTION_DIGITS = 17;
  private static final BigDecimal HIGHEST = BigDecimal.TEN.pow(INTEGER_DIGITS).subtract(BigDecimal.ONE);

  /// [Grammar#NOTHING] where there is none.
  Grammar grammar() {
    BigDecimal low = least == null ? HIGHEST.negate() : least;
    BigDecimal high = most == null ? HIGHEST : most;
    Grammar positive = magnitudes(low.max(BigDecimal.ZERO), high, withoutLeast && low.signum() >= 0, withoutMost);
    Grammar negative = low.signum() >= 0 ? Grammar.NOTHING
        : magnitudes(high.negate().max(BigDecimal.ZERO), low.negate(), high.signum() <= 0 && withoutMost, withoutLeast);
    return Grammar.either(positive, Grammar.sequence(Grammar.text("-"), negative));
  }

  /// Numbers that are not negative, by how many digits they have before the point.
  private Grammar magnitudes(BigDecimal low, BigDecimal high, boolean withoutLow, boolean withoutHigh) {
    int most = Math.min(digits(high), INTEGER_DIGITS);
    return high.signum() < 0 ? Grammar.NOTHING : Grammar.either(IntStream.rangeClosed(digits(low), most).mapToObj(length -> {
      boolean isLow = length == digits(low);
      boolean isHigh = length == digits(high);
      BigDecimal from = isLow ? low : BigDecimal.TEN.pow(length - 1);
      int scale = Math.max(0, Math.max(from.scale(), high.scale()));
      return new Digits(
          digits(from, length, scale), isHigh ? digits(high, length, scale) : "", length, withoutLow && isLow, withoutHigh, isInteger).from(0, true, isHigh);
    }).toList());
  }

  private static int digits(BigDecimal number) {
    return number.compareTo(BigDecimal.ONE) < 0 ? 1 : number.precision() - number.scale();
  }

  private static String digits(BigDecimal number, int length, int scale) {
    String digits = number.setScale(scale).unscaledValue().toString();
    return "0".repeat(Math.max(0, length + scale - digits.length())) + digits;
  }

  /// Numbers with as many digits before the point as their bounds.
  /// @param low the lower bound's digits, before and behind the point
  /// @param high the upper bound's
  private record Digits(String low, String high, int length, boolean withoutLow, boolean withoutHigh, boolean isInteger) {

    /// What may follow.
    /// @param at how many digits there are
    /// @param isLow whether they are those of the lower bound
    /// @param isHigh whether they are those of the upper bound
    Grammar from(int at, boolean isLow, boolean isHigh) {
      List<Grammar> all = new ArrayList<>();
      if (at >= length && (!isLow || isZero(low, at) && !withoutLow) && (!isHigh || !isZero(high, at) || !withoutHigh)) {
        all.add(Grammar.EMPTY);
      }
      if (at < length || !isInteger && at < length + FRACTION_DIGITS) {
        int first = isLow ? digit(low, at) : 0;
        int last = isHigh ? digit(high, at) : 9;
        Grammar point = at == length ? Grammar.text(".") : Grammar.EMPTY;
        int digit = first;
        while (digit <= last) {
          boolean staysLow = isLow && digit == first;
          boolean staysHigh = isHigh && digit == last;
          int end = staysLow || staysHigh ? digit : isHigh ? last - 1 : last;
          all.add(Grammar.sequence(point, Grammar.bytes('0' + digit, '0' + end), from(at + 1, staysLow, staysHigh)));
          digit = end + 1;
        }
      }
      return Grammar.either(all);
    }

    private static int digit(String bound, int at) {
      return at < bound.length() ? bound.charAt(at) - '0' : 0;
    }

    /// Whether the bound has nothing more.
    private static boolean isZero(String bound, int at) {
      return bound.substring(Math.min(at, bound.length())).chars().allMatch(digit -> digit == '0');
    }
  }
}
