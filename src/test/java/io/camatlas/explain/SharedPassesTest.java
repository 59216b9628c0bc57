package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.cam.AblationCam;
import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.CamMethod;
import io.camatlas.cam.EigenCam;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.GradCam;
import io.camatlas.cam.GradCamPlusPlus;
import io.camatlas.cam.LayerCam;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.PerturbationMethod;
import io.camatlas.cam.ScoreCam;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.cam.Smoothed;
import io.camatlas.cam.XGradCam;
import io.camatlas.explain.ImageOutcome.Explained;
import io.camatlas.model.LabelSets;
import io.camatlas.model.ScoreOver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods, feature maps, regions, targets and layers of an image share its passes. */
class SharedPassesTest {
  private static final int IMAGES = 5;
  private static final int BATCH = 4;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "resnet18-traced.pt,'layer3,layer4',EXP",
    "resnet18-traced.pt,'layer3,layer4',LOGIT",
    "resnet18-traced.pt,layer4,LOGIT",
    "vgg11-traced.pt,features.17,LOGIT",
  })
  void rulesTogetherGiveWhatEachGivesAlone(String archive, String layer, ScoreTransform score)
      throws IOException {
    List<Rule> rules = rules(score);
    TargetSelection targets = new TargetSelection(false, true, 2, List.of(0));
    try (LoadedNetwork loaded = LoadedNetwork.fixture(archive, layer, 64, folder)) {
      Ran together = run(loaded, rules, targets);
      long most = 0;
      long clean = 0;
      long asked = 0;
      Set<CamMethod> asking = new HashSet<>();
      for (int rule = 0; rule < rules.size(); rule++) {
        Ran alone = run(loaded, List.of(rules.get(rule)), targets);
        if (!(rules.get(rule).method() instanceof PerturbationMethod method)) {
          most = Math.max(most, alone.passes);
          clean = clean == 0 ? alone.passes : Math.min(clean, alone.passes);
        } else if (asking.add(method)) {
          asked += alone.passes;
        }
        assertThat(alone.explanations.size() * rules.size())
            .isEqualTo(together.explanations.size());
        for (int i = 0; i < alone.explanations.size(); i++) {
          assertSame(
              together.explanations.get(i * rules.size() + rule), alone.explanations.get(i), rule);
        }
      }
      // What asks again does so by itself, after the clean passes that all share.
      assertThat(together.passes).isEqualTo(most + asked - asking.size() * clean);
    }
  }

  private static void assertSame(Explanation shared, Explanation alone, int rule) {
    assertThat(shared.rule()).isEqualTo(rule);
    assertThat(alone.rule()).isZero();
    assertThat(shared.layer()).isEqualTo(alone.layer());
    assertThat(shared.target().index()).isEqualTo(alone.target().index());
    assertThat(shared.map().values()).isEqualTo(alone.map().values());
    assertThat(shared.featureMaps().weights()).isEqualTo(alone.featureMaps().weights());
    assertThat(shared.featureMaps().top()).isEqualTo(alone.featureMaps().top());
    assertThat(shared.sampleAgreement()).isEqualTo(alone.sampleAgreement());
    assertThat(shared.filterMaps()).hasSameSizeAs(alone.filterMaps());
  }

  private static List<Rule> rules(ScoreTransform score) {
    NoisePlan noise = new NoisePlan(6, 0.15, NoiseScale.RANGE, 7);
    List<CamMethod> methods =
        List.of(
            new SmoothGradCamPlusPlus(noise, score, AlphaNumerator.SECOND, AlphaScaling.RAW),
            new GradCamPlusPlus(score, AlphaScaling.NORMALIZED),
            new GradCam(),
            new XGradCam(),
            new LayerCam(),
            new Smoothed(new GradCam(), noise),
            new Smoothed(new XGradCam(), noise),
            new Smoothed(new LayerCam(), noise),
            new EigenCam(),
            new ScoreCam(),
            new AblationCam());
    List<Rule> rules = new ArrayList<>();
    for (CamMethod method : methods) {
      rules.add(new Rule(method, FeatureMapSelection.ALL, new NeuronSelection.All()));
      rules.add(
          new Rule(
              method,
              new FeatureMapSelection(List.of(1, 4), true),
              new NeuronSelection.Rectangle(
                  new NeuronSelection.Cell(0, 0), new NeuronSelection.Cell(1, 0))));
    }
    return rules;
  }

  private record Ran(List<Explanation> explanations, long passes) {}

  private static Ran run(LoadedNetwork loaded, List<Rule> rules, TargetSelection targets) {
    ExplainSettings settings =
        new ExplainSettings(
            rules,
            targets,
            LabelSets.USUAL,
            ScoreOver.WINNING,
            BATCH,
            true,
            LoadedNetwork.settings(1, 1).limits());
    PassClock clock = new PassClock();
    try (Explainer explainer = loaded.explainer(settings, 0, clock)) {
      List<Explanation> all = new ArrayList<>();
      LoadedNetwork.all(explainer.explain(LoadedNetwork.pictures(IMAGES).iterator()))
          .forEach(outcome -> all.addAll(((Explained) outcome).explanations()));
      return new Ran(all, clock.times().passes());
    }
  }
}
