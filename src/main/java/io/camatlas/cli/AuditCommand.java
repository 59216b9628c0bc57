package io.camatlas.cli;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.report.findings.Finding;
import io.camatlas.setup.AtlasSetup;
import io.camatlas.setup.CausesSetup;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.ModelSetup;
import io.camatlas.setup.ReportSetup;
import io.camatlas.setup.StrategiesSetup;
import io.camatlas.setup.WithoutEffect;
import io.camatlas.spark.atlas.AtlasJob;
import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.causes.CausesJob;
import io.camatlas.spark.causes.CausesJobSettings;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import io.camatlas.spark.input.OwnResults;
import io.camatlas.spark.report.ReportJob;
import io.camatlas.spark.report.ReportJobSettings;
import io.camatlas.spark.strategies.StrategiesJob;
import io.camatlas.spark.strategies.StrategiesJobSettings;
import io.camatlas.spark.truth.TruthSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas audit}: explain, atlas, strategies, causes and report, in this order. */
final class AuditCommand implements Command {
  @Override
  public String name() {
    return "audit";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Explains a dataset, makes an atlas of it, looks for strategies, tests what is suspect, and"
            + " makes a report: explain, atlas, strategies, causes and report in one.",
        "Writes the folders run, atlas, strategies, causes and report into `out`.");
  }

  @Override
  public List<Option<?>> options() {
    return Stream.of(
            ExplainOptions.ALL,
            AtlasOptions.SHARED,
            StrategiesOptions.OF_AUDIT,
            CausesOptions.SHARED,
            ReportOptions.SHARED)
        .<Option<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public List<String> examples() {
    return List.of("audit --model resnet50.pt --images photos --out audit");
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    Path folder = Files.createTempDirectory("camatlas");
    try (SparkStart start = new SparkStart("audit", given)) {
      Audit audit = Audit.of(given, folder, start::beside);
      ModelSetup.assumption(given, audit.explain.card().preprocessing())
          .ifPresent(note -> System.out.println("Note: " + note));
      SpelledConsole.note(this, WithoutEffect.audit(given, audit.explain));
      audit.run(this, start.get(audit.explain.model().precision().environment()));
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  /**
   * Jobs over the results of the ones before.
   *
   * @param out the folder of all their results
   * @param strategies empty if nobody looks for them
   * @param causes empty if nothing is to be tested
   */
  record Audit(
      String out,
      ExplainJobSettings explain,
      AtlasJobSettings atlas,
      Optional<StrategiesJobSettings> strategies,
      Optional<CausesJobSettings> causes,
      ReportJobSettings report) {
    static Audit of(GivenSettings given, Path folder, Runnable beside) {
      Optional<String> out = given.build(() -> given.get(ExplainOptions.OUT));
      String below = out.map(parent -> parent + "/").orElse("");
      String run = below + "run";
      String atlas = below + "atlas";
      // All are made from the run, which may have grown, so they replace existing ones.
      Optional<AtlasJobSettings> atlasSettings = AtlasSetup.after(given, run, atlas);
      Optional<StrategiesJobSettings> strategiesSettings =
          StrategiesSetup.after(given, run, atlas, below + "strategies");
      Optional<String> strategies = strategiesSettings.map(StrategiesJobSettings::out);
      Map<String, String> changed =
          out.isEmpty() ? Map.of() : Map.of(ExplainOptions.OUT.name(), run);
      Optional<ExplainJobSettings> explainSettings =
          ExplainSetup.noted(given.with(ExplainOptions.ALL, changed), folder, beside);
      Optional<CausesJobSettings> causesSettings =
          explainSettings.flatMap(
              explained ->
                  CausesSetup.after(given, explained, run, atlas, strategies, below + "causes"));
      Optional<ReportJobSettings> reportSettings =
          ReportSetup.after(
              given,
              run,
              atlas,
              strategies,
              causesSettings.map(CausesJobSettings::out),
              below + "report");
      given.check();
      return new Audit(
          out.orElseThrow(),
          explainSettings.orElseThrow(),
          atlasSettings.orElseThrow(),
          strategiesSettings,
          causesSettings,
          reportSettings.orElseThrow());
    }

    void run(Command command, SparkSession spark) throws IOException {
      // Pictures of the report and of causes lie beside the run.
      OwnResults.requireApart(explain.images(), out, spark.sparkContext().hadoopConfiguration());
      PrintStream console = SpelledConsole.of(command, System.out);
      ExplainJob explainJob = new ExplainJob(spark, explain, console);
      // The folder may hold runs of other models and settings, which earlier audits were about.
      AtlasJob atlasJob = new AtlasJob(spark, atlas.ofRun(explainJob.id()), console);
      Optional<StrategiesJob> strategiesJob =
          strategies.map(settings -> new StrategiesJob(spark, settings, console));
      Optional<CausesJob> causesJob =
          causes.map(settings -> new CausesJob(spark, settings, console));
      ReportJob reportJob = new ReportJob(spark, report, console);
      atlasJob.checkOut();
      if (strategiesJob.isPresent()) {
        strategiesJob.get().checkOut();
      }
      if (causesJob.isPresent()) {
        causesJob.get().checkOut();
      }
      reportJob.checkOut();
      // What is wrong with annotations is told before hours of work, not after.
      TruthSource.check(spark, atlas.truth(), explain.card().classes());
      ExplainJob.Report explained = explainJob.run();
      ExplainCommand.print(explained);
      List<Finding> findings = List.of();
      boolean judged = false;
      // Nothing can be gathered where nothing was explained.
      if (explained.run().explanations() > 0) {
        AtlasCommand.print(spark, atlasJob.run());
        if (strategiesJob.isPresent()) {
          StrategiesCommand.print(strategiesJob.get().run());
        }
        if (explain.model().plan().pixels().isDense()) {
          console.println(
              "Causes are not tested: experiments ask for scores of whole images, and the model"
                  + " scores every pixel.");
        }
        if (causesJob.isPresent()) {
          CausesCommand.print(causesJob.get().run());
        }
        ReportJob.Report reported = reportJob.run();
        ReportCommand.print(command, reported);
        findings = reported.findings();
        judged = reported.judged();
      }
      ExplainCommand.checkFailures(explain, explained);
      FoundException.check(report.given().get(ReportOptions.FAIL_ON), findings, judged);
    }
  }
}
