package io.camatlas.spark.executor;

import static org.apache.spark.sql.functions.col;

import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.NamedImage;
import io.camatlas.explain.PassTimes;
import io.camatlas.image.Sha256;
import io.camatlas.spark.input.ImageColumn;
import io.camatlas.spark.input.LabelIndex;
import io.camatlas.spark.results.ExplanationStruct;
import io.camatlas.spark.storage.BroadcastFile;
import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Appends a column of {@link ExplanationStruct} to rows that hold images. Everything else stays
 * unchanged: the rows, their order within a partition, and their other columns.
 *
 * <p>Starts no Spark job, so rows may come from a stream. The model is sent to executors with the
 * first task; tasks on the same JVM and device share a network.
 */
public final class ColumnExplainer implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ExplainerPlan plan;
  private final BroadcastFile archive;

  private ColumnExplainer(ExplainerPlan plan, BroadcastFile archive) {
    this.plan = plan;
    this.archive = archive;
  }

  /**
   * The columns.
   *
   * @param image column of encoded files, or of structs from Spark's data source {@code image}
   * @param label column with the name or index of an image's class
   * @param imageId column with the name used for an image in log lines
   * @param output name of the new column
   */
  public record Columns(
      String image, Optional<String> label, Optional<String> imageId, String output)
      implements Serializable {

    /**
     * What is wrong with these columns in rows of that schema; each problem names the value and the
     * remedy.
     */
    public List<String> problems(StructType schema) {
      List<String> problems = new ArrayList<>();
      type(schema, "inputCol", image, problems)
          .filter(type -> !ImageColumn.isImage(type))
          .ifPresent(
              type ->
                  problems.add(
                      wrongType("inputCol", image, type)
                          + "binary (encoded files), or the image struct of Spark's source"
                          + " 'image'. Read files with the source 'binaryFile' and take its"
                          + " column 'content'."));
      label
          .flatMap(name -> type(schema, "labelCol", name, problems))
          .filter(type -> !type.equals(DataTypes.StringType) && !(type instanceof NumericType))
          .ifPresent(
              type ->
                  problems.add(
                      wrongType("labelCol", label.orElseThrow(), type)
                          + "string (a class's name or index) or numeric (its index)."));
      imageId
          .flatMap(name -> type(schema, "imageIdCol", name, problems))
          .filter(type -> !type.equals(DataTypes.StringType))
          .ifPresent(
              type ->
                  problems.add(
                      wrongType("imageIdCol", imageId.orElseThrow(), type) + "string; cast it."));
      if (output.isBlank()) {
        problems.add("outputCol is empty; name the new column.");
      } else if (Arrays.stream(schema.fieldNames()).anyMatch(output::equalsIgnoreCase)) {
        problems.add(
            "outputCol is '"
                + output
                + "', which already exists; choose another name, or drop the column first.");
      }
      return problems;
    }

    private static Optional<DataType> type(
        StructType schema, String parameter, String name, List<String> problems) {
      List<String> names = Arrays.asList(schema.fieldNames());
      if (Collections.frequency(names, name) == 1) {
        return Optional.of(schema.apply(name).dataType());
      }
      problems.add(
          parameter
              + " is '"
              + name
              + "', and "
              + (names.contains(name)
                  ? "several columns have that name"
                  : "no column has that name")
              + (names.contains(name) ? "" : NearestName.clause(name, names))
              + ". The columns are "
              + String.join(", ", names)
              + ".");
      return Optional.empty();
    }

    private static String wrongType(String parameter, String name, DataType type) {
      return parameter + " is '" + name + "', of type " + type.catalogString() + "; it must be ";
    }

    /** The schema with the new column last. */
    public StructType appended(StructType schema) {
      return schema.add(output, ExplanationStruct.SCHEMA, false);
    }
  }

  /**
   * Hands the model to Spark.
   *
   * @param recipe how to explain; its probed archive may be deleted afterwards
   */
  public static ColumnExplainer of(ExplainRecipe recipe, SparkContext spark) throws IOException {
    String archive = "sha256:" + Sha256.of(recipe.model().file());
    if (recipe.explain().over().isMarked()) {
      throw new IllegalArgumentException(
          "`score-over` is "
              + recipe.explain().over().text()
              + ", but rows of a table have no masks or boxes here; use winning or picture, or the"
              + " command explain with a manifest.");
    }
    return new ColumnExplainer(
        ExplainerPlan.of(recipe, RunIdentity.of(recipe), archive, false),
        BroadcastFile.of(recipe.model().file(), spark));
  }

  /**
   * Appends the column.
   *
   * @param rows rows in which the columns have no {@link Columns#problems}
   */
  public Dataset<Row> append(Dataset<Row> rows, Columns columns) {
    StructType schema = rows.schema();
    StructType appended = columns.appended(schema);
    ImageColumn image = ImageColumn.of(schema, columns.image());
    int label = columns.label().map(schema::fieldIndex).orElse(-1);
    int imageId = columns.imageId().map(schema::fieldIndex).orElse(-1);
    MapPartitionsFunction<Row, Row> explain =
        partition -> explain(partition, image, label, imageId);
    return described(rows.mapPartitions(explain, Encoders.row(appended)), appended);
  }

  /**
   * Restores the metadata of columns, such as names of classes or a stream's watermark, which rows
   * lose when they pass through Java.
   */
  private static Dataset<Row> described(Dataset<Row> rows, StructType schema) {
    if (Arrays.stream(schema.fields()).allMatch(f -> f.metadata().equals(Metadata.empty()))) {
      return rows;
    }
    return rows.select(
        Arrays.stream(schema.fields()).map(ColumnExplainer::described).toArray(Column[]::new));
  }

  private static Column described(StructField field) {
    return col("`" + field.name().replace("`", "``") + "`").as(field.name(), field.metadata());
  }

  private Iterator<Row> explain(Iterator<Row> rows, ImageColumn image, int label, int imageId) {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    TaskContext context = TaskContext.get();
    TaskExplainer explainer;
    try (BroadcastFile.Copy copy = archive.copy()) {
      explainer = new TaskExplainer(plan, context, copy);
    }
    // Runs also if the task fails, or if the last row is never read.
    TaskCompletionListener close = ended -> explainer.close();
    context.addTaskCompletionListener(close);
    plan.precision().check(explainer.network().device().isGpu(), System.getenv());
    ExplanationStruct struct = new ExplanationStruct(plan.run());
    TaskFailures failures = new TaskFailures("the output column");
    // Outcomes come in the order of the inputs, but some batches later.
    Deque<Row> waiting = new ArrayDeque<>();
    Iterator<ImageOutcome> outcomes =
        explainer.explain(
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                return rows.hasNext();
              }

              @Override
              public ImageInput next() {
                Row row = rows.next();
                waiting.add(row);
                return input(row, image, label, imageId);
              }
            });
    return new Iterator<>() {
      private PassTimes reported = PassTimes.ZERO;

      @Override
      public boolean hasNext() {
        return outcomes.hasNext();
      }

      @Override
      public Row next() {
        ImageOutcome outcome = outcomes.next();
        Row row = waiting.remove();
        if (outcome instanceof ImageOutcome.Skipped skipped) {
          failures.add(skipped);
        } else {
          ExecutorMetrics.current().add("images", 1);
        }
        PassTimes now = explainer.times();
        ExecutorMetrics.current().add(now.minus(reported));
        reported = now;
        return appended(row, struct.of(outcome));
      }
    };
  }

  private static Row appended(Row row, Row value) {
    Object[] values = new Object[row.size() + 1];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    values[row.size()] = value;
    return RowFactory.create(values);
  }

  private ImageInput input(Row row, ImageColumn image, int label, int imageId) {
    Optional<String> origin = image.origin(row);
    String id =
        imageId >= 0 && !row.isNullAt(imageId)
            ? row.getString(imageId)
            : origin.orElse("An image of column '" + image.name() + "'");
    Optional<String> said =
        label >= 0 && !row.isNullAt(label)
            ? Optional.of(LabelIndex.named(row.get(label), plan.card().classes()))
            : Optional.empty();
    return new ImageInput(new NamedImage(id, origin.orElse(null), said), image.image(row));
  }
}
