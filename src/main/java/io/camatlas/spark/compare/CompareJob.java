package io.camatlas.spark.compare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import io.camatlas.compare.CommonGrid;
import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedKind;
import io.camatlas.compare.Difference;
import io.camatlas.compare.TwoSamples.Side;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.SettingNames;
import io.camatlas.localize.Region;
import io.camatlas.report.Numbers;
import io.camatlas.report.compared.Comparison;
import io.camatlas.report.compared.Comparison.Changed;
import io.camatlas.report.compared.Comparison.Counts;
import io.camatlas.report.compared.Comparison.Labels;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.compared.Comparison.ShownImage;
import io.camatlas.report.compared.ComparisonFindings;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.SliceReport.Trait;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.site.ComparisonSite;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Version;
import io.camatlas.spark.compare.CompareStage.Reading;
import io.camatlas.spark.pages.PageFiles;
import io.camatlas.spark.results.ComparisonClassesTable;
import io.camatlas.spark.results.ComparisonClassesTable.Name;
import io.camatlas.spark.results.ComparisonImagesTable;
import io.camatlas.spark.results.ComparisonImagesTable.Kept;
import io.camatlas.spark.results.ComparisonTable;
import io.camatlas.spark.results.ComparisonTable.Compared;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.RunRecord.EngineVersions;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapGroupsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Compares two audits: two models on one dataset, one model on two datasets, two layers, two dates.
 * Writes the tables {@code comparison}, {@code comparison_classes} and {@code comparison_images}, a
 * report, {@code findings.json} and {@code comparison.json}.
 *
 * <p>Rows are read once. Images that both saw with the same bytes are compared in pairs.
 */
public final class CompareJob {
  /** The file with every finding, for programs. */
  public static final String FINDINGS_JSON = "findings.json";

  private static final String SCRATCH = "_scratch";

  /** A row holds a map and all feature maps. */
  private static final int ROWS_AT_ONCE = 256;

  /** A class of so many rows is spread over several tasks. */
  private static final long ROWS_A_BUCKET = 5_000;

  /** Rises, and falls, of each class and kind that pages show, where each class has many. */
  private static final int SHOWN = 20;

  private static final StructType STATE =
      new StructType()
          .add(CompareStage.CLASS_INDEX, DataTypes.IntegerType, false)
          .add(CompareStage.STATE, DataTypes.BinaryType, false);

  /**
   * Feature maps of one number are taken for the same if their mean shares correlate like this;
   * those of networks that were trained apart hardly do.
   */
  private static final double ALIKE = 0.7;

  private static final String RANKED = "rank_in_class";

  private final SparkSession spark;
  private final CompareJobSettings settings;
  private final PrintStream console;

  public CompareJob(SparkSession spark, CompareJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job found.
   *
   * @param out where the results are
   * @param comparison what was compared
   * @param findings what deserves attention
   * @param seconds wall time
   */
  public record Report(
      String out, Comparison comparison, ComparisonFindings findings, double seconds) {}

  /**
   * What only the state of all classes knows.
   *
   * @param isAlike whether both use feature maps so alike that those of one number may be compared
   * @param labels how many images have labels
   * @param labelledOnce images of both whose label only the first knows
   * @param withLabelledOnce images of both whose label only the second knows
   * @param mapsCountTwice whether feature maps are known of more explanations than images, so that
   *     they are compared within classes only
   */
  private record Together(
      boolean isAlike,
      Labels labels,
      long labelledOnce,
      long withLabelledOnce,
      boolean mapsCountTwice) {}

  /** What the first row of a side tells of all. */
  private record Shape(int featureMaps, int height, int width) {}

  /**
   * Runs the job.
   *
   * @throws InputException if an audit or the folder cannot be used; nothing has been written then
   */
  public Report run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    settings.from().requireRows(spark, CompareOptions.FROM.name());
    settings.with().requireRows(spark, CompareOptions.WITH.name());
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder =
            ResultFolder.open(
                settings.out(),
                settings.given().get(ExplainOptions.OVERWRITE),
                ResultFolder.COMPARISON_JSON,
                hadoop)) {
      job.readAtOnce(ROWS_AT_ONCE);
      ComparedClasses classes =
          ComparedClasses.of(settings.from().run().classes(), settings.with().run().classes());
      Shape from = shape(Side.FROM);
      Shape with = shape(Side.WITH);
      boolean featureMaps =
          from.featureMaps == with.featureMaps
              && settings.from().rule().weighsFeatureMaps()
              && settings.with().rule().weighsFeatureMaps()
              && settings.from().layer().equals(settings.with().layer());
      CommonGrid grid = CommonGrid.of(from.height, from.width, with.height, with.width);
      long rows =
          settings.from().explanations(spark).count() + settings.with().explanations(spark).count();
      job.expect(rows);
      job.describe("bring " + rows + " explanations together");
      console.printf(
          "Comparing %s with %s: %,d explanations%n",
          settings.label(Side.WITH), settings.label(Side.FROM), rows);
      Dataset<Row> found = gather(classes, featureMaps, grid, folder, hadoop);
      job.describe("compare classes");
      Together together = compare(states(found, folder), classes, grid, folder);
      List<Kept> kept = kept(found, classes, folder);
      Comparison bare = comparison(classes, grid, featureMaps, together, folder);
      ComparisonFindings findings = ComparisonFindings.of(bare);
      job.describe("read pictures");
      Comparison comparison =
          bare.withPictures(pictures(bare, kept, findings, classes, folder, hadoop));
      ComparisonSite site =
          new ComparisonSite(comparison, findings, Version.text(), job.started().toString());
      PageFiles files = new PageFiles(folder, hadoop);
      int pages = site.write(files);
      files.write(
          FINDINGS_JSON,
          ResultJson.text(ComparisonJson.of(comparison, findings))
              .getBytes(StandardCharsets.UTF_8));
      folder.delete(SCRATCH);
      Report report = new Report(folder.place(), comparison, findings, job.seconds());
      folder.commit(about(job, report, pages));
      return report;
    }
  }

  private Shape shape(Side side) {
    List<Row> first =
        settings
            .of(side)
            .explanations(spark)
            .select(
                ExplanationsTable.WEIGHTS,
                ExplanationsTable.MAP_HEIGHT,
                ExplanationsTable.MAP_WIDTH)
            .limit(1)
            .collectAsList();
    if (first.isEmpty()) {
      throw new InputException(
          "`"
              + side.of(CompareOptions.FROM, CompareOptions.WITH).name()
              + "` "
              + settings.of(side).path()
              + " has no explanations: every image failed. See its table failures.");
    }
    return new Shape(
        first.get(0).getList(0).size(), first.get(0).getInt(1), first.get(0).getInt(2));
  }

  /** Reads both sides once; returns rows of {@link CompareStage#FOUND}. */
  private Dataset<Row> gather(
      ComparedClasses classes,
      boolean featureMaps,
      CommonGrid grid,
      ResultFolder folder,
      Configuration hadoop)
      throws IOException {
    Map<Side, ScoredMaps> scored = scored(hadoop);
    Broadcast<CompareStage.Paired> paired =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(
                CompareStage.paired(
                    settings.from().explanations(spark), settings.with().explanations(spark)));
    int most = 2 * Integer.parseInt(spark.conf().get("spark.sql.shuffle.partitions"));
    long[] counts = counts(classes);
    int[] buckets = Arrays.stream(counts).mapToInt(count -> buckets(count, most)).toArray();
    int ofAll = buckets(Arrays.stream(counts).sum(), most);
    Dataset<Row> rows = null;
    for (Side side : Side.values()) {
      Reading reading =
          new Reading(
              side,
              side.of(classes.ofFrom(), classes.ofWith()),
              buckets,
              ofAll,
              paired,
              featureMaps,
              grid);
      Dataset<Row> own = CompareStage.rows(settings.of(side).explanations(spark), reading);
      if (scored.containsKey(side)) {
        own = own.unionByName(CompareStage.scored(scored.get(side).rows(spark), reading));
      }
      rows = rows == null ? own : rows.unionByName(own);
    }
    String place = folder.part(SCRATCH + "/found");
    CompareStage.gathered(rows, settings.given().get(CompareOptions.PICTURES))
        .write()
        .parquet(place);
    return spark.read().schema(CompareStage.FOUND).parquet(place);
  }

  private static int buckets(long rows, int most) {
    return (int) Math.max(1, Math.min(most, rows / ROWS_A_BUCKET));
  }

  /** Explanations of each class, of both sides. */
  private long[] counts(ComparedClasses classes) {
    long[] counts = new long[classes.names().size()];
    for (Side side : Side.values()) {
      int[] common = side.of(classes.ofFrom(), classes.ofWith());
      settings
          .of(side)
          .explanations(spark)
          .groupBy(ExplanationsTable.TARGET_INDEX)
          .count()
          .collectAsList()
          .forEach(row -> counts[common[row.getInt(0)]] += row.getLong(1));
    }
    return counts;
  }

  /** Maps of each side that faithfulness scored; empty if they were not given. */
  private Map<Side, ScoredMaps> scored(Configuration hadoop) throws IOException {
    Map<Side, ScoredMaps> scored = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      Optional<String> place = settings.faithfulness(side);
      if (place.isPresent()) {
        scored.put(side, ScoredMaps.open(settings, side, place.get(), hadoop));
      }
    }
    if (scored.size() == 2) {
      scored.get(Side.FROM).requireSameSettings(scored.get(Side.WITH));
    }
    return scored;
  }

  /** One state for each class. */
  private Dataset<Row> states(Dataset<Row> found, ResultFolder folder) {
    MapFunction<Row, Integer> key = row -> row.getInt(0);
    MapGroupsFunction<Integer, Row, Row> merge =
        (index, parts) -> {
          ComparedClass state = ComparedClass.KIND.read(parts.next().getAs(1));
          while (parts.hasNext()) {
            state.merge(ComparedClass.KIND.read(parts.next().getAs(1)));
          }
          return RowFactory.create(index, ComparedClass.KIND.write(state));
        };
    String place = folder.part(SCRATCH + "/states");
    found
        .where(col(CompareStage.STATE).isNotNull())
        .select(CompareStage.CLASS_INDEX, CompareStage.STATE)
        .groupByKey(key, Encoders.INT())
        .mapGroups(merge, Encoders.row(STATE))
        .write()
        .parquet(place);
    return spark.read().schema(STATE).parquet(place);
  }

  /** Writes the tables of numbers and of classes. */
  private Together compare(
      Dataset<Row> states, ComparedClasses classes, CommonGrid grid, ResultFolder folder) {
    Dataset<Row> ofClasses =
        states.where(col(CompareStage.CLASS_INDEX).notEqual(ComparedClasses.ALL));
    JavaRDD<byte[]> evidence =
        ofClasses
            .javaRDD()
            .map(
                row ->
                    ComparedClass.KIND.write(
                        ComparedClass.KIND.read(row.<byte[]>getAs(1)).evidence()));
    ComparedClass all =
        ComparedClass.KIND.read(
            states
                .where(col(CompareStage.CLASS_INDEX).equalTo(ComparedClasses.ALL))
                .first()
                .<byte[]>getAs(1));
    all.merge(ComparedClass.KIND.read(evidence.treeReduce(CompareJob::merged)));
    Dataset<Row> everything =
        ofClasses.unionByName(
            spark.createDataFrame(
                List.of(RowFactory.create(ComparedClasses.ALL, ComparedClass.KIND.write(all))),
                STATE));
    ComparedClass.Totals totals = all.totals();
    boolean sameGrid = grid.isOfBoth();
    long images = all.images(Side.FROM);
    long withImages = all.images(Side.WITH);
    AtomicBoolean mapsCountTwice = new AtomicBoolean();
    all.changes(
        Optional.empty(),
        change -> {
          if (change.kind() == ComparedKind.FEATURE_MAP
              && change.countsImagesTwice(images, withImages)) {
            mapsCountTwice.set(true);
          }
        });
    FlatMapFunction<Row, Row> changes =
        row -> {
          List<Row> found = new ArrayList<>();
          Name name = classes.name(row.getInt(0));
          ComparedClass.KIND
              .read(row.getAs(1))
              .changes(
                  name.index() == null ? Optional.empty() : Optional.of(totals),
                  change -> {
                    boolean ofImages =
                        name.index() != null || !change.countsImagesTwice(images, withImages);
                    if (ofImages && (sameGrid || change.isOfAnyGrid())) {
                      found.add(ComparisonTable.toRow(name.name(), name.index(), change));
                    }
                  });
          return found.iterator();
        };
    ComparisonTable.corrected(
            everything.flatMap(changes, Encoders.row(ComparisonTable.UNCORRECTED)))
        .write()
        .parquet(folder.part(ComparisonTable.NAME));
    MapFunction<Row, Row> ofClass =
        row ->
            ComparisonClassesTable.toRow(
                classes.name(row.getInt(0)),
                ComparedClass.KIND.read(row.getAs(1)),
                grid.height(),
                grid.width());
    everything
        .map(ofClass, Encoders.row(ComparisonClassesTable.SCHEMA))
        .coalesce(1)
        .write()
        .parquet(folder.part(ComparisonClassesTable.NAME));
    boolean sameModel =
        settings.from().run().modelSha256().equals(settings.with().run().modelSha256());
    return new Together(
        sameModel || all.featureMapsAlike().orElse(0.0) >= ALIKE,
        new Labels(all.labelled(Side.FROM), all.labelled(Side.WITH)),
        all.labelledOnlyIn(Side.FROM),
        all.labelledOnlyIn(Side.WITH),
        mapsCountTwice.get());
  }

  private static byte[] merged(byte[] one, byte[] other) {
    ComparedClass state = ComparedClass.KIND.read(one);
    state.merge(ComparedClass.KIND.read(other));
    return ComparedClass.KIND.write(state);
  }

  /** Writes the table of images, and returns them, first those that show most. */
  private List<Kept> kept(Dataset<Row> found, ComparedClasses classes, ResultFolder folder) {
    List<Row> rows = new ArrayList<>();
    List<Kept> images = new ArrayList<>();
    found
        .where(col(CompareStage.REASON).isNotNull())
        .withColumn(
            RANKED,
            row_number()
                .over(
                    Window.partitionBy(CompareStage.CLASS_INDEX, CompareStage.REASON)
                        .orderBy(col(CompareStage.AMOUNT).desc(), col(CompareStage.SHA256))))
        .where(col(RANKED).leq(settings.given().get(CompareOptions.PICTURES)))
        .orderBy(CompareStage.CLASS_INDEX, CompareStage.REASON, RANKED)
        .collectAsList()
        .forEach(
            row -> {
              Kept image =
                  new Kept(
                      row.getAs(CompareStage.CLASS_INDEX),
                      row.getAs(CompareStage.REASON),
                      row.getAs(CompareStage.AMOUNT),
                      row.getAs(CompareStage.SHA256),
                      row.getAs(CompareStage.FROM_ID),
                      row.getAs(CompareStage.WITH_ID));
              images.add(image);
              rows.add(
                  ComparisonImagesTable.toRow(
                      classes.name(image.classIndex()).name(), row.getAs(RANKED), image));
            });
    spark
        .createDataFrame(rows, ComparisonImagesTable.SCHEMA)
        .coalesce(1)
        .write()
        .parquet(folder.part(ComparisonImagesTable.NAME));
    return images;
  }

  /** What pages show of each class: what moved, and where findings say that more attention lies. */
  private Map<Integer, List<ShownImage>> pictures(
      Comparison bare,
      List<Kept> kept,
      ComparisonFindings findings,
      ComparedClasses classes,
      ResultFolder folder,
      Configuration hadoop) {
    int most = settings.given().get(CompareOptions.PICTURES);
    Map<Integer, List<Kept>> wanted = new LinkedHashMap<>();
    kept.stream()
        .filter(Kept::isInBoth)
        .forEach(image -> add(wanted, image.classIndex(), List.of(image)));
    for (Finding finding : findings.worstFirst()) {
      for (Region region : Region.values()) {
        if (region.boxes().equals(finding.place()) && isOfOwnImages(bare, finding, region)) {
          add(
              wanted,
              finding.classIndex(),
              kept.stream()
                  .filter(image -> image.reason().equals(region.text()))
                  .filter(
                      image ->
                          finding.classIndex() == ComparedClasses.ALL
                              || finding.classIndex() == image.classIndex())
                  .sorted(Comparator.comparingDouble(Kept::amount).reversed())
                  .limit(most)
                  .toList());
        }
      }
    }
    Map<Kept, ShownImage> shown =
        new ShownPictures(spark, settings, console)
            .read(
                wanted.values().stream().flatMap(List::stream).distinct().toList(),
                classes,
                folder,
                hadoop);
    Map<Integer, List<ShownImage>> pictures = new HashMap<>();
    wanted.forEach(
        (index, images) -> pictures.put(index, images.stream().map(shown::get).toList()));
    return pictures;
  }

  /** Whether images that only the second has show what a finding says: more attention there. */
  private static boolean isOfOwnImages(Comparison bare, Finding finding, Region region) {
    return Stream.concat(Stream.of(bare.all()), bare.classes().stream())
        .filter(one -> one.index() == finding.classIndex())
        .flatMap(one -> one.change(ComparedKind.REGION, region.text()).stream())
        .anyMatch(
            change -> change.gap() > 0 && (change.isOfRest() || change.difference().pairs() == 0));
  }

  private static void add(Map<Integer, List<Kept>> wanted, int index, List<Kept> images) {
    wanted.computeIfAbsent(index, any -> new ArrayList<>()).addAll(images);
  }

  private Comparison comparison(
      ComparedClasses classes,
      CommonGrid grid,
      boolean featureMaps,
      Together together,
      ResultFolder folder) {
    Dataset<Row> table = spark.read().parquet(folder.part(ComparisonTable.NAME));
    Map<Integer, ComparisonClassesTable.OfClass> known = new TreeMap<>();
    spark
        .read()
        .parquet(folder.part(ComparisonClassesTable.NAME))
        .collectAsList()
        .forEach(
            row -> {
              ComparisonClassesTable.OfClass one = ComparisonClassesTable.fromRow(row);
              known.put(one.index(), one);
            });
    Map<Integer, List<Changed>> changes = new HashMap<>();
    // Fewer are not tested.
    int fewest = Math.max(Difference.FEWEST, settings.given().get(ReportOptions.LEAST_IMAGES));
    for (Row row : ComparisonTable.shown(table, SHOWN, fewest).collectAsList()) {
      Compared one = ComparisonTable.fromRow(row);
      changes
          .computeIfAbsent(one.classIndex(), any -> new ArrayList<>())
          .add(changed(one, known.get(one.classIndex()).restIsItsOwn(one.kind())));
    }
    changes.values().forEach(list -> list.sort(Changed.IN_ORDER));
    List<OfClass> found =
        known.values().stream()
            .map(one -> ofClass(one, changes))
            .filter(one -> !one.isAll())
            .toList();
    OfClass all = ofClass(known.get(ComparedClasses.ALL), changes);
    List<Counts> counts =
        ComparisonTable.counts(table).collectAsList().stream()
            .map(ComparisonTable.Counts::of)
            .map(one -> new Counts(ComparedKind.of(one.kind()), one.tested(), one.changed()))
            .toList();
    return new Comparison(
        audit(Side.FROM),
        audit(Side.WITH),
        all,
        found,
        together.labels,
        counts,
        featureMaps && together.isAlike,
        fewest,
        notes(classes, grid, featureMaps, together, all));
  }

  private static Changed changed(Compared one, boolean restIsItsOwn) {
    return new Changed(
        one.kind(),
        one.measure(),
        one.featureMap(),
        one.trait().map(name -> new Trait(one.isOfPicture(), name, one.value())),
        one.difference(),
        one.q(),
        restIsItsOwn);
  }

  private static OfClass ofClass(
      ComparisonClassesTable.OfClass one, Map<Integer, List<Changed>> changes) {
    return new OfClass(
        one.index(),
        one.name(),
        one.images(),
        one.withImages(),
        one.pairs(),
        one.meanMap().map(values -> new Grid(values, one.mapHeight(), one.mapWidth())),
        one.withMeanMap().map(values -> new Grid(values, one.mapHeight(), one.mapWidth())),
        one.moved(),
        changes.getOrDefault(one.index(), List.of()),
        List.of());
  }

  private Comparison.Audit audit(Side side) {
    ComparedSide own = settings.of(side);
    FinishedRun run = own.run();
    return new Comparison.Audit(
        settings.label(side),
        run.folder(),
        run.model(),
        run.modelSha256(),
        own.layer(),
        own.method(),
        run.preprocessing(),
        run.started());
  }

  private List<String> notes(
      ComparedClasses classes,
      CommonGrid grid,
      boolean featureMaps,
      Together together,
      OfClass all) {
    List<String> notes = new ArrayList<>();
    FinishedRun from = settings.from().run();
    FinishedRun with = settings.with().run();
    String first = settings.label(Side.FROM);
    String second = settings.label(Side.WITH);
    int fromOnly = from.classes().size() - classes.common();
    int withOnly = with.classes().size() - classes.common();
    if (fromOnly > 0 || withOnly > 0) {
      notes.add(
          "Both have %s; %,d more in %s only, and %,d in %s only."
              .formatted(
                  Numbers.countOf(classes.common(), "class", "classes"),
                  fromOnly,
                  first,
                  withOnly,
                  second));
    }
    notes.add(
        all.pairs() == 0
            ? "No image is in both with the same bytes, so the two are compared as separate samples."
            : "%s in both with the same bytes, compared in pairs; %,d in %s only, and %,d in %s only."
                .formatted(
                    Numbers.countOf(all.pairs(), "image is", "images are"),
                    all.images() - all.pairs(),
                    first,
                    all.withImages() - all.pairs(),
                    second));
    long others = all.images() + all.withImages() - 2 * all.pairs();
    if (all.pairs() >= Difference.FEWEST
        && others > 0
        && Math.min(all.images(), all.withImages()) - all.pairs() < Difference.FEWEST) {
      notes.add(
          "Numbers are of the images in both, as the two do not each have %d or more of their own; mean maps are of all images."
              .formatted(Difference.FEWEST));
    }
    for (Side side : Side.values()) {
      long once = side.of(together.labelledOnce, together.withLabelledOnce);
      if (once > 0) {
        notes.add(
            "%s in both %s a label in %s only, as a label counts only where it is one of the model's classes. Whether %s predicted right is not compared."
                .formatted(
                    Numbers.countOf(once, "image", "images"),
                    once == 1 ? "has" : "have",
                    settings.label(side),
                    once == 1 ? "it is" : "they are"));
      }
      long known = side.of(together.labels.images(), together.labels.withImages());
      long images = side.of(all.images(), all.withImages());
      if (known > 0 && known < images) {
        notes.add(
            "Of %s in %s, %,d %s a label that is one of the model's classes; accuracy is of %s."
                .formatted(
                    Numbers.countOf(images, "image", "images"),
                    settings.label(side),
                    known,
                    known == 1 ? "has" : "have",
                    known == 1 ? "this one" : "these"));
      }
    }
    if (!from.preprocessing().equals(with.preprocessing()) || !from.input().equals(with.input())) {
      notes.add(
          "The two prepare pictures differently, so places are in what each network saw, which may"
              + " be another part of the picture.");
    }
    if (!settings.from().method().equals(settings.with().method())) {
      notes.add(
          "The maps are made by different methods (%s and %s), which differ on one network, too."
              .formatted(settings.from().method(), settings.with().method()));
    }
    List<String> differences = settings.from().settingsUnlike(settings.with());
    if (!differences.isEmpty()) {
      notes.add(
          "The maps are made with different settings, which matter on one network, too: %s."
              .formatted(String.join("; ", differences)));
    }
    if (!grid.isOfBoth()) {
      notes.add(
          "Maps of the two have different sizes. They are compared on the coarser grid; entropy, Gini"
              + " coefficient and number of parts, which depend on the size, are left out.");
    }
    if (!featureMaps) {
      notes.add(
          "Feature maps are not compared: the layers differ, or have different numbers of them, or a"
              + " method weighs none.");
    } else if (!together.isAlike) {
      notes.add(
          "Feature maps of one number have little in common in the two models, as after separate"
              + " training, so nothing is concluded from them.");
    } else if (together.mapsCountTwice) {
      notes.add(
          "Several classes of an image were explained, so feature maps are compared within each class"
              + " and not over all.");
    }
    return notes;
  }

  /** The contents of {@code comparison.json}. */
  private record About(
      String camatlas,
      Map<String, Integer> tables,
      String started,
      double seconds,
      Comparison.Audit from,
      Comparison.Audit with,
      long images,
      long withImages,
      long pairs,
      int pages,
      String verdict,
      List<String> findings,
      List<String> notes,
      Map<String, String> settings,
      EngineVersions versions) {}

  private About about(JobRun job, Report report, int pages) {
    Comparison comparison = report.comparison();
    return new About(
        Version.text(),
        new TreeMap<>(
            Map.of(
                ComparisonTable.NAME,
                ComparisonTable.VERSION,
                ComparisonClassesTable.NAME,
                ComparisonClassesTable.VERSION,
                ComparisonImagesTable.NAME,
                ComparisonImagesTable.VERSION)),
        job.started().toString(),
        report.seconds(),
        comparison.from(),
        comparison.with(),
        comparison.all().images(),
        comparison.all().withImages(),
        comparison.all().pairs(),
        pages,
        report.findings().verdict(comparison),
        report.findings().worstFirst().stream().map(Finding::sentence).toList(),
        comparison.notes().stream().map(SettingNames::plain).toList(),
        settings.given().texts(),
        EngineVersions.here(spark));
  }
}
