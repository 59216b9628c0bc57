package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.TestScale;
import io.camatlas.torchscript.ArchiveException;
import io.camatlas.torchscript.Layer;
import io.camatlas.torchscript.LayerTree;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.ProbeInjector;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real archives against PyTorch's own autograd; made by src/test/python/export_fixtures.py. */
class ProbeGoldenTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir Path folder;

  record Fixture(String archive, JsonNode entry) {
    Path file() {
      return TestArchives.file(archive);
    }

    ModelEntry modelEntry() {
      JsonNode output = entry.get("output");
      return new ModelEntry(
          entry.get("method").asText(),
          output.isNull() ? Optional.empty() : Optional.of(output.asText()));
    }

    InputShape input() {
      JsonNode shape = entry.get("input");
      return new InputShape(shape.get(0).asInt(), shape.get(1).asInt(), shape.get(2).asInt());
    }

    List<String> layers() {
      List<String> layers = new ArrayList<>();
      entry.get("layers").forEach(layer -> layers.add(layer.asText()));
      return layers;
    }

    @Override
    public String toString() {
      return archive;
    }
  }

  static Stream<Fixture> fixtures() throws IOException {
    List<Fixture> fixtures = new ArrayList<>();
    for (JsonNode entry : new ObjectMapper().readTree(TestArchives.file("index.json").toFile())) {
      fixtures.add(new Fixture(entry.get("archive").asText(), entry));
    }
    return fixtures.stream();
  }

  static Stream<Fixture> probedFixtures() throws IOException {
    return fixtures().filter(fixture -> !fixture.entry().has("error"));
  }

  /** Every third at every build. */
  static Stream<Fixture> fixturesToList() throws IOException {
    List<Fixture> all = probedFixtures().toList();
    return TestScale.FULL
        ? all.stream()
        : IntStream.range(0, all.size()).filter(i -> i % 3 == 0).mapToObj(all::get);
  }

  static Stream<Fixture> brokenFixtures() throws IOException {
    return fixtures().filter(fixture -> fixture.entry().has("error"));
  }

  @ParameterizedTest
  @MethodSource("probedFixtures")
  void activationsAndGradientsEqualAutograd(Fixture fixture) throws IOException {
    List<String> layers = fixture.layers();
    for (int i = 0; i < layers.size(); i++) {
      // The first two are probed together, by the next test.
      if (i < 2 && layers.size() > 1 && !TestScale.FULL) {
        continue;
      }
      try (Probed probed = probe(fixture, List.of(layers.get(i)))) {
        probed.assertEqualsGolden(0, layers.get(i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("probedFixtures")
  void twoProbesInOnePassEqualAutograd(Fixture fixture) throws IOException {
    List<String> layers = fixture.layers();
    if (layers.size() < 2) {
      return;
    }
    List<String> two = List.of(layers.get(1), layers.get(0));
    try (Probed probed = probe(fixture, two)) {
      probed.assertEqualsGolden(0, two.get(0));
      probed.assertEqualsGolden(1, two.get(1));
    }
  }

  @ParameterizedTest
  @MethodSource("brokenFixtures")
  void whatCannotBeProbedSaysWhy(Fixture fixture) {
    String error = fixture.entry().get("error").asText();
    String expected = error.equals("frozen") ? "inlined" : error;
    assertThatThrownBy(() -> probe(fixture, fixture.layers()).close())
        .hasMessageContaining("'" + fixture.layers().get(0) + "'")
        .hasMessageContaining(expected);
  }

  /** Of one network with all its layers probed, since to load it takes longest. */
  @ParameterizedTest
  @MethodSource("fixturesToList")
  void listedLayersCanBeProbedOrSayWhyNot(Fixture fixture) throws IOException {
    TorchScriptArchive archive = TorchScriptArchive.open(fixture.file());
    LayerTree tree = LayerTree.of(archive);
    InputShape input = fixture.input();
    Path probed = folder.resolve("all.pt");
    ProbeInjector.injectAll(tree, fixture.modelEntry(), probed);
    Shape one = new Shape(1, input.channels(), input.height(), input.width());
    try (Network network = Network.load(probed, Device.cpu());
        NDManager manager = network.newManager()) {
      List<LayerShape> shapes = network.shapes(manager.zeros(one));
      List<long[]> grids = DefaultLayer.grids(tree, shapes);
      ScoreComparison.Plain plain =
          ScoreComparison.plain(
              network,
              input,
              Precision.FLOAT32,
              new ScoreComparison.Code(false, false),
              false,
              manager);
      int step = Math.max(1, tree.layers().size() / TestScale.of(6, Integer.MAX_VALUE));
      for (int i = step / 2; i < tree.layers().size(); i += step) {
        Layer layer = tree.layers().get(i);
        assertProbedOrSaysWhyNot(
            layer,
            gridsOf(layer, shapes, input, grids),
            name -> {
              try (NDManager scratch = network.newManager()) {
                ProbePlan plan =
                    PreparedModel.plan(
                        network,
                        scratch,
                        List.of(name),
                        List.of(layer),
                        new PreparedModel.Layouts(input, List.of(), () -> grids),
                        (any, call, calls) -> Optional.empty(),
                        input,
                        plain,
                        archive,
                        tree::mayWorkInPlace);
                return network
                    .forward(plan, scratch.zeros(one))
                    .gradients(new int[1], true)
                    .stream()
                    .map(NDArray::getShape)
                    .toList();
              }
            });
      }
    }
  }

  /** A dozen layers, spread over the network, each in an archive of its own. */
  @ParameterizedTest
  @MethodSource("probedFixtures")
  @EnabledIf("io.camatlas.TestScale#isFull")
  void listedLayersCanBeProbedAloneOrSayWhyNot(Fixture fixture) throws IOException {
    LayerTree tree = LayerTree.of(TorchScriptArchive.open(fixture.file()));
    List<LayerShape> shapes = PreparedModel.shapes(tree, fixture.modelEntry(), fixture.input());
    List<long[]> grids = DefaultLayer.grids(tree, shapes);
    int step = Math.max(1, tree.layers().size() / 12);
    for (int i = step / 2; i < tree.layers().size(); i += step) {
      Layer layer = tree.layers().get(i);
      assertProbedOrSaysWhyNot(
          layer,
          gridsOf(layer, shapes, fixture.input(), grids),
          name -> {
            try (Probed probed = probe(fixture, List.of(layer.path()))) {
              return List.of(probed.gradients.get(0).getShape());
            }
          });
    }
  }

  /** For each call of a layer, whether its output is some grid. */
  private static List<Boolean> gridsOf(
      Layer layer, List<LayerShape> shapes, InputShape input, List<long[]> grids) {
    return shapes.stream()
        .filter(shape -> shape.id() == layer.id())
        .map(shape -> GridLayout.of(layer.type(), shape.dimensions(), input, grids).isPresent())
        .toList();
  }

  private interface Probing {
    List<Shape> gradients(LayerName layer) throws IOException;
  }

  private static void assertProbedOrSaysWhyNot(Layer layer, List<Boolean> grids, Probing probing)
      throws IOException {
    boolean called = !grids.isEmpty();
    boolean spatial = grids.contains(true);
    try {
      List<Shape> gradients = probing.gradients(LayerName.parse(layer.path()));
      assertThat(spatial).as(layer.path()).isTrue();
      assertThat(gradients.get(0).dimension()).isEqualTo(4);
    } catch (ArchiveException e) {
      String reason = spatial ? "does not influence the scores" : called ? "" : "never called";
      assertThat(e).hasMessageContaining("'" + layer.path()).message().containsPattern(reason);
    }
  }

  private Probed probe(Fixture fixture, List<String> layers) throws IOException {
    PreparedModel prepared =
        PreparedModel.prepare(
            TorchScriptArchive.open(fixture.file()),
            fixture.modelEntry(),
            layers.stream().map(LayerName::parse).toList(),
            fixture.input(),
            folder);
    return new Probed(prepared, fixture);
  }

  /** A network run once on the golden images. */
  private static final class Probed implements AutoCloseable {
    private final Path file;
    private final Network network;
    private final NDManager manager;
    private final NDList golden;
    private final Network.ForwardPass pass;
    private final List<NDArray> gradients;

    Probed(PreparedModel prepared, Fixture fixture) throws IOException {
      Network.prepareThread(1);
      file = prepared.file();
      network = Network.load(file, Device.cpu());
      manager = network.newManager();
      try (InputStream in =
          Files.newInputStream(TestArchives.file(fixture.entry().get("golden").asText()))) {
        golden = NDList.decode(manager, in);
      }
      pass = network.forward(prepared.plan(), golden.get("input"));
      long[] targets = golden.get("targets").toLongArray();
      gradients = pass.gradients(new int[] {(int) targets[0], (int) targets[1]}, true);
    }

    void assertEqualsGolden(int probe, String layer) {
      assertClose("scores", pass.scores(), golden.get("scores"));
      assertClose(
          layer + " activation", pass.activations(probe), golden.get("activation:" + layer));
      assertClose(layer + " gradient", gradients.get(probe), golden.get("gradient:" + layer));
    }

    private static void assertClose(String what, NDArray actual, NDArray expected) {
      assertThat(actual.getShape()).as(what).isEqualTo(expected.getShape());
      float scale = expected.abs().max().getFloat();
      float difference = actual.sub(expected).abs().max().getFloat();
      assertThat((double) difference).as(what).isLessThanOrEqualTo(TOLERANCE * scale);
    }

    @Override
    public void close() throws IOException {
      manager.close();
      network.close();
      Files.delete(file);
    }
  }
}
