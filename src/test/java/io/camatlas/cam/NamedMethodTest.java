package io.camatlas.cam;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedMethodTest {
  private static final NoisePlan SOME = new NoisePlan(3, 0.1, NoiseScale.ABSOLUTE, 7);

  @Test
  void everyParameterThatARuleAsksForIsStoredWithItsResults() {
    for (NamedMethod method : NamedMethod.ALL) {
      CamMethod made = method.with(new NamedMethod.Parameters(SOME, MethodParameter::byDefault));
      assertThat(made.name()).isEqualTo(method.name());
      assertThat(made.parameters().keySet())
          .containsAll(method.parameters().stream().map(MethodParameter::name).toList());
    }
  }

  @Test
  void aRuleGetsTheValuesItAsksFor() {
    NamedMethod.Parameters given =
        new NamedMethod.Parameters(
            SOME,
            parameter ->
                parameter.equals(AlphaScaling.PARAMETER)
                    ? AlphaScaling.NORMALIZED
                    : parameter.byDefault());
    assertThat(NamedMethod.of("smooth-grad-cam++").orElseThrow().with(given))
        .isEqualTo(
            new SmoothGradCamPlusPlus(
                SOME, ScoreTransform.LOGIT, AlphaNumerator.SECOND, AlphaScaling.NORMALIZED));
    assertThat(NamedMethod.allParameters())
        .extracting(MethodParameter::name)
        .containsExactly("score", "numerator", "alpha", "patch", "pixel-grid", "path-steps");
  }

  private static final String PROVIDER = "META-INF/services/io.camatlas.cam.MethodProvider";

  private static final String RULE =
      """
      package org.example;

      import ai.djl.ndarray.NDArray;
      import io.camatlas.cam.CamMethod;
      import io.camatlas.cam.GradientMethod;
      import io.camatlas.cam.LayerTrace;
      import io.camatlas.cam.MethodParameter;
      import io.camatlas.cam.MethodProvider;
      import io.camatlas.cam.NamedMethod;
      import java.util.Map;

      public record NAME(double floor) implements GradientMethod {
        public String name() { return "TITLE"; }
        public int highestOrder() { return 1; }
        public NDArray weights(LayerTrace trace) { return trace.gradient().maximum(floor); }
        public Map<String, String> parameters() { return Map.of("STORED", "" + floor); }

        public static final class Provider implements MethodProvider {
          public CamMethod method(NamedMethod.Parameters given) {
            return new NAME(given.get(MethodParameter.decimal("PARAMETER", 0.5, 0.0, 1.0, "Least.")));
          }
          public String formula() { return "w = max(g, floor)"; }
          public String source() { return "its author"; }
        }
      }
      """;

  /** Compiles a rule as its author would, and returns a class loader that finds it. */
  private static URLClassLoader jar(Path folder, String name, String title, String parameter)
      throws IOException {
    Path source = folder.resolve("org/example/" + name + ".java");
    Files.createDirectories(source.getParent());
    Files.writeString(
        source,
        RULE.replace("NAME", name)
            .replace("TITLE", title)
            .replace("PARAMETER", parameter)
            .replace("STORED", title.equals("forgetful-cam") ? "other" : parameter));
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(code).isZero();
    Files.createDirectories(folder.resolve(PROVIDER).getParent());
    Files.writeString(folder.resolve(PROVIDER), "org.example." + name + "$Provider\n");
    return new URLClassLoader(
        new URL[] {folder.toUri().toURL()}, NamedMethodTest.class.getClassLoader());
  }

  private static List<NamedMethod> with(URLClassLoader jar) {
    List<NamedMethod> found = new ArrayList<>(NamedMethod.ALL);
    NamedMethod.load(jar, found);
    return found;
  }

  @Test
  void aJarBringsARuleOfItsOwn(@TempDir Path folder) throws IOException {
    try (URLClassLoader jar = jar(folder, "FloorCam", "floor-cam", "floor-cam-floor")) {
      List<NamedMethod> found = with(jar);
      assertThat(found).hasSize(NamedMethod.ALL.size() + 1);
      NamedMethod rule = found.get(found.size() - 1);
      assertThat(rule.name()).isEqualTo("floor-cam");
      assertThat(rule.cost()).isEqualTo("1");
      assertThat(rule.parameters())
          .extracting(MethodParameter::name)
          .containsExactly("floor-cam-floor");
      assertThat(rule.provider().source()).isEqualTo("its author");
      CamMethod made = rule.with(new NamedMethod.Parameters(SOME, MethodParameter::byDefault));
      assertThat(made.parameters()).containsExactlyEntriesOf(Map.of("floor-cam-floor", "0.5"));
    }
  }

  @Test
  void aRuleThatCannotBeUsedIsLeftOut(@TempDir Path folder) throws IOException {
    try (URLClassLoader taken = jar(folder.resolve("a"), "TakenCam", "grad-cam", "grad-cam-floor");
        URLClassLoader misnamed =
            jar(folder.resolve("b"), "MisnamedCam", "Floor Cam", "Floor Cam-floor");
        URLClassLoader option = jar(folder.resolve("c"), "OtherCam", "other-cam", "samples");
        URLClassLoader single = jar(folder.resolve("d"), "MaxCam", "max", "max-bytes");
        URLClassLoader forgetful =
            jar(folder.resolve("e"), "ForgetfulCam", "forgetful-cam", "forgetful-cam-floor")) {
      for (URLClassLoader jar : List.of(taken, misnamed, option, single, forgetful)) {
        assertThat(with(jar)).isEqualTo(NamedMethod.ALL);
      }
    }
    // As of a class that was compiled for another Java.
    Files.writeString(folder.resolve("a/org/example/TakenCam$Provider.class"), "no class");
    try (URLClassLoader broken =
        new URLClassLoader(
            new URL[] {folder.resolve("a").toUri().toURL()},
            NamedMethodTest.class.getClassLoader())) {
      assertThat(with(broken)).isEqualTo(NamedMethod.ALL);
    }
    Files.writeString(folder.resolve("c").resolve(PROVIDER), "org.example.Missing\n");
    try (URLClassLoader missing =
        new URLClassLoader(
            new URL[] {folder.resolve("c").toUri().toURL()},
            NamedMethodTest.class.getClassLoader())) {
      assertThat(with(missing)).isEqualTo(NamedMethod.ALL);
    }
  }

  @Test
  void everyRuleSaysWhereItComesFromAndWhatItCosts() {
    for (NamedMethod method : NamedMethod.ALL) {
      assertThat(method.provider().formula())
          .as(method.name())
          .containsPattern("^(w|w_k|map|pixel)\\b.* = ")
          .hasSizeLessThan(120);
      assertThat(method.provider().source()).as(method.name()).containsPattern("(19|20)\\d\\d");
      assertThat(method.cost()).as(method.name()).startsWith("1");
      assertThat(method.noisy()).as(method.name()).isEqualTo(method.name().startsWith("smooth-"));
    }
  }

  /** As many squares as cells, each of which covers a thousand: an array of both has 7 GB. */
  @Test
  void occlusionOfAFineGridFitsIntoMemory() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Occlusion occlusion = new Occlusion(1);
      int side = 224;
      int copies = (int) occlusion.copies(3, side, side);
      float[] changed = new float[copies];
      changed[5 * side + 7] = -2;
      float[] map =
          occlusion
              .maps(
                  manager.zeros(new Shape(1, 3, side, side)),
                  manager.create(new float[] {1}),
                  manager.create(changed, new Shape(1, copies)))
              .orElseThrow()
              .toFloatArray();
      assertThat(map[5 * side + 7]).isEqualTo(3);
      assertThat(map[5 * side + 8]).isEqualTo(1);
    }
  }
}
