package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;

import io.camatlas.causes.Cause;
import io.camatlas.causes.TestedPicture;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.SettingNames;
import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.report.facts.ClassReport.MeanImage;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.MapExample;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.PictureKind;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ReportedView;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Findings;
import io.camatlas.report.findings.Verdict;
import io.camatlas.report.site.ReportSite;
import io.camatlas.report.site.SiteFiles;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Printable;
import io.camatlas.spark.Version;
import io.camatlas.spark.facts.AtlasReader;
import io.camatlas.spark.facts.CausesReader;
import io.camatlas.spark.facts.FaithfulnessReader;
import io.camatlas.spark.facts.FromRuns;
import io.camatlas.spark.facts.RunsReader;
import io.camatlas.spark.facts.StrategiesReader;
import io.camatlas.spark.facts.ViewKey;
import io.camatlas.spark.pages.PageFiles;
import io.camatlas.spark.pages.PictureStage;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ClassAttentionTable;
import io.camatlas.spark.results.ExampleStruct;
import io.camatlas.spark.results.ExplanationRow;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FeatureMapExamplesTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.OriginImages;
import io.camatlas.spark.results.RunName;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Creates the report of an atlas: a site of static pages.
 *
 * <p>Tables come from the atlas. Single images, their maps and distributions come from the runs
 * that it was made from, and pixels from where the images are now. Whatever is gone is left out,
 * and the report says so. The executors read images and write pictures; the driver writes pages.
 */
public final class ReportJob {
  /** The file with every check, for programs. */
  public static final String FINDINGS_JSON = "findings.json";

  /** Images of each class to browse, in a dataset of so many explanations at most. */
  private static final int BROWSED_UNASKED = 100;

  private static final long MOST_BROWSED_UNASKED = 5_000;

  /** Position of a row among those of its kind, from 1. */
  private static final String PLACE = "place";

  /** An image that a feature map responds to, and its path. */
  private static final String EXAMPLE = "example";

  private static final String EXAMPLE_PATH = "example_path";

  /** Most bytes of pictures in a single file; browsers take long to open larger files. */
  private static final long MOST_SINGLE_FILE_BYTES = 64L << 20;

  private final SparkSession spark;
  private final ReportJobSettings settings;
  private final PrintStream console;

  public ReportJob(SparkSession spark, ReportJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job did.
   *
   * @param out where the report is
   * @param pages number of pages written
   * @param pictures number of pictures written
   * @param gone number of images not shown because they are gone or have changed
   * @param verdict the answer to "can I trust it?" about the first view
   * @param findings findings of all views, the worst of the first view first, then of the images
   * @param checks checks of the first view and of the images
   * @param judged whether anything could be said of any class, or of all together
   * @param notes what else could not be shown
   * @param seconds wall time
   */
  public record Report(
      String out,
      int pages,
      long pictures,
      long gone,
      String verdict,
      List<Finding> findings,
      List<Findings.Asked> checks,
      boolean judged,
      List<String> notes,
      double seconds) {}

  /**
   * Checks that the report can be written, before anything else is done.
   *
   * @throws InputException if the folder is not empty and must not be replaced
   */
  public void checkOut() throws IOException {
    open(spark.sparkContext().hadoopConfiguration()).close();
  }

  private ResultFolder open(Configuration hadoop) {
    return ResultFolder.open(
        settings.out(), settings.overwrite(), ResultFolder.REPORT_JSON, hadoop);
  }

  /**
   * Runs the job.
   *
   * @throws InputException if the atlas or a folder cannot be used; in that case nothing has been
   *     written
   */
  public Report run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder = open(hadoop)) {
      AtlasFolder atlas = AtlasFolder.open(settings.from(), hadoop);
      job.expect(atlas.about().size());
      List<String> missing = new ArrayList<>();
      List<Origin> origins = atlas.origins(settings.runs(), missing, hadoop);
      List<String> notes = notes(atlas, origins, missing);
      if (missing.isEmpty() && settings.runs().isEmpty()) {
        noteNewRows(origins, notes, hadoop);
      }
      AtlasReader reader = new AtlasReader(spark, atlas);
      Optional<StrategiesReader> strategies =
          StrategiesReader.open(spark, settings.strategies(), settings.from(), hadoop);
      Gathered gathered =
          origins.isEmpty()
              ? Gathered.NOTHING
              : gather(job, atlas, reader, strategies, origins, folder, hadoop);
      if (!gathered.problems.isEmpty()) {
        notes.add(
            ("%,d of %,d images could not be shown: %s. If the images have moved, set `images` to"
                    + " where they are now.")
                .formatted(
                    gathered.problems.size(),
                    gathered.images,
                    gathered.problems.values().stream()
                        .collect(
                            Collectors.groupingBy(
                                reason -> reason, TreeMap::new, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(entry -> entry.getValue() + " " + plural(entry))
                        .collect(Collectors.joining(", "))));
      }
      job.describe("read the atlas");
      List<ViewReport> views =
          withMore(
              reader.read(gathered.more, settings.given().get(ReportOptions.LEAST_IMAGES)),
              strategies,
              origins,
              hadoop);
      if (views.isEmpty()) {
        throw new InputException("`from` " + settings.from() + " is an atlas without classes.");
      }
      notes.addAll(0, whoseVerdict(views, atlas));
      if (settings.causes().isPresent()) {
        notes.addAll(CausesReader.notes(settings.causes().get(), hadoop));
      }
      ReportedDataset dataset = dataset(job, views, origins, notes);
      ReportSite site = new ReportSite(dataset, views);
      SiteFiles files = new PageFiles(folder, hadoop);
      copyTestedPictures(views, folder, hadoop);
      files.write(
          FINDINGS_JSON,
          ResultJson.text(FindingsJson.of(dataset, views)).getBytes(StandardCharsets.UTF_8));
      int pages = site.write(files);
      if (settings.given().get(ReportOptions.SINGLE_FILE)) {
        int leftOut = site.writeSingleFile(files, MOST_SINGLE_FILE_BYTES);
        if (leftOut > 0) {
          notes.add(
              leftOut == 1
                  ? "1 picture does not fit into the single file."
                  : "%,d pictures do not fit into the single file.".formatted(leftOut));
        }
      }
      folder.delete(SCRATCH);
      Findings first = Findings.of(views.get(0)).and(Findings.of(dataset));
      Report report =
          new Report(
              folder.place(),
              pages,
              gathered.pictures,
              gathered.problems.size(),
              Verdict.of(views.get(0), first).sentence(),
              worstFirst(views, Findings.of(dataset)),
              first.asked(),
              views.stream().anyMatch(Findings::judges),
              List.copyOf(notes),
              job.seconds());
      folder.commit(about(job, report));
      return report;
    }
  }

  private static final String SCRATCH = "_scratch";

  /** How many images of each class can be browsed. */
  private int browsed(Dataset<Row> explanations) {
    int wanted = settings.given().get(ReportOptions.BROWSE);
    if (wanted != ReportOptions.CHOOSE_BROWSED) {
      return wanted;
    }
    return explanations.count() <= MOST_BROWSED_UNASKED ? BROWSED_UNASKED : 0;
  }

  /** The same views with what other jobs found out about them. */
  private List<ViewReport> withMore(
      List<ViewReport> views,
      Optional<StrategiesReader> strategies,
      List<Origin> origins,
      Configuration hadoop)
      throws IOException {
    List<ViewReport> with = views;
    if (strategies.isPresent()) {
      with = strategies.get().applied(with);
    }
    if (settings.causes().isPresent()) {
      with =
          CausesReader.applied(
              with,
              spark,
              settings.causes().get(),
              settings.from(),
              strategies.map(StrategiesReader::identity),
              hadoop);
    }
    if (settings.faithfulness().isPresent()) {
      with =
          FaithfulnessReader.applied(with, origins, spark, settings.faithfulness().get(), hadoop);
    }
    return with;
  }

  /** Copies the pictures that experiments left; executors do it, as there may be thousands. */
  private void copyTestedPictures(List<ViewReport> views, ResultFolder folder, Configuration conf) {
    Map<String, String> places = new LinkedHashMap<>();
    for (ViewReport view : views) {
      for (Cause cause : view.causes()) {
        for (TestedPicture picture : cause.pictures()) {
          places.put(
              new Path(settings.causes().orElseThrow(), picture.file()).toString(),
              folder.part(Pages.tested(picture.file())));
        }
      }
    }
    if (places.isEmpty()) {
      return;
    }
    SerializableConfiguration hadoop = new SerializableConfiguration(conf);
    List<Tuple2<String, String>> copies = new ArrayList<>();
    places.forEach((from, to) -> copies.add(new Tuple2<>(from, to)));
    int parts = Math.min(copies.size(), 2 * spark.sparkContext().defaultParallelism());
    JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(copies, parts)
        .foreach(
            copy -> {
              Path from = new Path(copy._1());
              try (InputStream in = from.getFileSystem(hadoop.value()).open(from)) {
                HadoopFiles.write(new Path(copy._2()), in.readAllBytes(), hadoop.value());
              }
            });
  }

  private static String plural(Map.Entry<String, Long> problem) {
    return problem.getValue() == 1
        ? problem.getKey()
        : problem.getKey().replaceFirst("^has ", "have ");
  }

  /** A run may have gone on since the atlas was made; what is read from it is of other images. */
  private void noteNewRows(List<Origin> origins, List<String> notes, Configuration hadoop)
      throws IOException {
    long gathered = AtlasFolder.record(settings.from(), hadoop).explanations();
    long now = origins.stream().mapToLong(origin -> origin.explanations(spark).count()).sum();
    if (!origins.isEmpty() && now != gathered) {
      notes.add(
          ("The atlas was made of %,d explanations; the runs behind it hold %,d now. Images,"
                  + " failures, pictures and distributions are those of the runs, everything else"
                  + " is the atlas's. Make the atlas again.")
              .formatted(gathered, now));
    }
  }

  /** All findings, worst first; those of the run that the verdict is about before the others. */
  static List<Finding> worstFirst(List<ViewReport> views, Findings ofDataset) {
    List<Finding> findings = new ArrayList<>(ofDataset.worstFirst());
    Map<String, List<ViewReport>> runs = new LinkedHashMap<>();
    views.forEach(
        view -> runs.computeIfAbsent(view.view().run(), any -> new ArrayList<>()).add(view));
    List<Finding> sorted = new ArrayList<>();
    for (List<ViewReport> ofRun : runs.values()) {
      // What is said of predictions is said of each layer.
      Set<String> said = new HashSet<>();
      for (ViewReport view : ofRun) {
        for (Findings.Asked asked : Findings.of(view).asked()) {
          asked
              .findings()
              .filter(one -> !asked.check().isAboutAnswers() || said.add(one.sentence()))
              .forEach(findings::add);
        }
      }
      findings.sort(Finding.WORST_FIRST);
      sorted.addAll(findings);
      findings.clear();
    }
    return sorted;
  }

  /** Which of several runs, rules or layers the verdict is about. */
  private static List<String> whoseVerdict(List<ViewReport> views, AtlasFolder atlas) {
    ReportedView first = views.get(0).view();
    List<String> rules = views.stream().map(view -> view.view().run()).distinct().toList();
    if (rules.size() == 1) {
      return views.size() == 1
          ? List.of()
          : List.of(
              "The atlas holds %d layers. The verdict is about %s. The others have overviews of their own."
                  .formatted(views.size(), first.layer().path()));
    }
    long runs = rules.stream().map(rule -> RunName.parse(rule).run()).distinct().count();
    return List.of(
        "The atlas holds %d %s. The verdict is about the %s: %s (run %s). The others have overviews of their own."
            .formatted(
                rules.size(),
                runs == 1 ? "rules of one run" : "runs or rules of runs",
                runs > 1 && atlas.about().runsEnded().containsKey(first.run())
                    ? "run that was completed last"
                    : "first of them",
                first.title(),
                first.run()));
  }

  private static List<String> notes(AtlasFolder atlas, List<Origin> origins, List<String> missing) {
    List<String> notes = new ArrayList<>();
    atlas.about().unfinished().forEach(run -> notes.add(run.note()));
    Set<String> lost = new TreeSet<>(atlas.runs().keySet());
    origins.forEach(origin -> lost.remove(origin.id()));
    if (!lost.isEmpty() || !missing.isEmpty()) {
      notes.add(
          "The explanations of "
              + (origins.isEmpty() ? "the runs" : "some of the runs")
              + " behind this atlas cannot be read"
              + (missing.isEmpty() ? "" : " (" + String.join(", ", missing) + ")")
              + ", so their single images, distributions and failures are not shown. Set"
              + " `runs` to their folders.");
    }
    return notes;
  }

  /** What comes from the runs. */
  private record Gathered(FromRuns more, Map<String, String> problems, long images, long pictures) {
    static final Gathered NOTHING = new Gathered(FromRuns.NOTHING, Map.of(), 0, 0);
  }

  private Gathered gather(
      JobRun job,
      AtlasFolder atlas,
      AtlasReader reader,
      Optional<StrategiesReader> strategies,
      List<Origin> origins,
      ResultFolder folder,
      Configuration hadoop) {
    Dataset<Row> all = null;
    Map<String, Origin> byRun = new HashMap<>();
    for (Origin origin : origins) {
      byRun.putIfAbsent(origin.id(), origin);
      Dataset<Row> own = origin.explanations(spark).withColumn(AtlasTable.RUN, lit(origin.id()));
      all = all == null ? own : all.unionByName(own);
    }
    Dataset<Row> explanations = all.where(ExplanationsTable.isAsked());
    job.describe("count measurements");
    Map<String, List<Histogram>> histograms = HistogramStage.of(explanations);
    job.describe("choose images");
    String chosenPath = folder.part(SCRATCH + "/chosen");
    int pictures = settings.given().get(ReportOptions.PICTURES);
    ExampleStage.choose(
            explanations,
            atlas.table(spark, ClassAttentionTable.NAME),
            pictures,
            browsed(explanations),
            settings.given().get(ReportOptions.MEAN_IMAGES),
            strategies.map(found -> found.typical(explanations, pictures)))
        .write()
        .parquet(chosenPath);
    Dataset<Row> chosen = spark.read().parquet(chosenPath);
    List<Row> rows = ShownRows.fetch(chosen);
    String examplePath = folder.part(SCRATCH + "/examples");
    exampleImages(reader.examples(), all).write().parquet(examplePath);
    Dataset<Row> examples = spark.read().parquet(examplePath);
    String wantedPath = folder.part(SCRATCH + "/wanted");
    PictureStage.images(wanted(chosen).unionByName(wanted(examples, lit(true), lit(false))))
        .write()
        .parquet(wantedPath);
    Dataset<Row> images = spark.read().parquet(wantedPath);
    long total = images.count();
    job.describe("read " + total + " images");
    console.printf("Reading %,d images for pictures and mean images%n", total);
    PictureStage.Result made =
        PictureStage.run(
            OriginImages.placed(
                spark,
                images,
                settings.images(),
                origins,
                folder.part(SCRATCH + "/listing"),
                console),
            total,
            new PictureStage.Plan(
                folder.whole(),
                settings.given().get(ReportOptions.PICTURE_SIZE),
                OriginImages.limits(origins),
                new SerializableConfiguration(hadoop)),
            folder.part(SCRATCH + "/pictures"));
    Map<String, List<ShownPicture>> shown = new HashMap<>();
    Set<StrategiesReader.Mistaken> mistaken =
        strategies.map(reading -> reading.mistaken(pictures)).orElse(Set.of());
    List<Labelled> elsewhere = new ArrayList<>();
    for (Row row : rows) {
      ViewKey view = ViewKey.of(row);
      int target = row.<Integer>getAs(ExplanationsTable.TARGET_INDEX);
      ShownPicture picture =
          ShownRows.picture(row, made.problems(), byRun.get(row.<String>getAs(AtlasTable.RUN)));
      shown.computeIfAbsent(view.ofClass(target), any -> new ArrayList<>()).add(picture);
      Integer label = row.getAs(ExplanationsTable.LABEL_INDEX);
      if (label != null
          && label != target
          && picture.ranks().containsKey(PictureKind.GROUPED)
          && mistaken.contains(
              new StrategiesReader.Mistaken(
                  view, label, picture.image().id(), picture.image().sha256()))) {
        elsewhere.add(new Labelled(view.ofClass(label), picture));
      }
    }
    // Images of a region are shown with their label's class, whatever they were explained for.
    for (Labelled one : elsewhere) {
      List<ShownPicture> own = shown.computeIfAbsent(one.label, any -> new ArrayList<>());
      if (own.stream().noneMatch(other -> other.id().equals(one.picture.id()))) {
        own.add(one.picture.onlyAs(PictureKind.GROUPED));
      }
    }
    shown.values().forEach(list -> list.sort(PICTURES_IN_ORDER));
    Map<String, MeanImage> means = new HashMap<>();
    for (PictureStage.Mean mean : made.means()) {
      means.put(mean.run() + "\n" + mean.targetIndex(), new MeanImage(mean.images(), mean.jpeg()));
    }
    return new Gathered(
        new FromRuns(shown, histograms, means, exampleMaker(examples, made.problems())),
        made.problems(),
        total,
        made.pictures());
  }

  /** A picture, and the class of its label in its view. */
  private record Labelled(String label, ShownPicture picture) {}

  /** The order on the page: by the first reason, then by position. */
  private static final Comparator<ShownPicture> PICTURES_IN_ORDER =
      Comparator.<ShownPicture, PictureKind>comparing(
              picture -> picture.ranks().keySet().iterator().next())
          .thenComparing(picture -> picture.ranks().values().iterator().next())
          .thenComparing(picture -> picture.image().id());

  private static Dataset<Row> wanted(Dataset<Row> chosen) {
    return wanted(chosen, ExampleStage.isShown(), col(ExampleStage.SAMPLE).isNotNull());
  }

  private static Dataset<Row> wanted(Dataset<Row> rows, Column shown, Column averaged) {
    return rows.select(
        col(ExplanationsTable.IMAGE_ID),
        col(ExplanationsTable.PATH),
        col(ExplanationsTable.SHA256),
        col(ExplanationsTable.VIEW),
        col(ExplanationsTable.INPUT_HEIGHT),
        col(ExplanationsTable.INPUT_WIDTH),
        col(AtlasTable.RUN),
        col(ExplanationsTable.TARGET_INDEX),
        shown.as(PictureStage.SHOWN),
        averaged.as(PictureStage.AVERAGED));
  }

  /** One explanation of each image that is an example of a feature map. */
  private static Dataset<Row> exampleImages(Dataset<Row> examples, Dataset<Row> explanations) {
    Dataset<Row> names =
        examples
            .select(col(AtlasTable.RUN), explode(col(FeatureMapExamplesTable.EXAMPLES)).as(EXAMPLE))
            .select(
                col(AtlasTable.RUN),
                col(EXAMPLE).getField(ExampleStruct.IMAGE_ID).as(ExplanationsTable.IMAGE_ID),
                col(EXAMPLE).getField(ExampleStruct.PATH).as(EXAMPLE_PATH))
            .distinct();
    Dataset<Row> found =
        explanations
            .select(
                AtlasTable.RUN,
                ExplanationsTable.IMAGE_ID,
                ExplanationsTable.PATH,
                ExplanationsTable.SHA256,
                ExplanationsTable.VIEW,
                ExplanationsTable.INPUT_HEIGHT,
                ExplanationsTable.INPUT_WIDTH,
                ExplanationsTable.WIDTH,
                ExplanationsTable.HEIGHT,
                ExplanationsTable.LABEL,
                ExplanationsTable.LABELS,
                ExplanationsTable.PREDICTED_LABELS,
                ExplanationsTable.TARGET_INDEX)
            .join(names, new String[] {AtlasTable.RUN, ExplanationsTable.IMAGE_ID}, "inner")
            .where(col(ExplanationsTable.PATH).eqNullSafe(col(EXAMPLE_PATH)))
            .drop(EXAMPLE_PATH);
    return found
        .withColumn(
            PLACE,
            row_number()
                .over(
                    Window.partitionBy(
                            AtlasTable.RUN, ExplanationsTable.IMAGE_ID, ExplanationsTable.PATH)
                        .orderBy(ExplanationsTable.TARGET_INDEX, ExplanationsTable.SHA256)))
        .where(col(PLACE).equalTo(1))
        .drop(PLACE);
  }

  /** An image of a run; two images with the same name differ in their path. */
  private record ImageKey(String run, String imageId, String path) {}

  private static FromRuns.ExampleMaker exampleMaker(
      Dataset<Row> examples, Map<String, String> problems) {
    Map<ImageKey, ExplanationRow> known = new HashMap<>();
    for (Row row : examples.collectAsList()) {
      ExplanationRow image = ExplanationRow.of(row);
      String path = Objects.requireNonNullElse(image.path(), "");
      known.put(new ImageKey(row.getAs(AtlasTable.RUN), image.imageId(), path), image);
    }
    return (view, example, mapHeight, mapWidth) -> {
      ExplanationRow image = known.get(new ImageKey(view.run(), example.imageId(), example.path()));
      if (image == null) {
        return FromRuns.bare(example);
      }
      String sha256 = image.sha256();
      return new MapExample(
          example.imageId(),
          example.path(),
          problems.containsKey(sha256) ? Optional.empty() : Optional.of(Pages.image(sha256)),
          image.width(),
          image.height(),
          Optional.of(
              Grid.cell(example.row(), example.column(), mapHeight, mapWidth, image.view())),
          example.value(),
          image.labelText());
    };
  }

  private ReportedDataset dataset(
      JobRun job, List<ViewReport> views, List<Origin> origins, List<String> notes) {
    job.describe("count failures");
    RunsReader.Counted counted = RunsReader.read(spark, origins);
    RunsReader.runs(origins).forEach(run -> noteWrongLabels(run, notes));
    String model = views.get(0).view().model().name();
    return new ReportedDataset(
        settings.given().optional(ReportOptions.TITLE).orElse("What " + model + " looks at"),
        Version.text(),
        job.started().toString(),
        counted.sources(),
        counted.failures(),
        notes.stream().map(SettingNames::plain).toList());
  }

  /** Such images count as unlabelled, which must not go unnoticed beside an accuracy. */
  private void noteWrongLabels(FinishedRun run, List<String> notes) {
    if (run.mayHaveSeveralLabels()) {
      return;
    }
    Row wrong =
        spark
            .read()
            .parquet(run.explanations())
            .where(ExplanationsTable.isLabelledWrongly(run.classes()))
            .agg(count_distinct(col(ExplanationsTable.IMAGE_ID)), min(col(ExplanationsTable.LABEL)))
            .first();
    if (wrong.getLong(0) > 0) {
      notes.add(
          ("%,d %s a label that is no class of the model, such as '%s'; in accuracy, calibration"
                  + " and groups, they count as images without a label.")
              .formatted(
                  wrong.getLong(0),
                  wrong.getLong(0) == 1 ? "image has" : "images have",
                  Printable.of(wrong.getString(1))));
    }
  }

  /** The contents of {@code report.json}. */
  private record About(
      String camatlas,
      String started,
      double seconds,
      String from,
      int pages,
      long pictures,
      long imagesGone,
      String verdict,
      List<String> findings,
      List<String> notes,
      Map<String, String> settings) {}

  private About about(JobRun job, Report report) {
    return new About(
        Version.text(),
        job.started().toString(),
        report.seconds(),
        settings.from(),
        report.pages(),
        report.pictures(),
        report.gone(),
        report.verdict(),
        report.findings().stream().map(Finding::sentence).toList(),
        report.notes().stream().map(SettingNames::plain).toList(),
        settings.given().texts());
  }
}
