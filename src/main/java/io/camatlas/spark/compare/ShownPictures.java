package io.camatlas.spark.compare;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.lit;

import io.camatlas.compare.TwoSamples.Side;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.ReportOptions;
import io.camatlas.image.Box;
import io.camatlas.localize.Region;
import io.camatlas.report.compared.Comparison.Seen;
import io.camatlas.report.compared.Comparison.ShownImage;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.Pages;
import io.camatlas.spark.facts.MapRows;
import io.camatlas.spark.pages.PictureStage;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ComparisonImagesTable.Kept;
import io.camatlas.spark.results.ExplanationRow;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.OriginImages;
import io.camatlas.spark.storage.ResultFolder;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Pictures of the images that show what differs, with what the audits saw in them. */
final class ShownPictures {
  private static final String SCRATCH = "_scratch/";

  /** What names a row of explanations. */
  private static final String[] KEY = {
    ExplanationsTable.SHA256, ExplanationsTable.IMAGE_ID, ExplanationsTable.TARGET_INDEX
  };

  private static final StructType KEYS =
      new StructType()
          .add(ExplanationsTable.SHA256, DataTypes.StringType, false)
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType, false)
          .add(ExplanationsTable.TARGET_INDEX, DataTypes.IntegerType, false);

  private final SparkSession spark;
  private final CompareJobSettings settings;
  private final PrintStream console;

  ShownPictures(SparkSession spark, CompareJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  private record Key(String sha256, String id, int target) {
    static Key of(ExplanationRow row) {
      return new Key(row.sha256(), row.imageId(), row.targetIndex());
    }
  }

  /** Writes pictures into the folder; returns what is shown of each image that is still there. */
  Map<Kept, ShownImage> read(
      List<Kept> images, ComparedClasses classes, ResultFolder folder, Configuration hadoop) {
    List<Kept> both = images.stream().filter(Kept::isInBoth).toList();
    List<Kept> second = images.stream().filter(image -> !image.isInBoth()).toList();
    Map<Key, ExplanationRow> from = new HashMap<>();
    Map<Key, ExplanationRow> with = new HashMap<>();
    Map<String, String> problems = new HashMap<>();
    if (!both.isEmpty()) {
      Dataset<Row> rows = rows(Side.FROM, keys(both, Side.FROM, classes));
      collect(rows, from);
      problems.putAll(pictures(rows, Side.FROM, folder, hadoop));
    }
    if (!images.isEmpty()) {
      collect(rows(Side.WITH, keys(images, Side.WITH, classes)), with);
    }
    if (!second.isEmpty()) {
      Dataset<Row> rows = rows(Side.WITH, keys(second, Side.WITH, classes));
      problems.putAll(pictures(rows, Side.WITH, folder, hadoop));
    }
    Map<Kept, ShownImage> found = new HashMap<>();
    for (Kept image : images) {
      ExplanationRow other = with.get(key(image, Side.WITH, classes));
      boolean gone = problems.containsKey(image.sha256());
      found.put(
          image,
          new ShownImage(
              image.withId(),
              classes.name(image.classIndex()).name(),
              region(image),
              gone ? Optional.empty() : Optional.of(Pages.image(image.sha256())),
              image.amount(),
              other.width(),
              other.height(),
              image.isInBoth()
                  ? Optional.of(seen(from.get(key(image, Side.FROM, classes))))
                  : Optional.empty(),
              seen(other)));
    }
    return found;
  }

  private static Optional<Region> region(Kept image) {
    return Stream.of(Region.values())
        .filter(region -> region.text().equals(image.reason()))
        .findFirst();
  }

  private static void collect(Dataset<Row> rows, Map<Key, ExplanationRow> into) {
    MapRows.reduced(rows, ExplanationsTable.MAP)
        .collectAsList()
        .forEach(row -> into.put(Key.of(ExplanationRow.of(row)), ExplanationRow.of(row)));
  }

  private static Key key(Kept image, Side side, ComparedClasses classes) {
    return new Key(
        image.sha256(),
        side.of(image.imageId(), image.withId()),
        side.of(image.classIndex(), classes.name(image.classIndex()).withIndex()));
  }

  private static Set<Key> keys(List<Kept> images, Side side, ComparedClasses classes) {
    Set<Key> keys = new LinkedHashSet<>();
    images.forEach(image -> keys.add(key(image, side, classes)));
    return keys;
  }

  private Dataset<Row> rows(Side side, Set<Key> keys) {
    List<Row> wanted =
        keys.stream().map(key -> RowFactory.create(key.sha256, key.id, key.target)).toList();
    return settings
        .of(side)
        .explanations(spark)
        .select(
            ExplanationsTable.SHA256,
            ExplanationsTable.IMAGE_ID,
            ExplanationsTable.PATH,
            ExplanationsTable.TARGET_INDEX,
            ExplanationsTable.TARGET_PROBABILITY,
            ExplanationsTable.PREDICTED,
            ExplanationsTable.WIDTH,
            ExplanationsTable.HEIGHT,
            ExplanationsTable.VIEW,
            ExplanationsTable.INPUT_HEIGHT,
            ExplanationsTable.INPUT_WIDTH,
            ExplanationsTable.MAP,
            ExplanationsTable.MAP_HEIGHT,
            ExplanationsTable.MAP_WIDTH)
        .join(broadcast(spark.createDataFrame(wanted, KEYS)), KEY, "left_semi");
  }

  /** Why images have no picture, by sha256. */
  private Map<String, String> pictures(
      Dataset<Row> rows, Side side, ResultFolder folder, Configuration hadoop) {
    List<Origin> origins = settings.of(side).origins();
    String scratch = SCRATCH + side.of("from-", "with-");
    Dataset<Row> wanted =
        rows.withColumn(AtlasTable.RUN, lit(""))
            .withColumn(PictureStage.SHOWN, lit(true))
            .withColumn(PictureStage.AVERAGED, lit(false));
    String place = folder.part(scratch + "wanted");
    PictureStage.images(wanted).write().parquet(place);
    Dataset<Row> images = spark.read().parquet(place);
    return PictureStage.run(
            OriginImages.placed(
                spark,
                images,
                settings
                    .given()
                    .optional(side.of(CompareOptions.IMAGES, CompareOptions.WITH_IMAGES)),
                origins,
                folder.part(scratch + "listing"),
                console),
            images.count(),
            new PictureStage.Plan(
                folder.whole(),
                settings.given().get(ReportOptions.PICTURE_SIZE),
                OriginImages.limits(origins),
                new SerializableConfiguration(hadoop)),
            folder.part(scratch + "pictures"))
        .problems();
  }

  private static Seen seen(ExplanationRow row) {
    float[] map = row.map();
    double[] values = new double[map.length];
    for (int i = 0; i < map.length; i++) {
      values[i] = map[i];
    }
    Box view = row.view();
    return new Seen(
        row.predicted(),
        row.targetProbability(),
        new Grid(values, row.mapHeight(), row.mapWidth()),
        view);
  }
}
