package io.camatlas.sanity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.CamMethod;
import io.camatlas.cam.EigenCam;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.GradCam;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.demo.DemoModel;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.NamedImage;
import io.camatlas.explain.PassClock;
import io.camatlas.explain.Preparation;
import io.camatlas.explain.PreparedImage;
import io.camatlas.explain.Rule;
import io.camatlas.explain.TargetSelection;
import io.camatlas.faithfulness.SaliencyGrid;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.InputShape;
import io.camatlas.model.LabelSets;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.PreparedModel;
import io.camatlas.model.ScoreOver;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the demo's network. */
class SanityChecksTest {
  private static final SanitySettings SETTINGS = new SanitySettings(4, 2, 2, 0.2, 3);

  @TempDir static Path folder;

  private static ModelCard card;
  private static PreparedModel prepared;
  private static List<SanityChecks.Subject> subjects;

  @BeforeAll
  static void prepare() throws IOException {
    Path archive = DemoModel.copyTo(folder);
    card = ModelCard.read(folder.resolve(DemoModel.SIDECAR));
    prepared =
        PreparedModel.prepare(
            TorchScriptArchive.open(archive),
            ModelEntry.FORWARD,
            List.of(LayerName.parse(card.layer())),
            card.inputShape(),
            folder);
    Preparation preparation =
        new Preparation(card, DecodeLimits.DEFAULT, card.inputShape(), new PassClock());
    subjects = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      byte[] file = picture(i);
      NamedImage name = new NamedImage("picture-" + i, null, Optional.empty());
      PreparedImage image = (PreparedImage) preparation.prepare(new ImageInput(name, () -> file));
      subjects.add(new SanityChecks.Subject(image, 2 * i, card.layer()));
    }
  }

  private static byte[] picture(int seed) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(160, 160, BufferedImage.TYPE_INT_RGB);
    int tint = random.nextInt(1 << 24);
    for (int i = 0; i < 160 * 160; i++) {
      image.setRGB(i % 160, i / 160, i % 160 > i / 160 ? tint : random.nextInt(1 << 24));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static List<List<Checked>> check(CamMethod method, List<SanityChecks.Subject> some) {
    ExplainSettings explain =
        new ExplainSettings(
            List.of(new Rule(method, FeatureMapSelection.ALL, new NeuronSelection.All())),
            new TargetSelection(false, true, 0, List.of()),
            LabelSets.USUAL,
            ScoreOver.WINNING,
            4,
            true,
            DecodeLimits.DEFAULT);
    Network.prepareThread(1);
    try (Network network = Network.load(prepared.file(), Device.cpu());
        Network spare = network.copy(prepared.file())) {
      return new SanityChecks(prepared.plan(), card, explain, SETTINGS).of(network, spare, some);
    }
  }

  private static OptionalDouble value(List<Checked> found, SanityMeasure measure, int stage) {
    return found.stream()
        .filter(one -> one.measure() == measure && one.degree() == stage)
        .mapToDouble(Checked::value)
        .findFirst();
  }

  @Test
  void aRuleThatKnowsNoClassesGivesEachTheSameMap() {
    for (List<Checked> found : check(new EigenCam(), subjects)) {
      assertThat(value(found, SanityMeasure.OTHER_CLASS, 0).orElseThrow())
          .isCloseTo(1, within(1e-6));
      assertThat(value(found, SanityMeasure.SENSITIVITY, 0).orElseThrow()).isBetween(1e-6, 0.5);
    }
  }

  @Test
  void mapsOfGradientsChangeWithWeightsAndClasses() {
    for (List<Checked> found : check(new GradCam(), subjects)) {
      assertThat(value(found, SanityMeasure.RANDOMISED, 2).orElse(0)).isLessThan(0.9);
      assertThat(value(found, SanityMeasure.RANDOMISED, 1).orElse(0)).isLessThan(0.999);
      assertThat(value(found, SanityMeasure.OTHER_CLASS, 0).orElse(0)).isLessThan(0.99);
      value(found, SanityMeasure.ADCC, 0).ifPresent(adcc -> assertThat(adcc).isBetween(0.0, 1.0));
      assertThat(value(found, SanityMeasure.COMPLEXITY, 0).orElse(0.5)).isBetween(0.0, 1.0);
    }
  }

  @Test
  void numbersDoNotDependOnWhatIsCheckedBeside() {
    List<List<Checked>> together = check(new GradCam(), subjects);
    for (int i = 0; i < subjects.size(); i++) {
      List<Checked> alone = check(new GradCam(), List.of(subjects.get(i))).get(0);
      assertThat(alone).hasSameSizeAs(together.get(i));
      for (Checked one : alone) {
        assertThat(value(together.get(i), one.measure(), one.degree()).orElseThrow())
            .isCloseTo(one.value(), within(2e-3));
      }
    }
  }

  @Test
  void shufflingChangesOneCopyAndDependsOnTheSeed() {
    Network.prepareThread(1);
    try (Network network = Network.load(prepared.file(), Device.cpu());
        Network other = Network.load(prepared.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      InputShape input = prepared.plan().input();
      NDArray image =
          manager
              .arange(input.elements())
              .div(input.elements())
              .reshape(new Shape(1, input.channels(), input.height(), input.width()));
      float[] before = network.scores(image).toFloatArray();
      assertThat(network.layersWithWeights()).isGreaterThan(4);
      network.shuffleLayers(0, 1, 5);
      float[] last = network.scores(image).toFloatArray();
      assertThat(last).isNotEqualTo(before);
      // Not the other copy, and in one way for each seed.
      assertThat(other.scores(image).toFloatArray()).isEqualTo(before);
      other.shuffleLayers(0, 1, 5);
      assertThat(other.scores(image).toFloatArray()).isEqualTo(last);
    }
  }

  @Test
  void pixelsThatTheMapMarksAreReplacedInStages() {
    for (List<Checked> found : check(new GradCam(), subjects)) {
      for (SanityMeasure measure : List.of(SanityMeasure.ROAD, SanityMeasure.ROAD_RANDOM)) {
        List<Checked> own = found.stream().filter(one -> one.measure() == measure).toList();
        // A class that is not predicted at all has none.
        assertThat(own).extracting(Checked::degree).isIn(List.of(), List.of(10, 30, 50, 70));
        assertThat(own).extracting(Checked::value).allMatch(value -> value == 0 || value == 1);
      }
    }
  }

  /** The network knows 'marked' by a white mark in the upper left corner, and by nothing else. */
  @Test
  void aClassIsLostWhereItsMarkIsReplaced() throws IOException {
    Path archive = Path.of("src/test/resources/io/camatlas/model/labels/labels.pt");
    ModelCard labels = ModelCard.read(archive.resolveSibling("labels.json"));
    PreparedModel model =
        PreparedModel.prepare(
            TorchScriptArchive.open(archive),
            ModelEntry.FORWARD,
            List.of(LayerName.parse(labels.layer())),
            labels.inputShape(),
            folder);
    int marked = labels.classes().indexOf("marked");
    BufferedImage picture = new BufferedImage(96, 96, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 96 * 96; i++) {
      boolean mark = i % 96 >= 3 && i % 96 < 15 && i / 96 >= 3 && i / 96 < 15;
      picture.setRGB(i % 96, i / 96, mark ? 0xfafafa : 0x7a6a80);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", file);
    PreparedImage image =
        (PreparedImage)
            new Preparation(labels, DecodeLimits.DEFAULT, labels.inputShape(), new PassClock())
                .prepare(
                    new ImageInput(
                        new NamedImage("marked", null, Optional.empty()), file::toByteArray));
    SanityChecks checks =
        new SanityChecks(
            model.plan(),
            labels,
            new ExplainSettings(
                List.of(
                    new Rule(new GradCam(), FeatureMapSelection.ALL, new NeuronSelection.All())),
                new TargetSelection(false, true, 0, List.of()),
                LabelSets.USUAL,
                ScoreOver.WINNING,
                4,
                true,
                DecodeLimits.DEFAULT),
            SETTINGS);
    float[] corner = new float[36];
    float[] elsewhere = new float[36];
    corner[0] = 1;
    elsewhere[35] = 1;
    Network.prepareThread(1);
    try (Network network = Network.load(model.file(), Device.cpu())) {
      SanityChecks.Subject subject = new SanityChecks.Subject(image, marked, labels.layer());
      assertThat(checks.road(network, subject, new SaliencyGrid(corner, 6, 6), SanityMeasure.ROAD))
          .hasSize(4)
          .first()
          .isEqualTo(new Checked(SanityMeasure.ROAD, 10, 0));
      assertThat(
              checks.road(network, subject, new SaliencyGrid(elsewhere, 6, 6), SanityMeasure.ROAD))
          .first()
          .isEqualTo(new Checked(SanityMeasure.ROAD, 10, 1));
      SanityChecks.Subject absent = new SanityChecks.Subject(image, 0, labels.layer());
      assertThat(checks.road(network, absent, new SaliencyGrid(corner, 6, 6), SanityMeasure.ROAD))
          .isEmpty();
    }
  }
}
