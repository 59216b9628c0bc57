package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.input.ImageSource;
import io.camatlas.spark.input.InputKind;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images in a bucket in, results in a bucket out, over s3a and signed requests. The server is a
 * process of its own, because its libraries are other than Spark's. Runs with {@code mvn verify
 * -Ps3}.
 */
@Tag("slow")
class S3Test {
  private static final String BUCKET = "s3a://camatlas-test";

  @TempDir static Path folder;

  private static Process server;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    Path jar = Path.of(System.getProperty("camatlas.s3proxy", "none"));
    Assumptions.assumeTrue(Files.exists(jar), "The profile s3 is not active.");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path settings = folder.resolve("s3proxy.conf");
    Files.createDirectories(folder.resolve("buckets/camatlas-test"));
    Files.writeString(
        settings,
        String.join(
            "\n",
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "s3proxy.authorization=aws-v2-or-v4",
            "s3proxy.identity=test-identity",
            "s3proxy.credential=test-credential",
            "jclouds.provider=filesystem",
            "jclouds.filesystem.basedir=" + folder.resolve("buckets")));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    server =
        new ProcessBuilder(
                java.toString(), "-Xmx512m", "-jar", "" + jar, "--properties", "" + settings)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:" + port)
            .config("spark.hadoop.fs.s3a.endpoint.region", "us-east-1")
            .config("spark.hadoop.fs.s3a.path.style.access", "true")
            .config("spark.hadoop.fs.s3a.access.key", "test-identity")
            .config("spark.hadoop.fs.s3a.secret.key", "test-credential")
            .getOrCreate();
    await(port);
    DemoDataset.write(folder.resolve("data"), DemoSettings.audit(1, 3));
    upload(folder.resolve("data/images"));
  }

  private static void await(int port) throws Exception {
    for (int i = 0; i < 120; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(500);
      }
    }
    throw new IOException(Files.readString(folder.resolve("s3proxy.log")));
  }

  private static void upload(Path images) throws IOException {
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(BUCKET + "/images");
    FileSystem files = target.getFileSystem(spark.sparkContext().hadoopConfiguration());
    try (Stream<Path> walk = Files.walk(images)) {
      for (Path image : walk.filter(Files::isRegularFile).toList()) {
        String name = images.relativize(image).toString().replace('\\', '/');
        try (OutputStream out = files.create(new org.apache.hadoop.fs.Path(target, name))) {
          Files.copy(image, out);
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
    if (server != null) {
      server.destroy();
    }
  }

  @Test
  void aBucketIsExplainedAndItsResultsAreReadBack() throws IOException {
    ImageSource.Images images =
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
}
