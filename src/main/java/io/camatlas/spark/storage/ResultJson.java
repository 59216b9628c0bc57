package io.camatlas.spark.storage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.camatlas.image.Sha256;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Descriptions of result folders, as JSON: records with their components in order, named in {@code
 * snake_case}. Nulls are not written; unknown names are ignored on reading.
 */
public final class ResultJson {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .setSerializationInclusion(JsonInclude.Include.NON_NULL)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT);

  private ResultJson() {}

  /**
   * Writes records as the text of one JSON object, with the components of each after those of the
   * one before.
   */
  public static String text(Record... parts) throws IOException {
    ObjectNode all = JSON.createObjectNode();
    for (Record part : parts) {
      all.setAll(JSON.<ObjectNode>valueToTree(part));
    }
    return JSON.writeValueAsString(all);
  }

  /**
   * Reads a record from its text.
   *
   * @throws com.fasterxml.jackson.core.JsonProcessingException if the text is not JSON for this
   *     type
   */
  public static <T> T read(String text, Class<T> type) throws IOException {
    return JSON.readValue(text, type);
  }

  /** Reads a record from its file, as {@link #read(String, Class)} does. */
  public static <T> T read(Path file, Class<T> type, Configuration hadoop) throws IOException {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return JSON.readValue(in, type);
    }
  }

  /**
   * The hash of a file that describes results, in hexadecimal: it tells results apart, also those
   * that were made again.
   */
  public static String identity(Path file, Configuration hadoop) throws IOException {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return Sha256.of(in.readAllBytes());
    }
  }
}
