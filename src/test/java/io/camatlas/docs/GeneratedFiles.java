package io.camatlas.docs;

import io.camatlas.cli.Command;
import io.camatlas.cli.Main;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Option;
import io.camatlas.config.SettingNames;
import io.camatlas.ml.OptionParams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of this project that are made from the declarations of options. */
final class GeneratedFiles {
  private static final Path PYTHON = Path.of("notebooks/pyspark/camatlas_ml.py");
  private static final Path JAVA = Path.of("src/main/java/io/camatlas/ml/ExplainParams.java");

  private GeneratedFiles() {}

  /** Every file, as it has to be. */
  static Map<Path, String> all() {
    Map<Path, String> files = new LinkedHashMap<>();
    files.put(Path.of("conf/explain.conf"), explainConf());
    files.put(Path.of("src/docs/command-line.md"), commandLine());
    files.put(JAVA, java());
    files.put(PYTHON, python());
    return files;
  }

  // The file of settings.

  private static String explainConf() {
    StringBuilder text =
        new StringBuilder(
            """
            # Every setting of camatlas explain that has a default, with that default.
            # Copy the lines that you want to change; flags win over this file.
            """);
    for (Option<?> option : ExplainOptions.ALL) {
      if (!option.defaultValue().isEmpty()) {
        text.append('\n');
        wrapped(SettingNames.plain(option.help()), 98)
            .forEach(line -> text.append("# ").append(line).append('\n'));
        text.append(option.name()).append(" = ").append(option.defaultValue()).append('\n');
      }
    }
    return text.toString();
  }

  // The page of the command line.

  private static String commandLine() {
    StringBuilder text =
        new StringBuilder(
            """
            # Command line

            <!-- Made from the declarations of the options; GeneratedFilesTest says how to renew it. -->

            Type `jobs/camatlas`, then options of `spark-submit` if you need any (such as
            `--master yarn`), then a command and its options. Every command lists its options with
            `--help`, and reads settings from a file with `--config FILE`: one `name = value` per
            line, named as below without the dashes. Lines that begin with `#` are comments, and
            names that begin with `spark.` are settings of Spark. Flags win over the file. All
            problems are reported together, before any work begins.

            | exit code | meaning |
            | --- | --- |
            | 0 | done |
            | 1 | failed on the way |
            | 2 | wrong settings or unusable input; nothing was done |
            | 3 | done, but more images failed than `--max-failures` allows, or all of them |
            | 4 | done, and a finding is as severe as `--fail-on` says, or neither a class nor all together had enough images to be judged, or `compare` had too few labels to compare accuracy |

            """);
    text.append("| command | what it does |\n| --- | --- |\n");
    for (Command command : Main.COMMANDS) {
      text.append("| [`%s`](#%s) | ".formatted(command.name(), command.name()))
          .append(markdown(command, command.description().get(0)))
          .append(" |\n");
    }
    Main.COMMANDS.forEach(command -> section(text, command));
    return text.toString();
  }

  private static void section(StringBuilder text, Command command) {
    text.append("\n## ").append(command.name()).append("\n\n");
    command.description().forEach(line -> text.append(markdown(command, line)).append('\n'));
    if (!command.examples().isEmpty()) {
      text.append("\n```\n");
      command.examples().forEach(line -> text.append("jobs/camatlas ").append(line).append('\n'));
      text.append("```\n");
    }
    if (!command.positionals().isEmpty()) {
      text.append('\n')
          .append(
              command.positionals().stream()
                  .map(option -> "`--" + option.name() + "`")
                  .collect(Collectors.joining(" and ")))
          .append(" may also be given as a value alone, without the name.\n");
    }
    command.options().stream()
        .collect(Collectors.groupingBy(Option::topic, TreeMap::new, Collectors.toList()))
        .forEach(
            (topic, options) -> {
              text.append("\n| ").append(topic.heading()).append(" | default | |\n");
              text.append("| --- | --- | --- |\n");
              options.forEach(option -> row(text, command, option));
            });
  }

  private static void row(StringBuilder text, Command command, Option<?> option) {
    String label = option.label().replace(" …", "").replace("|", "\\|");
    String value = option.isSwitch() ? "" : " " + label;
    String defaultValue = option.defaultValue();
    text.append("| `--").append(option.name()).append(value).append("` | ");
    text.append(defaultValue.isEmpty() ? "" : "`" + defaultValue + "`").append(" | ");
    text.append(markdown(command, option.help()).replace("|", "\\|")).append(" |\n");
  }

  private static String markdown(Command command, String sentences) {
    return SettingNames.spelled(
        sentences,
        name -> {
          boolean own = command.options().stream().anyMatch(option -> option.name().equals(name));
          return own ? "`--" + name + "`" : name;
        });
  }

  // The stage of Spark ML, in Java.

  private record Param(String name, String help, Option.Form form) {
    String capitalized() {
      return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
  }

  private static List<Param> params() {
    List<Param> params = new ArrayList<>();
    OptionParams.COLUMNS.forEach(
        column -> params.add(new Param(column.name(), column.help(), Option.Form.TEXT)));
    ExplainOptions.RECIPE.forEach(
        option ->
            params.add(
                new Param(
                    OptionParams.parameter(option.name()),
                    OptionParams.help(option),
                    option.form())));
    return params;
  }

  private static String java() {
    StringBuilder text =
        new StringBuilder(
            """
            package io.camatlas.ml;

            import org.apache.spark.ml.param.BooleanParam;
            import org.apache.spark.ml.param.DoubleParam;
            import org.apache.spark.ml.param.IntParam;
            import org.apache.spark.ml.param.LongParam;
            import org.apache.spark.ml.param.Param;

            /**
             * A method for each parameter, and for its value. Made from the declarations of the options;
             * GeneratedFilesTest says how to renew it.
             */
            public abstract class ExplainParams extends OptionParams {
              private static final long serialVersionUID = 1L;

              ExplainParams(String uid) {
                super(uid);
              }
            """);
    for (Param param : params()) {
      text.append(
          switch (param.form) {
            case TEXT -> accessors(param, "Param<String>", "text", "String", "");
            case INTEGER -> accessors(param, "IntParam", "(IntParam) param", "int", "(Integer) ");
            case LONG -> accessors(param, "LongParam", "(LongParam) param", "long", "(Long) ");
            case DECIMAL ->
                accessors(param, "DoubleParam", "(DoubleParam) param", "double", "(Double) ");
            case SWITCH ->
                accessors(param, "BooleanParam", "(BooleanParam) param", "boolean", "(Boolean) ");
          });
    }
    return text.append("}\n").toString();
  }

  private static String accessors(
      Param param, String type, String finder, String value, String cast) {
    String name = param.name();
    return """

      public %s %s() {
        return %s("%s");
      }

      public %s get%s() {
        return %sgetOrDefault(%s());
      }

      public SmoothGradCam set%s(%s value) {
        return with(%s(), value);
      }
    """
        .formatted(
            type,
            name,
            finder,
            name,
            value,
            param.capitalized(),
            cast,
            name,
            param.capitalized(),
            value,
            name);
  }

  // The stage of Spark ML, in Python.

  private static String python() {
    String now;
    try {
      now = Files.readString(PYTHON);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String withParams = between(now, "parameters", lines(GeneratedFiles::pythonParam));
    return between(withParams, "arguments", lines(GeneratedFiles::pythonArgument));
  }

  private static String lines(Function<Param, Stream<String>> each) {
    return params().stream().flatMap(each).map(line -> line + "\n").collect(Collectors.joining());
  }

  /** A text with other lines between the two comments that name them. */
  private static String between(String text, String what, String lines) {
    int start = text.indexOf("# Generated " + what);
    int from = text.indexOf('\n', start) + 1;
    int end = text.indexOf("# End of generated " + what);
    int to = text.lastIndexOf('\n', end) + 1;
    if (start < 0 || end < 0) {
      throw new IllegalStateException(PYTHON + " has lost its comments around " + what + ".");
    }
    return text.substring(0, from) + lines + text.substring(to);
  }

  private static Stream<String> pythonParam(Param param) {
    List<String> lines = new ArrayList<>();
    lines.add("    " + param.name() + " = Param(");
    lines.add("        Params._dummy(),");
    lines.add("        \"" + param.name() + "\",");
    List<String> sentences = wrapped(param.help(), 84);
    for (int i = 0; i < sentences.size(); i++) {
      boolean last = i == sentences.size() - 1;
      lines.add("        \"" + sentences.get(i) + (last ? "\"," : " \""));
    }
    lines.add("        TypeConverters." + converter(param.form()) + ",");
    lines.add("    )");
    return lines.stream();
  }

  private static String converter(Option.Form form) {
    return switch (form) {
      case TEXT -> "toString";
      case INTEGER, LONG -> "toInt";
      case DECIMAL -> "toFloat";
      case SWITCH -> "toBoolean";
    };
  }

  private static Stream<String> pythonArgument(Param param) {
    String type =
        switch (param.form()) {
          case TEXT -> "str";
          case INTEGER, LONG -> "int";
          case DECIMAL -> "float";
          case SWITCH -> "bool";
        };
    return Stream.of("        " + param.name() + ": Optional[" + type + "] = None,");
  }

  private static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
