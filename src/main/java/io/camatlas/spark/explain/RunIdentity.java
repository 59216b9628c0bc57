package io.camatlas.spark.explain;

import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbedLayer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What makes two starts one run: everything that decides what is said of an image, and nothing of
 * where images come from or how the work is spread.
 *
 * @param id names the run in folders and tables; begins with a letter, so that nobody takes it for
 *     a number
 * @param layers names of the layers explained
 * @param parameters of the rule, with the selections of feature maps and neurons
 * @param tableRun what all rows share
 */
record RunIdentity(
    String id,
    List<String> layers,
    Map<String, String> parameters,
    ExplanationsTable.Run tableRun) {
  private static final int DIGITS = 12;

  static RunIdentity of(ExplainJobSettings settings) {
    ExplainSettings explain = settings.explain();
    List<String> layers = settings.model().plan().layers().stream().map(ProbedLayer::name).toList();
    Map<String, String> parameters = new TreeMap<>(explain.method().parameters());
    if (!explain.filters().isAll()) {
      parameters.put("filters", explain.filters().indices().toString());
    }
    if (settings.model().precision() != Precision.FLOAT32) {
      parameters.put("precision", settings.model().precision().toString());
    }
    if (explain.isClosedForm(settings.model().plan())) {
      parameters.put("gradients", "closed form");
    }
    parameters.put("neurons", explain.neurons().describe());
    String all =
        String.join(
            "\n",
            settings.model().sha256(),
            settings.given().getOrDefault("entry", ""),
            settings.given().getOrDefault("output", ""),
            settings.card().toString(),
            settings.model().plan().input().toString(),
            layers.toString(),
            explain.targets().toString(),
            explain.filters().toString(),
            explain.limits().toString(),
            explain.method().name(),
            parameters.toString());
    return new RunIdentity(
        "r" + digits(all),
        layers,
        parameters,
        new ExplanationsTable.Run(
            settings.card().name(),
            settings.model().sha256(),
            explain.method().name(),
            parameters,
            settings.card().classes()));
  }

  private static String digits(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
