package io.camatlas.cli;

import io.camatlas.config.ConceptOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.setup.ConceptSetup;
import io.camatlas.spark.concept.ConceptJob;
import io.camatlas.spark.concept.ConceptJobSettings;
import io.camatlas.spark.results.ConceptClassesTable.OfClass;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas concept}: ranks a run's images and classes by what some examples show. */
final class ConceptCommand implements Command {
  /** So many classes are printed. */
  private static final int PRINTED = 10;

  @Override
  public String name() {
    return "concept";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Ranks the images and classes of a finished run by a concept that some images show.",
        "The concept becomes a direction in the space of a layer's mean activations, which the run"
            + " has stored, so no network is run. The direction is checked on left-out examples and"
            + " compared with concepts of random images, as in TCAV.");
  }

  @Override
  public List<Option<?>> options() {
    return ConceptOptions.ALL;
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(FaithfulnessOptions.FROM);
  }

  @Override
  public List<String> examples() {
    return List.of(
        "concept --from run --examples rulers.txt --name ruler --out ruler",
        "mute --model model.pt --component ruler/component.json --out muted.pt");
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    ConceptJobSettings settings = ConceptSetup.resolve(given);
    try (SparkSession spark = SparkSessions.start("concept", given)) {
      print(new ConceptJob(spark, settings, SpelledConsole.of(this, System.out)).run(), settings);
    }
  }

  private static void print(ConceptJob.Report report, ConceptJobSettings settings) {
    System.out.printf(
        "Concept '%s' at layer %s: %,d examples, told from %,d other images%n",
        report.name(), settings.layer(), report.examples(), report.others());
    System.out.printf(
        Locale.ROOT,
        "On left-out images: %.0f %% told rightly, area under the ROC %.2f; with random examples"
            + " %.0f %% (± %.0f)%n",
        100 * report.validation().accuracy(),
        report.validation().auroc(),
        100 * report.random().mean(),
        100 * report.random().deviation());
    if (!report.isThere()) {
      System.out.println(
          "Note: that is hardly better than random examples. This layer does not tell the concept"
              + " apart, so its ranks say little.");
    }
    System.out.printf(
        "%,d of %,d images show it, by the same measure%n", report.showing(), report.images());
    System.out.println();
    int width =
        report.classes().stream()
            .limit(PRINTED)
            .mapToInt(one -> one.name().length())
            .max()
            .orElse(0);
    width = Math.max(5, Math.min(40, width));
    System.out.printf(
        "%-" + width + "s  %7s  %7s  %6s  %9s  %7s%n",
        "class",
        "images",
        "show it",
        "TCAV",
        "alignment",
        "q");
    for (OfClass one : report.classes().subList(0, Math.min(PRINTED, report.classes().size()))) {
      System.out.printf(
          Locale.ROOT,
          "%-" + width + "s  %,7d  %7s  %6.2f  %9.2f  %7s%s%n",
          one.name(),
          one.images(),
          Double.isNaN(one.shareShowing())
              ? ""
              : String.format(Locale.ROOT, "%.0f %%", 100 * one.shareShowing()),
          one.tcav(),
          one.alignment().value(),
          one.alignment().q() < 0.001
              ? "<0.001"
              : String.format(Locale.ROOT, "%.3f", one.alignment().q()),
          one.alignment().q() < 0.05 ? " !" : "");
    }
    if (report.classes().size() > PRINTED) {
      System.out.printf("and %,d classes more%n", report.classes().size() - PRINTED);
    }
    System.out.println(
        "TCAV is the share of a class's explanations in which more of the concept raises its score;"
            + " alignment is how much, from -1 to 1. It differs (!) from that of random concepts"
            + " where q is below 0.05.");
    System.out.println();
    System.out.printf("Concept: %s, in %.1f s%n", report.out(), report.seconds());
  }
}
