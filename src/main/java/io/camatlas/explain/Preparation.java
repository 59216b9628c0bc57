package io.camatlas.explain;

import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.PixelMapping;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.RgbImage;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads, checks, decodes and transforms images. Several threads may use it at once.
 *
 * <p>Pixels are kept in arrays that {@link #giveBack} makes available again.
 */
final class Preparation {
  private final ImageDecoder decoder;
  private final Preprocessing preprocessing;
  private final int length;
  private final PassClock clock;
  private final ConcurrentLinkedQueue<float[]> free = new ConcurrentLinkedQueue<>();

  Preparation(ModelCard card, ExplainSettings settings, InputShape input, PassClock clock) {
    DecodeLimits limits = settings.limits();
    this.decoder = new ImageDecoder(limits);
    this.preprocessing = card.preprocessing();
    this.length = input.elements();
    this.clock = clock;
  }

  /**
   * Either an image with its pixels, or why there is none.
   *
   * @param image what is known of it; null if there is none
   * @param pixels {@code [C,H,W]}, normalised; null if there are none
   * @param skipped why there is none; null if there is one
   */
  record Result(PreparedImage image, float[] pixels, ImageOutcome.Skipped skipped) {}

  /** Makes an array of pixels available for other images. */
  void giveBack(float[] pixels) {
    free.add(pixels);
  }

  Result prepare(ImageInput input) {
    byte[] bytes;
    long start = System.nanoTime();
    try {
      bytes = input.bytes().read();
    } catch (IOException | RuntimeException e) {
      return skipped(input, ImageOutcome.Stage.READ, "cannot be read", e);
    } catch (ImageException e) {
      return skipped(input, ImageOutcome.Stage.READ, reason(e), e);
    } finally {
      clock.read(start);
    }
    start = System.nanoTime();
    byte[] hash = sha256(bytes);
    float[] pixels = free.poll();
    if (pixels == null) {
      pixels = new float[length];
    }
    try {
      RgbImage image = input.bytes().picture(bytes, decoder);
      PixelMapping mapping = preprocessing.apply(image, pixels, 0);
      PreparedImage prepared =
          new PreparedImage(
              input,
              HexFormat.of().formatHex(hash),
              ByteBuffer.wrap(hash).getLong(),
              image.width(),
              image.height(),
              mapping);
      return new Result(prepared, pixels, null);
    } catch (ImageException e) {
      giveBack(pixels);
      return skipped(input, ImageOutcome.Stage.DECODE, reason(e), e);
    } catch (IllegalArgumentException e) {
      giveBack(pixels);
      return skipped(input, ImageOutcome.Stage.DECODE, "cannot be transformed", e);
    } finally {
      clock.decode(start);
    }
  }

  private static String reason(ImageException e) {
    return e.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Result skipped(
      ImageInput input, ImageOutcome.Stage stage, String reason, Exception cause) {
    return new Result(
        null,
        null,
        new ImageOutcome.Skipped(
            input.id(),
            input.path(),
            input.label(),
            stage,
            reason,
            String.valueOf(cause.getMessage())));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
