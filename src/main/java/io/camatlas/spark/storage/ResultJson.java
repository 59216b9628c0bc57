package io.camatlas.spark.storage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What folders of results say of themselves, as JSON: records with their components in order, named
 * {@code as_here}. What is null is not written; what is not known is passed over when it is read.
 */
public final class ResultJson {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .setSerializationInclusion(JsonInclude.Include.NON_NULL)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT);

  private ResultJson() {}

  /** Records as the text of one object, the components of one after those of the other. */
  public static String text(Record... parts) throws IOException {
    ObjectNode all = JSON.createObjectNode();
    for (Record part : parts) {
      all.setAll(JSON.<ObjectNode>valueToTree(part));
    }
    return JSON.writeValueAsString(all);
  }

  /**
   * A record from its text.
   *
   * @throws com.fasterxml.jackson.core.JsonProcessingException if the text is no such JSON
   */
  public static <T> T read(String text, Class<T> type) throws IOException {
    return JSON.readValue(text, type);
  }

  /** A record from its file; as {@link #read(String, Class)}. */
  public static <T> T read(Path file, Class<T> type, Configuration hadoop) throws IOException {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return JSON.readValue(in, type);
    }
  }
}
