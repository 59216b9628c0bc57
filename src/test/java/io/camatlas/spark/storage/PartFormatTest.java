package io.camatlas.spark.storage;

import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.SparkSuite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFormatTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("id", StringType, false)
          .add("weights", createArrayType(FloatType, false), false)
          .add("maps", createArrayType(createArrayType(FloatType, false), false), true)
          .add("cells", createArrayType(IntegerType, false), false);

  @TempDir Path folder;

  @Test
  void arraysOfFloatsHaveNoDictionaryAndOthersHave() throws IOException {
    SparkSession spark = SparkSuite.session();
    String path = folder.resolve("part.parquet").toString();
    Row row =
        RowFactory.create(
            "a", new float[] {1.5f, 1.5f, -0f}, new float[][] {{2, 2}, {3}}, new int[] {7, 7, 7});

    try (PartWriter writer = new PartWriter(PartFormat.parquet(spark, "t", SCHEMA), path)) {
      for (int i = 0; i < 10; i++) {
        writer.write(row);
      }
      writer.finish();
    }

    Map<String, Boolean> dictionaries = new TreeMap<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(path), new Configuration(false)))) {
      for (BlockMetaData block : reader.getFooter().getBlocks()) {
        for (ColumnChunkMetaData column : block.getColumns()) {
          dictionaries.put(column.getPath().toDotString(), column.hasDictionaryPage());
        }
      }
    }
    assertThat(dictionaries)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "id", true,
                "weights.list.element", false,
                "maps.list.element.list.element", false,
                "cells.list.element", true));
    Row read = spark.read().parquet(path).first();
    assertThat(read.getList(1)).isEqualTo(List.of(1.5f, 1.5f, -0f));
    assertThat(read.getList(3)).isEqualTo(List.of(7, 7, 7));
  }
}
