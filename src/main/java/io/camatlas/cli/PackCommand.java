package io.camatlas.cli;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FailureLimit;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.PackOptions;
import io.camatlas.setup.PackSetup;
import io.camatlas.spark.pack.PackJob;
import io.camatlas.spark.pack.PackJobSettings;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas pack}: packs many small files into one table of images. */
final class PackCommand implements Command {
  @Override
  public String name() {
    return "pack";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Packs many small image files into a Parquet table.",
        "Clusters read the table faster than the files; explain takes it as its images.");
  }

  @Override
  public List<Option<?>> options() {
    return PackOptions.ALL;
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(ExplainOptions.IMAGES, ExplainOptions.OUT);
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    PackJobSettings settings = PackSetup.resolve(given);
    try (SparkSession spark = SparkSessions.start("pack", given)) {
      PackJob.Report report =
          new PackJob(spark, settings, SpelledConsole.of(this, System.out)).run();
      System.out.printf(
          "%,d images packed in %.1f s, %,d MB%s%n",
          report.images() - report.skipped(),
          report.seconds(),
          report.bytes() >> 20,
          report.skipped() > 0 ? String.format(", %,d skipped", report.skipped()) : "");
      System.out.println("Table: " + report.out());
      FailureLimit limit = given.get(ExplainOptions.MAX_FAILURES);
      if (limit.isExceeded(report.skipped(), report.images())) {
        throw new TooManyFailuresException(
            limit.told(report.skipped(), report.images(), "could not be packed")
                + "; the column problem of "
                + report.out()
                + " says why.");
      }
    }
  }
}
