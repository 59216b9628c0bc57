package io.camatlas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureLimitTest {
  @ParameterizedTest
  @CsvSource({
    "100%, 0, 10, false",
    "100%, 9, 10, false",
    "100%, 10, 10, true",
    "0, 0, 10, false",
    "0, 1, 10, true",
    "3, 3, 10, false",
    "3, 4, 10, true",
    "50, 10, 10, true",
    "0.5%, 5, 1000, false",
    "0.5%, 6, 1000, true",
    "0%, 1, 1000000, true",
    "5, 0, 0, false",
  })
  void moreThanTheLimitOrAllAreTooMany(String limit, long failures, long images, boolean many) {
    assertThat(FailureLimit.parse(limit).isExceeded(failures, images)).isEqualTo(many);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "-1", "1.5", "101%", "-1%", "few", "1e-3"})
  void othersAreRefused(String text) {
    assertThatThrownBy(() -> FailureLimit.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("`max-failures` is '" + text + "'")
        .hasMessageContaining("0.5%");
  }

  @Test
  void isToldAsItWasGiven() {
    assertThat(FailureLimit.parse("3").told(4, 1000, "failed"))
        .isEqualTo("4 of 1,000 images failed, and `max-failures` is 3");
    assertThat(FailureLimit.parse("3").told(10, 10, "failed"))
        .isEqualTo("all of the 10 images failed");
    assertThat(FailureLimit.parse("0.5%")).hasToString("0.5%");
    assertThat(FailureLimit.parse("25")).hasToString("25");
  }
}
