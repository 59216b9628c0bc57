package io.camatlas.spark.compare;

import io.camatlas.compare.TwoSamples.Side;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.Option;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FaithfulnessImagesTable;
import io.camatlas.spark.results.FaithfulnessTable;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The maps of one side that {@code camatlas faithfulness} scored. Tables of scores name the model,
 * the layer and the method, and not the images that were explained, so each row is looked for in
 * the side's explanations.
 *
 * @param side whose maps they are
 * @param own its explanations
 * @param place of the scores
 * @param about how they were made
 */
record ScoredMaps(Side side, ComparedSide own, String place, About about) {
  private static final String[] EXPLANATION = {
    FaithfulnessImagesTable.IMAGE_ID,
    FaithfulnessImagesTable.SHA256,
    FaithfulnessImagesTable.TARGET_INDEX
  };

  /** If fewer of the scores belong to an explanation, they are another run's. */
  private static final double LEAST_KNOWN = 0.5;

  /**
   * What {@code faithfulness.json} says.
   *
   * @param from folder of the run whose maps were scored
   * @param settings by name
   */
  record About(
      String camatlas, Map<String, Integer> tables, String from, Map<String, String> settings) {
    About {
      settings = settings == null ? Map.of() : settings;
    }
  }

  /**
   * Opens the scores of a side.
   *
   * @throws InputException if there are none, or they are those of the other side
   */
  static ScoredMaps open(CompareJobSettings settings, Side side, String place, Configuration hadoop)
      throws IOException {
    ComparedSide own = settings.of(side);
    Path table = new Path(place, FaithfulnessImagesTable.NAME);
    Path about = new Path(place, ResultFolder.FAITHFULNESS_JSON);
    for (Path needed : new Path[] {table, about}) {
      if (!needed.getFileSystem(hadoop).exists(needed)) {
        throw new InputException(
            "`%s` is %s, which has no %s; give the folder that 'camatlas faithfulness' wrote."
                .formatted(setting(side).name(), place, needed.getName()));
      }
    }
    ScoredMaps scored =
        new ScoredMaps(side, own, place, ResultJson.read(about, About.class, hadoop));
    try {
      FaithfulnessTable.requireVersion(place, scored.about.tables, scored.about.camatlas);
    } catch (InputException e) {
      throw new InputException(
          e.getMessage().replace("`from`", "`" + setting(side).name() + "`"), e);
    }
    scored.requireOwnRun(settings.of(side.of(Side.WITH, Side.FROM)), hadoop);
    scored.requireOwnRule();
    return scored;
  }

  /**
   * Makes sure that two sides were scored alike.
   *
   * @throws InputException naming the setting, if they were not
   */
  void requireSameSettings(ScoredMaps other) {
    String steps = FaithfulnessOptions.STEPS.name();
    String first = about.settings.get(steps);
    String second = other.about.settings.get(steps);
    if (first != null && second != null && !first.equals(second)) {
      throw new InputException(
          "`%s` %s has curves of %s steps (`%s`), and `%s` %s of %s, which differ on one network, too. Run 'camatlas faithfulness' again with the same."
              .formatted(
                  setting(side).name(),
                  place,
                  first,
                  steps,
                  setting(other.side).name(),
                  other.place,
                  second));
    }
  }

  private void requireOwnRun(ComparedSide other, Configuration hadoop) throws IOException {
    if (about.from != null && other.isRun(about.from, hadoop) && !own.isRun(about.from, hadoop)) {
      throw new InputException(
          "`%s` %s has the scores of `%s` %s; `%s` and `%s` are swapped, or the same folder."
              .formatted(
                  setting(side).name(),
                  place,
                  side.of(CompareOptions.WITH, CompareOptions.FROM).name(),
                  other.path(),
                  CompareOptions.FAITHFULNESS.name(),
                  CompareOptions.WITH_FAITHFULNESS.name()));
    }
  }

  /** Of rules of one method, rows do not say which was scored. */
  private void requireOwnRule() {
    long alike =
        own.run().rules().stream().filter(rule -> rule.method().equals(own.method())).count();
    String rule = about.settings.get(FaithfulnessOptions.RULE.name());
    int wanted = own.origins().get(0).rule();
    if (alike > 1 && rule != null && !rule.equals(String.valueOf(wanted))) {
      throw new InputException(
          "`%s` %s has the scores of rule %s, and rule %d of %s is compared. Both are called %s. Give the scores of the same."
              .formatted(setting(side).name(), place, rule, wanted, own.path(), own.method()));
    }
  }

  /**
   * Rows of {@link FaithfulnessImagesTable#beyondRandom} that belong to an explanation of the side.
   *
   * @throws InputException if most do not
   */
  Dataset<Row> rows(SparkSession spark) {
    Dataset<Row> all =
        FaithfulnessImagesTable.beyondRandom(
            spark.read().parquet(new Path(place, FaithfulnessImagesTable.NAME).toString()),
            own.run().modelSha256(),
            own.layer(),
            own.method());
    long scored = all.count();
    if (scored == 0) {
      throw new InputException(
          "`%s` %s has no test of the maps of %s: model, layer and method must be the same."
              .formatted(setting(side).name(), place, own.path()));
    }
    Dataset<Row> known =
        all.join(
            own.explanations(spark)
                .select(
                    ExplanationsTable.IMAGE_ID,
                    ExplanationsTable.SHA256,
                    ExplanationsTable.TARGET_INDEX),
            EXPLANATION,
            "left_semi");
    long found = known.count();
    if (found < LEAST_KNOWN * scored) {
      throw new InputException(
          "`%s` %s has scores of other images than %s: of %,d maps, %,d are explained there. Give the folder that 'camatlas faithfulness' wrote of this run."
              .formatted(setting(side).name(), place, own.path(), scored, found));
    }
    return known;
  }

  private static Option<String> setting(Side side) {
    return side.of(CompareOptions.FAITHFULNESS, CompareOptions.WITH_FAITHFULNESS);
  }
}
