package io.camatlas.truth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.camatlas.image.Box;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroundTruthTest {
  private static final List<TruthObject> OBJECTS =
      List.of(TruthObject.of("cat", new Box(10, 20, 400, 300)));

  @Test
  void objectsOfAnotherSizeOfThePictureAreRefused() {
    GroundTruth truth = new GroundTruth(OBJECTS, 4000, 3000);
    assertThatCode(() -> truth.requireSize(4000, 3000)).doesNotThrowAnyException();
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> truth.requireSize(512, 384))
        .withMessage(
            "The annotations say that the image is 4000x3000 but it is 512x384; both must agree."
                + " Use the image that was annotated, or bring its objects to the size of this"
                + " one.");
    assertThatExceptionOfType(TruthException.class)
        .isThrownBy(() -> truth.requireSize(3000, 4000))
        .withMessage(
            "The annotations say that the image is 4000x3000 but upright it is 3000x4000; both must"
                + " agree. Its objects may have been marked before it was turned as its EXIF says:"
                + " turn them, too.");
  }

  @Test
  void anUnknownSizeIsNotCompared() {
    GroundTruth truth = new GroundTruth(OBJECTS);
    assertThatCode(() -> truth.requireSize(512, 384)).doesNotThrowAnyException();
  }
}
