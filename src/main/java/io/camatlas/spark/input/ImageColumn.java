package io.camatlas.spark.input;

import io.camatlas.explain.ImageInput;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.ImageProblem;
import io.camatlas.image.PixelLayout;
import io.camatlas.image.RgbImage;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A column of images: either encoded files, or pixels as Spark's source {@code image} reads them.
 *
 * <p>Pixels are assumed to be upright, with 8 bits per sample. An image that is null, that Spark
 * could not decode, or whose dimensions do not match its data fails when it is read; it does not
 * stop the run.
 *
 * @param at index of the column
 * @param name of the column
 * @param decoded whether it holds pixels
 */
public record ImageColumn(int at, String name, boolean decoded) implements Serializable {
  private static final String ORIGIN = "origin";
  private static final String HEIGHT = "height";
  private static final String WIDTH = "width";
  private static final String CHANNELS = "nChannels";
  private static final String MODE = "mode";
  private static final String DATA = "data";

  /**
   * The type that Spark's data source {@code image} produces, the same as {@code
   * ImageSchema.columnSchema}.
   */
  public static final StructType PIXELS =
      new StructType()
          .add(ORIGIN, DataTypes.StringType, true)
          .add(HEIGHT, DataTypes.IntegerType, false)
          .add(WIDTH, DataTypes.IntegerType, false)
          .add(CHANNELS, DataTypes.IntegerType, false)
          .add(MODE, DataTypes.IntegerType, false)
          .add(DATA, DataTypes.BinaryType, false);

  /** Whether a column of that type holds images. */
  public static boolean isImage(DataType type) {
    return type.equals(DataTypes.BinaryType) || isPixels(type);
  }

  private static boolean isPixels(DataType type) {
    return type instanceof StructType struct && struct.asNullable().equals(PIXELS.asNullable());
  }

  /** The column of that name, which {@link #isImage}. */
  public static ImageColumn of(StructType schema, String name) {
    int at = schema.fieldIndex(name);
    return new ImageColumn(at, name, isPixels(schema.fields()[at].dataType()));
  }

  /** Where the image was read from, if the column says so. */
  public Optional<String> origin(Row row) {
    if (!decoded || row.isNullAt(at)) {
      return Optional.empty();
    }
    return Optional.ofNullable(row.getStruct(at).getString(PIXELS.fieldIndex(ORIGIN)));
  }

  /** Gives the image of a row: the file's bytes, or those of {@code data}. */
  public ImageInput.ByteSource image(Row row) {
    if (row.isNullAt(at)) {
      return () -> {
        throw new IOException("Column '" + name + "' is null.");
      };
    }
    if (!decoded) {
      return () -> (byte[]) row.get(at);
    }
    return new Pixels(row.getStruct(at));
  }

  private record Pixels(Row image) implements ImageInput.ByteSource {
    private int number(String field) {
      return image.getInt(PIXELS.fieldIndex(field));
    }

    @Override
    public byte[] read() throws IOException, ImageException {
      // This is how the source marks a file that it kept but could not decode.
      if (number(MODE) < 0 || image.isNullAt(PIXELS.fieldIndex(DATA))) {
        throw new ImageException(
            ImageProblem.NOT_AN_IMAGE,
            "Spark could not decode "
                + image.getString(PIXELS.fieldIndex(ORIGIN))
                + "; its mode is undefined.");
      }
      return (byte[]) image.get(PIXELS.fieldIndex(DATA));
    }

    @Override
    public RgbImage picture(byte[] bytes, ImageDecoder decoder) throws ImageException {
      int channels = number(CHANNELS);
      // An OpenCV type: the low three bits are the depth (0 for 8 bits); the bits above are
      // channels minus one.
      if (number(MODE) != (channels - 1) << 3) {
        throw new ImageException(
            ImageProblem.UNDECODABLE,
            "The image's mode is "
                + number(MODE)
                + " with "
                + channels
                + " channels; it must be CV_8UC1 (0), CV_8UC3 (16) or CV_8UC4 (24).");
      }
      return decoder.decode(new PixelLayout(number(WIDTH), number(HEIGHT), channels), bytes);
    }
  }
}
