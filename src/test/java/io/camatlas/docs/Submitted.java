package io.camatlas.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.deploy.SparkSubmitArguments;
import scala.collection.immutable.List$;

/** What spark-submit is given by a command of the pages, and what it makes of it. */
final class Submitted {
  /** Options of spark-submit without a value. */
  private static final Set<String> SWITCHES =
      Set.of("--verbose", "-v", "--supervise", "--load-spark-defaults");

  /** Where the script takes a word for CamAtlas although it begins with a hyphen. */
  private static final Set<String> OURS = Set.of("--help", "-h", "--version");

  private Submitted() {}

  /** The arguments; the script names class and jar before the command. */
  static List<String> words(List<String> command) {
    List<String> words = new ArrayList<>(command.subList(1, command.size()));
    if (command.get(0).endsWith("spark-submit")) {
      return words;
    }
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("--") && !OURS.contains(words.get(at))) {
      at += SWITCHES.contains(words.get(at)) ? 1 : 2;
    }
    words.addAll(
        Math.min(at, words.size()), List.of("--class", "io.camatlas.cli.Main", "camatlas.jar"));
    return words;
  }

  static SparkSubmitArguments parsed(List<String> words) {
    scala.collection.immutable.List<String> list = List$.MODULE$.empty();
    for (int i = words.size() - 1; i >= 0; i--) {
      list = list.$colon$colon(words.get(i));
    }
    // YARN's clients read their cluster from there; none is asked here.
    return new SparkSubmitArguments(
        list,
        new scala.collection.immutable.HashMap<String, String>()
            .updated("HADOOP_CONF_DIR", "/etc/hadoop/conf"));
  }
}
