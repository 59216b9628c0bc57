package io.camatlas.bench;

import io.camatlas.explain.ResidentMemory;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Measures whether speed and memory use stay constant as the number of images grows, and how much
 * faster two executors are than one. Executors are separate processes with one core each.
 */
public final class GrowthBenchmark {
  private static final double MEGABYTE = 1 << 20;

  private final IntFunction<SparkSession> clusters;
  private final PrintStream out;

  /**
   * @param clusters starts Spark with the given number of executors of one core
   */
  public GrowthBenchmark(IntFunction<SparkSession> clusters, PrintStream out) {
    this.clusters = clusters;
    this.out = out;
  }

  /**
   * One job.
   *
   * @param images number of images explained
   * @param executors number of executors, of one core each
   * @param imagesPerSecond images per second, from the start of the job's first task to the end of
   *     its last
   * @param executorMegabytes megabytes that the largest executor holds in memory afterwards
   * @param driverMegabytes megabytes that the driver holds in memory afterwards
   */
  public record Result(
      long images,
      int executors,
      double imagesPerSecond,
      double executorMegabytes,
      double driverMegabytes) {}

  /**
   * Explains growing sets with one executor, then the last set in turns with two executors and with
   * one. Each Spark session explains the first set once to warm up.
   *
   * @param jobs the same settings for more and more images
   * @param rounds number of rounds with two executors and with one
   */
  public List<Result> run(List<ExplainJobSettings> jobs, int rounds) throws IOException {
    List<Result> results = new ArrayList<>();
    out.printf(
        "%8s %10s %12s %14s %12s%n",
        "images", "executors", "images/s", "executor, MB", "driver, MB");
    try (SparkSession spark = clusters.apply(1)) {
      explain(spark, jobs.get(0));
      for (ExplainJobSettings job : jobs) {
        results.add(result(spark, job, 1));
      }
    }
    ExplainJobSettings last = jobs.get(jobs.size() - 1);
    List<Double> one = new ArrayList<>();
    List<Double> two = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int executors = 2; executors >= 1; executors--) {
        try (SparkSession spark = clusters.apply(executors)) {
          explain(spark, jobs.get(0));
          Result result = result(spark, last, executors);
          (executors == 1 ? one : two).add(result.imagesPerSecond);
          results.add(result);
        }
      }
    }
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      ratios[round] = two.get(round) / one.get(round);
    }
    Arrays.sort(ratios);
    out.printf(
        Locale.ROOT,
        "two executors over one: %.2f to %.2f times the images/s%n",
        ratios[0],
        ratios[rounds - 1]);
    return results;
  }

  private Result result(SparkSession spark, ExplainJobSettings job, int executors)
      throws IOException {
    ExplainJob.Report report = explain(spark, job);
    int tasks = 4 * executors;
    long executor =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(Collections.nCopies(tasks, 0), tasks)
            .map(any -> ResidentMemory.now().orElse(0))
            .reduce(Math::max);
    Result result =
        new Result(
            report.images(),
            executors,
            report.images() / report.explainSeconds(),
            executor / MEGABYTE,
            ResidentMemory.now().orElse(0) / MEGABYTE);
    out.printf(
        Locale.ROOT,
        "%,8d %10d %12.2f %14.0f %12.0f%n",
        result.images,
        executors,
        result.imagesPerSecond,
        result.executorMegabytes,
        result.driverMegabytes);
    return result;
  }

  private static ExplainJob.Report explain(SparkSession spark, ExplainJobSettings job)
      throws IOException {
    return new ExplainJob(
            spark,
            job,
            new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .run();
  }
}
