package io.camatlas.spark.report;

import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.storage.FileRange;
import java.util.List;
import java.util.Map;

/** The command that explains one image as a run did. */
final class ReproduceCommand {
  /** Settings that say where work is done and kept, but not what is found. */
  private static final List<String> ELSEWHERE =
      List.of(
          "images",
          "out",
          "overwrite",
          "overlays",
          "partitions",
          "input-kind",
          "content-column",
          "batch",
          "batch-memory",
          "decoders",
          "device",
          "tasks-per-gpu",
          "executor-gpus",
          "retry-failures",
          "targets");

  private ReproduceCommand() {}

  /**
   * The command, as a shell takes it. An image's noise depends on the seed and its bytes alone, so
   * the map is the run's.
   *
   * @param run whose settings are used
   * @param defaults of the command's settings, which need not be said
   * @param path of the image; null or a part of a shard where the whole input has to be given
   * @param target index of the class to explain
   */
  static String of(FinishedRun run, Map<String, String> defaults, String path, int target) {
    StringBuilder command = new StringBuilder("jobs/camatlas explain");
    run.settings().entrySet().stream()
        .filter(setting -> !ELSEWHERE.contains(setting.getKey()))
        .filter(setting -> !setting.getValue().isEmpty())
        .filter(setting -> !setting.getValue().equals(defaults.get(setting.getKey())))
        .sorted(Map.Entry.comparingByKey())
        .forEach(setting -> option(command, setting.getKey(), setting.getValue()));
    boolean single = path != null && FileRange.parse(path).isEmpty();
    option(command, "targets", target(run.classes(), target));
    option(
        command,
        "images",
        single
            ? path.replaceAll("[*?\\[{\\\\]", "\\\\$0")
            : run.settings().getOrDefault("images", ""));
    option(command, "overlays", "1");
    option(command, "out", "explained");
    return command.toString();
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

  /** In single quotes where a shell would read anything into it. */
  static String quoted(String value) {
    return value.matches("[A-Za-z0-9_./:=,@%+-]+")
        ? value
        : "'" + value.replace("'", "'\\''") + "'";
  }
}
