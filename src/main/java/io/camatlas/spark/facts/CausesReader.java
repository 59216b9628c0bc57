package io.camatlas.spark.facts;

import static io.camatlas.report.Numbers.countOf;
import static org.apache.spark.sql.functions.col;

import io.camatlas.causes.Cause;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.TestedPicture;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.PicturesCompared;
import io.camatlas.report.facts.ViewHabits;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesImagesTable.Trial;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ClassHabitsTable;
import io.camatlas.spark.results.ClassHabitsTable.OfClass;
import io.camatlas.spark.results.FeatureMapHabitsTable;
import io.camatlas.spark.results.PicturesComparedTable;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads what {@code camatlas causes} wrote. */
public final class CausesReader {
  private CausesReader() {}

  /** What {@code causes.json} says of the tables. */
  private record About(
      String camatlas,
      Map<String, Integer> tables,
      String atlasSha256,
      String strategiesSha256,
      Model model,
      int suspectsLeftOut,
      int patternsLeftOut,
      Map<String, Long> pairsNotUsed,
      NotCompared picturesNotCompared) {
    private record Model(String sha256) {}

    private record NotCompared(long forPatterns, long forRepeats) {}
  }

  /**
   * Views with what experiments showed about them, and with the network's habits.
   *
   * @param atlas folder of the atlas that is shown
   * @param strategies identity of the strategies that are shown; experiments on others are left out
   * @throws InputException if the folder holds no experiments or those on another atlas, or its
   *     tables have other versions
   */
  public static List<ViewReport> applied(
      List<ViewReport> views,
      SparkSession spark,
      String folder,
      String atlas,
      Optional<String> strategies,
      Configuration hadoop)
      throws IOException {
    About about = about(folder, hadoop);
    // Runs of different images have one name if their settings are the same.
    AtlasFolder.requireFoundIn(atlas, "causes", folder, about.atlasSha256(), hadoop);
    Map<ViewKey, List<Cause>> causes = read(spark, folder);
    Map<ViewKey, Map<Integer, PicturesCompared>> compared = new HashMap<>();
    for (Row row : table(spark, folder, PicturesComparedTable.NAME).collectAsList()) {
      PicturesComparedTable.OfClass one = PicturesComparedTable.fromRow(row);
      compared
          .computeIfAbsent(new ViewKey(one.run(), one.layer()), key -> new HashMap<>())
          .put(one.classIndex(), one.pictures());
    }
    Map<String, Set<Integer>> border =
        FeatureMapHabitsTable.borderMaps(
            table(spark, folder, FeatureMapHabitsTable.NAME).collectAsList());
    Map<ViewKey, Map<Integer, Grid>> excess = new HashMap<>();
    for (Row row : table(spark, folder, ClassHabitsTable.NAME).collectAsList()) {
      OfClass one = ClassHabitsTable.fromRow(row);
      excess
          .computeIfAbsent(new ViewKey(one.run(), one.layer()), key -> new HashMap<>())
          .put(
              one.classIndex(),
              new Grid(one.excess(), one.height(), one.width()).within(Grid.MOST_SHOWN));
    }
    return views.stream()
        .map(
            view -> {
              // What was measured on one model says nothing of another.
              if (!view.view().model().sha256().equals(about.model().sha256())) {
                return view;
              }
              ViewKey key = ViewKey.of(view);
              boolean same =
                  strategies.filter(sha -> sha.equals(about.strategiesSha256())).isPresent();
              return view.withCauses(
                      causes.getOrDefault(key, List.of()).stream()
                          .filter(cause -> same || !(cause.suspect() instanceof Suspect.OfStrategy))
                          .toList())
                  .withPicturesCompared(compared.getOrDefault(key, Map.of()))
                  .withHabits(
                      new ViewHabits(
                          border.getOrDefault(key.layer(), Set.of()),
                          excess.getOrDefault(key, Map.of())));
            })
        .toList();
  }

  /** What checks that rest on experiments say nothing of, in sentences. */
  public static List<String> notes(String folder, Configuration hadoop) throws IOException {
    About about = about(folder, hadoop);
    List<String> notes = new ArrayList<>();
    if (about.suspectsLeftOut() > 0) {
      notes.add(
          "%,d more %s out less than those that were tested. Checks that rest on experiments say nothing of them; raise `most-suspects` of 'camatlas causes' to have them tested."
              .formatted(
                  about.suspectsLeftOut(),
                  about.suspectsLeftOut() == 1 ? "suspect stands" : "suspects stand"));
    }
    if (about.patternsLeftOut() > 0) {
      notes.add(
          "Pictures of most classes are alike in the middle, each class in its own way. That is taken for their objects, and was not tested.");
    }
    // Pictures may be among both, so that their sum could count them twice.
    long gone =
        Math.max(
            about.picturesNotCompared().forPatterns(), about.picturesNotCompared().forRepeats());
    if (gone > 0) {
      notes.add(
          "At least %s could not be compared with others, as %s gone, changed or broken."
              .formatted(countOf(gone, "picture", "pictures"), gone == 1 ? "it is" : "they are"));
    }
    long unused = about.pairsNotUsed().values().stream().mapToLong(Long::longValue).sum();
    if (unused > 0) {
      notes.add(
          "Experiments could not use %s: %s."
              .formatted(
                  countOf(unused, "pair of images", "pairs of images"),
                  about.pairsNotUsed().entrySet().stream()
                      .map(reason -> countOf(reason.getValue()) + " (" + reason.getKey() + ")")
                      .collect(Collectors.joining(", "))));
    }
    return notes;
  }

  private static Dataset<Row> table(SparkSession spark, String folder, String name) {
    return spark.read().parquet(new Path(folder, name).toString());
  }

  private static About about(String folder, Configuration hadoop) throws IOException {
    Path about = new Path(folder, ResultFolder.CAUSES_JSON);
    if (!about.getFileSystem(hadoop).exists(about)) {
      throw new InputException(
          "`causes` is "
              + folder
              + ", which has no "
              + ResultFolder.CAUSES_JSON
              + "; give the folder that 'camatlas causes' wrote.");
    }
    About said = ResultJson.read(about, About.class, hadoop);
    CausesTable.requireVersion(folder, said.tables(), said.camatlas());
    return said;
  }

  private static Map<ViewKey, List<Cause>> read(SparkSession spark, String folder) {
    Map<ViewKey, Map<Integer, List<TestedPicture>>> pictures = new HashMap<>();
    for (Row row :
        table(spark, folder, CausesImagesTable.NAME)
            .where(col(CausesImagesTable.PICTURE).isNotNull())
            .orderBy(CausesImagesTable.PAIR)
            .collectAsList()) {
      Trial trial = CausesImagesTable.fromRow(row);
      pictures
          .computeIfAbsent(new ViewKey(trial.run(), trial.layer()), key -> new HashMap<>())
          .computeIfAbsent(trial.suspect(), suspect -> new ArrayList<>())
          .add(CausesImagesTable.picture(trial).orElseThrow());
    }
    Map<ViewKey, List<Row>> rows = new HashMap<>();
    for (Row row : table(spark, folder, CausesTable.NAME).collectAsList()) {
      rows.computeIfAbsent(ViewKey.of(row), key -> new ArrayList<>()).add(row);
    }
    Map<ViewKey, List<Cause>> causes = new HashMap<>();
    rows.forEach(
        (key, own) ->
            causes.put(key, CausesTable.fromRows(own, pictures.getOrDefault(key, Map.of()))));
    return causes;
  }
}
