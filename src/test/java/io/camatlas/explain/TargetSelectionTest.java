package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TargetSelectionTest {
  /** Folders that are named by numbers, in the order of text. */
  private static final List<String> NUMBERED = List.of("0", "1", "10", "11", "2");

  @Test
  void aNameComesBeforeAnIndex() {
    assertThat(TargetSelection.isClass("10", NUMBERED)).isTrue();
    assertThat(TargetSelection.parse("10", NUMBERED).listed()).containsExactly(2);
    assertThat(TargetSelection.isClass("3", NUMBERED)).isFalse();
    assertThat(TargetSelection.parse("3", NUMBERED).listed()).containsExactly(3);
  }

  @Test
  void someNamesMeanSomethingElse() {
    List<String> odd = List.of("label", "top-3", "maillot, tank suit", " cup");
    assertThat(odd).noneMatch(name -> TargetSelection.isClass(name, odd));
  }
}
