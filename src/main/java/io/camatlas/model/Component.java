package io.camatlas.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.camatlas.suggest.NearestName;
import io.camatlas.torchscript.Muting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * A direction in the space of a layer's feature maps, as a JSON file holds it: {@code {"name":
 * "ruler", "layer": "layer4", "model_sha256": "…", "direction": [0.1, …], "at": 0.3}}.
 *
 * @param name what it stands for
 * @param layer where it was found; empty if the file does not say
 * @param modelSha256 of the archive that it was found in; empty if the file does not say
 * @param direction of any length but zero, {@code [K]}
 * @param at what images usually have of it, in the unit direction; see {@link Muting.Direction}
 */
public record Component(
    String name, String layer, String modelSha256, float[] direction, double at) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final List<String> KEYS =
      List.of("name", "layer", "model_sha256", "direction", "at");

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is not there, or holds no direction; the message names
   *     the file and the key
   */
  public static Component read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "`component` is "
              + file
              + (Files.exists(file) ? ", which is no file." : ", which does not exist."));
    }
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "`component` is " + file + ", which is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "`component` is " + file + ", which cannot be read: " + e.getMessage(), e);
    }
    for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!KEYS.contains(name)) {
        throw new IllegalArgumentException(
            "`component` is %s, whose key '%s' is not known%s."
                .formatted(file, name, NearestName.clause(name, KEYS)));
      }
    }
    JsonNode direction = root.path("direction");
    if (!direction.isArray() || direction.isEmpty()) {
      throw new IllegalArgumentException(
          "`component` is "
              + file
              + ", which has no list 'direction' with a number for each feature map.");
    }
    float[] numbers = new float[direction.size()];
    for (int k = 0; k < numbers.length; k++) {
      if (!direction.get(k).isNumber()) {
        throw new IllegalArgumentException(
            "`component` is %s, whose 'direction' holds %s in place %d; it must be a number."
                .formatted(file, direction.get(k), k));
      }
      numbers[k] = direction.get(k).floatValue();
    }
    if (root.has("at") && !root.get("at").isNumber()) {
      throw new IllegalArgumentException(
          "`component` is %s, whose 'at' is %s; it must be a number."
              .formatted(file, root.get("at")));
    }
    String fallback = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
    return new Component(
        root.path("name").asText(fallback),
        root.path("layer").asText(""),
        root.path("model_sha256").asText(""),
        numbers,
        root.path("at").asDouble(0));
  }

  /** What {@link #read} reads. */
  public ObjectNode json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("name", name).put("layer", layer).put("model_sha256", modelSha256);
    ArrayNode numbers = root.putArray("direction");
    for (float value : direction) {
      numbers.add(value);
    }
    return root.put("at", at);
  }

  /** Takes it out of a layer's output. */
  public Muting muting() {
    return new Muting.Direction(name, direction, at);
  }
}
