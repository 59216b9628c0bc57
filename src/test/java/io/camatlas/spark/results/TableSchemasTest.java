package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables are a contract: names, types, order and nulls of columns, and the version, are kept. */
class TableSchemasTest {
  @Test
  void columnsAreThoseThatWereWrittenLast() throws IOException {
    for (Map.Entry<String, TableSchemas.TableSchema> table : TableSchemas.all().entrySet()) {
      String file = "schemas/" + table.getKey() + ".txt";
      try (InputStream in = TableSchemasTest.class.getResourceAsStream(file)) {
        assertThat(in).as("%s; add it where the table is new", file).isNotNull();
        assertThat(table.getValue().text())
            .as("%s; raise the table's version where a column changes its meaning", file)
            .isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }
}
