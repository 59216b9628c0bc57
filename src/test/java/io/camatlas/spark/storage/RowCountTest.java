package io.camatlas.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.spark.SparkSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Rows are counted from the ends of files, as Spark counts them. */
public class RowCountTest extends SparkSuite {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private String table(int rows, int files) {
    String path = folder.getRoot() + "/table-" + rows + "-" + files;
    session().range(0, rows, 1, files).write().parquet(path);
    return path;
  }

  @Test
  public void fewAndManyFilesHaveTheirRows() throws IOException {
    assertThat(RowCount.of(session(), table(10, 3))).isEqualTo(10);
    assertThat(RowCount.of(session(), table(0, 1))).isZero();
    assertThat(RowCount.of(session(), table(100, 20))).isEqualTo(100);
  }

  @Test
  public void whatSparkPassesOverIsNotCounted() throws IOException {
    Path table = Path.of(table(10, 2));
    Path part;
    try (Stream<Path> files = Files.list(table)) {
      part = files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.copy(part, table.resolve("_copy.parquet"));
    Files.copy(part, table.resolve(".copy.parquet"));
    assertThat(RowCount.of(session(), table.toString())).isEqualTo(10);
    Files.copy(part, table.resolve("copy.parquet"));
    assertThat(RowCount.of(session(), table.toString()))
        .isEqualTo(session().read().parquet(table.toString()).count())
        .isEqualTo(15);
  }

  @Test
  public void aFileWithoutAnEndIsAnErrorOfSparks() throws IOException {
    Path table = Path.of(table(10, 1));
    Files.write(table.resolve("cut.parquet"), List.of("PAR1"));
    assertThatThrownBy(() -> RowCount.of(session(), table.toString()))
        .hasStackTraceContaining("cut.parquet");
  }
}
