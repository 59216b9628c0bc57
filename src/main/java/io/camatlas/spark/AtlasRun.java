package io.camatlas.spark;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What makes explanations comparable: the model's bytes, its input, the rule and its parameters.
 * Runs that agree in these are one run to the atlas.
 *
 * @param model the model's name
 * @param modelSha256 of the archive, in hexadecimal
 * @param input shape and preprocessing of its input
 * @param method the rule's name
 * @param parameters of the rule
 */
record AtlasRun(
    String model, String modelSha256, String input, String method, Map<String, String> parameters)
    implements Serializable {
  private static final int ID_DIGITS = 12;

  AtlasRun {
    parameters = new TreeMap<>(parameters);
  }

  /** Names it in all tables: the first digits of a hash of model, input, rule and parameters. */
  String id() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String text = modelSha256 + '\n' + input + '\n' + method + '\n' + parameters;
      byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, ID_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
