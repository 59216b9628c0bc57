package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.TestScale;
import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.GradientMethod;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.model.InputShape;
import io.camatlas.model.Precision;
import io.camatlas.model.PreparedModel;
import io.camatlas.model.TestArchives;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.Layer;
import io.camatlas.torchscript.LayerTree;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maps of usual networks are determined, and say so. */
class UndeterminedMapsTest {
  private static final List<String> SOME = List.of("densenet121-traced.pt:64");
  private static final List<String> MORE =
      List.of(
          "inception_v3-traced.pt:80",
          "googlenet-scripted.pt:64",
          "mobilenet_v2-traced.pt:64",
          "convnext_tiny-traced.pt:64",
          "efficientnet_b0-traced.pt:64",
          "regnet_y_400mf-traced.pt:64",
          "inception_v3-scripted.pt:80",
          "mnasnet0_5-scripted.pt:64");

  private static final int IMAGES = 4;

  @TempDir Path folder;

  /** A map's share that rounding decides, and its difference to that of 64 bits. */
  private record Compared(String layer, double undetermined, double difference) {}

  @Test
  void mapsThatSixtyFourBitsConfirmAreNotMarked() throws IOException {
    List<String> networks = new ArrayList<>(SOME);
    networks.addAll(TestScale.of(List.of(), MORE));
    List<Compared> all = new ArrayList<>();
    for (String network : networks) {
      String[] parts = network.split(":");
      int size = Integer.parseInt(parts[1]);
      for (String layer : layers(parts[0], size)) {
        compare(parts[0], layer, size, all);
      }
    }
    List<Compared> equal = all.stream().filter(one -> one.difference < 1e-4).toList();
    assertThat(equal).as("maps that agree").hasSizeGreaterThan(30);
    assertThat(share(equal)).as("marked of %d that agree", equal.size()).isLessThanOrEqualTo(0.05);
  }

  private static double share(List<Compared> maps) {
    return maps.stream().filter(one -> one.undetermined > Explanation.UNDETERMINED).count()
        / (double) maps.size();
  }

  /** Some of the layers whose output is spatial, from the first to the last. */
  private static List<String> layers(String archive, int size) throws IOException {
    InputShape input = new InputShape(3, size, size);
    LayerTree tree = LayerTree.of(TorchScriptArchive.open(TestArchives.file(archive)));
    TreeSet<Integer> spatial = new TreeSet<>();
    PreparedModel.Outputs outputs = PreparedModel.outputs(tree, ModelEntry.FORWARD, input);
    for (int i = 0; i < outputs.shapes().size(); i++) {
      if (outputs.layouts().get(i).isPresent()) {
        spatial.add(outputs.shapes().get(i).id());
      }
    }
    List<Integer> ids = new ArrayList<>(spatial);
    List<String> some = new ArrayList<>();
    int count = TestScale.of(6, 24);
    for (int i = 0; i < count; i++) {
      Layer layer = tree.layer(ids.get(i * (ids.size() - 1) / (count - 1)));
      if (!layer.path().isEmpty() && !some.contains(layer.path())) {
        some.add(layer.path());
      }
    }
    return some;
  }

  private void compare(String archive, String layer, int size, List<Compared> all)
      throws IOException {
    List<ImageInput> images = LoadedNetwork.pictures(IMAGES);
    for (AlphaScaling alpha : AlphaScaling.values()) {
      GradientMethod method =
          new SmoothGradCamPlusPlus(
              new NoisePlan(3, 0.15, NoiseScale.RANGE, 7),
              ScoreTransform.LOGIT,
              AlphaNumerator.SECOND,
              alpha);
      ExplainSettings settings =
          LoadedNetwork.settings(
              method, new TargetSelection(false, false, 0, List.of(1)), 4, false);
      List<ImageOutcome> narrow;
      List<ImageOutcome> wide;
      try (LoadedNetwork single =
              LoadedNetwork.fixture(archive, layer, size, Precision.FLOAT32, folder);
          LoadedNetwork twice =
              LoadedNetwork.fixture(archive, layer, size, Precision.FLOAT64, folder)) {
        narrow = single.explain(settings, images);
        wide = twice.explain(settings, images);
      } catch (ArchiveException e) {
        return; // It does not reach the scores.
      }
      for (int i = 0; i < IMAGES; i++) {
        if (narrow.get(i) instanceof ImageOutcome.Explained one
            && wide.get(i) instanceof ImageOutcome.Explained other) {
          Explanation a = one.explanations().get(0);
          Explanation b = other.explanations().get(0);
          all.add(
              new Compared(
                  archive + " " + layer + " " + alpha,
                  a.undetermined(),
                  difference(a.map().values(), b.map().values())));
        }
      }
    }
  }

  private static double difference(float[] map, float[] reference) {
    double most = 0;
    double scale = 0;
    for (int i = 0; i < map.length; i++) {
      most = Math.max(most, Math.abs((double) map[i] - reference[i]));
      scale = Math.max(scale, reference[i]);
    }
    return most == 0 ? 0 : most / scale;
  }
}
