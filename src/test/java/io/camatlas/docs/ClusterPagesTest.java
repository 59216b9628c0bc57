package io.camatlas.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.apache.spark.resource.ResourceRequest;
import org.apache.spark.resource.ResourceUtils;
import org.junit.jupiter.api.Test;

/** What the pages for clusters name beside commands; the commands themselves: {@link PagesTest}. */
class ClusterPagesTest {
  @Test
  void gpusOfTheConfigurationAreRequestsThatSparkAccepts() {
    SparkSubmitArguments arguments =
        Submitted.parsed(
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
