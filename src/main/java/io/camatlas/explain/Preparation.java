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
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Reads, checks, decodes and transforms images into one reused batch of pixels. */
final class Preparation {
  private final ImageDecoder decoder;
  private final Preprocessing preprocessing;
  private final int length;
  private final float[] pixels;
  private int filled;

  Preparation(ModelCard card, ExplainSettings settings, InputShape input) {
    DecodeLimits limits = settings.limits();
    this.decoder = new ImageDecoder(limits);
    this.preprocessing = card.preprocessing();
    this.length = input.elements();
    this.pixels = new float[settings.batch() * length];
  }

  /** Either an image, whose pixels are in the batch, or why there is none. */
  record Result(Optional<PreparedImage> image, Optional<ImageOutcome.Skipped> skipped) {}

  void clear() {
    filled = 0;
  }

  FloatBuffer pixels(int images) {
    return FloatBuffer.wrap(pixels, 0, images * length).slice();
  }

  Result add(ImageInput input) {
    byte[] bytes;
    try {
      bytes = input.bytes().read();
    } catch (IOException | RuntimeException e) {
      return skipped(input, ImageOutcome.Stage.READ, "cannot be read", e);
    } catch (ImageException e) {
      return skipped(input, ImageOutcome.Stage.READ, reason(e), e);
    }
    byte[] hash = sha256(bytes);
    try {
      RgbImage image = decoder.decode(bytes);
      PixelMapping mapping = preprocessing.apply(image, pixels, filled * length);
      filled++;
      PreparedImage prepared =
          new PreparedImage(
              input,
              HexFormat.of().formatHex(hash),
              ByteBuffer.wrap(hash).getLong(),
              image.width(),
              image.height(),
              mapping);
      return new Result(Optional.of(prepared), Optional.empty());
    } catch (ImageException e) {
      return skipped(input, ImageOutcome.Stage.DECODE, reason(e), e);
    } catch (IllegalArgumentException e) {
      return skipped(input, ImageOutcome.Stage.DECODE, "cannot be transformed", e);
    }
  }

  private static String reason(ImageException e) {
    return e.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Result skipped(
      ImageInput input, ImageOutcome.Stage stage, String reason, Exception cause) {
    return new Result(
        Optional.empty(),
        Optional.of(
            new ImageOutcome.Skipped(
                input.id(),
                input.path(),
                input.label(),
                stage,
                reason,
                String.valueOf(cause.getMessage()))));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
