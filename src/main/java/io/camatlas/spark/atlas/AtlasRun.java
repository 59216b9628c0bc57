package io.camatlas.spark.atlas;

import io.camatlas.spark.explain.FinishedRun;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What makes explanations comparable: the model's bytes, its input and classes, the rule and its
 * parameters. Runs that agree in these are one run to the atlas.
 *
 * @param id names it in all tables: the first digits of a hash of all that
 * @param model the model's name
 * @param modelSha256 of the archive, in hexadecimal
 * @param input shape and preprocessing of its input
 * @param method the rule's name
 * @param parameters of the rule
 */
record AtlasRun(
    String id,
    String model,
    String modelSha256,
    String input,
    String method,
    Map<String, String> parameters)
    implements Serializable {
  private static final int ID_DIGITS = 12;

  AtlasRun {
    parameters = new TreeMap<>(parameters);
  }

  /** That of a run of {@code explain}. */
  static AtlasRun of(FinishedRun run) {
    String input = run.input() + " " + run.preprocessing();
    String all =
        String.join(
            "\n",
            run.modelSha256(),
            input,
            run.method(),
            new TreeMap<>(run.parameters()).toString(),
            run.classes().toString());
    return new AtlasRun(
        digits(all), run.model(), run.modelSha256(), input, run.method(), run.parameters());
  }

  private static String digits(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, ID_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
