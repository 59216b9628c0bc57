package io.camatlas.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.image.PixelMapping;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against a literal float64 rewrite of the definitions, src/test/python/truth_oracle.py. */
class TruthGoldenTest {
  private static JsonNode golden() {
    try {
      return new ObjectMapper()
          .readTree(Path.of("src/test/resources/golden/truth/cases.json").toFile());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static Stream<Case> cases() {
    return StreamSupport.stream(golden().get("cases").spliterator(), false).map(Case::new);
  }

  record Case(JsonNode json) {
    @Override
    public String toString() {
      return json.get("name").asText();
    }

    PixelMapping mapping() {
      int[] m = ints(json.get("mapping"));
      return new PixelMapping(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7]);
    }

    /** What is to be ignored travels with the last mask, as a PNG file. */
    List<TruthObject> objects() {
      List<TruthObject> objects = new ArrayList<>();
      for (int i = 0; i < json.get("boxes").size(); i++) {
        JsonNode box = json.get("boxes").get(i);
        Mask mask = json.get("masks").isEmpty() ? null : runs(json.get("masks").get(i));
        if (!json.get("ignore").isEmpty() && i == json.get("boxes").size() - 1) {
          mask = new Mask.Png("last.png", Mask.Value255.IGNORE);
        }
        objects.add(
            new TruthObject(
                "thing",
                box.get(0).asDouble(),
                box.get(1).asDouble(),
                box.get(2).asDouble(),
                box.get(3).asDouble(),
                mask,
                false,
                false));
      }
      return objects;
    }

    private Mask.RunLengths runs(JsonNode counts) {
      return new Mask.RunLengths(mapping().width(), mapping().height(), ints(counts));
    }

    byte[] lastMaskAsPng(String path) throws IOException {
      assertThat(path).isEqualTo("last.png");
      int width = mapping().width();
      int height = mapping().height();
      JsonNode masks = json.get("masks");
      byte[] object = runs(masks.get(masks.size() - 1)).rasterise(width, height, MaskFiles.NONE);
      byte[] ignore = runs(json.get("ignore")).rasterise(width, height, MaskFiles.NONE);
      BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < object.length; i++) {
        int value = object[i] == Mask.OBJECT ? 7 : ignore[i] == Mask.OBJECT ? 255 : 0;
        image.getRaster().setSample(i % width, i / width, 0, value);
      }
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(image, "png", png);
      return png.toByteArray();
    }

    TruthEvaluation.Result measured() {
      JsonNode map = json.get("map");
      int width = map.get(0).size();
      float[] values = new float[map.size() * width];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) map.get(i / width).get(i % width).asDouble();
      }
      return new TruthEvaluation(objects(), mapping(), this::lastMaskAsPng)
          .measure(values, map.size(), width);
    }

    private static int[] ints(JsonNode list) {
      return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneMapMeasuresAsDefined(Case golden) {
    JsonNode expected = golden.json().get("expected");
    TruthEvaluation.Result result = golden.measured();
    assertThat(result.croppedOut()).isEqualTo(expected.get("croppedOut").asInt());
    assertThat(result.measured()).isEqualTo(expected.get("measured").asBoolean());
    if (!result.measured()) {
      return;
    }
    double tolerance = golden().get("tolerance").asDouble();
    assertThat(result.blank()).isEqualTo(expected.get("blank").asBoolean());
    assertThat(result.peakHit()).isEqualTo(expected.get("peakHit").asBoolean());
    assertThat(result.centreHit()).isEqualTo(expected.get("centreHit").asBoolean());
    if (result.blank()) {
      assertThat(result.energy()).isNaN();
    } else {
      assertThat(result.energy()).isCloseTo(expected.get("energy").asDouble(), within(tolerance));
    }
    assertThat(result.coverage()).isCloseTo(expected.get("coverage").asDouble(), within(tolerance));
    StringBuilder hits = new StringBuilder();
    for (byte bits : result.boxHits()) {
      hits.append(Integer.toHexString(bits));
    }
    assertThat(hits).hasToString(expected.get("boxHits").asText());
    assertThat(result.pixels() == null).isEqualTo(expected.path("objectPixels").isMissingNode());
    if (result.pixels() != null) {
      assertThat(result.pixels().object()).isEqualTo(bins(expected.get("objectPixels")));
      assertThat(result.pixels().background()).isEqualTo(bins(expected.get("backgroundPixels")));
    }
  }

  @Test
  void metricsOfSeveralMapsAreAsDefined() {
    JsonNode expected = golden().get("total");
    TruthState state =
        cases().map(Case::measured).reduce(TruthState.EMPTY, TruthState::add, TruthState::merge);
    assertThat(state.images()).isEqualTo(9);
    assertThat(state.withoutVisibleObject()).isEqualTo(1);
    assertThat(state.croppedOutObjects()).isEqualTo(2);
    assertThat(state.blank()).isEqualTo(1);
    assertThat(state.maxBoxAcc().accuracy())
        .isCloseTo(expected.get("maxBoxAcc").asDouble(), within(1e-12));
    JsonNode v2 = expected.get("maxBoxAccV2");
    assertThat(
            new double[] {
              state.maxBoxAccV2At30().accuracy(),
              state.maxBoxAccV2At50().accuracy(),
              state.maxBoxAccV2At70().accuracy()
            })
        .containsExactly(
            new double[] {v2.get(0).asDouble(), v2.get(1).asDouble(), v2.get(2).asDouble()},
            within(1e-12));
    assertThat(state.pxap()).isCloseTo(expected.get("pxap").asDouble(), within(1e-12));
  }

  private static int[] bins(JsonNode sparse) {
    int[] bins = new int[PixelScores.BINS];
    sparse
        .fields()
        .forEachRemaining(bin -> bins[Integer.parseInt(bin.getKey())] = bin.getValue().asInt());
    return bins;
  }
}
