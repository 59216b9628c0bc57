package io.camatlas.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was changed in a model's archive, as its sidecar's list {@code changes} keeps it: {@code
 * {"layer": "layer4", "muted": "feature maps 3 and 17", "original_sha256": "…", "camatlas": "…"}}.
 *
 * @param layer the layer
 * @param muted what was taken out of its output
 * @param originalSha256 of the archive as it was before, in hexadecimal
 * @param camatlas the version that changed it
 */
public record ModelChange(String layer, String muted, String originalSha256, String camatlas) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MUTED = " (muted)";
  private static final String CHANGES = "changes";

  /**
   * Reads a sidecar's list.
   *
   * @param node the list; may be missing
   * @throws IllegalArgumentException if it is no list of changes
   */
  static List<ModelChange> read(JsonNode node) {
    List<ModelChange> changes = new ArrayList<>();
    if (!node.isMissingNode() && !node.isNull() && !node.isArray()) {
      throw new IllegalArgumentException("changes is " + node + "; it must be a list.");
    }
    for (JsonNode one : node) {
      if (!one.path("layer").isTextual() || !one.path("muted").isTextual()) {
        throw new IllegalArgumentException(
            "changes holds " + one + "; each change names its 'layer' and what is 'muted'.");
      }
      changes.add(
          new ModelChange(
              one.path("layer").asText(),
              one.path("muted").asText(),
              one.path("original_sha256").asText(""),
              one.path("camatlas").asText("")));
    }
    return changes;
  }

  /** Whether a sidecar was written for a model that had none, and says nothing but this. */
  public static boolean isAllThatIsSaid(Path sidecar) {
    try {
      JsonNode root = JSON.readTree(sidecar.toFile());
      return root.has(CHANGES) && !root.has("input") && !root.has("classes");
    } catch (IOException e) {
      // Whoever reads the sidecar says so.
      return false;
    }
  }

  /** The change in one sentence. */
  String sentence() {
    String before =
        originalSha256.isEmpty()
            ? ""
            : "; it was made from the archive with SHA-256 "
                + originalSha256.substring(0, Math.min(12, originalSha256.length()));
    return "the model was changed: %s of layer %s %s muted%s."
        .formatted(muted, layer, muted.startsWith("feature maps") ? "are" : "is", before);
  }

  /**
   * A sidecar for the changed model: the original's with this change added, and a name that says
   * so.
   *
   * @param original the original's sidecar, if it has one
   * @param card what is known of the original
   * @throws IllegalArgumentException if the original's is no JSON
   */
  public String sidecar(Optional<Path> original, ModelCard card) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    if (original.isPresent()) {
      try {
        root = (ObjectNode) JSON.readTree(Files.readString(original.get()));
      } catch (JsonProcessingException | ClassCastException e) {
        throw new IllegalArgumentException(original.get() + " is no JSON object.", e);
      }
    }
    root.put("name", card.name().endsWith(MUTED) ? card.name() : card.name() + MUTED);
    ArrayNode changes =
        root.path(CHANGES).isArray() ? (ArrayNode) root.get(CHANGES) : root.putArray(CHANGES);
    changes
        .addObject()
        .put("layer", layer)
        .put("muted", muted)
        .put("original_sha256", originalSha256)
        .put("camatlas", camatlas);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + System.lineSeparator();
  }
}
