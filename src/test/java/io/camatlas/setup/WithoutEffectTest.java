package io.camatlas.setup;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.demo.DemoModel;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.model.ModelCard;
import io.camatlas.model.ScoreKind;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WithoutEffectTest {
  private static final ModelCard CARD =
      new ModelCard("m", List.of("a", "b"), "layer4", ScoreKind.LOGITS, Preprocessing.IMAGENET);
  private static final ModelCard SEVERAL_LABELS =
      new ModelCard(
          "m", List.of("a", "b"), "layer4", ScoreKind.MULTI_LABEL, Preprocessing.IMAGENET);
  private static final List<Option<?>> OF_AUDIT =
      Stream.of(
              ExplainOptions.ALL,
              AtlasOptions.SHARED,
              StrategiesOptions.OF_AUDIT,
              CausesOptions.SHARED,
              ReportOptions.SHARED)
          .<Option<?>>flatMap(List::stream)
          .toList();

  @TempDir Path folder;

  private static Map<String, String> flags(String settings) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (String setting : settings.split(" ")) {
      String[] parts = setting.split("=", 2);
      flags.put(parts[0], parts[1]);
    }
    return flags;
  }

  private static GivenSettings given(List<Option<?>> options, String settings) {
    return new GivenSettings(options, flags(settings), List.of());
  }

  private static List<String> explain(String settings) {
    return WithoutEffect.explain(given(ExplainOptions.ALL, settings), CARD);
  }

  private List<String> audit(String settings) throws IOException {
    Map<String, String> flags = flags(settings);
    flags.put("model", DemoModel.copyTo(folder).toString());
    flags.put("images", folder.toString());
    flags.put("out", "out");
    GivenSettings given = new GivenSettings(OF_AUDIT, flags, List.of());
    ExplainJobSettings explain =
        ExplainSetup.resolve(given.with(ExplainOptions.ALL, Map.of()), folder);
    return WithoutEffect.audit(given, explain);
  }

  @Test
  void methodsWithoutNoise() {
    assertThat(explain("method=grad-cam samples=8")).hasSize(1);
    assertThat(explain("method=grad-cam samples=8").get(0))
        .startsWith("`samples` has no effect: grad-cam makes no noisy copies. Methods that do: ")
        .contains("smooth-grad-cam++", "smooth-grad-cam,")
        .doesNotContain(" grad-cam,");
    assertThat(
            explain("method=grad-cam,cam sigma=0.2 noise-scale=absolute seed=3 no-shortcut=true"))
        .singleElement()
        .asString()
        .startsWith(
            "`sigma`, `noise-scale`, `seed` and `no-shortcut` have no effect: grad-cam and cam make"
                + " no noisy copies.");
    assertThat(explain("method=grad-cam,smooth-grad-cam samples=8 sigma=0.2 seed=3")).isEmpty();
  }

  @Test
  void noNoiseIsWhatWasAskedFor() {
    assertThat(explain("method=grad-cam samples=0")).isEmpty();
    assertThat(explain("samples=0")).isEmpty();
    assertThat(explain("samples=0 seed=3 no-shortcut=true"))
        .containsExactly(
            "`seed` and `no-shortcut` have no effect: `samples` is 0, so there is no noise.");
    assertThat(explain("sigma=0 noise-scale=absolute"))
        .containsExactly(
            "`noise-scale` has no effect: `sigma` is 0, so noisy copies are the image itself.");
  }

  @ParameterizedTest
  @CsvSource({
    "grad-cam++, numerator, paper, smooth-grad-cam++",
    "grad-cam, score, exp, smooth-grad-cam++",
    "layer-cam, alpha, normalized, grad-cam++",
    "grad-cam, patch, 9, occlusion",
    "grad-cam, pixel-grid, 28, saliency",
    "saliency, path-steps, 10, integrated-gradients",
  })
  void parametersOfOtherMethods(String method, String parameter, String value, String other) {
    assertThat(explain("method=" + method + " " + parameter + "=" + value))
        .singleElement()
        .asString()
        .startsWith(
            "`%s` has no effect: %s has no such parameter. Methods that do: "
                .formatted(parameter, method))
        .contains(other);
    assertThat(explain("method=" + method + "," + other + " " + parameter + "=" + value)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "label-separator, ;",
    "empty-label, none",
    "other-labels, ignore",
    "uncertain-labels, present",
    "missing-labels, absent",
  })
  void labelsOfImagesWithOneLabel(String option, String value) {
    GivenSettings given = given(ExplainOptions.ALL, option + "=" + value);
    assertThat(WithoutEffect.explain(given, CARD))
        .containsExactly(
            "`%s` has no effect: `scores` is logits, so an image has one label; set it to multi-label if it may have several."
                .formatted(option));
    assertThat(WithoutEffect.explain(given, SEVERAL_LABELS)).isEmpty();
  }

  @Test
  void imagesThatAreNotScaled() {
    Preprocessing usual = CARD.preprocessing();
    Preprocessing none =
        new Preprocessing(
            new Resize.None(),
            usual.interpolation(),
            usual.resizeAs(),
            usual.crop(),
            usual.order(),
            usual.mean(),
            usual.std());
    GivenSettings given = given(ExplainOptions.ALL, "interpolation=nearest resize-as=pillow-13");
    assertThat(
            WithoutEffect.explain(
                given, new ModelCard("m", List.of("a", "b"), "layer4", ScoreKind.LOGITS, none)))
        .singleElement()
        .asString()
        .startsWith("`interpolation` and `resize-as` have no effect: images are not scaled");
    assertThat(WithoutEffect.explain(given, CARD)).isEmpty();
  }

  @Test
  void memoryOfABatchThatIsNotLookedFor() {
    assertThat(explain("batch=32 batch-memory=512"))
        .containsExactly(
            "`batch-memory` has no effect: `batch` is 32, so no size is looked for; auto looks for"
                + " one.");
    assertThat(explain("batch-memory=512"))
        .singleElement()
        .asString()
        .startsWith("`batch-memory` has an effect only where a size is looked for");
    assertThat(explain("batch=auto batch-memory=512")).isEmpty();
    assertThat(explain("batch=32")).isEmpty();
  }

  @Test
  void earlierStartsThatAreReplaced() {
    assertThat(explain("overwrite=true check-parts=true remove-gone=true retry-failures=true"))
        .containsExactly(
            "`check-parts`, `remove-gone` and `retry-failures` have no effect: `overwrite` starts"
                + " again, without what earlier starts have done.");
    assertThat(explain("overwrite=true check-parts=false")).isEmpty();
    assertThat(explain("check-parts=true remove-gone=true retry-failures=true")).isEmpty();
  }

  @Test
  void optionsOfAnAuditsLaterSteps() throws IOException {
    assertThat(audit("no-strategies=true strategies-seed=0"))
        .containsExactly("`strategies-seed` has no effect: `no-strategies` is set.");
    assertThat(audit("images-per-finding=0 most-suspects=9 causes-seed=1 causes-batch=8"))
        .containsExactly(
            "`most-suspects`, `causes-seed` and `causes-batch` have no effect: `images-per-finding`"
                + " is 0, so nothing is tested.");
    assertThat(audit("pictures=0 browse=0 examples=0 picture-size=64"))
        .containsExactly(
            "`picture-size` has no effect: `pictures`, `browse` and `examples` are 0, so no image is"
                + " shown.");
    assertThat(audit("pictures=0 browse=0 picture-size=64 strategies-seed=1 causes-seed=1"))
        .isEmpty();
    assertThat(audit("method=saliency examples=9 samples=4"))
        .hasSize(2)
        .contains(
            "`examples` has no effect: saliency weighs no feature maps, of which examples would be"
                + " kept.");
    assertThat(audit("method=saliency,grad-cam examples=9 truth=none truth-by-label=true"))
        .containsExactly(
            "`truth-by-label` has no effect: `truth` is none; set it to a file or folder of"
                + " annotations.");
  }

  @Test
  void annotationsThatAreNotRead() {
    String from = "from=run out=atlas ";
    assertThat(WithoutEffect.atlas(given(AtlasOptions.ALL, from + "truth-kind=voc")))
        .singleElement()
        .asString()
        .startsWith("`truth-kind` has no effect: `truth` is manifest;");
    assertThat(
            WithoutEffect.atlas(
                given(AtlasOptions.ALL, from + "truth=boxes truth-kind=voc truth-by-label=true")))
        .isEmpty();
  }

  @Test
  void classesOfAnAtlasThatNobodyJudges() {
    String from = "from=run out=atlas least-images=5";
    assertThat(WithoutEffect.atlas(given(AtlasOptions.ALL, from)))
        .singleElement()
        .asString()
        .startsWith("`least-images` has no effect: ");
    assertThat(WithoutEffect.atlas(given(AtlasOptions.ALL, from + " fail-on=serious"))).isEmpty();
  }

  @Test
  void experimentsThatAreNotMade() {
    String from = "from=atlas out=causes most-suspects=9 causes-batch=8 causes-seed=1";
    assertThat(WithoutEffect.causes(given(CausesOptions.ALL, from + " images-per-finding=0")))
        .containsExactly(
            "`most-suspects` has no effect: `images-per-finding` is 0, so nothing is tested.");
    assertThat(WithoutEffect.causes(given(CausesOptions.ALL, from))).isEmpty();
  }

  @Test
  void mapsThatAreNotMadeAgain() {
    String from = "from=run out=faithfulness stages=2 perturbations=2 radius=0.1";
    assertThat(WithoutEffect.faithfulness(given(FaithfulnessOptions.ALL, from + " again=0")))
        .containsExactly(
            "`stages`, `perturbations` and `radius` have no effect: `again` is 0, so no map is made"
                + " again.");
    assertThat(WithoutEffect.faithfulness(given(FaithfulnessOptions.ALL, from))).isEmpty();
  }

  @Test
  void comparisonsThatShowNoImage() {
    String from = "from=a with=b out=c images=x with-images=y picture-size=64";
    assertThat(WithoutEffect.compare(given(CompareOptions.ALL, from + " pictures=0")))
        .containsExactly(
            "`picture-size`, `images` and `with-images` have no effect: `pictures` is 0, so no image"
                + " is shown.");
    assertThat(WithoutEffect.compare(given(CompareOptions.ALL, from))).isEmpty();
  }

  @Test
  void shapesThatAreGiven() {
    String model = "model=m.pt resize=64 crop=64 channels=gray mean=0.5";
    assertThat(WithoutEffect.layers(given(ModelOptions.LAYERS, model + " input=3x32x32")))
        .containsExactly(
            "`resize`, `crop` and `channels` have no effect: `input` says what shape an image has.");
    assertThat(WithoutEffect.layers(given(ModelOptions.LAYERS, model))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"explain", "paper", "authors-grad-cam-plus-plus"})
  void filesOfThisProjectSayNothingInVain(String name) {
    assertThat(explain("config=conf/" + name + ".conf")).isEmpty();
  }

  @Test
  void aFileMayListDefaultsBesideWhatItChanges() throws IOException {
    Path file = folder.resolve("mine.conf");
    String all = Files.readString(Path.of("conf/explain.conf"));
    Files.writeString(
        file, all.replace("method = smooth-grad-cam++", "method = grad-cam\nlayer = layer4"));
    assertThat(explain("config=" + file)).isEmpty();
    assertThat(explain("config=" + file + " sigma=0.15"))
        .singleElement()
        .asString()
        .startsWith("`sigma` has no effect");
    Files.writeString(file, all.replace("sigma = 0.15", "sigma = 0.2"));
    assertThat(explain("config=" + file + " method=grad-cam"))
        .singleElement()
        .asString()
        .startsWith("`sigma` has no effect");
  }
}
