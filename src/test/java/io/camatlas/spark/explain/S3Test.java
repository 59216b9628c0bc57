package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.S3Server;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.InputKind;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.input.ImageSource;
import io.camatlas.spark.input.SourceImages;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.statistics.IOStatisticsSource;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in a bucket in, results in a bucket out, over s3a and signed requests. */
class S3Test {
  private static final String BUCKET = S3Server.BUCKET;

  @TempDir static Path folder;

  private static S3Server server;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    Assumptions.assumeTrue(S3Server.exists(), "This Spark's Hadoop has no client for S3 here.");
    server = S3Server.start(folder);
    spark = SparkSuite.session();
    server.settings().forEach(spark.sparkContext().hadoopConfiguration()::set);
    DemoDataset.write(folder.resolve("data"), DemoSettings.audit(1, 3));
    server.upload(folder.resolve("data/images"), "images");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.settings().keySet().forEach(spark.sparkContext().hadoopConfiguration()::unset);
      server.close();
    }
  }

  @Test
  void aBucketIsExplainedAndItsResultsAreReadBack() throws IOException {
    SourceImages images =
        new ImageSource(spark)
            .read(BUCKET + "/images", InputKind.AUTO, Optional.empty(), folder.resolve("l") + "/x");
    assertThat(images.count()).isEqualTo(10);
    assertThat(images.listing().where("bytes > 0 and modified > 0").count()).isEqualTo(10);
    Map<String, String> given = new HashMap<>();
    given.put("model", DemoModel.copyTo(folder.resolve("model")).toString());
    given.put("images", BUCKET + "/images");
    given.put("out", BUCKET + "/results");
    given.put("samples", "1");
    Path work = Files.createDirectories(folder.resolve("probed"));
    new ExplainJob(
            spark,
            ExplainSetup.resolve(new GivenSettings(ExplainOptions.ALL, given, List.of()), work),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
        .run();
    List<Row> rows = spark.read().parquet(BUCKET + "/results/explanations").collectAsList();
    assertThat(rows).hasSize(10);
    assertThat(FinishedRun.read(BUCKET + "/results").classes()).hasSize(10);
  }

  private static long requests(String counter) throws IOException {
    FileSystem files =
        new org.apache.hadoop.fs.Path(BUCKET)
            .getFileSystem(spark.sparkContext().hadoopConfiguration());
    return ((IOStatisticsSource) files).getIOStatistics().counters().getOrDefault(counter, 0L);
  }

  @Test
  void aListedImageIsNotLookedForFirst() throws Exception {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String path;
    Path local = folder.resolve("data/images");
    try (Stream<Path> all = Files.walk(local)) {
      Path image = all.filter(Files::isRegularFile).findFirst().orElseThrow();
      path = BUCKET + "/images/" + local.relativize(image);
    }
    byte[] file = HadoopFiles.read(path, hadoop, 1L << 30);
    assertThat(file).isNotEmpty();
    String looks = "action_http_head_request";
    int times = 10;
    long before = requests(looks);
    for (int i = 0; i < times; i++) {
      assertThat(HadoopFiles.read(path, (long) file.length, hadoop, 1L << 30)).isEqualTo(file);
    }
    long listed = requests(looks) - before;
    for (int i = 0; i < times; i++) {
      HadoopFiles.read(path, hadoop, 1L << 30);
    }
    assertThat(requests(looks) - before - listed).as("not listed").isGreaterThanOrEqualTo(times);
    // What was uploaded before may still be looked for.
    assertThat(listed).as("listed").isLessThan(times / 2);
  }
}
