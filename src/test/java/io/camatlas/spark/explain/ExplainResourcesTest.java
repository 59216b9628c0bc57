package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class ExplainResourcesTest {
  private static SparkConf on(String master) {
    return new SparkConf(false).setMaster(master);
  }

  @Test
  void defaultsAreNotTold() {
    assertThat(new ExplainResources(0, 4).withoutEffect(on("local[2]"))).isEmpty();
    assertThat(new ExplainResources(0, 4).withoutEffect(on("yarn"))).isEmpty();
  }

  @Test
  void oneMachineManagesNoGpus() {
    assertThat(new ExplainResources(0, 2).withoutEffect(on("local[2]")))
        .contains("`tasks-per-gpu` has no effect: Spark runs on this machine alone.");
    assertThat(new ExplainResources(1, 2).withoutEffect(on("local[2]")).orElseThrow())
        .startsWith("`executor-gpus` and `tasks-per-gpu` have no effect");
  }

  @Test
  void theSettingOfSparkWins() {
    SparkConf conf = on("yarn").set("spark.task.resource.gpu.amount", "0.5");
    assertThat(new ExplainResources(0, 2).withoutEffect(conf))
        .contains("`tasks-per-gpu` has no effect: spark.task.resource.gpu.amount is set.");
  }

  @Test
  void gpusOfExecutorsAreAskedForOnlyByDynamicAllocation() {
    assertThat(new ExplainResources(1, 4).withoutEffect(on("yarn")).orElseThrow())
        .contains("`executor-gpus` has no effect without spark.dynamicAllocation.enabled");
    SparkConf dynamic = on("yarn").set("spark.dynamicAllocation.enabled", "true");
    assertThat(new ExplainResources(1, 2).withoutEffect(dynamic)).isEmpty();
  }

  @Test
  void tasksShareTheGpusThatExecutorsHave() {
    assertThat(new ExplainResources(0, 2).withoutEffect(on("yarn")).orElseThrow())
        .contains("executors have no GPUs; set spark.executor.resource.gpu.amount");
    SparkConf withGpus = on("yarn").set("spark.executor.resource.gpu.amount", "1");
    assertThat(new ExplainResources(0, 2).withoutEffect(withGpus)).isEmpty();
  }
}
