package io.camatlas.spark.causes;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.report.facts.PlainViews;
import io.camatlas.report.facts.ViewReport;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which class an image stands for that may have several labels. */
class CausePairsTest {
  private static final ViewReport VIEW = PlainViews.of(1, "r", "layer4", "cat", "dog", "fish");

  private static CausePairs.Several several(List<String> labels, List<String> predicted) {
    return new CausePairs.Several(labels, List.of("dog"), predicted);
  }

  @Test
  void itsFirstLabelIsItsOwn() {
    assertThat(several(List.of("fish", "cat"), List.of("cat")).first(VIEW)).isEqualTo(2);
  }

  @Test
  void labelsThatAreNoClassesArePassedOver() {
    assertThat(several(List.of("horse", "dog"), List.of("cat")).first(VIEW)).isEqualTo(1);
  }

  @Test
  void ofAnImageWithoutLabelsNothingCanBeLost() {
    assertThat(several(List.of(), List.of("cat")).first(VIEW)).isEqualTo(-1);
    assertThat(several(List.of("horse"), List.of("cat")).first(VIEW)).isEqualTo(-1);
  }

  @Test
  void whereLabelsAreNotKnownTheNetworkSaysThem() {
    assertThat(several(null, List.of("dog", "cat")).first(VIEW)).isEqualTo(1);
    assertThat(several(null, List.of()).first(VIEW)).isEqualTo(-1);
  }

  @Test
  void whatAnImageMayShowItIsNotWithout() {
    CausePairs.Several image = several(List.of("cat"), List.of("fish"));
    assertThat(image.isWithout("cat")).isFalse();
    assertThat(image.isWithout("dog")).as("not known").isFalse();
    assertThat(image.isWithout("fish")).as("predicted").isFalse();
    assertThat(image.isWithout("horse")).isTrue();
    assertThat(several(null, List.of("fish")).isWithout("dog")).isTrue();
  }
}
