package io.camatlas.spark.report;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Option;
import io.camatlas.config.Scope;
import io.camatlas.explain.TargetSelection;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.storage.FileRange;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The command that explains one image in the same way as a run. */
final class ReproduceCommand {
  /** The options of the command, by name. */
  private static final Map<String, Option<?>> OPTIONS =
      ExplainOptions.ALL.stream().collect(Collectors.toMap(Option::name, option -> option));

  private ReproduceCommand() {}

  /**
   * The command, quoted for a shell. An image's noise depends only on the seed and its bytes, so
   * the command gives the run's map.
   *
   * @param run the run whose settings are used
   * @param path path of the image; if null or part of a shard, the command names the run's whole
   *     input
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

  /** Whether a setting affects results and is not the default; true also for an unknown setting. */
  private static boolean matters(Option<?> option, String value) {
    return option == null
        || (option.scope() == Scope.PER_IMAGE
            && option != ExplainOptions.TARGETS
            && !option.defaultValue().equals(value));
  }

  /**
   * The class by name; by index where the name would be read as a list, a reserved word, or not at
   * all.
   */
  private static String target(List<String> classes, int target) {
    String name = target < classes.size() ? classes.get(target) : "";
    return name.matches("[^-].*")
            && TargetSelection.isClass(name, classes)
            && classes.indexOf(name) == target
        ? name
        : String.valueOf(target);
  }

  private static void option(StringBuilder command, String name, String value) {
    command.append(" --").append(name).append(' ').append(quoted(value));
  }

  private static void option(StringBuilder command, Option<?> option, String value) {
    option(command, option.name(), value);
  }

  /** Adds single quotes if the value has characters that are special to a shell. */
  static String quoted(String value) {
    return value.matches("[A-Za-z0-9_./:=,@%+-]+")
        ? value
        : "'" + value.replace("'", "'\\''") + "'";
  }
}
