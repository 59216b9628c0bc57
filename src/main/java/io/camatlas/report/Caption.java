package io.camatlas.report;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The caption of a picture. Empty texts are left out.
 *
 * @param label the class that the dataset gives the image; empty if unknown
 * @param predicted the class that the network predicts
 * @param probability the network's probability of that class, in [0,1]; NaN to leave it out
 * @param target the class whose evidence the map shows
 * @param layer dotted path of the layer
 * @param method name of the saliency rule
 */
public record Caption(
    String label,
    String predicted,
    double probability,
    String target,
    String layer,
    String method) {

  /** No caption. */
  public static final Caption NONE = new Caption("", "", Double.NaN, "", "", "");

  /** The texts to show, by their headings, in reading order. */
  Map<String, String> entries() {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("label", label);
    entries.put(
        "predicted",
        predicted.isEmpty() || Double.isNaN(probability)
            ? predicted
            : "%s (%s)".formatted(predicted, Numbers.percentOf(probability)));
    entries.put("target", target);
    entries.put("layer", layer);
    entries.put("method", method);
    entries.values().removeIf(String::isEmpty);
    return entries;
  }
}
