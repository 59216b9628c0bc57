package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.model.GridLayout;
import io.camatlas.model.Layout;
import io.camatlas.model.ProbedLayer;
import io.camatlas.model.ScoreCheck;
import io.camatlas.model.ScoreKind;
import io.camatlas.spark.results.RunRecord.EngineVersions;
import io.camatlas.spark.results.RunRecord.Model;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The names in {@code run.json} and {@code atlas.json}, and their order, are a contract. */
class RunRecordTest {
  private static final RunRecord RUN =
      RunRecord.of(
          "r0123456789ab",
          "2026-01-02T03:04:05Z",
          new Model(
              "net.pt",
              "net",
              "00ff",
              List.of("cat", "dog"),
              List.of("pet", ""),
              "3x8x8",
              "none",
              List.of(
                  new ProbedLayer("relu", 3, 1, 2, 4, 8, 8, GridLayout.CHANNELS_FIRST, "", 1e-6)),
              new ScoreCheck(Layout.PLANAR, false, false, 4, 0, 1e-4, ScoreKind.LOGITS, 0)),
          List.of(new RunRule("grad-cam", Map.of("alpha", "raw"))),
          Map.of("model", "net.pt"),
          new EngineVersions("4.0.1", "2.7.1", "0.35.1", "17"));

  private static List<String> names(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  @Test
  void aRunThatGoesOnSaysWhatItIs() throws IOException {
    JsonNode run = json(RUN.text());
    assertThat(names(run))
        .containsExactly(
            "camatlas",
            "run",
            "status",
            "tables",
            "started",
            "model",
            "rules",
            "settings",
            "versions");
    assertThat(run.path("status").asText()).isEqualTo("running");
    assertThat(names(run.path("model")))
        .containsExactly(
            "path",
            "name",
            "sha256",
            "classes",
            "superclasses",
            "input",
            "preprocessing",
            "layers",
            "check");
    assertThat(run.at("/model/check/layout").asText()).isEqualTo("planar");
    assertThat(run.at("/model/check/one_by_one").isBoolean()).isTrue();
    assertThat(run.at("/model/check/scores").asText()).isEqualTo("logits");
    assertThat(names(run.at("/model/layers/0")))
        .containsExactly(
            "path",
            "id",
            "call",
            "calls",
            "maps",
            "height",
            "width",
            "layout",
            "nonlinearity",
            "rounding");
    assertThat(names(run.path("versions"))).containsExactly("spark", "pytorch", "djl", "java");
  }

  @Test
  void aFinishedRunAddsWhatCameOfIt() throws IOException {
    RunEnd end =
        new RunEnd(
            "2026-01-02T03:05:05Z",
            60,
            50,
            new RunEnd.Counts(3, 4, 1, 2),
            Map.of("decode: not an image", 1L),
            new RunEnd.ThisStart(
                0, 3, 4, Map.of(), 1, 16, 1e-6, Map.of("tasks", 7L), 0.5, 2, 32, 28, 3, 6),
            new RunEnd.Images("table", "parquet", "picture"));
    JsonNode run = json(RUN.withBatch(16).text(end));
    assertThat(names(run))
        .containsExactly(
            "camatlas",
            "run",
            "status",
            "tables",
            "started",
            "model",
            "rules",
            "batch",
            "settings",
            "versions",
            "ended",
            "seconds",
            "explain_seconds",
            "counts",
            "failures",
            "this_start",
            "images");
    assertThat(run.path("status").asText()).isEqualTo("finished");
    assertThat(names(run.path("counts")))
        .containsExactly("images", "explanations", "failures", "overlays");
    assertThat(names(run.path("this_start")))
        .containsExactly(
            "images_done_before",
            "images",
            "explanations",
            "failures",
            "networks_loaded",
            "images_compared",
            "score_difference",
            "milliseconds",
            "device_idle_share",
            "passes",
            "rows",
            "padded_rows",
            "groups",
            "reads");
    assertThat(names(run.path("images"))).containsExactly("path", "kind", "content_column");
  }

  @Test
  void whatWasWrittenIsReadBack() throws IOException {
    RunRecord run = RUN.withBatch(16);
    assertThat(ResultJson.read(run.text(), RunRecord.class)).isEqualTo(run);
    assertThat(run.model().layers().get(0).name()).isEqualTo("relu#2");
  }

  @Test
  void whatOthersLeaveOutIsMissingAndWhatTheyAddIsPassedOver() throws IOException {
    RunRecord run = ResultJson.read("{\"run\": \"r1\", \"later\": [1]}", RunRecord.class);
    assertThat(run.run()).isEqualTo("r1");
    assertThat(run.model()).isNull();
    assertThat(run.isFinished()).isFalse();
  }

  @Test
  void anAtlasNamesTheRunsThatItIsMadeOf() throws IOException {
    AtlasRecord atlas =
        AtlasRecord.of(
            "2026-01-02T03:04:05Z",
            1.5,
            10,
            Map.of("class_attention", 4L),
            List.of("run"),
            List.of("file:/data/run"),
            List.of("b", "a"),
            Map.of("r1.2", "2026-01-01T00:00:00Z"),
            List.of(new UnfinishedRun("r2", "run")),
            Map.of(
                "r1.2",
                new AtlasRun(
                    "net", "00ff", "3x8x8 none", "grad-cam", Map.of(), List.of("pet", ""))),
            Map.of("r1.2", new AtlasRecord.Truth("none", "auto", false)),
            Map.of("examples", "40"));
    JsonNode json = json(ResultJson.text(atlas));
    assertThat(names(json))
        .containsExactly(
            "camatlas",
            "tables",
            "started",
            "seconds",
            "explanations",
            "rows",
            "from",
            "folders",
            "origins",
            "runs_ended",
            "unfinished",
            "runs",
            "truth",
            "settings");
    assertThat(names(json.path("runs").path("r1.2")))
        .containsExactly("model", "model_sha256", "input", "method", "parameters", "superclasses");
    assertThat(json.path("origins")).map(JsonNode::asText).containsExactly("a", "b");
    assertThat(ResultJson.read(ResultJson.text(atlas), AtlasRecord.class)).isEqualTo(atlas);
  }
}
