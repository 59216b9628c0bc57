package io.camatlas.spark.causes;

import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.RgbImage;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/** Reads images of which some may be gone, where that takes away little. */
final class Originals {
  private static final System.Logger LOG = System.getLogger(Originals.class.getName());

  private final ImageDecoder decoder;
  private final DecodeLimits limits;
  private final Configuration hadoop;

  Originals(DecodeLimits limits, Configuration hadoop) {
    this.decoder = new ImageDecoder(limits);
    this.limits = limits;
    this.hadoop = hadoop;
  }

  /**
   * Reads an image.
   *
   * @param row with {@code path}, {@code content} and {@code sha256}
   * @return empty if it is gone, has changed or cannot be decoded
   */
  Optional<RgbImage> read(Row row) {
    try {
      byte[] bytes =
          OriginalImages.read(
              row,
              row.getAs(ImagesTable.SHA256),
              hadoop,
              limits.maxBytes(),
              "no such image is there");
      return Optional.of(decoder.decode(bytes));
    } catch (OriginalImages.Unavailable | ImageException | IllegalArgumentException e) {
      LOG.log(System.Logger.Level.DEBUG, "an image is left out", e);
      return Optional.empty();
    }
  }
}
