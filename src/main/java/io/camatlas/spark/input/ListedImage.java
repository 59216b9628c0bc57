package io.camatlas.spark.input;

import io.camatlas.image.Box;
import java.sql.Timestamp;
import java.util.List;

/**
 * A row of {@link ImagesTable}; all but the name may be null.
 *
 * @param imageId its name
 * @param path where it lies
 * @param bytes its length
 * @param modified when it was written last, in milliseconds since 1970
 * @param label name of the class it is said to show
 * @param boxes of its objects
 * @param mask path of a mask of its objects
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
    byte[] content) {
  /** The time of the last change as tables hold it. */
  public Timestamp modifiedAt() {
    return modified == null ? null : new Timestamp(modified);
  }

  /** The same without the encoded image. */
  public ListedImage withoutContent() {
    return new ListedImage(imageId, path, bytes, modified, label, boxes, mask, null);
  }
}
