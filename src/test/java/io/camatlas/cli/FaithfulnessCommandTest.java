package io.camatlas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.ConceptOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.SettingsException;
import io.camatlas.setup.ConceptSetup;
import io.camatlas.spark.compare.ComparedSide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaithfulnessCommandTest {
  @TempDir Path run;

  @BeforeEach
  void writeRun() throws IOException {
    Files.createDirectories(run.resolve("explanations"));
    Files.writeString(
        run.resolve("run.json"),
        """
        {"camatlas": "0.1.0", "tables": {"explanations": 9, "failures": 2}, "run": "r1",
         "started": "2026-01-01T00:00:00Z",
         "model": {"name": "m", "sha256": "00", "classes": ["a", "b"], "input": "3x8x8",
           "preprocessing": "none",
           "layers": [{"path": "layer4", "id": 1, "call": 0, "calls": 1, "maps": 2, "height": 2,
             "width": 2, "nonlinearity": "", "rounding": 0}]},
         "rules": [{"method": "grad-cam", "parameters": {}},
           {"method": "saliency", "parameters": {"pixel-grid": "56"}}],
         "settings": {"model": "m.pt"}, "finished": "2026-01-01T00:01:00Z"}
        """);
  }

  private List<GivenSettings> eachRule(String... more) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("from", run.toString());
    flags.put("out", "out/");
    flags.put("steps", "7");
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    return FaithfulnessCommand.eachRule(
        new GivenSettings(FaithfulnessOptions.ALL, flags, List.of()));
  }

  @Test
  void eachRuleHasAFolderOfItsOwn() {
    List<GivenSettings> rules = eachRule("every-rule", "true");
    assertThat(rules)
        .extracting(given -> given.get(ExplainOptions.OUT))
        .containsExactly("out/0-grad-cam", "out/1-saliency");
    assertThat(rules)
        .extracting(given -> given.get(FaithfulnessOptions.RULE))
        .containsExactly(0, 1);
    assertThat(rules).allMatch(given -> given.get(FaithfulnessOptions.STEPS) == 7);
    rules.forEach(GivenSettings::check);
  }

  @Test
  void theRunOfAnAuditOrADemoIsNamed(@TempDir Path folder) throws IOException {
    for (String name : List.of("run", "results")) {
      Path audit = Files.createDirectories(folder.resolve("audit-" + name));
      assertThatThrownBy(() -> eachRule("from", audit.toString(), "every-rule", "true"))
          .hasMessageContaining(
              "from is %s, which has no run.json; give the folder that 'camatlas explain' wrote."
                  .formatted(audit));
      Path below = Files.createDirectories(audit.resolve(name));
      Files.copy(run.resolve("run.json"), below.resolve("run.json"));
      Files.createDirectories(below.resolve("explanations"));
      assertThatThrownBy(() -> eachRule("from", audit.toString(), "every-rule", "true"))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining(
              "from is %s, which is not a run itself. Did you mean %s?".formatted(audit, below));
      assertThatThrownBy(
              () ->
                  ConceptSetup.resolve(
                      new GivenSettings(
                          ConceptOptions.ALL,
                          Map.of(
                              "from", audit.toString(), "name", "x", "examples", "x", "out", "out"),
                          List.of())))
          .hasMessageContaining("Did you mean %s?".formatted(below));
      // What compare may be given are audits, and it finds their runs.
      assertThat(ComparedSide.open("from", audit.toString(), Optional.empty(), 0).run().folder())
          .isEqualTo(below.toString());
    }
  }

  @Test
  void oneRuleIsScoredAsItIsGiven() {
    assertThat(eachRule("rule", "1"))
        .hasSize(1)
        .allMatch(given -> given.get(ExplainOptions.OUT).equals("out/"));
    assertThatThrownBy(() -> eachRule("every-rule", "true", "rule", "1"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("rule names one rule, and every-rule all of them");
    assertThatThrownBy(() -> eachRule("every-rule", "true", "rule", "0"))
        .isInstanceOf(SettingsException.class);
  }
}
