package io.camatlas.spark.input;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.spark.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders for results, and what lists images there. */
class OwnResultsTest {
  @TempDir Path root;

  private void apart(String images, String out) {
    assertThatCode(() -> OwnResults.requireApart(images, out, new Configuration()))
        .doesNotThrowAnyException();
  }

  private void among(String images, String out) {
    assertThatThrownBy(() -> OwnResults.requireApart(images, out, new Configuration()))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "`out` is %s, which lies among the `images` %s, so that the next start would take the results for images; choose a folder outside, or one whose name begins with a dot."
                .formatted(out, images));
  }

  @Test
  void nothingIsWrittenIntoTheFolderOfTheImages() throws IOException {
    String photos = Files.createDirectories(root.resolve("photos")).toString();
    among(photos, photos);
    among(photos, photos + "/audit");
    among(photos + "/", "file:" + photos + "/a/../b/audit");
    among("file://" + photos, photos + "/_audit");
    apart(photos, photos + "/.audit");
    apart(photos, photos + "/.audit/first");
    apart(photos, photos + "-audit");
    apart(photos, root + "/audit");
    apart(photos, root.toString());
  }

  @Test
  void aFolderIsComparedAsTheProcessSeesIt() throws IOException {
    among(".", "audit");
    among("src/test", "src/test/../test/audit");
    apart("src/test", "target/audit");
  }

  @Test
  void nothingIsWrittenWhereTheGlobFindsFiles() {
    String photos = root + "/photos";
    among(photos + "/*/*/*.jpg", photos + "/audit");
    among(photos + "/{2023,2024}/*/*/*", photos + "/2024/audit");
    among(photos + "/{2023/*,audit/*/*}/*.jpg", photos + "/audit");
    among(photos + "/*/*", photos + "/audit");
    // These find the classes' pictures, and none of those that lie deeper in the results.
    apart(photos + "/*/*.jpg", photos + "/audit");
    apart(photos + "/*.jpg", photos + "/audit");
    apart(photos + "/2*/*/*.jpg", photos + "/audit");
    apart(photos + "/*/*/*.jpg", photos + "/.audit");
    among(photos + "/.*/*/*.jpg", photos + "/.audit");
  }

  @Test
  void manifestsTablesAndShardsMayLieBesideTheResults() throws IOException {
    String manifest = Files.createFile(root.resolve("manifest.csv")).toString();
    apart(manifest, root + "/audit");
    apart(Files.createFile(root.resolve("shard.tar")).toString(), root + "/audit");
    apart(root + "/shard-{000..123}.tar", root + "/audit");
    apart("main.photos.packed", root + "/main.photos.packed/audit");
  }
}
