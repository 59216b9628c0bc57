package io.camatlas.cli;

import io.camatlas.config.ConceptOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.setup.ConceptSetup;
import io.camatlas.spark.Printable;
import io.camatlas.spark.concept.ConceptJob;
import io.camatlas.spark.concept.ConceptJobSettings;
import io.camatlas.spark.results.ConceptClassesTable.OfClass;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas concept}: ranks a run's images and classes by what some examples show. */
final class ConceptCommand implements Command {
  /** So many classes are printed. */
  private static final int PRINTED = 10;

  private static final int LOWEST = 3;

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
        Printable.of(report.name()), settings.layer(), report.examples(), report.others());
    System.out.printf(
        Locale.ROOT,
        "On left-out images: %.0f %% told rightly, area under the ROC %.2f; with random examples"
            + " %.0f %% (± %.0f)%n",
        100 * report.validation().accuracy(),
        report.validation().auroc(),
        100 * report.random().mean(),
        100 * report.random().deviation());
    if (!report.isBeyondChance()) {
      System.out.println(
          "Note: that is hardly better than random examples. This layer does not tell the concept"
              + " apart, so its ranks say little.");
    } else if (!report.isTold()) {
      System.out.println("Note: that is better than chance, but weak; its ranks say little.");
    }
    System.out.printf(
        Locale.ROOT,
        "%,d of %,d images lie nearer to the examples, and so do %.0f %% of the left-out examples and"
            + " %.1f %% of the left-out others%n",
        report.showing(),
        report.images(),
        100 * report.validation().examplesTaken(),
        100 * report.validation().othersTaken());
    System.out.println();
    List<OfClass> classes = report.classes();
    List<OfClass> printed = new ArrayList<>(classes.subList(0, Math.min(PRINTED, classes.size())));
    int lowest = Math.max(PRINTED, classes.size() - LOWEST);
    printed.addAll(classes.subList(Math.min(lowest, classes.size()), classes.size()));
    int width = printed.stream().mapToInt(one -> one.name().length()).max().orElse(0);
    width = Math.max(5, Math.min(40, width));
    System.out.printf(
        "%-" + width + "s  %9s  %9s  %7s  %6s%n", "class", "explained", "alignment", "q", "TCAV");
    for (int i = 0; i < printed.size(); i++) {
      OfClass one = printed.get(i);
      if (i == PRINTED && lowest > PRINTED) {
        System.out.println("…");
      }
      System.out.printf(
          Locale.ROOT,
          "%-" + width + "s  %,9d  %9.2f  %7s  %6.2f%s%n",
          Printable.of(one.name()),
          one.explained(),
          one.alignment().value(),
          one.alignment().q() < 0.001
              ? "<0.001"
              : String.format(Locale.ROOT, "%.3f", one.alignment().q()),
          one.tcav(),
          one.alignment().q() < 0.05 ? " !" : "");
    }
    System.out.println(
        "Alignment is how much more of the concept raises a class's score, from -1 to 1; it differs"
            + " (!) from that of random concepts where q is below 0.05. TCAV is the share of the"
            + " explanations in which it is above 0.");
    System.out.println();
    System.out.printf("Concept: %s, in %.1f s%n", report.out(), report.seconds());
  }
}
