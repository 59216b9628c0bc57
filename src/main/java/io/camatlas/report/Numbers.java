package io.camatlas.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Formats numbers for people. Templates use an instance; NaN is a dash. */
public final class Numbers {
  private static final String NONE = "–";

  /**
   * Formats a share: 0.814 is {@code 81 %}. Below 10 % and above 99 % one decimal is kept; only 0
   * is shown as 0 % and only 1 as 100 %.
   */
  public static String percentOf(double share) {
    if (Double.isNaN(share)) {
      return NONE;
    }
    double percent = 100 * share;
    if (share > 0 && percent < 0.05) {
      return "below 0.1 %";
    }
    boolean fine = Math.abs(percent) < 9.95 || (share < 1 && percent > 99);
    double shown = share < 1 ? Math.min(99.9, percent) : percent;
    return (fine ? plain(Math.round(10 * shown) / 10.0) : String.valueOf(Math.round(shown))) + " %";
  }

  /** For templates: {@link #percentOf} without line breaks. */
  public String percent(double share) {
    return percentOf(share).replace(' ', '\u00a0');
  }

  /** Three significant digits, without an exponent if possible. */
  public static String threeDigits(double number) {
    if (Double.isNaN(number)) {
      return NONE;
    }
    double size = Math.abs(number);
    if (size != 0 && (size < 1e-3 || size >= 1e6)) {
      return String.format(Locale.ROOT, "%.2e", number);
    }
    return String.format(
        Locale.ROOT,
        size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f",
        number);
  }

  /** An area under the ROC: three decimals; only 1 is shown as 1. */
  public static String areaOf(double area) {
    return Double.isNaN(area)
        ? NONE
        : String.format(Locale.ROOT, "%.3f", area < 1 ? Math.min(0.999, area) : area);
  }

  /** For templates: {@link #areaOf}. */
  public String area(double area) {
    return areaOf(area);
  }

  /** For templates: {@link #threeDigits}. */
  public String number(double number) {
    return threeDigits(number);
  }

  /** Up to two decimals, without trailing zeros: 2, 1.5, 1.75. */
  public static String plain(double number) {
    return Double.isNaN(number)
        ? NONE
        : BigDecimal.valueOf(number)
            .setScale(2, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString();
  }

  /** Two decimals and a multiplication sign. */
  public String times(double factor) {
    return Double.isNaN(factor) ? NONE : String.format(Locale.ROOT, "%.2f×", factor);
  }

  /** For templates: a difference of shares in percentage points, with its sign. */
  public String points(double difference) {
    return Double.isNaN(difference) ? NONE : String.format(Locale.ROOT, "%+.1f", 100 * difference);
  }

  /** For templates: three digits with the sign. */
  public String signed(double number) {
    return (number > 0 ? "+" : "") + threeDigits(number);
  }

  /** For templates: a probability of chance. */
  public String chance(double probability) {
    return probability < 0.001 ? "below 0.001" : String.format(Locale.ROOT, "%.3f", probability);
  }

  /** A count with separated thousands. */
  public static String countOf(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** A count with its noun: {@code 1 image}, {@code 2 images}. */
  public static String countOf(long count, String one, String many) {
    return countOf(count) + " " + (count == 1 ? one : many);
  }

  /** For templates: {@link #countOf(long)}. */
  public String count(long count) {
    return countOf(count);
  }

  /** For templates: a count with its noun, whose plural ends in -s. */
  public String count(long count, String one) {
    return countOf(count, one, one + "s");
  }

  /** Sort key for tables: the number itself, or nothing if there is none. */
  public String key(double number) {
    return Double.isNaN(number) ? "" : Double.toString(number);
  }

  public boolean known(double number) {
    return !Double.isNaN(number);
  }
}
