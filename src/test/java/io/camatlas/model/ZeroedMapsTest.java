package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Networks without some feature maps, against PyTorch with these filters set to zero; {@code
 * zeroed_maps_oracle.py} wrote the scores.
 */
class ZeroedMapsTest {
  private static final Path ORACLE =
      Path.of("src/test/resources/io/camatlas/model/zeroed-maps.csv");

  @TempDir Path folder;

  record Case(
      String archive, String layer, int size, List<Integer> maps, float[] before, float[] after) {
    @Override
    public String toString() {
      return archive + " " + layer + " without " + maps;
    }
  }

  static List<Case> cases() throws IOException {
    List<String[]> rows = Files.readAllLines(ORACLE).stream().map(line -> line.split(",")).toList();
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < rows.size(); i += 2) {
      String[] row = rows.get(i);
      cases.add(
          new Case(
              row[0],
              row[1],
              Integer.parseInt(row[2]),
              Arrays.stream(row[3].split(" ")).map(Integer::valueOf).toList(),
              scores(row),
              scores(rows.get(i + 1))));
    }
    return cases;
  }

  private static float[] scores(String[] row) {
    float[] scores = new float[row.length - 5];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Float.parseFloat(row[i + 5]);
    }
    return scores;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scoresAreThoseOfANetworkWhoseFiltersAreZero(Case one) throws IOException {
    PreparedModel model =
        PreparedModel.prepare(
            TorchScriptArchive.open(TestArchives.file(one.archive())),
            ModelEntry.FORWARD,
            List.of(LayerName.parse(one.layer())),
            new InputShape(3, one.size(), one.size()),
            folder);
    int maps = model.plan().layers().get(0).maps();
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      float[] pixels = new float[3 * one.size() * one.size()];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) Math.sin(0.37 * i);
      }
      NDArray image = manager.create(pixels, new Shape(1, 3, one.size(), one.size()));
      // In one batch: with all feature maps, and without some.
      NDArray images = image.concat(image);
      float[] factors = new float[2 * maps];
      Arrays.fill(factors, 1);
      one.maps().forEach(map -> factors[maps + map] = 0);
      float[] scores =
          network
              .scaled(model.plan(), 0, images, manager.create(factors, new Shape(2, maps)))
              .toFloatArray();
      int classes = one.before().length;
      assertClose(Arrays.copyOf(scores, classes), one.before());
      assertClose(Arrays.copyOfRange(scores, classes, 2 * classes), one.after());
    }
  }

  static void assertClose(float[] scores, float[] expected) {
    double scale = 0;
    for (float score : expected) {
      scale = Math.max(scale, Math.abs(score));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) scores[i]).isCloseTo(expected[i], within(1e-5 * scale));
    }
  }
}
