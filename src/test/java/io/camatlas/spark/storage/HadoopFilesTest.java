package io.camatlas.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.image.ImageException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopFilesTest {
  private static final AtomicInteger LOOKS = new AtomicInteger();
  private static final AtomicInteger OPENED = new AtomicInteger();

  /** Stands for a store: each of these is a request. */
  public static final class CountedFileSystem extends FilterFileSystem {
    public CountedFileSystem() {
      super(new RawLocalFileSystem());
    }

    private static org.apache.hadoop.fs.Path local(org.apache.hadoop.fs.Path path) {
      return new org.apache.hadoop.fs.Path("file", "", path.toUri().getPath());
    }

    @Override
    protected void checkPath(org.apache.hadoop.fs.Path path) {}

    @Override
    public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
      LOOKS.incrementAndGet();
      return super.getFileStatus(local(path));
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer) throws IOException {
      OPENED.incrementAndGet();
      return super.open(local(path), buffer);
    }

    @Override
    public FutureDataInputStreamBuilder openFile(org.apache.hadoop.fs.Path path)
        throws IOException {
      OPENED.incrementAndGet();
      return super.openFile(local(path));
    }
  }

  @TempDir Path folder;

  private final Configuration hadoop = new Configuration();
  private String file;

  @BeforeEach
  void write() throws IOException {
    hadoop.setClass("fs.counted.impl", CountedFileSystem.class, FileSystem.class);
    hadoop.setBoolean("fs.counted.impl.disable.cache", true);
    file = "counted://" + Files.writeString(folder.resolve("shard.tar"), "0123456789");
    LOOKS.set(0);
    OPENED.set(0);
  }

  private String text(String path, Long listed) throws IOException, ImageException {
    return new String(
        HadoopFiles.read(path, listed, hadoop, 100), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void aStoreIsAskedOnceIfTheLengthIsListed() throws Exception {
    assertThat(text(file, 10L)).isEqualTo("0123456789");
    assertThat(LOOKS).hasValue(0);
    assertThat(OPENED).hasValue(1);
    assertThat(text(file, null)).isEqualTo("0123456789");
    assertThat(LOOKS).hasValue(1);
  }

  @Test
  void partsOfShardsAskOnceToo() throws Exception {
    assertThat(text(file + "#3+4", null)).isEqualTo("3456");
    assertThat(LOOKS).hasValue(0);
    assertThat(OPENED).hasValue(1);
  }

  @Test
  void aFileThatShrankIsReadAsItIs() throws Exception {
    assertThat(text(file, 11L)).isEqualTo("0123456789");
    assertThat(text(file, 0L)).isEqualTo("0123456789");
    assertThatThrownBy(() -> text(file + "#3+9", null)).isInstanceOf(EOFException.class);
  }

  @Test
  void ofAFileThatGrewTheLengthTells() throws Exception {
    assertThat(text(file, 7L)).isEqualTo("0123456");
    assertThat(HadoopFiles.length(file, hadoop)).isEqualTo(10);
  }

  @Test
  void aFileThatIsTooLargeIsNotRead() {
    assertThatThrownBy(() -> text(file, 101L))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("at most 100");
    assertThat(OPENED).hasValue(0);
  }
}
