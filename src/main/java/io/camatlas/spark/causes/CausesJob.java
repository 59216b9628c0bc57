package io.camatlas.spark.causes;

import static org.apache.spark.sql.functions.col;

import io.camatlas.cam.LayerCam;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Habits;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.TrialState;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.ReportOptions;
import io.camatlas.explain.Rule;
import io.camatlas.model.ProbedLayer;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.ViewHabits;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Suspects;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Version;
import io.camatlas.spark.executor.Progress;
import io.camatlas.spark.executor.RunCounters;
import io.camatlas.spark.facts.AtlasReader;
import io.camatlas.spark.facts.FromRuns;
import io.camatlas.spark.facts.ViewKey;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.AtlasRun;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesImagesTable.Trial;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ClassHabitsTable;
import io.camatlas.spark.results.ClassHabitsTable.OfClass;
import io.camatlas.spark.results.FeatureMapHabitsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.OriginImages;
import io.camatlas.spark.results.RunRecord.EngineVersions;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Tests on the network what an atlas makes suspect: places in which maps are dense, and feature
 * maps that carry a class. Writes the tables {@code causes} and {@code causes_images}, pictures of
 * a few images, and {@code causes.json}.
 */
public final class CausesJob {
  private static final String OUTCOMES = "outcomes";
  private static final String LISTING = "listing";
  private static final int PAIRS_PER_PARTITION = 16;

  private final SparkSession spark;
  private final CausesJobSettings settings;
  private final PrintStream console;

  public CausesJob(SparkSession spark, CausesJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job did.
   *
   * @param out where the results are
   * @param verdicts number of suspects by verdict
   * @param pairs number of pairs of images that were to be tested
   * @param problems pairs that could not be used, counted by reason
   * @param seconds wall time
   */
  public record Report(
      String out,
      Map<Cause.Verdict, Integer> verdicts,
      long pairs,
      Map<String, Long> problems,
      double seconds) {
    /** Number of suspects tested. */
    public int suspects() {
      return verdicts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** A view whose suspects are tested. */
  private record Tested(ViewReport view, ExplainedRun run, List<Suspect> suspects) {}

  /**
   * Checks that results can be written, before anything else is done.
   *
   * @throws InputException if the folder is not empty and must not be replaced
   */
  public void checkOut() throws IOException {
    open(spark.sparkContext().hadoopConfiguration()).close();
  }

  private ResultFolder open(Configuration hadoop) {
    return ResultFolder.open(
        settings.out(), settings.overwrite(), ResultFolder.CAUSES_JSON, hadoop);
  }

  /**
   * Runs the job.
   *
   * @throws InputException if the atlas or a folder cannot be used; nothing has been written then
   */
  public Report run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder = open(hadoop)) {
      AtlasFolder atlas = AtlasFolder.open(settings.from(), hadoop);
      List<String> missing = new ArrayList<>();
      List<Origin> origins = new ArrayList<>(atlas.origins(settings.runs(), missing, hadoop));
      int all = origins.size();
      origins.removeIf(origin -> !isTestable(origin.run()));
      if (!origins.isEmpty() && origins.size() < all) {
        console.printf(
            "Note: %,d of %,d runs of the atlas are of another model, or saw images prepared in"
                + " another way; they are not tested.%n",
            all - origins.size(), all);
      }
      if (origins.isEmpty()) {
        throw new InputException(
            "`from` "
                + settings.from()
                + " was made from no run of this model whose explanations are still there"
                + (missing.isEmpty() ? "" : " (" + String.join(", ", missing) + " is missing)")
                + "; set `runs` to their folders.");
      }
      String archive = settings.model().file().getFileName().toString();
      HadoopFiles.upload(settings.model().file(), folder.part(archive), hadoop);
      job.describe("measure what the network does without content");
      Map<ViewKey, ViewHabits> habits = habits(atlas, origins, folder, archive);
      job.describe("look for suspects");
      List<Tested> tested = tested(new AtlasReader(spark, atlas), origins, habits);
      CausePairs pairs =
          new CausePairs(
              spark,
              settings.given().get(CausesOptions.IMAGES_PER_FINDING),
              settings.given().get(CausesOptions.CAUSES_SEED));
      int suspects = 0;
      for (Tested one : tested) {
        suspects += one.suspects().size();
        if (!one.suspects().isEmpty()) {
          pairs.add(one.run(), one.view(), one.suspects());
        }
      }
      console.printf(
          "Testing %,d %s on %,d pairs of images%n",
          suspects, suspects == 1 ? "suspect" : "suspects", pairs.size());
      job.describe("test " + suspects + " suspects");
      test(pairs, tested, origins, folder, archive);
      folder.delete(archive);
      job.describe("write tables");
      Map<Cause.Verdict, Integer> verdicts = new EnumMap<>(Cause.Verdict.class);
      write(rows(tested, folder, verdicts), CausesTable.SCHEMA, folder.part(CausesTable.NAME));
      Map<String, Long> problems = problems(folder);
      folder.delete(OUTCOMES);
      Report report = new Report(folder.place(), verdicts, pairs.size(), problems, job.seconds());
      folder.commit(about(job, report));
      return report;
    }
  }

  private List<Tested> tested(
      AtlasReader reader, List<Origin> origins, Map<ViewKey, ViewHabits> habits) {
    Map<String, ExplainedRun> byRun = new HashMap<>();
    ExplainedRun.of(origins).forEach(run -> byRun.put(run.id(), run));
    List<Tested> tested = new ArrayList<>();
    long fewest = settings.given().get(ReportOptions.LEAST_IMAGES);
    for (ViewReport read : reader.read(FromRuns.NOTHING, fewest)) {
      ViewReport view = read.withHabits(habits.getOrDefault(ViewKey.of(read), ViewHabits.UNKNOWN));
      ExplainedRun run = byRun.get(view.view().run());
      if (run != null && layer(view.view().layer().path()) >= 0) {
        tested.add(
            new Tested(
                view, run, Suspects.of(view, settings.given().get(CausesOptions.CAUSES_SEED))));
      }
    }
    return tested;
  }

  /** Measures the habits of all layers, writes them, and says what they mean for each view. */
  private Map<ViewKey, ViewHabits> habits(
      AtlasFolder atlas, List<Origin> origins, ResultFolder folder, String archive)
      throws IOException {
    long seed = settings.given().get(CausesOptions.CAUSES_SEED);
    String listing = LISTING + "-habits";
    Dataset<Row> images =
        OriginImages.placed(
            spark,
            CausePairs.some(spark, origins, HabitStage.IMAGES, seed),
            settings.images(),
            origins,
            folder.part(listing),
            console);
    List<Habits> habits =
        HabitStage.measure(
            images,
            new HabitStage.Plan(
                folder.part(archive),
                settings.model().plan(),
                settings.model().precision(),
                settings.card(),
                settings.given().get(CausesOptions.CAUSES_BATCH),
                OriginImages.limits(origins),
                settings.device()),
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    deleteListings(folder, listing, origins.size());
    List<Row> ofMaps = new ArrayList<>();
    List<Row> ofClasses = new ArrayList<>();
    Map<ViewKey, ViewHabits> views = new HashMap<>();
    for (int l = 0; l < habits.size(); l++) {
      String layer = settings.model().plan().layers().get(l).name();
      ofMaps.addAll(FeatureMapHabitsTable.toRows(layer, habits.get(l)));
      for (ExplainedRun run : ExplainedRun.of(origins)) {
        Map<Integer, Grid> excess = new HashMap<>();
        if (weighsWholeFeatureMaps(atlas.runs().get(run.id()))) {
          for (OfClass one : HabitStage.beyond(spark, run, layer, habits.get(l), seed)) {
            ofClasses.add(ClassHabitsTable.toRow(one));
            excess.put(one.classIndex(), new Grid(one.excess(), one.height(), one.width()));
          }
        }
        views.put(new ViewKey(run.id(), layer), new ViewHabits(habits.get(l).borderMaps(), excess));
      }
    }
    write(ofMaps, FeatureMapHabitsTable.SCHEMA, folder.part(FeatureMapHabitsTable.NAME));
    write(ofClasses, ClassHabitsTable.SCHEMA, folder.part(ClassHabitsTable.NAME));
    return views;
  }

  /** Whether a rule's maps are sums of all feature maps, each with one weight. */
  private static boolean weighsWholeFeatureMaps(AtlasRun run) {
    return !run.method().equals(new LayerCam().name())
        && !run.parameters().containsKey(Rule.FILTERS)
        && new NeuronSelection.All()
            .describe()
            .equals(
                run.parameters().getOrDefault(Rule.NEURONS, new NeuronSelection.All().describe()));
  }

  private void write(List<Row> rows, StructType schema, String path) {
    spark.createDataFrame(rows, schema).coalesce(1).write().parquet(path);
  }

  private static void deleteListings(ResultFolder folder, String name, int origins)
      throws IOException {
    folder.delete(name);
    for (int i = 0; i < origins; i++) {
      folder.delete(name + "-" + i);
    }
  }

  /** Whether a run used this model with the same classes, on images prepared alike. */
  private boolean isTestable(FinishedRun run) {
    return run.modelSha256().equals(settings.model().sha256())
        && run.classes().equals(settings.card().classes())
        && run.preprocessing().equals(settings.card().preprocessing().toString());
  }

  /** The place of a layer in the model's plan; -1 if it is not there. */
  private int layer(String name) {
    return settings.model().plan().layers().stream().map(ProbedLayer::name).toList().indexOf(name);
  }

  private void test(
      CausePairs pairs,
      List<Tested> tested,
      List<Origin> origins,
      ResultFolder folder,
      String archive)
      throws IOException {
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    CauseStage.Plan plan =
        new CauseStage.Plan(
            folder.part(archive),
            settings.model().plan(),
            settings.model().precision(),
            settings.card(),
            tested.stream()
                .map(
                    one ->
                        new CauseStage.Viewed(
                            one.view().view().number(),
                            one.view().view().run(),
                            one.view().view().layer().path(),
                            layer(one.view().view().layer().path()),
                            one.suspects()))
                .toList(),
            settings.given().get(CausesOptions.CAUSES_BATCH),
            OriginImages.limits(origins),
            settings.device(),
            folder.whole());
    Dataset<Row> images =
        OriginImages.placed(
            spark, pairs.images(), settings.images(), origins, folder.part(LISTING), console);
    int parts =
        Math.max(
            Math.min(pairs.size(), 2 * spark.sparkContext().defaultParallelism()),
            (pairs.size() + PAIRS_PER_PARTITION - 1) / PAIRS_PER_PARTITION);
    RunCounters counters = new RunCounters(spark.sparkContext());
    Dataset<Row> outcomes =
        CauseStage.apply(
            pairs.rows(images).repartition(Math.max(1, parts)), plan, hadoop, counters);
    if (pairs.size() > 0) {
      try (Progress progress = new Progress(counters, pairs.size(), console)) {
        outcomes.write().parquet(folder.part(OUTCOMES));
      }
    } else {
      spark.createDataFrame(List.of(), CauseStage.OUTCOME).write().parquet(folder.part(OUTCOMES));
    }
    outcomes(folder)
        .where(col(CauseStage.TRIAL).isNotNull())
        .select(CauseStage.TRIAL + ".*")
        .write()
        .parquet(folder.part(CausesImagesTable.NAME));
    deleteListings(folder, LISTING, origins.size());
  }

  private Dataset<Row> outcomes(ResultFolder folder) {
    return spark.read().schema(CauseStage.OUTCOME).parquet(folder.part(OUTCOMES));
  }

  private Map<String, Long> problems(ResultFolder folder) {
    Map<String, Long> problems = new TreeMap<>();
    outcomes(folder)
        .where(col(CauseStage.PROBLEM).isNotNull())
        .groupBy(CauseStage.PROBLEM)
        .count()
        .collectAsList()
        .forEach(row -> problems.put(row.getString(0), row.getLong(1)));
    return problems;
  }

  /** An image in all states of one test. */
  private static final class States {
    private final Map<TrialState, List<Effect.Said>> said = new EnumMap<>(TrialState.class);

    void add(Trial trial) {
      said.computeIfAbsent(trial.state(), state -> new ArrayList<>())
          .add(
              new Effect.Said(
                  trial.probability(), trial.predictedIndex() == trial.targetIndex() ? 1 : 0));
    }

    /** Whether an image was seen in all states; scores that are not finite are missing. */
    boolean isComplete(boolean withControl) {
      return said.containsKey(TrialState.BEFORE)
          && said.containsKey(TrialState.AFTER)
          && (said.containsKey(TrialState.CONTROL) || !withControl);
    }

    Effect.Outcome outcome() {
      return new Effect.Outcome(
          mean(TrialState.BEFORE), mean(TrialState.AFTER), mean(TrialState.CONTROL));
    }

    private Effect.Said mean(TrialState state) {
      List<Effect.Said> all = said.get(state);
      return all == null
          ? null
          : new Effect.Said(
              all.stream().mapToDouble(Effect.Said::probability).average().orElseThrow(),
              all.stream().mapToDouble(Effect.Said::share).average().orElseThrow());
    }
  }

  private static boolean hasControl(Suspect suspect) {
    return suspect instanceof Suspect.OfPlace of
        ? of.elsewhere().isPresent()
        : !((Suspect.OfFeatureMap) suspect).others().isEmpty();
  }

  private record SuspectKey(String run, String layer, int suspect) {}

  private List<Row> rows(
      List<Tested> tested, ResultFolder folder, Map<Cause.Verdict, Integer> verdicts) {
    Map<SuspectKey, Map<CauseTest, Map<Integer, States>>> found = new HashMap<>();
    Iterator<Row> trials =
        spark.read().parquet(folder.part(CausesImagesTable.NAME)).toLocalIterator();
    while (trials.hasNext()) {
      Trial trial = CausesImagesTable.fromRow(trials.next());
      found
          .computeIfAbsent(
              new SuspectKey(trial.run(), trial.layer(), trial.suspect()),
              key -> new EnumMap<>(CauseTest.class))
          .computeIfAbsent(trial.test(), test -> new TreeMap<>())
          .computeIfAbsent(trial.pair(), pair -> new States())
          .add(trial);
    }
    List<Row> rows = new ArrayList<>();
    for (Tested one : tested) {
      String run = one.view().view().run();
      String layer = one.view().view().layer().path();
      CausesTable.Origin origin =
          new CausesTable.Origin(
              run, one.view().view().model().name(), layer, one.view().view().rule().name());
      for (int i = 0; i < one.suspects().size(); i++) {
        Suspect suspect = one.suspects().get(i);
        List<Effect> effects = new ArrayList<>();
        found
            .getOrDefault(new SuspectKey(run, layer, i), Map.of())
            .forEach(
                (test, pairs) -> {
                  List<Effect.Outcome> outcomes =
                      pairs.values().stream()
                          .filter(states -> states.isComplete(hasControl(suspect)))
                          .map(States::outcome)
                          .toList();
                  if (!outcomes.isEmpty()) {
                    effects.add(Effect.of(test, outcomes));
                  }
                });
        Cause cause = new Cause(suspect, effects, List.of());
        verdicts.merge(cause.verdict(), 1, Integer::sum);
        rows.addAll(CausesTable.toRows(origin, i, name(one.view(), suspect), cause));
      }
    }
    return rows;
  }

  private static String name(ViewReport view, Suspect suspect) {
    return view.classes().stream()
        .filter(one -> one.index() == suspect.classIndex())
        .map(ClassReport::name)
        .findFirst()
        .orElse("");
  }

  /** The contents of {@code causes.json}. */
  private record About(
      String camatlas,
      Map<String, Integer> tables,
      String from,
      String started,
      double seconds,
      Map<Cause.Verdict, Integer> suspects,
      long pairs,
      Map<String, Long> pairsNotUsed,
      Model model,
      Map<String, String> settings,
      EngineVersions versions) {
    private record Model(String name, String sha256) {}
  }

  private About about(JobRun job, Report report) {
    return new About(
        Version.text(),
        Map.of(
            CausesTable.NAME, CausesTable.VERSION,
            CausesImagesTable.NAME, CausesImagesTable.VERSION,
            FeatureMapHabitsTable.NAME, FeatureMapHabitsTable.VERSION,
            ClassHabitsTable.NAME, ClassHabitsTable.VERSION),
        settings.from(),
        job.started().toString(),
        report.seconds(),
        report.verdicts(),
        report.pairs(),
        report.problems(),
        new About.Model(settings.card().name(), settings.model().sha256()),
        settings.given().texts(),
        EngineVersions.here(spark));
  }
}
