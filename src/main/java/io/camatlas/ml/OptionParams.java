package io.camatlas.ml;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Option;
import io.camatlas.config.SettingNames;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/**
 * The parameters of {@link SmoothGradCam}: its columns, and the options of {@code camatlas explain}
 * that say how an image is explained, with their defaults. An option such as {@code noise-scale} is
 * named {@code noiseScale} here; empty text means that no value is given.
 *
 * <p>They are made from {@link ExplainOptions#RECIPE}, and {@link ExplainParams} has methods for
 * each. All values are checked together when a dataset is transformed, by the same code that checks
 * those of the command. {@link #explainParams} lists all parameters with their meaning.
 */
public abstract class OptionParams extends Transformer {
  private static final long serialVersionUID = 1L;

  /**
   * A parameter that names a column.
   *
   * @param name name of the parameter
   * @param defaultValue default column; empty for none
   * @param help what the column holds
   */
  public record Column(String name, String defaultValue, String help) {}

  /** The columns that the stage reads and writes. */
  public static final List<Column> COLUMNS =
      List.of(
          new Column(
              "inputCol",
              "content",
              "Column of images: binary, each an encoded file, or the image struct of Spark's"
                  + " source image."),
          new Column(
              "outputCol",
              "explanation",
              "New column: a struct of what was found, or of why nothing was."),
          new Column(
              "labelCol",
              "",
              "Column with each image's class, by name or index; needed if targets holds label."
                  + " Default: none."),
          new Column(
              "imageIdCol",
              "",
              "Column with the name that log messages use for an image. Default: none."));

  private final String uid;
  private final Map<String, Param<?>> params = new TreeMap<>();

  OptionParams(String uid) {
    this.uid = uid;
    COLUMNS.forEach(column -> text(column.name(), column.help(), column.defaultValue()));
    ExplainOptions.RECIPE.forEach(this::declare);
  }

  private void declare(Option<?> option) {
    String name = parameter(option.name());
    String help = help(option);
    String value = option.defaultValue();
    switch (option.form()) {
      case TEXT -> text(name, help, value);
      case INTEGER -> add(new IntParam(this, name, help), Integer.valueOf(value));
      case LONG -> add(new LongParam(this, name, help), Long.valueOf(value));
      // What the sidecar may say has no default here.
      case DECIMAL ->
          add(new DoubleParam(this, name, help), value.isEmpty() ? null : Double.valueOf(value));
      case SWITCH -> add(new BooleanParam(this, name, help), Boolean.valueOf(value));
    }
  }

  private void text(String name, String help, String value) {
    add(new Param<>(this, name, help), value);
  }

  private <T> void add(Param<T> param, T value) {
    params.put(param.name(), param);
    if (value != null) {
      setDefault(param, value);
    }
  }

  /** The parameter of an option: {@code noiseScale} for {@code noise-scale}. */
  public static String parameter(String option) {
    StringBuilder name = new StringBuilder();
    for (String word : option.split("-")) {
      name.append(
          name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return name.toString();
  }

  /** The help of an option, with names spelled as parameters of this stage. */
  public static String help(Option<?> option) {
    return SettingNames.spelled(option.helpOfNumber(), OptionParams::parameter);
  }

  /** Every option with its value as text. */
  Map<String, String> options() {
    Map<String, String> options = new TreeMap<>();
    for (Option<?> option : ExplainOptions.RECIPE) {
      Param<Object> param = getParam(parameter(option.name()));
      Object value = isDefined(param) ? getOrDefault(param) : null;
      options.put(option.name(), value == null ? "" : value.toString());
    }
    return options;
  }

  /** All parameters; without this override, Spark would look for methods that return one. */
  @Override
  public Param<?>[] params() {
    return params.values().toArray(new Param<?>[0]);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** A text parameter. */
  @SuppressWarnings("unchecked")
  Param<String> text(String name) {
    return (Param<String>) params.get(name);
  }

  /** A parameter of any type. */
  Param<?> param(String name) {
    return params.get(name);
  }

  <T> SmoothGradCam with(Param<T> param, T value) {
    set(param, value);
    return (SmoothGradCam) this;
  }
}
