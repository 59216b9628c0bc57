package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunNameTest {
  @Test
  void aRunOfOneRuleIsCalledByItsId() {
    assertThat(RunName.of("r0123456789ab", 0, 1)).hasToString("r0123456789ab");
  }

  @Test
  void rulesOfARunAreNumberedFromOne() {
    assertThat(RunName.of("r0123456789ab", 0, 3)).hasToString("r0123456789ab.1");
    assertThat(RunName.of("r0123456789ab", 2, 3)).hasToString("r0123456789ab.3");
  }

  @Test
  void whatWasWrittenIsReadBack() {
    for (int rules = 1; rules < 12; rules++) {
      for (int rule = 0; rule < rules; rule++) {
        RunName name = RunName.of("rabc", rule, rules);
        assertThat(RunName.parse(name.toString())).isEqualTo(name);
      }
    }
  }

  @Test
  void onlyANumberBehindAPointIsARule() {
    assertThat(RunName.parse("a.b")).isEqualTo(new RunName("a.b", 0));
    assertThat(RunName.parse("a.7.2")).isEqualTo(new RunName("a.7", 2));
  }
}
