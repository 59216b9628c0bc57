package io.camatlas.cli;

import io.camatlas.config.DoctorOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.demo.DemoModel;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.NetworkException;
import io.camatlas.model.PreparedModel;
import io.camatlas.spark.doctor.Diagnosis;
import io.camatlas.spark.doctor.DoctorJob;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas doctor}: says whether a run would work here. */
final class DoctorCommand implements Command {
  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Checks that a run would work: driver, executors and their devices.",
        "Shows Java, Spark, the native libraries and where they come from, CUDA, devices and free"
            + " disk, and runs a small network on every device. For each gap it says how to mend"
            + " it. Exits with 0 only if there is none.");
  }

  @Override
  public List<String> examples() {
    return List.of("doctor", "--master spark://host:7077 doctor --device cuda");
  }

  @Override
  public List<Option<?>> options() {
    return DoctorOptions.ALL;
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    given.check();
    Path folder = Files.createTempDirectory("camatlas");
    try {
      Path archive = DemoModel.copyTo(folder);
      ModelCard card = ModelCard.read(folder.resolve(DemoModel.SIDECAR));
      PreparedModel model;
      try {
        model =
            PreparedModel.prepare(
                TorchScriptArchive.open(archive),
                ModelEntry.FORWARD,
                List.of(LayerName.parse(card.layer())),
                card.inputShape(),
                folder);
      } catch (NetworkException e) {
        throw new NotReadyException(List.of("driver: " + e.getMessage()));
      }
      Diagnosis.Trial trial = new Diagnosis.Trial(Files.readAllBytes(model.file()), model.plan());
      List<String> gaps;
      try (SparkSession spark = SparkSessions.start("doctor", given)) {
        gaps =
            new DoctorJob(
                    spark,
                    given.get(ExplainOptions.DEVICE),
                    trial,
                    SpelledConsole.of(this, System.out))
                .run();
      }
      System.out.println();
      if (gaps.isEmpty()) {
        System.out.println("A run would work here.");
      } else {
        throw new NotReadyException(gaps);
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }
}
