package io.camatlas.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.SparkSuite;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** What a job sets in the session of a notebook, and leaves there. */
class JobRunTest {
  private static final String COMPILES = "spark.sql.codegen.wholeStage";
  private static final String PARTITIONS = "spark.sql.shuffle.partitions";

  private static boolean isSet(SparkSession spark, String key) {
    return spark.conf().getAll().contains(key);
  }

  @Test
  void fewRowsAreInterpretedAndManyCompiledAndNothingIsLeft() {
    SparkSession spark = SparkSuite.session().newSession();
    RuntimeConfig conf = spark.conf();
    for (String key : new String[] {COMPILES, "spark.sql.codegen.factoryMode", PARTITIONS}) {
      conf.unset(key);
    }
    try (JobRun job = JobRun.start(spark)) {
      assertThat(conf.get(COMPILES)).isEqualTo("false");
      job.expect(19_999);
      assertThat(conf.get(PARTITIONS)).isEqualTo("19");
      job.expect(20_000);
      assertThat(conf.get(PARTITIONS)).isEqualTo("20");
      assertThat(isSet(spark, COMPILES)).isFalse();
    }
    assertThat(isSet(spark, COMPILES)).isFalse();
    assertThat(isSet(spark, PARTITIONS)).isFalse();
  }

  @Test
  void whatTheUserChoseStays() {
    SparkSession spark = SparkSuite.session().newSession();
    spark.conf().set(COMPILES, "true");
    spark.conf().set(PARTITIONS, "7");
    try (JobRun job = JobRun.start(spark)) {
      job.expect(5);
      assertThat(spark.conf().get(COMPILES)).isEqualTo("true");
      assertThat(spark.conf().get(PARTITIONS)).isEqualTo("7");
      // Chosen while it runs.
      job.readAtOnce(3);
      spark.conf().set("spark.sql.parquet.columnarReaderBatchSize", "11");
    }
    assertThat(spark.conf().get(COMPILES)).isEqualTo("true");
    assertThat(spark.conf().get("spark.sql.parquet.columnarReaderBatchSize")).isEqualTo("11");
  }
}
