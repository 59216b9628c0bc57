package io.camatlas.spark.concept;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.atlas.BenjaminiHochberg;
import io.camatlas.atlas.Moments;
import io.camatlas.concepts.ConceptFit;
import io.camatlas.concepts.ConceptFit.Fitted;
import io.camatlas.concepts.ConceptFit.Scales;
import io.camatlas.concepts.ConceptFit.Validation;
import io.camatlas.concepts.ConceptPattern;
import io.camatlas.concepts.ConceptVector;
import io.camatlas.config.ConceptOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.model.Component;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Version;
import io.camatlas.spark.results.ConceptClassesTable;
import io.camatlas.spark.results.ConceptClassesTable.OfClass;
import io.camatlas.spark.results.ConceptImagesTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.RunRecord.EngineVersions;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Finds what some images of a run have in common as a direction in the space of a layer's mean
 * activations, and ranks all images and classes by it. Writes the tables {@code concept_images} and
 * {@code concept_classes}, the direction as {@code component.json}, and {@code concept.json}.
 */
public final class ConceptJob {
  /** The file with the direction. */
  public static final String COMPONENT = "component.json";

  /** A concept that ranks left-out images worse is hardly one. */
  static final double LEAST_AUROC = 0.7;

  /** Fewer examples say nothing. */
  private static final int LEAST_EXAMPLES = 5;

  /** Of so many examples, and of so many others, the direction is found. */
  private static final int MOST_EXAMPLES = 250;

  private static final int LEAST_OTHERS = 200;
  private static final int MOST_OTHERS = 500;

  /** Concepts of random images are drawn from so many. */
  private static final int POOL = 1_000;

  /** So many of these are validated too. */
  private static final int VALIDATED = 10;

  /** Names that every executor may hold. */
  private static final long FEW = 200_000;

  private static final String[] ID = {ExplanationsTable.IMAGE_ID};
  private static final String ORDER = "order_of_sample";

  /** Rows of thousands of feature maps are large. */
  private static final int ROWS_AT_ONCE = 256;

  private final SparkSession spark;
  private final ConceptJobSettings settings;
  private final PrintStream console;

  public ConceptJob(SparkSession spark, ConceptJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job found.
   *
   * @param out where the results are
   * @param name of the concept
   * @param images number of images of the run
   * @param examples that the direction was found with
   * @param others that they were told from
   * @param validation on left-out images
   * @param random the same for examples drawn at random: mean and standard deviation of the
   *     accuracy
   * @param showing number of images that show the concept
   * @param classes by alignment compared with random concepts, the largest first
   */
  public record Report(
      String out,
      String name,
      long images,
      int examples,
      int others,
      Validation validation,
      RandomAccuracy random,
      long showing,
      List<OfClass> classes,
      double seconds) {
    /** Whether the layer tells the examples from other images better than it does random ones. */
    public boolean isBeyondChance() {
      return validation.accuracy() > random.mean() + 2 * random.deviation();
    }

    /** Whether it does so well enough to rank images by it. */
    public boolean isTold() {
      return isBeyondChance() && validation.auroc() > LEAST_AUROC;
    }
  }

  /** The accuracy for examples drawn at random. */
  public record RandomAccuracy(double mean, double deviation) {}

  /** An image's id and mean activations. */
  private record Known(String id, float[] activations) {}

  private record Samples(List<Known> examples, List<Known> others, List<Known> pool) {}

  /**
   * Runs the job.
   *
   * @throws InputException if the run, the examples or the folder cannot be used; nothing has been
   *     written then
   */
  public Report run() throws IOException {
    settings.run().requireOneLabel();
    settings.run().requireRows(spark);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    long seed = settings.given().get(ConceptOptions.SEED);
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder =
            ResultFolder.open(
                settings.out(),
                settings.given().get(ExplainOptions.OVERWRITE),
                ResultFolder.CONCEPT_JSON,
                hadoop)) {
      job.readAtOnce(ROWS_AT_ONCE);
      job.describe("look up the examples");
      job.expect(images().count());
      Samples samples = samples();
      job.describe("measure the scales of feature maps");
      Scales scales = ConceptRows.scales(images());
      ConceptFit fit = new ConceptFit(scales);
      Fitted found;
      ConceptPattern pattern;
      try {
        pattern = ConceptPattern.of(vectors(samples.examples), vectors(samples.others));
        found = fit.fit(vectors(samples.examples), vectors(samples.others), seed);
      } catch (IllegalArgumentException e) {
        throw new InputException("`examples`: " + e.getMessage(), e);
      }
      List<ConceptPattern> random = new ArrayList<>();
      RandomAccuracy accuracy = random(fit, samples, found.share(), seed, random);
      job.describe("rank images");
      double deviation = ConceptRows.deviation(images(), found.vector());
      ConceptVector vector = found.vector().withScale(deviation > 0 ? deviation : 1);
      long images = rank(samples, vector, folder.part(ConceptImagesTable.NAME));
      job.describe("rank classes");
      List<OfClass> classes = classes(pattern, random, folder);
      spark
          .createDataFrame(
              classes.stream().map(ConceptClassesTable::toRow).toList(), ConceptClassesTable.SCHEMA)
          .coalesce(1)
          .write()
          .parquet(folder.part(ConceptClassesTable.NAME));
      write(pattern, scales, new Path(folder.part(COMPONENT)), hadoop);
      long showing =
          spark
              .read()
              .parquet(folder.part(ConceptImagesTable.NAME))
              .where(col(ConceptImagesTable.SHOWS))
              .count();
      Report report =
          new Report(
              folder.place(),
              settings.name(),
              images,
              samples.examples.size(),
              samples.others.size(),
              found.validation(),
              accuracy,
              showing,
              classes,
              job.seconds());
      folder.commit(about(job, report, found.share(), vector));
      return report;
    }
  }

  /** All rows of the layer and rule. */
  private Dataset<Row> explanations() {
    return spark
        .read()
        .parquet(settings.run().explanations())
        .where(ExplanationsTable.ofRule(settings.given().get(ConceptOptions.RULE)))
        .where(col(ExplanationsTable.LAYER).equalTo(settings.layer()));
  }

  /** One of these rows for each image. */
  private Dataset<Row> images() {
    return explanations()
        .where(
            element_at(col(ExplanationsTable.TARGETS), 1)
                .equalTo(col(ExplanationsTable.TARGET_INDEX)));
  }

  private Samples samples() throws IOException {
    Dataset<Row> names =
        images()
            .select(ExplanationsTable.IMAGE_ID, ExplanationsTable.PATH, ExplanationsTable.SHA256);
    NamedImages known = new NamedImages(spark, names);
    NamedImages.Meant examples =
        known.of(ConceptOptions.EXAMPLES.name(), settings.given().get(ConceptOptions.EXAMPLES));
    if (examples.count() < LEAST_EXAMPLES) {
      throw new InputException(
          "`examples` names %,d %s; give at least %d, better 20 or more."
              .formatted(
                  examples.count(), examples.count() == 1 ? "image" : "images", LEAST_EXAMPLES));
    }
    String others = settings.given().optional(ConceptOptions.AGAINST).orElse("");
    Optional<NamedImages.Meant> against = Optional.empty();
    if (!others.isEmpty()) {
      against = Optional.of(known.of(ConceptOptions.AGAINST.name(), others));
      Row both =
          against
              .get()
              .among(examples.among(names))
              .agg(count(lit(1)), min(ExplanationsTable.IMAGE_ID))
              .head();
      if (both.getLong(0) > 0) {
        throw new InputException(
            "`against` names %,d of the examples as well, such as %s; an image shows the concept or does not."
                .formatted(both.getLong(0), both.getString(1)));
      }
    }
    Dataset<Row> hashed = names.withColumn(ORDER, order());
    Dataset<Row> shown = examples.among(hashed);
    // Copies of one picture would be told from their likes.
    List<String> used = first(shown, MOST_EXAMPLES);
    if (used.size() < LEAST_EXAMPLES) {
      throw new InputException(
          "`examples` names %,d different pictures; give at least %d, better 20 or more."
              .formatted(used.size(), LEAST_EXAMPLES));
    }
    if (used.size() < examples.count()) {
      console.printf(
          "Note: of %,d examples, %,d different pictures drawn at random are used.%n",
          examples.count(), used.size());
    }
    Dataset<Row> bytes = shown.select(ExplanationsTable.SHA256).distinct();
    Dataset<Row> rest =
        hashed.join(
            examples.count() <= FEW ? broadcast(bytes) : bytes.hint("merge"),
            new String[] {ExplanationsTable.SHA256},
            "left_anti");
    List<String> pool = first(rest, POOL);
    int wanted = Math.max(LEAST_OTHERS, Math.min(MOST_OTHERS, 4 * used.size()));
    List<String> without = pool.subList(0, Math.min(wanted, pool.size()));
    if (against.isPresent()) {
      without = first(against.get().among(rest), MOST_OTHERS);
      if (without.size() < LEAST_EXAMPLES) {
        throw new InputException(
            "`against` names %,d pictures other than the examples; give at least %d."
                .formatted(without.size(), LEAST_EXAMPLES));
      }
      if (without.size() < against.get().count()) {
        console.printf(
            "Note: of %,d images in `against`, %,d different pictures drawn at random are used.%n",
            against.get().count(), without.size());
      }
    }
    if (pool.size() < 4 * LEAST_EXAMPLES) {
      throw new InputException(
          "The run has %,d other pictures; a concept needs at least %d."
              .formatted(pool.size(), 4 * LEAST_EXAMPLES));
    }
    Set<String> all = new HashSet<>(used);
    all.addAll(without);
    all.addAll(pool);
    Map<String, Known> vectors = new HashMap<>();
    for (Known one : ConceptRows.vectors(images().join(ids(all), ID, "left_semi"), Known::new)) {
      vectors.put(one.id(), one);
    }
    return new Samples(pick(used, vectors), pick(without, vectors), pick(pool, vectors));
  }

  private Dataset<Row> ids(Set<String> ids) {
    return broadcast(
        spark
            .createDataset(new ArrayList<>(ids), Encoders.STRING())
            .toDF(ExplanationsTable.IMAGE_ID));
  }

  private Column order() {
    return xxhash64(
        lit(settings.given().get(ConceptOptions.SEED)),
        col(ExplanationsTable.SHA256),
        col(ExplanationsTable.IMAGE_ID));
  }

  /** The first of different images in an order that depends on their bytes, ids and the seed. */
  private static List<String> first(Dataset<Row> images, int most) {
    return images
        .groupBy(ExplanationsTable.SHA256)
        .agg(
            min_by(col(ExplanationsTable.IMAGE_ID), col(ORDER)).as(ExplanationsTable.IMAGE_ID),
            min(ORDER).as(ORDER))
        .orderBy(col(ORDER), col(ExplanationsTable.IMAGE_ID))
        .limit(most)
        .select(ExplanationsTable.IMAGE_ID)
        .as(Encoders.STRING())
        .collectAsList();
  }

  private static List<Known> pick(List<String> ids, Map<String, Known> known) {
    return ids.stream().map(known::get).toList();
  }

  private static List<float[]> vectors(List<Known> images) {
    return images.stream().map(Known::activations).toList();
  }

  /** Directions of examples drawn at random, and how well they are told. */
  private RandomAccuracy random(
      ConceptFit fit, Samples samples, double share, long seed, List<ConceptPattern> into) {
    int wanted = settings.given().get(ConceptOptions.RANDOM_CONCEPTS);
    int examples = Math.min(samples.examples.size(), samples.pool.size() / 2);
    int others = Math.min(samples.others.size(), samples.pool.size() - examples);
    Random draws = new Random(seed);
    List<float[]> pool = new ArrayList<>(vectors(samples.pool));
    Moments accuracies = Moments.EMPTY;
    for (int draw = 0; into.size() < wanted; draw++) {
      Collections.shuffle(pool, draws);
      List<float[]> first = pool.subList(0, examples);
      List<float[]> second = pool.subList(examples, examples + others);
      try {
        into.add(ConceptPattern.of(first, second));
      } catch (IllegalArgumentException e) {
        if (draw > 10 * wanted) {
          throw new InputException(
              "Most images of the run have the same mean activations, so no concept can be compared"
                  + " with random ones.",
              e);
        }
        continue;
      }
      if (accuracies.count() < VALIDATED) {
        accuracies = accuracies.with(fit.validate(first, second, share, seed).accuracy());
      }
    }
    return new RandomAccuracy(accuracies.mean(), Math.sqrt(accuracies.variance()));
  }

  /** Writes the score of each image, and returns their number. */
  private long rank(Samples samples, ConceptVector vector, String place) {
    Map<String, String> roles = new HashMap<>();
    samples.others.forEach(one -> roles.put(one.id(), ConceptImagesTable.OTHER));
    samples.examples.forEach(one -> roles.put(one.id(), ConceptImagesTable.EXAMPLE));
    JavaRDD<Row> rows = ConceptRows.scored(images(), vector, roles);
    spark.createDataFrame(rows, ConceptImagesTable.SCHEMA).write().parquet(place);
    return spark.read().parquet(place).count();
  }

  private List<OfClass> classes(
      ConceptPattern pattern, List<ConceptPattern> random, ResultFolder folder) {
    Map<Integer, Row> images = new HashMap<>();
    spark
        .read()
        .parquet(folder.part(ConceptImagesTable.NAME))
        .groupBy(
            coalesce(
                    col(ConceptImagesTable.LABEL_INDEX),
                    when(
                        col(ConceptImagesTable.LABEL).isNull(),
                        col(ConceptImagesTable.PREDICTED_INDEX)))
                .as(ConceptClassesTable.CLASS_INDEX))
        .agg(
            count(lit(1)).as(ConceptClassesTable.IMAGES),
            avg(ConceptImagesTable.SCORE).as(ConceptClassesTable.MEAN_SCORE),
            avg(col(ConceptImagesTable.SHOWS).cast("double")).as(ConceptClassesTable.SHARE_SHOWING))
        .collectAsList()
        .forEach(row -> images.put(row.getAs(ConceptClassesTable.CLASS_INDEX), row));
    List<OfClass> classes = new ArrayList<>();
    for (ClassAlignment one : ConceptRows.alignments(explanations(), pattern, random)) {
      Row own = images.get(one.index());
      classes.add(
          new OfClass(
              one.name(),
              one.index(),
              own == null ? 0 : own.<Long>getAs(ConceptClassesTable.IMAGES),
              own == null ? Double.NaN : own.<Double>getAs(ConceptClassesTable.MEAN_SCORE),
              own == null ? Double.NaN : own.<Double>getAs(ConceptClassesTable.SHARE_SHOWING),
              one.explained(),
              one.tcav(),
              compared(one)));
    }
    return corrected(classes);
  }

  /**
   * How probable an alignment as far from the mean is for one more random concept: Student's t for
   * a single new value.
   */
  private static OfClass.Compared compared(ClassAlignment one) {
    Moments random = Moments.EMPTY;
    for (double alignment : one.random()) {
      random = random.with(alignment);
    }
    double mean = random.mean();
    double deviation = Math.sqrt(random.variance());
    double off = Math.abs(one.alignment() - mean);
    double t = off / (deviation * Math.sqrt(1 + 1.0 / random.count()));
    double p =
        off == 0 ? 1 : 2 * new TDistribution(null, random.count() - 1.0).cumulativeProbability(-t);
    return new OfClass.Compared(one.alignment(), mean, deviation, p, p);
  }

  /** With q; first those that are most aligned, compared with random concepts. */
  private static List<OfClass> corrected(List<OfClass> classes) {
    double[] q =
        BenjaminiHochberg.q(classes.stream().mapToDouble(one -> one.alignment().p()).toArray());
    List<OfClass> corrected = new ArrayList<>();
    for (int i = 0; i < q.length; i++) {
      OfClass one = classes.get(i);
      OfClass.Compared raw = one.alignment();
      corrected.add(
          new OfClass(
              one.name(),
              one.index(),
              one.images(),
              one.meanScore(),
              one.shareShowing(),
              one.explained(),
              one.tcav(),
              new OfClass.Compared(
                  raw.value(), raw.randomMean(), raw.randomDeviation(), raw.p(), q[i])));
    }
    corrected.sort(
        Comparator.<OfClass>comparingDouble(one -> -one.alignment().deviations())
            .thenComparingInt(OfClass::index));
    return corrected;
  }

  private void write(ConceptPattern pattern, Scales scales, Path file, Configuration hadoop)
      throws IOException {
    float[] direction = new float[pattern.unit().length];
    for (int k = 0; k < direction.length; k++) {
      direction[k] = (float) pattern.unit()[k];
    }
    Component component =
        new Component(
            settings.name(),
            settings.layer(),
            settings.run().modelSha256(),
            direction,
            pattern.at(scales.mean()));
    HadoopFiles.write(
        file, component.json().toPrettyString().getBytes(StandardCharsets.UTF_8), hadoop);
  }

  /** The contents of {@code concept.json}. */
  private record About(
      String camatlas,
      Map<String, Integer> tables,
      String from,
      String started,
      double seconds,
      String concept,
      String model,
      String modelSha256,
      String layer,
      String method,
      long images,
      long showing,
      int examples,
      int others,
      double penalty,
      ConceptVector scoring,
      Validation validation,
      RandomAccuracy random,
      boolean told,
      Map<String, String> settings,
      EngineVersions versions) {}

  private About about(JobRun job, Report report, double penalty, ConceptVector scoring) {
    return new About(
        Version.text(),
        new TreeMap<>(
            Map.of(
                ConceptImagesTable.NAME,
                ConceptImagesTable.VERSION,
                ConceptClassesTable.NAME,
                ConceptClassesTable.VERSION)),
        settings.run().folder(),
        job.started().toString(),
        report.seconds(),
        settings.name(),
        settings.run().model(),
        settings.run().modelSha256(),
        settings.layer(),
        settings.run().rules().get(settings.given().get(ConceptOptions.RULE)).method(),
        report.images(),
        report.showing(),
        report.examples(),
        report.others(),
        penalty,
        scoring,
        report.validation(),
        report.random(),
        report.isTold(),
        settings.given().texts(),
        EngineVersions.here(spark));
  }
}
