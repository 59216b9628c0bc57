package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.results.ColumnLiterals.Found;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** A column's name is written in the class of its table, and nowhere else. */
class ColumnNamesTest {
  private static final String TABLES = "src/main/java/io/camatlas/spark/results";
  private static final Path PROJECT = Path.of(System.getProperty("camatlas.project", ""));

  @Test
  void onlyItsTableWritesTheNameOfAColumn() throws IOException {
    Set<String> columns = new TreeSet<>();
    TableSchemas.all().values().forEach(table -> add(table.columns(), columns));
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("src/main/java", "src/bench/java")) {
      try (Stream<Path> found = Files.walk(PROJECT.resolve(folder))) {
        found.filter(file -> file.toString().endsWith(".java")).sorted().forEach(files::add);
      }
    }
    assertThat(columns).hasSizeGreaterThan(120);
    assertThat(files).hasSizeGreaterThan(200);
    try (StandardJavaFileManager manager =
        ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)) {
      List<JavaFileObject> sources = new ArrayList<>();
      manager.getJavaFileObjectsFromPaths(files).forEach(sources::add);
      assertThat(ColumnLiterals.in(sources, columns))
          .as("use the constants of the tables' classes")
          .isEmpty();
    }
  }

  /** Tables that share a column share its constant. */
  @Test
  void aNameIsWrittenOnce() throws IOException {
    Pattern declaration =
        Pattern.compile("static final String ([A-Z0-9_]+) =\\s+\"([a-z0-9_]+)\";");
    Map<String, List<String>> places = new TreeMap<>();
    try (Stream<Path> files = Files.list(PROJECT.resolve(TABLES))) {
      for (Path file : files.sorted().toList()) {
        Matcher found = declaration.matcher(Files.readString(file));
        while (found.find()) {
          if (found.group(1).toLowerCase(Locale.ROOT).equals(found.group(2))) {
            places
                .computeIfAbsent(found.group(2), name -> new ArrayList<>())
                .add(file.getFileName().toString());
          }
        }
      }
    }
    assertThat(places).hasSizeGreaterThan(100);
    assertThat(places).allSatisfy((name, files) -> assertThat(files).as(name).hasSize(1));
  }

  private static void add(DataType type, Set<String> names) {
    if (type instanceof ArrayType array) {
      add(array.elementType(), names);
    } else if (type instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        names.add(field.name());
        add(field.dataType(), names);
      }
    }
  }

  /** Each line of this names the column of its number, c1, c2 …; the rest is no column. */
  @Test
  void literalsAreFollowedToTheCallsThatTakeColumns() throws IOException {
    String source =
        """
        package io.camatlas.spark.x;
        import org.apache.spark.sql.functions;
        class X {
          private static final String[] KEY = {"c4", "run"};
          private static final List<String> SHOWN = List.of("c5");
          static final String SEEN = "c6";
          void x(Dataset<Row> rows, Row row) {
            row.getAs("c8");
            rows.select(functions.col("c9"), KEY).where("c9 > 1 OR x = 'c1'");
            rows.groupBy(row == null ? "c10" : "run");
            for (String name : SHOWN) { row.fieldIndex(name); }
            own(row, "c12");
            SHOWN.forEach(name -> rows.drop(name));
            new StructType().add("c14", DataTypes.LongType, false);
            String late = "c15"; late = "c15"; rows.orderBy(late);
            rows.withColumn("a", functions.expr("map(c16, " + late + ")"));
            rows.join(rows, new String[] {"c17"}, "left");
            SCHEMA.apply("c18");
          }
          double own(Row row, String column) { return row.getAs(column); }
          void y(Map<String, Object> json, Settings settings) {
            json.put("c1", settings.getOrDefault("c2", "c3"));
            String.join("c1", List.of("c2"));
            names.add("c1");
            functions.lit("c1").equalTo("c2");
            System.out.printf("c1 is %s", "c2");
            row.getAs("the c1");
          }
        }
        """;
    String other = source.replace("org.apache.spark.sql", "org.other");
    Set<String> columns = new TreeSet<>(Set.of("run2"));
    for (int i = 1; i < 20; i++) {
      columns.add("c" + i);
    }
    List<Found> found = ColumnLiterals.in(List.of(file("X", source), file("Y", other)), columns);
    assertThat(found).allMatch(one -> one.column().equals("c" + one.line()));
    assertThat(found.stream().map(Found::column).distinct())
        .containsExactlyInAnyOrder(
            "c4", "c5", "c6", "c8", "c9", "c10", "c12", "c14", "c15", "c16", "c17", "c18");
  }

  /** The same word is a name where a table's class declares it, and a use beside it. */
  @Test
  void tablesDeclareWhatOthersMayNotWrite() throws IOException {
    String source =
        """
        package io.camatlas.spark.results;
        import org.apache.spark.sql.Row;
        class XTable {
          public static final String C = "c";
          Object c(Row row) { return row.getAs("c"); }
        }
        """;
    assertThat(ColumnLiterals.in(List.of(file("XTable", source)), Set.of("c")))
        .extracting(Found::line)
        .containsExactly(5L);
  }

  private static JavaFileObject file(String name, String text) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
