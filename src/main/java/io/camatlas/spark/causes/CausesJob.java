package io.camatlas.spark.causes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import io.camatlas.cam.LayerCam;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.Smoothed;
import io.camatlas.causes.Cause;
import io.camatlas.causes.Habits;
import io.camatlas.causes.Suspect;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.ReportOptions;
import io.camatlas.explain.Rule;
import io.camatlas.model.ProbedLayer;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.PicturesCompared;
import io.camatlas.report.facts.ViewHabits;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.InPictures;
import io.camatlas.report.findings.Suspects;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Version;
import io.camatlas.spark.executor.Progress;
import io.camatlas.spark.executor.RunCounters;
import io.camatlas.spark.facts.AtlasReader;
import io.camatlas.spark.facts.FromRuns;
import io.camatlas.spark.facts.StrategiesReader;
import io.camatlas.spark.facts.ViewKey;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.AtlasRun;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ClassHabitsTable;
import io.camatlas.spark.results.ClassHabitsTable.OfClass;
import io.camatlas.spark.results.ExplainedRun;
import io.camatlas.spark.results.FeatureMapHabitsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.OriginImages;
import io.camatlas.spark.results.PicturesComparedTable;
import io.camatlas.spark.results.RunRecord.EngineVersions;
import io.camatlas.spark.results.RunRule;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Tests on the network what an atlas makes suspect: places in which maps are dense, and feature
 * maps that carry a class. Writes the tables {@code causes} and {@code causes_images}, pictures of
 * a few images, what is known of habits and of comparisons, and {@code causes.json}.
 */
public final class CausesJob {
  /** Rules that weigh single neurons. */
  private static final Set<String> OF_NEURONS =
      Set.of(new LayerCam().name(), new Smoothed(new LayerCam(), NoisePlan.NONE).name());

  private static final String OUTCOMES = "outcomes";
  private static final String OUTCOMES_AGAIN = "outcomes-again";
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
   * @param verdicts number of suspects by verdict, second parts left out
   * @param second what the search for second parts found
   * @param pairs number of pairs of images that were to be tested
   * @param problems pairs that could not be used, counted by reason
   * @param notCompared pictures that could not be read again to be compared with others
   * @param seconds wall time
   */
  public record Report(
      String out,
      Map<Cause.Verdict, Integer> verdicts,
      SecondParts second,
      long pairs,
      Map<String, Long> problems,
      NotCompared notCompared,
      double seconds) {
    /**
     * Pictures that are gone, have changed or cannot be decoded.
     *
     * @param forPatterns of those among which patterns were looked for
     * @param forRepeats of those among which repeats were looked for, in the view with most of them
     */
    public record NotCompared(long forPatterns, long forRepeats) {}

    /**
     * What the search for second parts found.
     *
     * @param classes classes, of all views, in whose images a second part was looked for
     * @param standOut those whose second parts turn many more images than those of others
     */
    public record SecondParts(long classes, long standOut) {}

    /** Number of suspects tested. */
    public int suspects() {
      return verdicts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

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
      job.expect(atlas.about().size());
      String atlasSha256 = AtlasFolder.identity(settings.from(), hadoop);
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
      if (!origins.isEmpty() && !missing.isEmpty()) {
        console.printf(
            "Note: explanations of %,d of the atlas's runs are not where they were (%s); they are not"
                + " tested. Set `runs` to their folders.%n",
            missing.size(), String.join(", ", missing));
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
      Optional<StrategiesReader> strategies =
          StrategiesReader.open(spark, settings.strategies(), settings.from(), hadoop);
      List<TestedView> tested =
          tested(new AtlasReader(spark, atlas), strategies, origins, habits, folder);
      long searched =
          tested.stream()
              .flatMap(one -> one.suspects().stream())
              .filter(Suspect.OfSecondPart.class::isInstance)
              .count();
      CausePairs pairs =
          new CausePairs(
              spark,
              settings.given().get(CausesOptions.IMAGES_PER_FINDING),
              settings.given().get(CausesOptions.CAUSES_SEED),
              searched);
      for (TestedView one : tested) {
        if (!one.suspects().isEmpty()) {
          pairs.add(
              one.run(), one.view(), one.suspects(), strategies.map(StrategiesReader::images));
        }
      }
      long suspects = tested.stream().mapToLong(one -> one.suspects().size()).sum() - searched;
      console.printf(
          "Testing %,d %s, and second parts of %,d %s, on %,d pairs of images%n",
          suspects,
          suspects == 1 ? "suspect" : "suspects",
          searched,
          searched == 1 ? "class" : "classes",
          pairs.size());
      if (patterns.leftOut() > 0) {
        console.printf(
            "Note: pictures of most classes are alike in the middle, each class in its own way; that"
                + " is taken for their objects, and what %,d %s there is not tested%n",
            patterns.leftOut(), patterns.leftOut() == 1 ? "class shows" : "classes show");
      }
      if (leftOut > 0) {
        console.printf(
            "Note: %,d more %s less and %s not tested; `%s` is %,d%n",
            leftOut,
            leftOut == 1 ? "suspect stands out" : "suspects stand out",
            leftOut == 1 ? "is" : "are",
            CausesOptions.MOST_SUSPECTS.name(),
            settings.given().get(CausesOptions.MOST_SUSPECTS));
      }
      job.describe("test " + suspects + " suspects and " + searched + " classes");
      List<JudgedSuspect> judged = test(pairs, tested, origins, folder, archive);
      folder.delete(archive);
      job.describe("write tables");
      Map<Cause.Verdict, Integer> verdicts = new EnumMap<>(Cause.Verdict.class);
      long standOut = 0;
      for (JudgedSuspect one : judged) {
        if (!(one.cause().suspect() instanceof Suspect.OfSecondPart)) {
          verdicts.merge(one.cause().verdict(), 1, Integer::sum);
        } else if (one.cause().verdict() == Cause.Verdict.CONFIRMED) {
          standOut++;
        }
      }
      write(
          judged.stream().flatMap(one -> one.rows().stream()).toList(),
          CausesTable.SCHEMA,
          folder.part(CausesTable.NAME));
      Map<String, Long> problems = problems(folder);
      folder.delete(OUTCOMES);
      folder.delete(OUTCOMES_AGAIN);
      Report report =
          new Report(
              folder.place(),
              verdicts,
              new Report.SecondParts(searched, standOut),
              pairs.size(),
              problems,
              new Report.NotCompared(patterns.missing(), repeats.missing()),
              job.seconds());
      folder.commit(about(job, report, atlasSha256, strategies.map(StrategiesReader::identity)));
      return report;
    }
  }

  /** Suspects that are not tested, as others stand out more. */
  private int leftOut;

  private PatternStage.Patterns patterns = PatternStage.Patterns.NONE;
  private RepeatStage.Repeated repeats = RepeatStage.Repeated.NONE;

  private List<TestedView> tested(
      AtlasReader reader,
      Optional<StrategiesReader> strategies,
      List<Origin> origins,
      Map<ViewKey, ViewHabits> habits,
      ResultFolder folder)
      throws IOException {
    Map<String, ExplainedRun> byRun = new HashMap<>();
    ExplainedRun.of(origins).forEach(run -> byRun.put(run.id(), run));
    Map<Integer, ExplainedRun> runs = new HashMap<>();
    List<ViewReport> views = new ArrayList<>();
    long fewest = settings.given().get(ReportOptions.LEAST_IMAGES);
    List<ViewReport> all = reader.read(FromRuns.NOTHING, fewest);
    for (ViewReport read : strategies.map(found -> found.applied(all)).orElse(all)) {
      ExplainedRun run = byRun.get(read.view().run());
      if (run != null && layer(read.view().layer().path()) >= 0) {
        views.add(read.withHabits(habits.getOrDefault(ViewKey.of(read), ViewHabits.UNKNOWN)));
        runs.put(read.view().number(), run);
      }
    }
    List<Row> compared = new ArrayList<>();
    if (settings.given().get(CausesOptions.IMAGES_PER_FINDING) > 0) {
      patterns = patterns(origins, folder);
      repeats = repeats(views, runs, origins, folder);
      views.forEach(view -> compared.addAll(compared(view)));
    }
    write(compared, PicturesComparedTable.SCHEMA, folder.part(PicturesComparedTable.NAME));
    List<TestedView> tested = new ArrayList<>();
    for (ViewReport view : views) {
      int number = view.view().number();
      Suspects suspects =
          Suspects.of(
              view,
              new InPictures(patterns.byClass(), repeats.byView().getOrDefault(number, List.of())),
              settings.given().get(CausesOptions.CAUSES_SEED),
              settings.given().get(CausesOptions.MOST_SUSPECTS));
      leftOut += suspects.leftOut();
      tested.add(new TestedView(view, runs.get(number), suspects.tested()));
    }
    return tested;
  }

  /** How the pictures of a view's classes were compared, as rows of their table. */
  private List<Row> compared(ViewReport view) {
    Set<Integer> forRepeats = Set.copyOf(RepeatStage.classes(view));
    // Where there is room for all classes, those that are missing have too few images.
    boolean room = forRepeats.size() < PicturesCompared.CLASSES;
    return view.classes().stream()
        .map(
            one ->
                new PicturesComparedTable.OfClass(
                    view.view().run(),
                    view.view().layer().path(),
                    one.index(),
                    new PicturesCompared(
                        patterns.of(one.index()),
                        Optional.of(repeats.of(view.view().number(), one.index()))
                            .filter(any -> room || forRepeats.contains(one.index())))))
        .map(PicturesComparedTable::toRow)
        .toList();
  }

  /** Classes whose maps mark the same thing, by view. */
  private RepeatStage.Repeated repeats(
      List<ViewReport> views,
      Map<Integer, ExplainedRun> runs,
      List<Origin> origins,
      ResultFolder folder)
      throws IOException {
    List<Row> peaks = new ArrayList<>();
    for (ViewReport view : views) {
      peaks.addAll(
          RepeatStage.peaks(
              spark,
              runs.get(view.view().number()),
              view,
              settings.given().get(CausesOptions.CAUSES_SEED)));
    }
    if (peaks.isEmpty()) {
      return RepeatStage.Repeated.NONE;
    }
    String listing = LISTING + "-repeats";
    RepeatStage.Repeated found =
        RepeatStage.find(
            OriginImages.placed(
                spark,
                RepeatStage.table(spark, peaks),
                settings.images(),
                origins,
                folder.part(listing),
                console),
            new RepeatStage.Plan(settings.card().preprocessing(), OriginImages.limits(origins)),
            2 * spark.sparkContext().defaultParallelism(),
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    deleteListings(folder, listing, origins.size());
    return found;
  }

  /** What the pictures of classes have in common, whatever their maps mark. */
  private PatternStage.Patterns patterns(List<Origin> origins, ResultFolder folder)
      throws IOException {
    int wanted = settings.given().get(CausesOptions.IMAGES_PER_FINDING);
    String listing = LISTING + "-patterns";
    String gathered = "gathered-patterns";
    long seed = settings.given().get(CausesOptions.CAUSES_SEED);
    Dataset<Row> images =
        OriginImages.placed(
            spark,
            PatternStage.pictures(spark, origins, wanted, seed),
            settings.images(),
            origins,
            folder.part(listing),
            console);
    PatternStage.Patterns found =
        PatternStage.find(
            spark,
            images,
            new PatternStage.Plan(
                settings.card().preprocessing(),
                settings.model().plan().input(),
                OriginImages.limits(origins)),
            folder.part(gathered),
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    folder.delete(gathered);
    deleteListings(folder, listing, origins.size());
    return found;
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
    if (habits.isEmpty()) {
      console.printf(
          "Note: the model fails on pictures without content, so that what its layers do at the border"
              + " is not known, and not taken off the maps%n");
    }
    List<Row> ofMaps = new ArrayList<>();
    List<Row> ofClasses = new ArrayList<>();
    Map<ViewKey, ViewHabits> views = new HashMap<>();
    for (int l = 0; l < habits.size(); l++) {
      if (settings.model().plan().layers().get(l).isInput()) {
        continue; // A colour is no feature map.
      }
      String layer = settings.model().plan().layers().get(l).name();
      ofMaps.addAll(FeatureMapHabitsTable.toRows(layer, habits.get(l)));
      for (ExplainedRun run : ExplainedRun.of(origins)) {
        Map<Integer, Grid> excess = new HashMap<>();
        if (weighsWholeFeatureMaps(atlas.runs().get(run.id()))) {
          for (OfClass one : HabitStage.beyond(spark, run, layer, habits.get(l), seed)) {
            ofClasses.add(ClassHabitsTable.toRow(one));
            excess.put(
                one.classIndex(),
                new Grid(one.excess(), one.height(), one.width()).within(Grid.MOST_SHOWN));
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
    return new RunRule(run.method(), run.parameters()).weighsFeatureMaps()
        && !OF_NEURONS.contains(run.method())
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
        && run.answersAs(settings.card())
        && run.preprocessing().equals(settings.card().preprocessing().toString());
  }

  /** The place of a layer in the model's plan; -1 if it is not there. */
  private int layer(String name) {
    return settings.model().plan().layers().stream().map(ProbedLayer::name).toList().indexOf(name);
  }

  /** Runs all experiments, writes each trial, and judges the suspects. */
  private List<JudgedSuspect> test(
      CausePairs pairs,
      List<TestedView> tested,
      List<Origin> origins,
      ResultFolder folder,
      String archive)
      throws IOException {
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
            folder.whole(),
            false);
    Dataset<Row> images =
        OriginImages.placed(
            spark, pairs.images(), settings.images(), origins, folder.part(LISTING), console);
    RunCounters counters = new RunCounters(spark.sparkContext());
    if (pairs.size() == 0) {
      spark.createDataFrame(List.of(), CauseStage.OUTCOME).write().parquet(folder.part(OUTCOMES));
    } else {
      try (Progress progress = new Progress(counters, pairs.size(), console)) {
        show(pairs.rows(images), pairs.size(), plan, counters, folder.part(OUTCOMES));
      }
    }
    List<JudgedSuspect> judged = JudgedSuspect.all(pairs, tested, trials(folder, OUTCOMES));
    List<Row> telling = judged.stream().flatMap(one -> one.telling().stream()).toList();
    Dataset<Row> trials = trials(folder, OUTCOMES);
    if (!telling.isEmpty()) {
      // Of second parts, only pictures that tell something are kept; which do, is known only now.
      Dataset<Row> chosen = spark.createDataFrame(telling, CausePairs.KEY);
      show(
          pairs.rows(images).join(broadcast(chosen), CausePairs.keys(), "left_semi"),
          telling.size(),
          plan.keepingAll(),
          new RunCounters(spark.sparkContext()),
          folder.part(OUTCOMES_AGAIN));
      String[] same = {
        CausesImagesTable.RUN,
        CausesImagesTable.LAYER,
        CausesImagesTable.SUSPECT,
        CausesImagesTable.PAIR
      };
      Dataset<Row> again = trials(folder, OUTCOMES_AGAIN);
      trials = trials.join(broadcast(again.select(columns(same)).distinct()), same, "left_anti");
      trials = trials.unionByName(again);
    }
    trials
        .select(columns(CausesImagesTable.SCHEMA.fieldNames()))
        .write()
        .parquet(folder.part(CausesImagesTable.NAME));
    deleteListings(folder, LISTING, origins.size());
    return judged;
  }

  private static Column[] columns(String[] names) {
    return Stream.of(names).map(functions::col).toArray(Column[]::new);
  }

  private void show(
      Dataset<Row> pairs, int number, CauseStage.Plan plan, RunCounters counters, String place) {
    int parts =
        Math.max(
            Math.min(number, 2 * spark.sparkContext().defaultParallelism()),
            (number + PAIRS_PER_PARTITION - 1) / PAIRS_PER_PARTITION);
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    CauseStage.apply(pairs.repartition(parts), plan, hadoop, counters).write().parquet(place);
  }

  private Dataset<Row> trials(ResultFolder folder, String outcomes) {
    return spark
        .read()
        .schema(CauseStage.OUTCOME)
        .parquet(folder.part(outcomes))
        .where(col(CauseStage.TRIAL).isNotNull())
        .select(CauseStage.TRIAL + ".*");
  }

  private Map<String, Long> problems(ResultFolder folder) {
    Map<String, Long> problems = new TreeMap<>();
    spark
        .read()
        .schema(CauseStage.OUTCOME)
        .parquet(folder.part(OUTCOMES))
        .where(col(CauseStage.PROBLEM).isNotNull())
        .dropDuplicates(
            Stream.concat(Stream.of(CauseStage.PROBLEM), Stream.of(CausePairs.keys()))
                .toArray(String[]::new))
        .groupBy(CauseStage.PROBLEM)
        .count()
        .collectAsList()
        .forEach(row -> problems.put(row.getString(0), row.getLong(1)));
    return problems;
  }

  /** The contents of {@code causes.json}. */
  private record About(
      String camatlas,
      Map<String, Integer> tables,
      String from,
      String atlasSha256,
      String strategiesSha256,
      String started,
      double seconds,
      Map<Cause.Verdict, Integer> suspects,
      int suspectsLeftOut,
      long patternsLeftOut,
      Report.SecondParts secondParts,
      long pairs,
      Map<String, Long> pairsNotUsed,
      Report.NotCompared picturesNotCompared,
      Model model,
      Map<String, String> settings,
      EngineVersions versions) {
    private record Model(String name, String sha256) {}
  }

  private About about(JobRun job, Report report, String atlasSha256, Optional<String> strategies) {
    return new About(
        Version.text(),
        Map.of(
            CausesTable.NAME, CausesTable.VERSION,
            CausesImagesTable.NAME, CausesImagesTable.VERSION,
            FeatureMapHabitsTable.NAME, FeatureMapHabitsTable.VERSION,
            ClassHabitsTable.NAME, ClassHabitsTable.VERSION,
            PicturesComparedTable.NAME, PicturesComparedTable.VERSION),
        settings.from(),
        atlasSha256,
        strategies.orElse(null),
        job.started().toString(),
        report.seconds(),
        report.verdicts(),
        leftOut,
        patterns.leftOut(),
        report.second(),
        report.pairs(),
        report.problems(),
        report.notCompared(),
        new About.Model(settings.card().name(), settings.model().sha256()),
        settings.given().texts(),
        EngineVersions.here(spark));
  }
}
