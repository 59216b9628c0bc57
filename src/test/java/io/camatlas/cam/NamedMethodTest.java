package io.camatlas.cam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamedMethodTest {
  private static final NoisePlan SOME = new NoisePlan(3, 0.1, NoiseScale.ABSOLUTE, 7);

  @Test
  void everyParameterThatARuleAsksForIsStoredWithItsResults() {
    for (NamedMethod method : NamedMethod.ALL) {
      CamMethod made = method.with(new NamedMethod.Parameters(SOME, MethodParameter::byDefault));
      assertThat(made.name()).isEqualTo(method.name());
      assertThat(made.parameters().keySet())
          .containsAll(method.parameters().stream().map(MethodParameter::name).toList());
    }
  }

  @Test
  void aRuleGetsTheValuesItAsksFor() {
    NamedMethod.Parameters given =
        new NamedMethod.Parameters(
            SOME,
            parameter ->
                parameter.equals(AlphaScaling.PARAMETER)
                    ? AlphaScaling.NORMALIZED
                    : parameter.byDefault());
    assertThat(NamedMethod.of("smooth-grad-cam++").orElseThrow().with(given))
        .isEqualTo(
            new SmoothGradCamPlusPlus(
                SOME, ScoreTransform.LOGIT, AlphaNumerator.SECOND, AlphaScaling.NORMALIZED));
    assertThat(NamedMethod.allParameters())
        .extracting(MethodParameter::name)
        .containsExactly("score", "numerator", "alpha");
  }
}
