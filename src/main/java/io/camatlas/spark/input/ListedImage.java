package io.camatlas.spark.input;

import io.camatlas.image.Box;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;

/**
 * A row of {@link ImagesTable}; every component but the name and the metadata may be null.
 *
 * @param imageId its name
 * @param path its location
 * @param bytes its length in bytes
 * @param modified time of its last change, in milliseconds since 1970
 * @param label name of the class it is labelled with
 * @param boxes boxes of its objects
 * @param mask path of an image that masks its objects
 * @param metadata what else the source says of it, by name; values as text, perhaps null
 * @param content the encoded image
 */
public record ListedImage(
    String imageId,
    String path,
    Long bytes,
    Long modified,
    String label,
    List<Box> boxes,
    String mask,
    Map<String, String> metadata,
    byte[] content) {
  /**
   * The file's length where files were listed; null for a row of a table, whose numbers may be old.
   */
  public Long lengthOrNull() {
    return modified == null ? null : bytes;
  }

  /** The time of the last change as tables store it. */
  public Timestamp modifiedAt() {
    return modified == null ? null : new Timestamp(modified);
  }

  /** The same without the encoded image. */
  public ListedImage withoutContent() {
    return new ListedImage(imageId, path, bytes, modified, label, boxes, mask, metadata, null);
  }
}
