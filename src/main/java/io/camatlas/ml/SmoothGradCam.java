package io.camatlas.ml;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.SettingsException;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.setup.ModelSetup;
import io.camatlas.spark.executor.ColumnExplainer;
import io.camatlas.spark.executor.ExplainRecipe;
import io.camatlas.spark.results.ExplanationStruct;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage of Spark ML that explains a column of images with Smooth Grad-CAM++, or any other method
 * of {@code camatlas explain}. It appends a column of {@link ExplanationStruct#SCHEMA}.
 *
 * <p>The input is a column of encoded files ({@code content} of Spark's source {@code binaryFile}),
 * or of the structs that Spark's source {@code image} makes: 8-bit grey, BGR or BGRA pixels,
 * assumed to be upright; alpha is dropped. The output is a struct:
 *
 * <ul>
 *   <li>{@code sha256} of the file's bytes, or of the struct's {@code data}; {@code width} and
 *       {@code height} of the upright image in pixels; {@code input_height}, {@code input_width}
 *       and {@code view}, what the network saw, in pixels of the image;
 *   <li>{@code label_index}, {@code labels}, {@code unknown_labels}, {@code predicted}, {@code
 *       predicted_index}, {@code confidence}, {@code correct}, {@code predicted_labels}, {@code
 *       probabilities}, {@code targets}, {@code model}, {@code model_sha256}; of a model that gives
 *       several labels, {@code correct} and {@code label_index} are null, and {@code labelCol} is a
 *       text such as {@code Edema|?Pneumonia};
 *   <li>{@code explanations}, an array with a struct for each target class, layer and rule: the
 *       columns {@code target} … {@code localization} of the table {@code explanations}, with the
 *       same units. {@code map} is {@code [map_height, map_width]}, row-major, row 0 on top; {@code
 *       weights} and the activations are {@code [K]};
 *   <li>{@code failure}, null on success. An image that is null or cannot be read, decoded or
 *       explained has {@code stage}, {@code reason} and {@code detail} there, and null everywhere
 *       else.
 * </ul>
 *
 * <p>Rows are never dropped and keep their order within a partition; all other columns pass through
 * unchanged. Results do not depend on partitions: an image's noise is derived from {@code seed} and
 * its bytes. {@link #transform} starts no Spark job, so the dataset may be a stream. It prepares
 * the model on the driver, once for the same settings and files, and executors receive it with the
 * first task; no shared folder is needed.
 */
public final class SmoothGradCam extends ExplainParams implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(SmoothGradCam.class);

  /** The most recently prepared model. */
  private transient volatile Prepared prepared;

  private record Prepared(Key key, ColumnExplainer explainer) {}

  /** Everything that a prepared model depends on. */
  private record Key(String application, Map<String, String> options, List<String> versions) {}

  public SmoothGradCam() {
    this(Identifiable$.MODULE$.randomUID("SmoothGradCam"));
  }

  /**
   * @param uid identifies the stage within a pipeline, and when it is saved
   */
  public SmoothGradCam(String uid) {
    super(uid);
  }

  /**
   * Appends the column {@code outputCol}.
   *
   * @throws SettingsException before any work is done, with every problem of columns, settings,
   *     model and layer
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    Dataset<Row> rows = dataset.toDF();
    ColumnExplainer.Columns columns = columns();
    GivenSettings given = new GivenSettings(ExplainOptions.RECIPE, options(), List.of());
    columns.problems(rows.schema()).forEach(given::problem);
    if (columns.label().isEmpty() && targetsLabel()) {
      given.problem(
          "`targets` holds label, but labelCol is empty; set it to the column with each image's"
              + " class, or choose other targets.");
    }
    try {
      return explainer(given, dataset.sparkSession().sparkContext()).append(rows, columns);
    } catch (SettingsException e) {
      throw new SettingsException(e.problems(OptionParams::parameter));
    }
  }

  private boolean targetsLabel() {
    return Arrays.stream(getTargets().split(","))
        .anyMatch(target -> target.strip().equals("label"));
  }

  /**
   * The schema with the column {@code outputCol}.
   *
   * @throws SettingsException with every problem of the columns; the model is not checked
   */
  @Override
  public StructType transformSchema(StructType schema) {
    ColumnExplainer.Columns columns = columns();
    List<String> problems = columns.problems(schema);
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return columns.appended(schema);
  }

  private ColumnExplainer.Columns columns() {
    return new ColumnExplainer.Columns(
        getInputCol(), given(getLabelCol()), given(getImageIdCol()), getOutputCol());
  }

  private static Optional<String> given(String name) {
    return Optional.of(name).filter(text -> !text.isEmpty());
  }

  private synchronized ColumnExplainer explainer(GivenSettings given, SparkContext spark) {
    try {
      Key key = new Key(spark.applicationId(), given.texts(), ModelSetup.versions(given));
      if (prepared == null || !prepared.key.equals(key)) {
        prepared = new Prepared(key, prepare(given, spark));
      }
      given.check();
      return prepared.explainer;
    } catch (IOException e) {
      throw new UncheckedIOException("The model cannot be prepared: " + e.getMessage(), e);
    }
  }

  private static ColumnExplainer prepare(GivenSettings given, SparkContext spark)
      throws IOException {
    Path folder = Files.createTempDirectory("camatlas");
    try {
      Optional<ExplainRecipe> recipe = ExplainSetup.recipe(given, folder);
      given.check();
      ModelSetup.assumption(given, recipe.orElseThrow().card().preprocessing())
          .ifPresent(note -> LOG.warn("Note: {}", note));
      return ColumnExplainer.of(recipe.orElseThrow(), spark);
    } finally {
      FileUtil.fullyDelete(folder.toFile());
    }
  }

  /** The model as executors receive it; null before the first dataset. */
  Object prepared() {
    return prepared == null ? null : prepared.explainer;
  }

  @Override
  public SmoothGradCam copy(ParamMap extra) {
    SmoothGradCam copy = defaultCopy(extra);
    copy.prepared = prepared;
    return copy;
  }

  /** A reader of saved stages; {@code Pipeline} and {@code PipelineModel} call it. */
  public static MLReader<SmoothGradCam> read() {
    return new Saved().read();
  }

  /** Loads a stage from where it was saved. */
  public static SmoothGradCam load(String path) {
    return read().load(path);
  }

  private static final class Saved implements DefaultParamsReadable<SmoothGradCam> {}
}
