package io.camatlas.config;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * How many images may fail before a command that is done says so by its exit code. Whatever the
 * limit, all images are too many.
 *
 * @param number of images, or percent of all images
 * @param percent which of both
 */
public record FailureLimit(BigDecimal number, boolean percent) implements Serializable {
  /** All images but one. */
  static final String DEFAULT = "100%";

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  /**
   * Reads a number of images, {@code 25}, or a share of all, {@code 0.5%}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static FailureLimit parse(String text) {
    String digits = text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : text;
    boolean percent = !digits.equals(text);
    try {
      BigDecimal number = new BigDecimal(digits);
      boolean fits =
          percent ? number.compareTo(HUNDRED) <= 0 : number.stripTrailingZeros().scale() <= 0;
      if (number.signum() >= 0 && fits) {
        return new FailureLimit(number, percent);
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "`max-failures` is '"
            + text
            + "'; it must be a whole number of images, such as 25, or a share of them up to 100%,"
            + " such as 0.5%.");
  }

  /** Whether so many failures among so many images are too many. */
  public boolean isExceeded(long failures, long images) {
    if (failures == 0) {
      return false;
    }
    BigDecimal failed = new BigDecimal(BigInteger.valueOf(failures));
    boolean more =
        percent
            ? failed.multiply(HUNDRED).compareTo(number.multiply(BigDecimal.valueOf(images))) > 0
            : failed.compareTo(number) > 0;
    return more || failures >= images;
  }

  /**
   * Says how many failed, and of what limit that is too many.
   *
   * @param what happened to them, such as {@code failed}
   */
  public String told(long failures, long images, String what) {
    return failures >= images
        ? String.format("all of the %,d images %s", images, what)
        : String.format(
            "%,d of %,d images %s, and `max-failures` is %s", failures, images, what, this);
  }

  @Override
  public String toString() {
    return number.toPlainString() + (percent ? "%" : "");
  }
}
