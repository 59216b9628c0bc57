package io.camatlas.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What is made from the declarations of options says what they say. To renew all of it: {@code mvn
 * test -Dtest=GeneratedFilesTest -Dcamatlas.renew=true}.
 */
class GeneratedFilesTest {
  private static final String RENEW = "mvn test -Dtest=GeneratedFilesTest -Dcamatlas.renew=true";

  @TestFactory
  Stream<DynamicTest> everyFileIsAsTheDeclarationsHaveIt() {
    return GeneratedFiles.all().entrySet().stream()
        .map(file -> DynamicTest.dynamicTest(file.getKey().toString(), () -> check(file)));
  }

  private static void check(Map.Entry<Path, String> file) throws IOException {
    if (Boolean.getBoolean("camatlas.renew")) {
      Files.writeString(file.getKey(), file.getValue());
    }
    assertThat(Files.exists(file.getKey()) ? Files.readString(file.getKey()) : "")
        .as("%s lags behind the options; run '%s' and commit it", file.getKey(), RENEW)
        .isEqualTo(file.getValue());
  }
}
