package io.camatlas.spark.facts;

import io.camatlas.faithfulness.MapKind;
import io.camatlas.report.facts.Faithfulness;
import io.camatlas.report.facts.Faithfulness.Measured;
import io.camatlas.report.facts.ReportedView;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.FaithfulnessTable;
import io.camatlas.spark.results.FaithfulnessTable.OfClass;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.RunName;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads what {@code camatlas faithfulness} wrote. */
public final class FaithfulnessReader {
  private FaithfulnessReader() {}

  /**
   * What {@code faithfulness.json} says of the tables.
   *
   * @param run id of the run that was tested; null in older files
   */
  private record About(
      String camatlas, Map<String, Integer> tables, String from, String run, String runStarted) {
    boolean isOf(ViewReport view) {
      return run == null || RunName.parse(view.view().run()).run().equals(run);
    }
  }

  /** A test belongs to a view if model, layer and method are the same. */
  private record Tested(String modelSha256, String layer, String method) {
    static Tested of(Row row) {
      return new Tested(
          row.getAs(FaithfulnessTable.MODEL_SHA256),
          row.getAs(FaithfulnessTable.LAYER),
          row.getAs(FaithfulnessTable.METHOD));
    }

    static Tested of(ReportedView view) {
      return new Tested(view.model().sha256(), view.layer().path(), view.rule().name());
    }
  }

  /**
   * Views with tests of their maps.
   *
   * @param origins the runs behind the atlas, as far as they are known
   * @throws InputException if the folder holds no tests of these views, or of maps of other images,
   *     or its tables have other versions
   */
  public static List<ViewReport> applied(
      List<ViewReport> views,
      List<AtlasFolder.Origin> origins,
      SparkSession spark,
      String folder,
      Configuration hadoop)
      throws IOException {
    Path about = new Path(folder, ResultFolder.FAITHFULNESS_JSON);
    if (!about.getFileSystem(hadoop).exists(about)) {
      throw new InputException(
          "`faithfulness` is "
              + folder
              + ", which has no "
              + ResultFolder.FAITHFULNESS_JSON
              + "; give the folder that 'camatlas faithfulness' wrote.");
    }
    About said = ResultJson.read(about, About.class, hadoop);
    FaithfulnessTable.requireVersion(folder, said.tables(), said.camatlas());
    requireOwnRun(said, origins, folder);
    Map<Tested, Map<Integer, List<Faithfulness>>> found = new HashMap<>();
    for (Row row :
        spark.read().parquet(new Path(folder, FaithfulnessTable.NAME).toString()).collectAsList()) {
      OfClass one = FaithfulnessTable.fromRow(row);
      if (one.classIndex() != null) {
        found
            .computeIfAbsent(Tested.of(row), any -> new HashMap<>())
            .computeIfAbsent(one.classIndex(), any -> new ArrayList<>())
            .add(
                new Faithfulness(
                    words(one.kind()),
                    one.images(),
                    measured(row, FaithfulnessTable.INSERTION_AUC),
                    measured(row, FaithfulnessTable.DELETION_AUC),
                    measured(row, FaithfulnessTable.AVERAGE_DROP),
                    measured(row, FaithfulnessTable.INCREASE)));
      }
    }
    // Of two views that differ in parameters only, the tables do not say which was tested.
    Map<Tested, Long> alike =
        views.stream()
            .filter(said::isOf)
            .collect(Collectors.groupingBy(v -> Tested.of(v.view()), Collectors.counting()));
    List<ViewReport> applied = new ArrayList<>();
    boolean any = false;
    for (ViewReport view : views) {
      Tested tested = Tested.of(view.view());
      boolean same =
          said.isOf(view) && found.containsKey(tested) && alike.getOrDefault(tested, 0L) == 1;
      any |= same;
      applied.add(same ? view.withFaithfulness(found.get(tested)) : view);
    }
    if (!any) {
      throw new InputException(
          "`faithfulness` "
              + folder
              + " has no test of the maps of this atlas: model, layer and method must be the same, and"
              + " only one run of the atlas may have them.");
    }
    return applied;
  }

  /** Runs of other images have the same model, layer and method. */
  private static void requireOwnRun(About said, List<AtlasFolder.Origin> origins, String folder) {
    Set<String> started = new HashSet<>();
    if (said.runStarted() != null) {
      started.add(said.runStarted());
    } else {
      try {
        // The folder may have several; older files do not say which of them was tested.
        FinishedRun.all(said.from()).forEach(run -> started.add(run.started()));
      } catch (InputException gone) {
        // Its results may have been moved; then nobody can tell.
        return;
      }
    }
    boolean isOwn = origins.stream().anyMatch(one -> started.contains(one.run().started()));
    if (!isOwn && !origins.isEmpty()) {
      throw new InputException(
          "`faithfulness` "
              + folder
              + " has tests of the maps in "
              + said.from()
              + ", which is no run of this atlas; test the maps of the atlas's own run.");
    }
  }

  private static Measured measured(Row row, String number) {
    double[] interval = FaithfulnessTable.interval(row, number);
    return new Measured(interval[0], interval[1], interval[2]);
  }

  private static String words(MapKind kind) {
    return switch (kind) {
      case EXPLANATION -> "the class's maps";
      case RANDOM -> "a random map";
      case CENTRE -> "the picture's centre";
    };
  }
}
