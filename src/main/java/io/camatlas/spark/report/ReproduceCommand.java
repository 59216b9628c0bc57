package io.camatlas.spark.report;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Option;
import io.camatlas.config.Scope;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.storage.FileRange;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The command that explains one image as a run did. */
final class ReproduceCommand {
  /** The options of the command, by name. */
  private static final Map<String, Option<?>> OPTIONS =
      ExplainOptions.ALL.stream().collect(Collectors.toMap(Option::name, option -> option));

  private ReproduceCommand() {}

  /**
   * The command, as a shell takes it. An image's noise depends on the seed and its bytes alone, so
   * the map is the run's.
   *
   * @param run whose settings are used
   * @param path of the image; null or a part of a shard where the whole input has to be given
   * @param target index of the class to explain
   */
  static String of(FinishedRun run, String path, int target) {
    StringBuilder command = new StringBuilder("jobs/camatlas explain");
    run.settings().entrySet().stream()
        .filter(setting -> !setting.getValue().isEmpty())
        .filter(setting -> matters(OPTIONS.get(setting.getKey()), setting.getValue()))
        .sorted(Map.Entry.comparingByKey())
        .forEach(setting -> option(command, setting.getKey(), setting.getValue()));
    boolean single = path != null && FileRange.parse(path).isEmpty();
    option(command, ExplainOptions.TARGETS, target(run.classes(), target));
    option(
        command,
        ExplainOptions.IMAGES,
        single
            ? path.replaceAll("[*?\\[{\\\\]", "\\\\$0")
            : run.settings().getOrDefault(ExplainOptions.IMAGES.name(), ""));
    option(command, ExplainOptions.OVERLAYS, "1");
    option(command, ExplainOptions.OUT, "explained");
    return command.toString();
  }

  /**
   * Whether a setting changes what is found, and is not the default; also one that is not known.
   */
  private static boolean matters(Option<?> option, String value) {
    return option == null
        || (option.scope() == Scope.PER_IMAGE
            && option != ExplainOptions.TARGETS
            && !option.defaultValue().equals(value));
  }

  /** By name where that is no list, no number and no word with a meaning of its own. */
  private static String target(List<String> classes, int target) {
    String name = target < classes.size() ? classes.get(target) : "";
    boolean plain =
        name.matches("[A-Za-z][A-Za-z0-9_ -]*") && !name.matches("label|predicted|top-.*");
    return plain ? name : String.valueOf(target);
  }

  private static void option(StringBuilder command, String name, String value) {
    command.append(" --").append(name).append(' ').append(quoted(value));
  }

  private static void option(StringBuilder command, Option<?> option, String value) {
    option(command, option.name(), value);
  }

  /** In single quotes where a shell would read anything into it. */
  static String quoted(String value) {
    return value.matches("[A-Za-z0-9_./:=,@%+-]+")
        ? value
        : "'" + value.replace("'", "'\\''") + "'";
  }
}
