package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import io.camatlas.config.ReportOptions;
import io.camatlas.config.SettingNames;
import io.camatlas.image.Box;
import io.camatlas.image.DecodeLimits;
import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.report.facts.ClassReport.MeanImage;
import io.camatlas.report.facts.FailureGroup;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.MapExample;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.PictureKind;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Findings;
import io.camatlas.report.site.ReportSite;
import io.camatlas.report.site.SiteFiles;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Version;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Makes the report of an atlas: a site of static pages.
 *
 * <p>Tables come from the atlas. Single images, their maps and distributions come from the runs
 * that it was made of, and pixels from where the images lie; what is gone is left out, and the
 * report says so. The executors read images and write pictures; the driver fills pages.
 */
public final class ReportJob {
  /** Images that a feature map's page shows for each reason. */
  static final int EXAMPLES_OF_MAP = 12;

  /** Images that a class's page shows for each of its feature maps. */
  static final int EXAMPLES_OF_CLASS = 4;

  private static final int FAILURES_SHOWN = 200;

  /** Pictures that a single file holds: browsers take longer to open more. */
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
   * @param pages written
   * @param pictures written
   * @param gone images that are not shown because they are gone or have changed
   * @param findings of all views, the worst of the first view first, as plain sentences
   * @param notes what else could not be shown
   * @param seconds wall time
   */
  public record Report(
      String out,
      int pages,
      long pictures,
      long gone,
      List<String> findings,
      List<String> notes,
      double seconds) {}

  /**
   * Checks that the report can be written, before anything else is done.
   *
   * @throws InputException if something is there that must not be replaced
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
   * @throws InputException if the atlas or a folder cannot be used; nothing has been written then
   */
  public Report run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder = open(hadoop)) {
      AtlasFolder atlas = AtlasFolder.open(settings.from(), hadoop);
      List<String> missing = new ArrayList<>();
      List<Origin> origins = atlas.origins(settings.runs(), missing, hadoop);
      List<String> notes = notes(atlas, origins, missing);
      AtlasReader reader = new AtlasReader(spark, atlas);
      Gathered gathered =
          origins.isEmpty()
              ? Gathered.NOTHING
              : gather(job, atlas, reader, origins, folder, hadoop);
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
      List<ViewReport> views = reader.read(gathered.more);
      if (views.isEmpty()) {
        throw new InputException("`from` " + settings.from() + " is an atlas without classes.");
      }
      ReportedDataset dataset = dataset(job, views, origins, notes);
      ReportSite site = new ReportSite(dataset, views);
      SiteFiles files = files(folder, hadoop);
      int pages = site.write(files);
      if (settings.given().get(ReportOptions.SINGLE_FILE)) {
        int leftOut = site.writeSingleFile(files, MOST_SINGLE_FILE_BYTES);
        if (leftOut > 0) {
          notes.add("%,d pictures do not fit into the single file.".formatted(leftOut));
        }
      }
      folder.delete(SCRATCH);
      Report report =
          new Report(
              folder.place(),
              pages,
              gathered.pictures,
              gathered.problems.size(),
              views.stream()
                  .flatMap(view -> Findings.of(view).worstFirst().stream())
                  .map(finding -> finding.sentence())
                  .toList(),
              List.copyOf(notes),
              job.seconds());
      folder.commit(about(job, report));
      return report;
    }
  }

  private static final String SCRATCH = "_scratch";

  private static String plural(Map.Entry<String, Long> problem) {
    return problem.getValue() == 1
        ? problem.getKey()
        : problem.getKey().replaceFirst("^has ", "have ");
  }

  private static List<String> notes(AtlasFolder atlas, List<Origin> origins, List<String> missing) {
    List<String> notes = new ArrayList<>();
    Set<String> lost = new TreeSet<>(atlas.runs().keySet());
    origins.forEach(origin -> lost.remove(origin.id()));
    if (!lost.isEmpty() || !missing.isEmpty()) {
      notes.add(
          "The explanations of "
              + (origins.isEmpty() ? "the runs" : "some of the runs")
              + " behind this atlas were not found"
              + (missing.isEmpty() ? "" : " (" + String.join(", ", missing) + ")")
              + ", so their single images, distributions and failures are not shown. Set"
              + " `runs` to their folders.");
    }
    return notes;
  }

  /** What comes from the runs. */
  private record Gathered(
      AtlasReader.FromRuns more, Map<String, String> problems, long images, long pictures) {
    static final Gathered NOTHING =
        new Gathered(
            new AtlasReader.FromRuns(
                Map.of(), Map.of(), Map.of(), (view, example, height, width) -> bare(example)),
            Map.of(),
            0,
            0);
  }

  /** An example of which nothing is known but what the atlas says. */
  private static MapExample bare(Row example) {
    Fields fields = new Fields(example);
    return new MapExample(
        fields.text("image_id"),
        fields.text("path"),
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        fields.number("value"),
        "");
  }

  private Gathered gather(
      JobRun job,
      AtlasFolder atlas,
      AtlasReader reader,
      List<Origin> origins,
      ResultFolder folder,
      Configuration hadoop) {
    Dataset<Row> explanations = null;
    Map<String, Origin> byRun = new HashMap<>();
    for (Origin origin : origins) {
      byRun.putIfAbsent(origin.id(), origin);
      Dataset<Row> own = origin.explanations(spark).withColumn("run", lit(origin.id()));
      explanations = explanations == null ? own : explanations.unionByName(own);
    }
    job.describe("count measurements");
    Map<String, List<Histogram>> histograms = HistogramStage.of(explanations);
    job.describe("choose images");
    String chosenPath = folder.part(SCRATCH + "/chosen");
    ExampleStage.choose(
            explanations,
            atlas.table(spark, "class_attention"),
            settings.given().get(ReportOptions.PICTURES),
            settings.given().get(ReportOptions.MEAN_IMAGES))
        .write()
        .parquet(chosenPath);
    Dataset<Row> chosen = spark.read().parquet(chosenPath);
    List<Row> rows = ShownRows.fetch(chosen);
    String examplePath = folder.part(SCRATCH + "/examples");
    exampleImages(reader.examples(), explanations).write().parquet(examplePath);
    Dataset<Row> examples = spark.read().parquet(examplePath);
    String wantedPath = folder.part(SCRATCH + "/wanted");
    PictureStage.images(wanted(chosen).unionByName(wanted(examples, "true", "false")))
        .write()
        .parquet(wantedPath);
    Dataset<Row> images = spark.read().parquet(wantedPath);
    long total = images.count();
    job.describe("read " + total + " images");
    console.printf("Reading %,d images for pictures and mean images%n", total);
    PictureStage.Result pictures =
        PictureStage.run(
            placed(images, origins, folder),
            total,
            new PictureStage.Plan(
                folder.whole(),
                settings.given().get(ReportOptions.PICTURE_SIZE),
                limits(origins),
                new SerializableConfiguration(hadoop)),
            folder.part(SCRATCH + "/pictures"));
    Map<String, List<ShownPicture>> shown = new HashMap<>();
    for (Row row : rows) {
      shown
          .computeIfAbsent(
              ViewKey.of(row).ofClass(row.getAs("target_index")), any -> new ArrayList<>())
          .add(ShownRows.picture(row, pictures.problems(), byRun.get(row.<String>getAs("run"))));
    }
    shown.values().forEach(list -> list.sort(PICTURES_IN_ORDER));
    Map<String, MeanImage> means = new HashMap<>();
    for (Row row : pictures.means()) {
      means.put(
          row.getAs("run") + "\n" + row.getAs("target_index"),
          new MeanImage(row.getAs("images"), row.getAs("jpeg")));
    }
    return new Gathered(
        new AtlasReader.FromRuns(
            shown, histograms, means, exampleMaker(examples, pictures.problems())),
        pictures.problems(),
        total,
        pictures.pictures());
  }

  /** In the order of the page: by the first reason, then by place. */
  private static final Comparator<ShownPicture> PICTURES_IN_ORDER =
      Comparator.<ShownPicture, PictureKind>comparing(
              picture -> picture.ranks().keySet().iterator().next())
          .thenComparing(picture -> picture.ranks().values().iterator().next())
          .thenComparing(picture -> picture.image().id());

  private Dataset<Row> wanted(Dataset<Row> chosen) {
    String shown =
        java.util.Arrays.stream(PictureKind.values())
            .map(kind -> kind.word() + " IS NOT NULL")
            .collect(Collectors.joining(" OR "));
    return wanted(chosen, shown, ExampleStage.SAMPLE + " IS NOT NULL");
  }

  private static Dataset<Row> wanted(Dataset<Row> rows, String shown, String averaged) {
    return rows.selectExpr(
        "image_id",
        "path",
        "sha256",
        "view",
        "input_height",
        "input_width",
        "run",
        "target_index",
        "(" + shown + ") AS shown",
        "(" + averaged + ") AS averaged");
  }

  /** One explanation of each image that is an example of a feature map. */
  private static Dataset<Row> exampleImages(Dataset<Row> examples, Dataset<Row> explanations) {
    Dataset<Row> names =
        examples
            .selectExpr("run", "explode(examples) AS example")
            .selectExpr("run", "example.image_id AS image_id", "example.path AS example_path")
            .distinct();
    Dataset<Row> found =
        explanations
            .select(
                "run",
                "image_id",
                "path",
                "sha256",
                "view",
                "input_height",
                "input_width",
                "width",
                "height",
                "label",
                "target_index")
            .join(names, new String[] {"run", "image_id"}, "inner")
            .where("path <=> example_path")
            .drop("example_path");
    return found
        .withColumn(
            "place",
            row_number()
                .over(
                    Window.partitionBy("run", "image_id", "path")
                        .orderBy("target_index", "sha256")))
        .where("place = 1")
        .drop("place");
  }

  private static AtlasReader.ExampleMaker exampleMaker(
      Dataset<Row> examples, Map<String, String> problems) {
    Map<List<String>, Row> known = new HashMap<>();
    for (Row row :
        examples
            .select("run", "image_id", "path", "sha256", "view", "width", "height", "label")
            .collectAsList()) {
      Fields fields = new Fields(row);
      known.put(List.of(fields.text("run"), fields.text("image_id"), fields.text("path")), row);
    }
    return (view, example, mapHeight, mapWidth) -> {
      Fields fields = new Fields(example);
      Row row = known.get(List.of(view.run(), fields.text("image_id"), fields.text("path")));
      if (row == null) {
        return bare(example);
      }
      Fields image = new Fields(row);
      String sha256 = image.text("sha256");
      Box seen = ImagesTable.box(row.getAs("view"));
      return new MapExample(
          fields.text("image_id"),
          fields.text("path"),
          problems.containsKey(sha256) ? Optional.empty() : Optional.of(Pages.image(sha256)),
          row.getAs("width"),
          row.getAs("height"),
          Optional.of(
              Grid.cell(fields.index("row"), fields.index("column"), mapHeight, mapWidth, seen)),
          fields.number("value"),
          image.text("label"));
    };
  }

  /** What a run could read, its report can. */
  private static DecodeLimits limits(List<Origin> origins) {
    long pixels = DecodeLimits.DEFAULT.maxPixels();
    long bytes = DecodeLimits.DEFAULT.maxBytes();
    for (Origin origin : origins) {
      Map<String, String> given = origin.run().settings();
      pixels = Math.max(pixels, Long.parseLong(given.getOrDefault("max-pixels", "0")));
      bytes = Math.max(bytes, Long.parseLong(given.getOrDefault("max-bytes", "0")));
    }
    return new DecodeLimits(pixels, bytes);
  }

  /** Where images are now: where the user says, else where they lay, else in their runs' tables. */
  private Dataset<Row> placed(Dataset<Row> images, List<Origin> origins, ResultFolder folder) {
    if (settings.images().isPresent()) {
      return OriginalImages.among(
          spark, images, settings.images().get(), folder.part(SCRATCH + "/listing"));
    }
    Dataset<Row> found =
        images
            .where("path IS NOT NULL")
            .withColumn("content", lit(null).cast(DataTypes.BinaryType));
    Dataset<Row> left = images.where("path IS NULL");
    List<String> sources =
        origins.stream()
            .map(origin -> origin.run().settings().getOrDefault("images", ""))
            .filter(source -> !source.isEmpty())
            .distinct()
            .toList();
    for (int i = 0; i < sources.size() && !left.isEmpty(); i++) {
      try {
        Dataset<Row> placed =
            OriginalImages.among(
                spark, left, sources.get(i), folder.part(SCRATCH + "/listing-" + i));
        found = found.unionByName(placed.where("path IS NOT NULL OR content IS NOT NULL"));
        left = placed.where("path IS NULL AND content IS NULL").drop("content");
      } catch (InputException gone) {
        // Then so are its images, which is told of each.
        console.println("Note: " + gone.getMessage());
      }
    }
    return found.unionByName(left.withColumn("content", lit(null).cast(DataTypes.BinaryType)));
  }

  private ReportedDataset dataset(
      JobRun job, List<ViewReport> views, List<Origin> origins, List<String> notes) {
    job.describe("count failures");
    Map<String, Origin> byPlace = new TreeMap<>();
    origins.forEach(origin -> byPlace.put(origin.run().explanations(), origin));
    Map<String, Long> counts = new LinkedHashMap<>();
    Map<String, List<FailureGroup.Failed>> shown = new HashMap<>();
    List<ReportedDataset.Source> sources = new ArrayList<>();
    for (Origin origin : byPlace.values()) {
      FinishedRun run = origin.run();
      Dataset<Row> failures = spark.read().parquet(run.failures());
      long failed = 0;
      for (Row row :
          failures
              .groupBy("stage", "reason")
              .agg(count(lit(1)).as("n"))
              .orderBy("stage", "reason")
              .collectAsList()) {
        counts.merge(row.getString(0) + "\n" + row.getString(1), row.getLong(2), Long::sum);
        failed += row.getLong(2);
      }
      if (failed > 0) {
        addFailures(failures, shown);
      }
      long explained =
          spark.read().parquet(run.explanations()).select("image_id").distinct().count();
      sources.add(
          new ReportedDataset.Source(
              run.id(),
              run.settings().getOrDefault("images", ""),
              run.folder(),
              run.started(),
              explained + failed,
              failed));
    }
    List<FailureGroup> groups =
        counts.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map(
                entry -> {
                  String[] key = entry.getKey().split("\n", 2);
                  return new FailureGroup(
                      key[0],
                      key[1],
                      entry.getValue(),
                      shown.getOrDefault(entry.getKey(), List.of()));
                })
            .toList();
    String model = views.get(0).view().model().name();
    return new ReportedDataset(
        settings.given().optional(ReportOptions.TITLE).orElse("What " + model + " looks at"),
        Version.text(),
        job.started().toString(),
        sources,
        groups,
        notes.stream().map(SettingNames::plain).toList());
  }

  private static void addFailures(
      Dataset<Row> failures, Map<String, List<FailureGroup.Failed>> shown) {
    for (Row row :
        failures
            .withColumn(
                "place",
                row_number().over(Window.partitionBy("stage", "reason").orderBy("image_id")))
            .where(col("place").leq(FAILURES_SHOWN))
            .orderBy("stage", "reason", "place")
            .collectAsList()) {
      Fields fields = new Fields(row);
      List<FailureGroup.Failed> group =
          shown.computeIfAbsent(
              fields.text("stage") + "\n" + fields.text("reason"), any -> new ArrayList<>());
      if (group.size() < FAILURES_SHOWN) {
        group.add(
            new FailureGroup.Failed(
                fields.text("image_id"),
                fields.text("path"),
                fields.text("label"),
                fields.text("detail")));
      }
    }
  }

  private static SiteFiles files(ResultFolder folder, Configuration hadoop) {
    return new SiteFiles() {
      @Override
      public void write(String name, byte[] bytes) throws IOException {
        ResultFolder.write(new Path(folder.part(name)), bytes, hadoop);
      }

      @Override
      public byte[] read(String name) throws IOException {
        Path path = new Path(folder.part(name));
        try (InputStream in = path.getFileSystem(hadoop).open(path)) {
          return in.readAllBytes();
        }
      }
    };
  }

  /** What {@code report.json} says. */
  private record About(
      String camatlas,
      String started,
      double seconds,
      String from,
      int pages,
      long pictures,
      long imagesGone,
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
        report.findings(),
        report.notes().stream().map(SettingNames::plain).toList(),
        settings.given().texts());
  }
}
