package io.camatlas.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.FailOn;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Severity;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FoundExceptionTest {
  private static Finding finding(Severity severity) {
    return new Finding(
        severity, 0.5, "A " + severity.word() + " one.", "index.html", "", -1, "", List.of());
  }

  private static final List<Finding> NOTABLE_AND_MINOR =
      List.of(finding(Severity.NOTABLE), finding(Severity.MINOR));

  @Test
  void findingsAsSevereAsAskedForFail() {
    assertThatThrownBy(() -> FoundException.check(FailOn.NOTABLE, NOTABLE_AND_MINOR, true))
        .isInstanceOf(FoundException.class)
        .hasMessage("`fail-on` is notable, and one finding is as severe: A notable one.");
    assertThatThrownBy(
            () ->
                FoundException.check(
                    FailOn.NOTABLE,
                    List.of(finding(Severity.SERIOUS), finding(Severity.NOTABLE)),
                    true))
        .hasMessage("`fail-on` is notable, and 2 findings are as severe, first: A serious one.");
  }

  @Test
  void lesserOnesDoNot() {
    assertThatCode(() -> FoundException.check(FailOn.SERIOUS, NOTABLE_AND_MINOR, true))
        .doesNotThrowAnyException();
    assertThatCode(
            () -> FoundException.check(FailOn.NEVER, List.of(finding(Severity.SERIOUS)), true))
        .doesNotThrowAnyException();
  }

  /** A pipeline must not take silence for a pass. */
  @Test
  void nothingJudgedIsNoPass() {
    assertThatThrownBy(() -> FoundException.check(FailOn.SERIOUS, NOTABLE_AND_MINOR, false))
        .hasMessageContaining("no class has enough images to be judged");
    assertThatThrownBy(
            () -> FoundException.check(FailOn.SERIOUS, List.of(), Optional.of("no one looked.")))
        .hasMessage("`fail-on` is serious, and no one looked.");
    assertThatCode(() -> FoundException.check(FailOn.NEVER, List.of(), false))
        .doesNotThrowAnyException();
  }
}
