package io.camatlas.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.SettingsException;
import io.camatlas.demo.DemoModel;
import io.camatlas.model.TestArchives;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainSetupTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = DemoModel.copyTo(folder);
  }

  private ExplainJobSettings resolve(Map<String, String> more, String... unknown) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("model", model.toString());
    flags.put("images", folder.toString());
    flags.put("out", folder.resolve("out").toString());
    flags.putAll(more);
    return ExplainSetup.resolve(
        new GivenSettings(ExplainOptions.ALL, flags, List.of(unknown)), folder);
  }

  private List<String> problems(Map<String, String> more, String... unknown) {
    SettingsException thrown =
        catchThrowableOfType(SettingsException.class, () -> resolve(more, unknown));
    assertThat(thrown).as("settings were accepted").isNotNull();
    return thrown.problems();
  }

  @Test
  void defaultsAreTheJobsOwn() {
    ExplainJobSettings settings = resolve(Map.of());
    SmoothGradCamPlusPlus method =
        (SmoothGradCamPlusPlus) settings.explain().rules().get(0).method();
    assertThat(method.noise().samples()).isEqualTo(8);
    assertThat(method.noise().sigma()).isEqualTo(0.15);
    assertThat(settings.model().plan().layers().get(0).path()).isEqualTo("features.14");
    assertThat(settings.card().classes()).hasSize(10).contains("anchor");
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThat(
            problems(
                Map.of(
                    "layer", "features.41",
                    "samples", "many",
                    "sigma", "-1",
                    "method", "grad-cma",
                    "per-filter", "yes",
                    "batch", "0"),
                "--sampels=3"))
        .anyMatch(p -> p.contains("--sampels") && p.contains("'samples'"))
        .anyMatch(p -> p.contains("samples is 'many'; it must be a whole number"))
        .anyMatch(p -> p.contains("sigma is -1.0"))
        .anyMatch(p -> p.contains("method is 'grad-cma'") && p.contains("grad-cam"))
        .anyMatch(p -> p.contains("per-filter is 'yes'; it must be true or false"))
        .anyMatch(p -> p.contains("batch is 0"))
        .anyMatch(p -> p.contains("No layer 'features.41'") && p.contains("closest is 'features."));
  }

  @Test
  void flagsWinOverTheFile() throws IOException {
    Path file = folder.resolve("mine.conf");
    Files.writeString(file, "# mine\nsamples = 3\nsigma = 0.3\n");
    ExplainJobSettings settings = resolve(Map.of("config", file.toString(), "samples", "5"));
    SmoothGradCamPlusPlus method =
        (SmoothGradCamPlusPlus) settings.explain().rules().get(0).method();
    assertThat(method.noise().samples()).isEqualTo(5);
    assertThat(method.noise().sigma()).isEqualTo(0.3);
  }

  @Test
  void unknownKeysOfTheFileAreErrorsWithTheNearestName() throws IOException {
    Path file = folder.resolve("mine.conf");
    Files.writeString(file, "smaples = 3\nnonsense\n");
    assertThat(problems(Map.of("config", file.toString())))
        .anyMatch(p -> p.contains("mine.conf:1: setting 'smaples'") && p.contains("'samples'"))
        .anyMatch(p -> p.contains("mine.conf:2: 'nonsense' is not a setting"));
  }

  @Test
  void selectionsAreCheckedAgainstTheLayer() {
    assertThat(problems(Map.of("filters", "3,500"))).anyMatch(p -> p.contains("filter 500"));
    assertThat(problems(Map.of("subset", "3:14"))).anyMatch(p -> p.contains("neuron 3:14"));
    assertThat(problems(Map.of("subset", "3:4", "region", "true")))
        .anyMatch(p -> p.contains("a rectangle has two corners"));
    assertThat(problems(Map.of("per-filter", "true"))).anyMatch(p -> p.contains("without filters"));
  }

  @Test
  void methodsFiltersAndSubsetsMakeRules() {
    ExplainJobSettings settings =
        resolve(
            Map.of(
                "method", "smooth-grad-cam++, grad-cam",
                "filters", "3,5;7",
                "subset", "0:0,1:1;2:2,3:3;4:4,5:5",
                "region", "true"));
    assertThat(settings.explain().rules()).hasSize(12).doesNotHaveDuplicates();
    assertThat(settings.explain().rules().get(6).method().name()).isEqualTo("grad-cam");
    assertThat(problems(Map.of("method", "grad-cam,grad-cam")))
        .anyMatch(p -> p.contains("name the same value twice"));
    assertThat(problems(Map.of("method", "grad-cam,"))).anyMatch(p -> p.contains("method is ''"));
    assertThat(problems(Map.of("filters", String.join(";", numbers(65)))))
        .anyMatch(p -> p.contains("make 65 rules together"));
    assertThat(problems(Map.of("method", "grad-cam,cam"))).anyMatch(p -> p.contains("linear head"));
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  @Test
  void targetsAreCheckedAgainstTheClasses() {
    assertThat(problems(Map.of("targets", "ancor")))
        .anyMatch(p -> p.contains("'ancor'") && p.contains("'anchor'"));
    assertThat(problems(Map.of("targets", "top-11"))).anyMatch(p -> p.contains("top-11"));
  }

  /** Its one class would be predicted for every image. */
  @Test
  void oneScoreIsAQuestionOfItsOwn() throws IOException {
    Path one = folder.resolve("one.pt");
    Files.copy(TestArchives.file("one-score-scripted.pt"), one);
    Map<String, String> given = Map.of("model", one.toString(), "layer", "body.conv2");
    assertThat(problems(given))
        .anyMatch(p -> p.contains("scores is logits") && p.contains("multi-label"));
    Map<String, String> more = new LinkedHashMap<>(given);
    more.put("scores", "multi-label");
    assertThat(resolve(more).card().classes()).hasSize(1);
  }

  @Test
  void classesNeedNamesOfTheirOwn() throws IOException {
    Path names = Files.writeString(folder.resolve("names.txt"), "a\nb\nc\nd\ne\nf\ng\na\nh\ni\n");
    assertThat(problems(Map.of("classes", names.toString())))
        .anyMatch(p -> p.contains("two classes are called 'a' (0 and 7)"));
  }

  @Test
  void camNeedsALinearHead() {
    assertThat(problems(Map.of("method", "cam"))).anyMatch(p -> p.contains("linear head"));
  }

  @Test
  void aFileThatIsNoModelIsNamed() throws IOException {
    Path text = folder.resolve("text.pt");
    Files.writeString(text, "no archive");
    assertThat(problems(Map.of("model", text.toString())))
        .anyMatch(p -> p.contains("text.pt is not a TorchScript archive"));
    assertThat(problems(Map.of("model", "nowhere.pt"))).anyMatch(p -> p.contains("nowhere.pt"));
  }

  @Test
  void shippedFilesAreAccepted() throws IOException {
    try (var files = Files.list(Path.of("conf"))) {
      // gpu-cluster.conf is for spark-submit.
      for (Path file :
          files.filter(f -> f.toString().matches(".*(?<!gpu-cluster)\\.conf")).toList()) {
        assertThat(resolve(Map.of("config", file.toString()))).isNotNull();
      }
    }
  }

  @Test
  void explainConfStatesTheDefaults() throws IOException {
    Map<String, String> stated = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("conf/explain.conf"))) {
      if (line.contains(" = ") && !line.startsWith("#")) {
        stated.put(line.split(" = ")[0].strip(), line.split(" = ", 2)[1].strip());
      }
    }
    Map<String, String> defaults = new LinkedHashMap<>();
    for (Option<?> option : ExplainOptions.ALL) {
      if (!option.defaultValue().isEmpty()) {
        defaults.put(option.name(), option.defaultValue());
      }
    }
    assertThat(stated).containsExactlyInAnyOrderEntriesOf(defaults);
  }
}
