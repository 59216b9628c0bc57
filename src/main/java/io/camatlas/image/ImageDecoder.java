package io.camatlas.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR_RGB;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes image files with OpenCV: JPEG (also CMYK and progressive), PNG, WebP, BMP, TIFF, GIF.
 *
 * <p>Of animations and pages the first is taken; EXIF orientation is applied; alpha is dropped, not
 * blended, and 16 bits become 8, as in Pillow's {@code convert("RGB")}. Thread-safe.
 */
public final class ImageDecoder {
  static {
    // Executors run as many tasks as they have cores; OpenCV's own threads would only add to them.
    opencv_core.setNumThreads(1);
  }

  private final DecodeLimits limits;

  public ImageDecoder(DecodeLimits limits) {
    this.limits = limits;
  }

  /**
   * Decodes one file.
   *
   * @param bytes the whole file
   * @throws ImageException if it gives no image, with the reason; nothing is decoded of a file over
   *     the limits
   */
  public RgbImage decode(byte[] bytes) throws ImageException {
    if (bytes.length == 0) {
      throw new ImageException(
          ImageProblem.EMPTY, "The file is empty; copy it again or remove it.");
    }
    if (bytes.length > limits.maxBytes()) {
      throw new ImageException(
          ImageProblem.TOO_MANY_BYTES,
          "The file has "
              + bytes.length
              + " bytes; at most "
              + limits.maxBytes()
              + " are decoded. Raise --max-bytes to decode it.");
    }
    ImageHeader header = ImageHeader.read(bytes);
    long pixels = (long) header.width() * header.height();
    if (pixels > limits.maxPixels()) {
      throw new ImageException(
          ImageProblem.TOO_MANY_PIXELS,
          "The image has "
              + header.width()
              + "x"
              + header.height()
              + " = "
              + pixels
              + " pixels; at most "
              + limits.maxPixels()
              + " are decoded. Raise --max-pixels to decode it.");
    }
    try (PointerScope scope = new PointerScope()) {
      BytePointer data = new BytePointer(bytes);
      Mat encoded = new Mat(1, bytes.length, CV_8UC1, data);
      Mat decoded = imdecode(encoded, IMREAD_COLOR_RGB);
      if (decoded == null || decoded.empty() || decoded.type() != CV_8UC3) {
        throw undecodable(header, null);
      }
      Mat solid = decoded.isContinuous() ? decoded : decoded.clone();
      byte[] rgb = new byte[3 * solid.rows() * solid.cols()];
      solid.data().get(rgb);
      return new RgbImage(solid.cols(), solid.rows(), rgb);
    } catch (RuntimeException e) {
      throw undecodable(header, e);
    }
  }

  private static ImageException undecodable(ImageHeader header, RuntimeException cause) {
    String said = cause == null ? "" : " (" + firstLine(cause) + ")";
    return new ImageException(
        ImageProblem.UNDECODABLE,
        "The "
            + header.format()
            + " file of "
            + header.width()
            + "x"
            + header.height()
            + " pixels cannot be decoded"
            + said
            + "; open and save it again.",
        cause);
  }

  private static String firstLine(RuntimeException cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
