package io.camatlas.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.model.TestArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinearHeadTest {
  private static Optional<String> obstacle(String archive, String layer) {
    LayerTree tree = LayerTree.of(TorchScriptArchive.open(TestArchives.file(archive)));
    return LinearHead.obstacle(tree, tree.find(layer), ModelEntry.FORWARD, 0, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18-traced.pt,layer4",
    "resnet18-scripted.pt,layer4",
    "resnet50-traced.pt,layer4",
    "resnet50-scripted.pt,layer4",
    "regnet_y_400mf-traced.pt,trunk_output",
    "regnet_y_400mf-scripted.pt,trunk_output",
    "mobilenet_v2-traced.pt,features",
    "mobilenet_v2-scripted.pt,features",
    "shufflenet_v2_x0_5-traced.pt,conv5",
    "shufflenet_v2_x0_5-scripted.pt,conv5",
    "efficientnet_b0-traced.pt,features",
    "efficientnet_b0-scripted.pt,features",
    "googlenet-traced.pt,inception5b",
    "googlenet-scripted.pt,inception5b",
    "wide_resnet50-traced.pt,layer4",
    "wide_resnet50-scripted.pt,layer4",
    "resnext50-traced.pt,layer4",
    "resnext50-scripted.pt,layer4",
    "mnasnet0_5-traced.pt,layers",
    "mnasnet0_5-scripted.pt,layers",
    "inception_v3-traced.pt,Mixed_7c",
    "inception_v3-scripted.pt,Mixed_7c",
  })
  void lastStagesBeforePoolingAndOneLinearLayer(String archive, String layer) {
    assertThat(obstacle(archive, layer)).isEmpty();
  }

  /** ReLU of a block of ResNet is one module for both places. */
  @ParameterizedTest
  @CsvSource({"resnet18-traced.pt", "resnet18-scripted.pt"})
  void ofSeveralCallsTheOneThatIsMeantCounts(String archive) {
    LayerTree tree = LayerTree.of(TorchScriptArchive.open(TestArchives.file(archive)));
    Layer relu = tree.find("layer4.1.relu");
    assertThat(LinearHead.obstacle(tree, relu, ModelEntry.FORWARD, 1, 2)).isEmpty();
    assertThat(LinearHead.obstacle(tree, relu, ModelEntry.FORWARD, 0, 2))
        .get()
        .asString()
        .contains("relu");
    assertThat(LinearHead.obstacle(tree, relu, ModelEntry.FORWARD, 2, 3))
        .hasValue("the layer is called 3 times, at 2 places of the code");
  }

  /** Tracing has written out the loop that scripting keeps. */
  @Test
  void callsInALoopAreNotToldApart() {
    LayerTree loop =
        LayerTree.of(TorchScriptArchive.open(TestArchives.file("repeated-block-scripted.pt")));
    assertThat(LinearHead.obstacle(loop, loop.find("block"), ModelEntry.FORWARD, 2, 3))
        .hasValue("the layer is called 3 times, in a loop or a branch");
    LayerTree written =
        LayerTree.of(TorchScriptArchive.open(TestArchives.file("repeated-block-traced.pt")));
    Layer block = written.find("block");
    assertThat(LinearHead.obstacle(written, block, ModelEntry.FORWARD, 2, 3))
        .get()
        .asString()
        .contains("tanh");
  }

  static Stream<Arguments> heads() {
    return Stream.of("heads-scripted.pt", "side-paths-scripted.pt")
        .flatMap(
            archive ->
                TorchScriptArchive.open(TestArchives.file(archive))
                    .rootClass()
                    .methods()
                    .keySet()
                    .stream()
                    .map(method -> Arguments.of(archive, method)));
  }

  /** What heads are called says what they are; see special_networks.py and side_paths.py. */
  @ParameterizedTest
  @MethodSource("heads")
  void headsOfAllKinds(String archive, String method) {
    LayerTree tree = LayerTree.of(TorchScriptArchive.open(TestArchives.file(archive)));
    Optional<String> obstacle =
        LinearHead.obstacle(
            tree, tree.find("layer"), new ModelEntry(method, Optional.empty()), 0, 1);
    boolean affine = method.equals("forward") || method.startsWith("affine_");
    assertThat(obstacle.isEmpty()).as(method + ": " + obstacle).isEqualTo(affine);
  }

  @ParameterizedTest
  @CsvSource({
    "vgg11-traced.pt,features,relu",
    "vgg11-scripted.pt,features,relu",
    "alexnet-traced.pt,features,relu",
    "alexnet-scripted.pt,features,relu",
    "densenet121-traced.pt,features,relu",
    "densenet121-scripted.pt,features,relu",
    "squeezenet1_1-traced.pt,features,relu",
    "squeezenet1_1-scripted.pt,features,relu",
    "convnext_tiny-traced.pt,features,layer_norm",
    "convnext_tiny-scripted.pt,features,layer_norm",
    "mobilenet_v3_small-traced.pt,features,hardswish",
    "mobilenet_v3_small-scripted.pt,features,hardswish",
    "resnet18-traced.pt,layer3,relu",
    "resnet18-scripted.pt,layer4.0,relu",
  })
  void whatStandsInTheWayIsNamed(String archive, String layer, String obstacle) {
    assertThat(obstacle(archive, layer)).get().asString().contains(obstacle);
  }

  private static boolean choosesByImage(String archive) {
    return LinearHead.choosesByImage(
        LayerTree.of(TorchScriptArchive.open(TestArchives.file(archive))), ModelEntry.FORWARD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"skipping", "either-module", "nested-else", "while-bright", "times-found"})
  void imagesMayDecideWhichCodeRuns(String name) {
    assertThat(choosesByImage("adversarial/" + name + "-scripted.pt")).isTrue();
  }

  /** Shapes, settings, what is missing, and errors decide nothing by what an image shows. */
  @Test
  void choicesByFormAreNotByImage() {
    assertThat(choosesByImage("adversarial/by-form-alone-scripted.pt")).isFalse();
  }

  /** What an image decides there is not known, so that a choice counts as one by the image. */
  @ParameterizedTest
  @CsvSource({
    "'    with input:\n      pass\n',false",
    "'    if torch.is_floating_point(input):\n      with input:\n        pass\n    else:\n      pass\n',true",
    "'    for i in range(2):\n      with input:\n        pass\n',true",
  })
  void choicesInCodeThatCannotBeReadCount(String code, boolean chooses, @TempDir Path folder)
      throws IOException {
    String relu = "__torch__.torch.nn.modules.activation";
    TorchScriptArchive archive =
        TorchScriptArchive.open(TestArchives.file("adversarial/by-form-alone-scripted.pt"));
    String known = archive.source(relu);
    String header = "    input: Tensor) -> Tensor:\n";
    assertThat(known).contains(header);
    Path changed = folder.resolve("changed.pt");
    archive.writeTo(changed, Map.of(relu, known.replace(header, header + code)));
    assertThat(
            LinearHead.choosesByImage(
                LayerTree.of(TorchScriptArchive.open(changed)), ModelEntry.FORWARD))
        .isEqualTo(chooses);
  }

  /** Networks that people use; most have branches, of which images decide none. */
  @Test
  void commonNetworksRunTheSameCodeForAllImages() throws IOException {
    try (Stream<Path> files = Files.list(TestArchives.file("."))) {
      List<String> choosing =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".pt"))
              .filter(LinearHeadTest::choosesByImage)
              .toList();
      assertThat(choosing).isEmpty();
    }
  }
}
