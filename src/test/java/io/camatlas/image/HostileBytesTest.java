package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HostileBytesTest {
  private static final int ROUNDS = 300;

  /** Small, so that a mutated size cannot make the test slow. */
  private final ImageDecoder decoder = new ImageDecoder(new DecodeLimits(1_000_000, 1 << 20));

  static Stream<String> names() {
    return MutatedFiles.names().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void mutatedFileIsAPictureOrAnImageException(String name) {
    byte[] whole = Fixtures.file(name);
    Random random = new Random(name.hashCode());
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            byte[] mutated = MutatedFiles.mutated(name, whole, random);
            try {
              RgbImage image = decoder.decode(mutated);
              assertThat((long) image.width() * image.height()).isLessThanOrEqualTo(1_000_000);
            } catch (ImageException refused) {
              assertThat(refused.reason()).isNotNull();
              assertThat(refused.getMessage()).isNotBlank();
            }
          }
        });
  }
}
