package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Tables are a contract: names, types, order and nulls of columns, and the version, are kept. */
class TableSchemasTest {
  @Test
  void columnsAreThoseThatWereWrittenLast() throws IOException {
    for (Map.Entry<String, TableSchemas.TableSchema> table : TableSchemas.all().entrySet()) {
      String file = "schemas/" + table.getKey() + ".txt";
      if (Boolean.getBoolean("camatlas.renew")) {
        Files.writeString(
            Path.of(
                System.getProperty("camatlas.project", ""),
                "src/test/resources/io/camatlas/spark/results",
                file),
            table.getValue().text());
      }
      try (InputStream in = TableSchemasTest.class.getResourceAsStream(file)) {
        assertThat(in).as("%s; add it where the table is new", file).isNotNull();
        assertThat(table.getValue().text())
            .as("%s; raise the table's version where a column changes its meaning", file)
            .isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void noTableIsForgotten() throws IOException, ReflectiveOperationException {
    Path sources =
        Path.of(
            System.getProperty("camatlas.project", ""), "src/main/java/io/camatlas/spark/results");
    List<StructType> known =
        TableSchemas.all().values().stream().map(TableSchemas.TableSchema::columns).toList();
    List<String> tables;
    try (Stream<Path> files = Files.list(sources)) {
      tables =
          files
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .filter(name -> name.endsWith("Table") && !name.equals("AtlasTable"))
              .toList();
    }
    assertThat(tables).hasSizeGreaterThan(10);
    for (String table : tables) {
      Field schema =
          Class.forName(TableSchemas.class.getPackageName() + "." + table)
              .getDeclaredField("SCHEMA");
      schema.setAccessible(true);
      assertThat(known).as(table).contains((StructType) schema.get(null));
    }
  }
}
