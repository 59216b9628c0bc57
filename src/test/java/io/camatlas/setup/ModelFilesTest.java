package io.camatlas.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.spark.SparkSuite;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that lie on another file system, in a JVM that lives long, as a notebook's. */
class ModelFilesTest {
  @TempDir Path folder;

  /** This machine's files, as if they were elsewhere. */
  public static final class StoreFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("modelstore:///");
    }

    @Override
    public String getScheme() {
      return "modelstore";
    }
  }

  @BeforeAll
  static void store() {
    SparkSuite.session()
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.modelstore.impl", StoreFileSystem.class.getName());
  }

  private String write(String name, String text, long modified) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setLastModifiedTime(file, FileTime.fromMillis(modified));
    return "modelstore://" + file;
  }

  @Test
  void aModelIsCopiedAgainOnlyWhenItIsRewritten() throws IOException {
    String model = write("model.pt", "first", 1_600_000_000_000L);
    String version = ModelFiles.version(model);
    Path copy = ModelFiles.local(model);
    assertThat(copy).hasContent("first").hasFileName("model.pt");
    assertThat(ModelFiles.local(model)).isEqualTo(copy);
    assertThat(ModelFiles.version(model)).isEqualTo(version);

    write("model.pt", "other", 1_600_000_001_000L);
    assertThat(ModelFiles.local(model)).hasContent("other");
    assertThat(ModelFiles.version(model)).isNotEqualTo(version);
    write("model.pt", "longer", 1_600_000_001_000L);
    assertThat(ModelFiles.local(model)).hasContent("longer");
    assertThat(copy).hasContent("first");
  }

  @Test
  void aSidecarMayComeLaterAndGo() throws IOException {
    String model = write("model.pt", "model", 1_600_000_000_000L);
    assertThat(ModelFiles.sidecar(model)).isEmpty();
    write("model.json", "{}", 1_600_000_000_000L);
    assertThat(ModelFiles.sidecar(model).orElseThrow()).hasContent("{}");
    Files.delete(folder.resolve("model.json"));
    assertThat(ModelFiles.sidecar(model)).isEmpty();
    Files.delete(folder.resolve("model.pt"));
    assertThat(ModelFiles.version(model)).isEqualTo(model);
    assertThatThrownBy(() -> ModelFiles.local(model)).hasMessage("There is no file " + model + ".");
  }
}
