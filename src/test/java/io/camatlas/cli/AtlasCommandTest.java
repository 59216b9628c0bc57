package io.camatlas.cli;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.FailOn;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoSettings;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.notebook.SmallDemo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What {@code atlas} fails on. */
public class AtlasCommandTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  @Test
  public void imagesThatFailedAreAFinding() throws IOException {
    session().conf().set("spark.sql.shuffle.partitions", "2");
    Path root = FOLDER.getRoot().toPath();
    DemoDataset.write(root.resolve("data"), DemoSettings.audit(1, 3));
    Path images = root.resolve("data/images");
    Files.writeString(images.resolve("cup/broken.jpg"), "no picture");
    SmallDemo.explain(session(), root, images, root.resolve("run"));
    SmallDemo.atlas(session(), root.resolve("atlas"), root.resolve("run"));
    String atlas = root.resolve("atlas").toString();
    assertThatThrownBy(() -> AtlasCommand.check(session(), atlas, FailOn.NOTABLE, 5))
        .isInstanceOf(FoundException.class)
        .hasMessageContaining("1 of 11 images could not be explained: 1 ");
    // It is no serious one, and all classes together are enough to judge calibration.
    assertThatNoException()
        .isThrownBy(() -> AtlasCommand.check(session(), atlas, FailOn.SERIOUS, 5));
  }
}
