package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.input.ImagesTable;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** A column's name is written once, in its table's class; all others use the constant. */
class ColumnNamesTest {
  private static final Path SOURCES =
      Path.of(System.getProperty("camatlas.project", "."), "src/main/java/io/camatlas");

  /** Where tables are declared. */
  private static final Set<String> TABLES =
      Set.of("ImagesTable.java", "FoundImage.java", "ImageColumn.java");

  /** Calls whose texts are names of columns, or expressions of them. */
  private static final Set<String> TAKE_COLUMNS =
      Set.of(
          "agg",
          "alias",
          "as",
          "avg",
          "col",
          "collect_list",
          "collect_set",
          "count",
          "drop",
          "dropDuplicates",
          "expr",
          "fieldIndex",
          "filter",
          "first",
          "getAs",
          "getField",
          "getFieldIndex",
          "groupBy",
          "join",
          "max",
          "min",
          "orderBy",
          "partitionBy",
          "repartitionByRange",
          "select",
          "selectExpr",
          "sort",
          "sortWithinPartitions",
          "struct",
          "sum",
          "toDF",
          "where",
          "withColumn",
          "withColumnRenamed");

  private static final Pattern TOKEN =
      Pattern.compile(
          "//[^\\n]*|/\\*.*?\\*/|'(?:[^'\\\\]|\\\\.)+'"
              + "|\"((?:[^\"\\\\]|\\\\.)*)\"|(\\w+)\\s*\\(|([({])|([)}])",
          Pattern.DOTALL);

  private static final Pattern WORD = Pattern.compile("\\w+");

  @Test
  void onlyTablesWriteNamesOfColumns() throws IOException {
    Set<String> columns = columns();
    assertThat(columns).contains("image_id", "entropy_nats", "insertion_auc", "dead_fraction");
    List<String> found = new ArrayList<>();
    for (Path file : sources()) {
      literals(Files.readString(file), columns)
          .forEach(text -> found.add(SOURCES.relativize(file) + ": " + text));
    }
    assertThat(found).isEmpty();
  }

  /** The rooms of Spark and whoever reads their rows, but for the classes of tables. */
  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String room : List.of("spark", "ml", "config", "cli")) {
      try (Stream<Path> all = Files.walk(SOURCES.resolve(room))) {
        all.filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.getParent().endsWith("spark/results"))
            .filter(file -> !TABLES.contains(file.getFileName().toString()))
            .forEach(sources::add);
      }
    }
    return sources;
  }

  /** Texts among the arguments of a call that takes columns, in which one is named. */
  private static List<String> literals(String source, Set<String> columns) {
    List<String> found = new ArrayList<>();
    Deque<String> calls = new ArrayDeque<>();
    Matcher token = TOKEN.matcher(source);
    while (token.find()) {
      if (token.group(2) != null) {
        calls.push(token.group(2));
      } else if (token.group(3) != null) {
        // Braces of an array stand for the call that takes it, those of a body for none.
        calls.push(token.group(3).equals("{") && !isArray(source, token.start()) ? "" : outer(calls));
      } else if (token.group(4) != null && !calls.isEmpty()) {
        calls.pop();
      } else if (token.group(1) != null && TAKE_COLUMNS.contains(outer(calls))) {
        String text = token.group(1);
        if (WORD.matcher(text).results().anyMatch(word -> columns.contains(word.group()))) {
          found.add(outer(calls) + "(\"" + text + "\")");
        }
      }
    }
    return found;
  }

  private static boolean isArray(String source, int brace) {
    return source.substring(0, brace).stripTrailing().endsWith("]");
  }

  private static String outer(Deque<String> calls) {
    return calls.isEmpty() ? "" : calls.peek();
  }

  /** Names of all columns, and of the fields in them. */
  private static Set<String> columns() throws IOException {
    Set<String> names = new TreeSet<>();
    addAll(ImagesTable.SCHEMA, names);
    AtlasTables.ALL.forEach(table -> addAll(table.schema(), names));
    try (Stream<Path> all = Files.list(SOURCES.resolve("spark/results"))) {
      all.forEach(file -> addAll(file.getFileName().toString().replace(".java", ""), names));
    }
    return names;
  }

  /** Schemas that a class declares. */
  private static void addAll(String file, Set<String> names) {
    if (file.equals("package-info")) {
      return;
    }
    try {
      for (Field field : Class.forName("io.camatlas.spark.results." + file).getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == StructType.class) {
          field.setAccessible(true);
          addAll((StructType) field.get(null), names);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void addAll(StructType schema, Set<String> names) {
    for (StructField field : schema.fields()) {
      names.add(field.name());
      DataType type = field.dataType();
      while (type instanceof ArrayType array) {
        type = array.elementType();
      }
      if (type instanceof StructType struct) {
        addAll(struct, names);
      }
    }
  }
}
