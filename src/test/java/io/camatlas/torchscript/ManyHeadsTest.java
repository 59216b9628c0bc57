package io.camatlas.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.model.TestArchives;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Heads that random_heads.py composed and those of short_heads.py; their names say what autograd
 * found: gradients that are the same for all images and in two passes, or not.
 */
class ManyHeadsTest {
  @ParameterizedTest
  @CsvSource({
    "random-heads-scripted.pt,500",
    "random-heads-traced.pt,150",
    "short-heads-scripted.pt,284",
  })
  void noClaimIsWrongAndFewAreMissed(String archive, int count) {
    LayerTree tree = LayerTree.of(TorchScriptArchive.open(TestArchives.file(archive)));
    List<String> wrong = new ArrayList<>();
    List<String> missed = new ArrayList<>();
    int affine = 0;
    int others = 0;
    for (String method : tree.archive().rootClass().methods().keySet()) {
      boolean isAffine = method.startsWith("affine_");
      if (!isAffine && !method.startsWith("other_")) {
        continue;
      }
      affine += isAffine ? 1 : 0;
      others += isAffine ? 0 : 1;
      Optional<String> obstacle =
          LinearHead.obstacle(
              tree, tree.find("layer"), new ModelEntry(method, Optional.empty()), 0, 1);
      if (isAffine && obstacle.isPresent()) {
        missed.add(method + ": " + obstacle.get());
      } else if (!isAffine && obstacle.isEmpty()) {
        wrong.add(method);
      }
    }
    assertThat(affine + others).isEqualTo(count);
    assertThat(Math.min(affine, others)).isGreaterThan(count / 3);
    assertThat(wrong).isEmpty();
    assertThat(missed).hasSizeLessThanOrEqualTo(affine / 20);
  }
}
