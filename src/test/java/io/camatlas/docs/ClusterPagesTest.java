package io.camatlas.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.apache.spark.resource.ResourceRequest;
import org.apache.spark.resource.ResourceUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.collection.immutable.List$;

/** The commands of the pages for clusters are read by Spark's own parser and by ours. */
class ClusterPagesTest {
  private static final Pattern BLOCK = Pattern.compile("```\\n(.*?)```", Pattern.DOTALL);
  private static final String SUBMIT = "$SPARK_HOME/bin/spark-submit ";
  private static final String SCRIPT = "jobs/camatlas ";

  static Stream<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (String page : List.of("standalone", "yarn", "kubernetes")) {
      Matcher blocks = BLOCK.matcher(Files.readString(Path.of("src/docs", page + ".md")));
      while (blocks.find()) {
        blocks
            .group(1)
            .replace("\\\n", " ")
            .lines()
            .filter(line -> line.startsWith(SUBMIT) || line.startsWith(SCRIPT))
            .forEach(commands::add);
      }
    }
    return commands.stream();
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+")).toList();
  }

  /** What spark-submit is given; the script names class and jar before the command. */
  private static List<String> submitted(String command) {
    if (command.startsWith(SUBMIT)) {
      return words(command.substring(SUBMIT.length()));
    }
    List<String> words = new ArrayList<>(words(command.substring(SCRIPT.length())));
    int at = 0;
    while (words.get(at).startsWith("--")) {
      at += 2;
    }
    words.addAll(at, List.of("--class", "io.camatlas.cli.Main", "camatlas.jar"));
    return words;
  }

  private static SparkSubmitArguments parsed(List<String> words) {
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

  @ParameterizedTest
  @MethodSource("commands")
  void sparkReadsTheCommandAndWeItsOptions(String command) {
    SparkSubmitArguments arguments = parsed(submitted(command));
    assertThat(arguments.mainClass()).isEqualTo("io.camatlas.cli.Main");
    assertThat(arguments.primaryResource()).contains("camatlas");
    List<String> own = new ArrayList<>();
    arguments.childArgs().foreach(own::add);
    assertThat(own.get(0)).isIn("explain", "audit");
    Set<String> known =
        Stream.concat(ExplainOptions.ALL.stream(), AtlasOptions.SHARED.stream())
            .map(Option::name)
            .collect(Collectors.toSet());
    for (int i = 1; i < own.size(); i += 2) {
      assertThat(own.get(i)).startsWith("--");
      assertThat(known).contains(own.get(i).substring(2));
    }
  }

  @Test
  void gpusOfTheConfigurationAreRequestsThatSparkAccepts() {
    SparkSubmitArguments arguments =
        parsed(
            List.of(
                "--properties-file",
                "conf/gpu-cluster.conf",
                "--master",
                "yarn",
                "--class",
                "io.camatlas.cli.Main",
                "camatlas.jar",
                "explain"));
    SparkConf conf = new SparkConf(false);
    arguments.sparkProperties().foreach(pair -> conf.set(pair._1(), pair._2()));
    List<ResourceRequest> requests = new ArrayList<>();
    ResourceUtils.parseAllResourceRequests(conf, "spark.executor").foreach(requests::add);
    assertThat(requests).hasSize(1);
    assertThat(requests.get(0).amount()).isEqualTo(1);
    assertThat(requests.get(0).discoveryScript().get()).endsWith("gpu-discovery.sh");
    assertThat(Path.of("conf/gpu-discovery.sh")).isExecutable();
  }
}
