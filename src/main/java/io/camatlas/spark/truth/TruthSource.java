package io.camatlas.spark.truth;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.struct;

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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Joins annotations of every form to the explanations of their images.
 *
 * <p>Annotations name images by file name or by a part of the path, with or without the extension.
 * Both sides are joined by the bare file name. If several annotations have the same bare name, the
 * one that matches the longest end of the image's path or id counts.
 */
public final class TruthSource {
  /** The names used here for the columns of Spark's data source {@code binaryFile}. */
  private static final String FILE = "file";

  private static final String FILE_BYTES = "file_bytes";

  private static final String[] FILE_COLUMNS = {FILE, "written", "length", FILE_BYTES};

  private static final String STEM = "([^/\\\\]+?)(\\.[A-Za-z]{2,4})?$";

  private TruthSource() {}

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
    Dataset<Row> byStem =
        annotations
            .withColumn("stem", stem(col(ExplanationRows.KEY)))
            .groupBy("stem")
            .agg(
                collect_list(struct(col(ExplanationRows.KEY), col(ExplanationRows.OBJECTS)))
                    .as(ExplanationRows.ANNOTATIONS));
    Dataset<Row> byPath = byStem.toDF("stem_path", "truth_path");
    Dataset<Row> byId = byStem.toDF("stem_id", "truth_id");
    return explanations
        .join(byPath, stem(col(ExplanationsTable.PATH)).equalTo(col("stem_path")), "left")
        .join(byId, stem(col(ExplanationsTable.IMAGE_ID)).equalTo(col("stem_id")), "left")
        .withColumn(ExplanationRows.ANNOTATIONS, coalesce(col("truth_path"), col("truth_id")))
        .drop("stem_path", "truth_path", "stem_id", "truth_id");
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
        return voc(spark, choice);
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
          (key, objects) -> rows.add(RowFactory.create(key, bytes(placed(objects, folder)))));
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

  private static Dataset<Row> voc(SparkSession spark, TruthChoice choice) {
    MapFunction<Row, Row> parse =
        row -> {
          try {
            Map.Entry<String, GroundTruth> entry =
                VocTruth.read(new ByteArrayInputStream(row.<byte[]>getAs(FILE_BYTES)));
            return RowFactory.create(entry.getKey(), bytes(entry.getValue()));
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
    return files.map(parse, Encoders.row(ExplanationRows.ANNOTATION));
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
   */
  static Optional<GroundTruth> of(List<Candidate> candidates, String imageId, String path) {
    Candidate best = null;
    for (Candidate candidate : candidates) {
      String key = candidate.key();
      if ((isEnd(key, imageId) || (path != null && isEnd(key, path)))
          && (best == null || key.length() > best.key().length())) {
        best = candidate;
      }
    }
    return Optional.ofNullable(best).map(candidate -> read(candidate.objects()));
  }

  /** Whether a key is the whole name or its end after a slash, ignoring extensions. */
  static boolean isEnd(String key, String name) {
    String end = bare(key);
    String whole = bare(name);
    return whole.endsWith(end)
        && (whole.length() == end.length()
            || whole.charAt(whole.length() - end.length() - 1) == '/');
  }

  private static String bare(String name) {
    return name.replace('\\', '/').replaceFirst("\\.[A-Za-z]{2,4}$", "").replaceFirst("^\\./", "");
  }

  private static GroundTruth read(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (GroundTruth) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("Annotations written by this job cannot be read.", e);
    }
  }
}
