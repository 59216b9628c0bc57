package io.camatlas.spark.truth;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.camatlas.config.TruthKind;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.AnnotatedImage.Candidate;
import io.camatlas.spark.results.ExplanationRows;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.suggest.NearestName;
import io.camatlas.truth.CocoTruth;
import io.camatlas.truth.CsvTruth;
import io.camatlas.truth.GroundTruth;
import io.camatlas.truth.Mask;
import io.camatlas.truth.TruthException;
import io.camatlas.truth.TruthObject;
import io.camatlas.truth.VocTruth;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Joins annotations of every form to the explanations of their images.
 *
 * <p>Annotations name images by file name or by a part of the path, with or without the extension.
 * Both sides are joined by the bare file name. If several annotations have the same bare name, the
 * one counts that {@link Fit fits} the image best; if several images have, an annotation belongs to
 * the one that it fits best. What is left open is refused, since objects of another image measure
 * nothing.
 */
public final class TruthSource {
  /** The names used here for the columns of Spark's data source {@code binaryFile}. */
  private static final String FILE = "file";

  private static final String FILE_BYTES = "file_bytes";

  /** What {@link #belonging} makes. */
  private static final String ANNOTATION = "annotation";

  private static final String PLACE = "place";
  private static final String OF_IMAGES = "of_images";
  private static final String HAS_OBJECTS = "has_objects";
  private static final StructType PAIR =
      new StructType()
          .add(ANNOTATION, DataTypes.StringType)
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType)
          .add(PLACE, DataTypes.StringType)
          .add(ExplanationRows.CLOSENESS, DataTypes.IntegerType)
          .add(HAS_OBJECTS, DataTypes.BooleanType);

  private static final String[] FILE_COLUMNS = {FILE, "written", "length", FILE_BYTES};

  private static final String STEM = "([^/\\\\]+?)(\\.[A-Za-z]{2,4})?$";

  private TruthSource() {}

  /**
   * Makes sure that annotations which stand in files of their own can be read.
   *
   * @param classes as of {@link #join}
   * @throws InputException as {@link #join}, but for what only the images tell
   */
  public static void check(SparkSession spark, TruthChoice choice, Collection<String> classes) {
    if (choice.isFile()) {
      read(spark, choice, classes);
    }
  }

  /**
   * Adds the annotations, if they stand in files of their own.
   *
   * @param classes classes of the model; annotations must name at least one of them, unless objects
   *     go by the image's label
   * @throws InputException if they cannot be read, or name no class of the model
   */
  public static Dataset<Row> join(
      SparkSession spark,
      Dataset<Row> explanations,
      TruthChoice choice,
      Collection<String> classes) {
    if (!choice.isFile()) {
      return explanations;
    }
    Dataset<Row> annotations = read(spark, choice, classes);
    Dataset<Row> images =
        explanations.select(ExplanationsTable.IMAGE_ID, ExplanationsTable.PATH).distinct();
    if (shareNames(images)) {
      annotations = belonging(images, annotations, choice);
    }
    return joined(explanations, annotations);
  }

  private static Dataset<Row> joined(Dataset<Row> images, Dataset<Row> annotations) {
    Column[] columns =
        Arrays.stream(ExplanationRows.ANNOTATION.fieldNames())
            .map(functions::col)
            .toArray(Column[]::new);
    Dataset<Row> byStem =
        annotations
            .withColumn("stem", stem(col(ExplanationRows.KEY)))
            .groupBy("stem")
            .agg(collect_list(struct(columns)).as(ExplanationRows.ANNOTATIONS));
    Dataset<Row> byPath = byStem.toDF("stem_path", "truth_path");
    Dataset<Row> byId = byStem.toDF("stem_id", "truth_id");
    Column both =
        when(col("stem_path").notEqual(col("stem_id")), concat(col("truth_path"), col("truth_id")));
    return images
        .join(byPath, stem(col(ExplanationsTable.PATH)).equalTo(col("stem_path")), "left")
        .join(byId, stem(col(ExplanationsTable.IMAGE_ID)).equalTo(col("stem_id")), "left")
        .withColumn(ExplanationRows.ANNOTATIONS, coalesce(both, col("truth_path"), col("truth_id")))
        .drop("stem_path", "truth_path", "stem_id", "truth_id");
  }

  /** Whether several images have the same bare name, which is seldom so. */
  private static boolean shareNames(Dataset<Row> images) {
    Column stems = array(stem(col(ExplanationsTable.PATH)), stem(col(ExplanationsTable.IMAGE_ID)));
    return !images
        .select(col(ExplanationsTable.IMAGE_ID), place().as(PLACE), explode(stems).as("stem"))
        .where(col("stem").notEqual(""))
        .groupBy("stem")
        .agg(ofImages().as(OF_IMAGES))
        .where(areSeveral(OF_IMAGES))
        .isEmpty();
  }

  private static Column place() {
    return coalesce(col(ExplanationsTable.PATH), col(ExplanationsTable.IMAGE_ID));
  }

  private static Column ofImages() {
    Column id = col(ExplanationsTable.IMAGE_ID);
    return struct(
        min(id).as("first_id"),
        max(id).as("last_id"),
        min(PLACE).as("first_place"),
        max(PLACE).as("last_place"));
  }

  /** Two rows are of one image if they have the same id or, as in other runs, the same path. */
  private static Column areSeveral(String images) {
    return col(images + ".first_id")
        .notEqual(col(images + ".last_id"))
        .and(col(images + ".first_place").notEqual(col(images + ".last_place")));
  }

  /**
   * Annotations with how well they fit the image that they fit best.
   *
   * @throws InputException if there are several such images for one that has objects
   */
  private static Dataset<Row> belonging(
      Dataset<Row> images, Dataset<Row> annotations, TruthChoice choice) {
    Column ofBest =
        max(struct(col(ExplanationRows.CLOSENESS), col(OF_IMAGES), col(HAS_OBJECTS))).as("best");
    FlatMapFunction<Row, Row> pairs = TruthSource::pairs;
    Dataset<Row> best =
        joined(images, annotations)
            .where(col(ExplanationRows.ANNOTATIONS).isNotNull())
            .flatMap(pairs, Encoders.row(PAIR))
            .groupBy(ANNOTATION, ExplanationRows.CLOSENESS)
            .agg(ofImages().as(OF_IMAGES), max(HAS_OBJECTS).as(HAS_OBJECTS))
            .groupBy(ANNOTATION)
            .agg(ofBest);
    List<Row> ofSeveral =
        best.where(col("best." + HAS_OBJECTS).and(areSeveral("best." + OF_IMAGES)))
            .select(ANNOTATION, "best." + OF_IMAGES + ".first_id", "best." + OF_IMAGES + ".last_id")
            .sort(ANNOTATION)
            .takeAsList(1);
    if (!ofSeveral.isEmpty()) {
      Row one = ofSeveral.get(0);
      throw new InputException(
          "`truth` %s: the annotation '%s' fits the images %s and %s, and cannot belong to both. Let annotations name more of the path of their image, or explain only images that were annotated."
              .formatted(choice.place(), one.getString(0), one.getString(1), one.getString(2)));
    }
    Column name =
        when(col(ExplanationRows.FILE).equalTo(""), col(ExplanationRows.KEY))
            .otherwise(col(ExplanationRows.FILE));
    return annotations
        .withColumn(ANNOTATION, name)
        .join(
            best.select(col(ANNOTATION), col("best." + ExplanationRows.CLOSENESS).as("most")),
            new String[] {ANNOTATION},
            "left")
        .withColumn(ExplanationRows.CLOSENESS, coalesce(col("most"), lit(0)))
        .drop(ANNOTATION, "most");
  }

  /** An image with each annotation that fits it as well as the best; rows of {@link #PAIR}. */
  private static Iterator<Row> pairs(Row image) {
    String id = image.getAs(ExplanationsTable.IMAGE_ID);
    String path = image.getAs(ExplanationsTable.PATH);
    List<Candidate> candidates =
        image.<Row>getList(image.fieldIndex(ExplanationRows.ANNOTATIONS)).stream()
            .map(TruthSource::candidate)
            .toList();
    return best(candidates, id, path).stream()
        .map(
            candidate ->
                RowFactory.create(
                    candidate.name(),
                    id,
                    path == null ? id : path,
                    Fit.of(candidate.key(), candidate.file(), id, path).orElseThrow().closeness(),
                    !read(candidate.objects()).objects().isEmpty()))
        .iterator();
  }

  /** An element of {@link ExplanationRows#ANNOTATIONS}. */
  static Candidate candidate(Row row) {
    return new Candidate(
        row.getAs(ExplanationRows.KEY),
        row.getAs(ExplanationRows.FILE),
        row.getAs(ExplanationRows.CLOSENESS),
        row.getAs(ExplanationRows.OBJECTS));
  }

  private static Column stem(Column name) {
    return regexp_extract(name, STEM, 1);
  }

  private static Dataset<Row> read(
      SparkSession spark, TruthChoice choice, Collection<String> classes) {
    try {
      Path path = new Path(choice.place());
      FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (!files.exists(path)) {
        throw new InputException("`truth` is " + choice.place() + ", which does not exist.");
      }
      if (choice.kind() == TruthKind.VOC) {
        return voc(spark, choice, files.makeQualified(path).toString(), classes);
      }
      Map<String, GroundTruth> truth;
      try (InputStream in = files.open(path)) {
        truth =
            choice.kind() == TruthKind.COCO
                ? CocoTruth.read(in)
                : CsvTruth.read(new InputStreamReader(in, StandardCharsets.UTF_8));
      }
      if (!choice.byLabel()) {
        requireKnownClasses(choice, truth.values(), classes);
      }
      List<Row> rows = new ArrayList<>();
      Path folder = files.makeQualified(path).getParent();
      truth.forEach(
          (key, objects) ->
              rows.add(RowFactory.create(key, "", 0, bytes(placed(objects, folder)))));
      return spark.createDataFrame(rows, ExplanationRows.ANNOTATION);
    } catch (TruthException e) {
      throw new InputException("`truth` " + choice.place() + ": " + e.getMessage(), e);
    } catch (IOException | UncheckedIOException e) {
      throw new InputException("Cannot read `truth` " + choice.place() + ": " + e.getMessage(), e);
    }
  }

  /** Resolves paths of mask files against the folder of the list that names them. */
  private static GroundTruth placed(GroundTruth truth, Path folder) {
    return new GroundTruth(
        truth.objects().stream()
            .map(
                object ->
                    object.maskOrNull() instanceof Mask.Png png
                        ? TruthObject.of(
                            object.className(),
                            object.box(),
                            new Mask.Png(HadoopFiles.resolve(folder, png.path()), png.value255()))
                        : object)
            .toList(),
        truth.width(),
        truth.height());
  }

  /**
   * @param root the folder of all files, in full
   */
  private static Dataset<Row> voc(
      SparkSession spark, TruthChoice choice, String root, Collection<String> classes) {
    MapFunction<Row, Row> parse =
        row -> {
          try {
            Map.Entry<String, GroundTruth> entry =
                VocTruth.read(new ByteArrayInputStream(row.<byte[]>getAs(FILE_BYTES)));
            String file = row.getAs(FILE);
            String below = file.startsWith(root + "/") ? file.substring(root.length() + 1) : file;
            return RowFactory.create(entry.getKey(), below, 0, bytes(entry.getValue()));
          } catch (TruthException e) {
            throw new TruthException(row.getAs(FILE) + ": " + e.getMessage(), e);
          }
        };
    Dataset<Row> files =
        spark
            .read()
            .format("binaryFile")
            .option("pathGlobFilter", "*.xml")
            .option("recursiveFileLookup", "true")
            .load(choice.place())
            .toDF(FILE_COLUMNS);
    if (files.select(FILE).isEmpty()) {
      throw new InputException(
          "`truth` is "
              + choice.place()
              + ", which holds no .xml files; for other annotations set `truth-kind` to coco or"
              + " csv.");
    }
    Dataset<Row> parsed = files.map(parse, Encoders.row(ExplanationRows.ANNOTATION));
    if (!choice.byLabel()) {
      Set<String> known = Set.copyOf(classes);
      FilterFunction<Row> isKnown =
          row ->
              objects(row).stream()
                  .map(TruthObject::className)
                  .anyMatch(name -> name.isEmpty() || known.contains(name));
      // Of files that fit, the first will do; only others are all looked at.
      if (parsed.filter(isKnown).isEmpty()) {
        requireKnownClasses(choice, someObjects(parsed), classes);
      }
    }
    return parsed;
  }

  /** By position, since rows between two typed steps have no schema. */
  private static List<TruthObject> objects(Row annotation) {
    int at = ExplanationRows.ANNOTATION.fieldIndex(ExplanationRows.OBJECTS);
    return read((byte[]) annotation.get(at)).objects();
  }

  /** The first annotations that have objects. */
  private static List<GroundTruth> someObjects(Dataset<Row> parsed) {
    FilterFunction<Row> hasObjects = row -> !objects(row).isEmpty();
    return parsed.filter(hasObjects).takeAsList(1).stream()
        .map(row -> read(row.<byte[]>getAs(ExplanationRows.OBJECTS)))
        .toList();
  }

  private static void requireKnownClasses(
      TruthChoice choice, Collection<GroundTruth> truth, Collection<String> classes) {
    TreeSet<String> named = new TreeSet<>();
    for (GroundTruth image : truth) {
      for (TruthObject object : image.objects()) {
        named.add(object.className());
      }
    }
    if (named.isEmpty()) {
      throw new InputException("`truth` " + choice.place() + " holds no objects.");
    }
    if (!named.contains("") && named.stream().noneMatch(classes::contains)) {
      throw new InputException(
          "`truth` "
              + choice.place()
              + " names no class of the model, '"
              + named.first()
              + "' for example"
              + NearestName.clause(named.first(), List.copyOf(classes))
              + ". Name classes as the model does, or set `truth-by-label` to give every object its"
              + " image's label.");
    }
  }

  private static byte[] bytes(GroundTruth truth) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(truth);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * The annotations of one image.
   *
   * @param candidates what {@link #join} added
   * @throws TruthException if several fit the image equally well, and differ
   */
  static Optional<GroundTruth> of(List<Candidate> candidates, String imageId, String path) {
    List<Candidate> best = best(candidates, imageId, path);
    if (best.isEmpty()) {
      return Optional.empty();
    }
    GroundTruth truth = read(best.get(0).objects());
    for (Candidate other : best.subList(1, best.size())) {
      if (!read(other.objects()).equals(truth)) {
        List<String> names = Stream.of(best.get(0), other).map(Candidate::name).sorted().toList();
        throw new TruthException(
            "The annotations '%s' and '%s' fit it equally well, and differ. Let the right one name more of the image's path, or leave the other out."
                .formatted(names.get(0), names.get(1)));
      }
    }
    return Optional.of(truth);
  }

  /** The annotations that fit an image best; several if they do so equally well. */
  private static List<Candidate> best(List<Candidate> candidates, String imageId, String path) {
    List<Candidate> best = new ArrayList<>();
    Fit most = null;
    for (Candidate candidate : candidates) {
      Fit fit = Fit.of(candidate.key(), candidate.file(), imageId, path).orElse(null);
      if (fit == null || fit.closeness() < candidate.closeness()) {
        continue;
      }
      int order = most == null ? 1 : fit.compareTo(most);
      if (order > 0) {
        best.clear();
        most = fit;
      }
      if (order >= 0) {
        best.add(candidate);
      }
    }
    return best;
  }

  private static GroundTruth read(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (GroundTruth) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("Annotations written by this job cannot be read.", e);
    }
  }
}
