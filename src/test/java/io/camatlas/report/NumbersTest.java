package io.camatlas.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that must not read as others. */
class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 %",
    "0.0000001, below 0.1 %",
    "0.0001, below 0.1 %",
    "0.0004, below 0.1 %",
    "0.0005, 0.1 %",
    "0.00094, 0.1 %",
    "0.01, 1 %",
    "0.0404, 4 %",
    "0.066, 6.6 %",
    "0.0994, 9.9 %",
    "0.0996, 10 %",
    "0.5, 50 %",
    "0.814, 81 %",
    "0.99, 99 %",
    "0.9904, 99 %",
    "0.996, 99.6 %",
    "0.9996, 99.9 %",
    "0.9999999, 99.9 %",
    "1, 100 %",
    "1.25, 125 %",
    "-0.02, -2 %",
    "NaN, –"
  })
  void sharesThatAreNotNoneOrAllDoNotReadSo(double share, String text) {
    assertThat(Numbers.percentOf(share)).isEqualTo(text);
    assertThat(new Numbers().percent(share)).isEqualTo(text.replace(' ', '\u00a0'));
  }

  @Test
  void countsHaveTheirNouns() {
    assertThat(Numbers.countOf(1, "class", "classes")).isEqualTo("1 class");
    assertThat(Numbers.countOf(0, "class", "classes")).isEqualTo("0 classes");
    assertThat(new Numbers().count(1, "image")).isEqualTo("1 image");
    assertThat(new Numbers().count(12_345, "image")).isEqualTo("12,345 images");
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "1.5, 1.5", "1.75, 1.75", "0.005, 0.01", "100, 100", "0, 0", "NaN, –"})
  void factorsHaveNoIdleZeros(double factor, String text) {
    assertThat(Numbers.plain(factor)).isEqualTo(text);
  }
}
