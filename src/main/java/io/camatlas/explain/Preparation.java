package io.camatlas.explain;

import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.PictureTraits;
import io.camatlas.image.PixelMapping;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.RgbImage;
import io.camatlas.image.Sha256;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.ScoreGrid;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads, checks, decodes and transforms images. Several threads may use it at once.
 *
 * <p>Arrays of pixels are reused once {@link #giveBack} returns them.
 */
public final class Preparation {
  private static final int LONGEST_SIDE = 8192;
  private static final int MOST_SHRUNK = 32;

  private final ImageDecoder decoder;
  private final Preprocessing preprocessing;
  private final int length;
  private final ScoreGrid marks;
  private final PassClock clock;
  private final long mostBytes;
  private final ConcurrentLinkedQueue<float[]> free = new ConcurrentLinkedQueue<>();

  /** An image that is ready for the device, or the outcome of one that could not be prepared. */
  public sealed interface Result permits PreparedImage, ImageOutcome.Skipped {}

  /** Creates a preparation that leaves nothing to the device. */
  public Preparation(ModelCard card, DecodeLimits limits, InputShape input, PassClock clock) {
    this(card, limits, input, ScoreGrid.NONE, clock, false);
  }

  /**
   * Creates a preparation for one network.
   *
   * @param card the network's preprocessing
   * @param limits on the files that are decoded
   * @param input shape of one image
   * @param marks the grid on which marked pixels are wanted; none if they are not
   * @param clock records the times
   * @param deviceResizes whether the device resizes, crops and normalises pictures, unless they
   *     take more memory than what they become
   */
  Preparation(
      ModelCard card,
      DecodeLimits limits,
      InputShape input,
      ScoreGrid marks,
      PassClock clock,
      boolean deviceResizes) {
    this.decoder = new ImageDecoder(limits);
    this.preprocessing = card.preprocessing();
    this.length = input.elements();
    this.marks = marks;
    this.clock = clock;
    this.mostBytes = deviceResizes ? (long) length * Float.BYTES : 0;
  }

  /** Returns an image's array of pixels for reuse by other images. */
  void giveBack(Pixels pixels) {
    if (pixels instanceof Pixels.Input input) {
      free.add(input.values());
    }
  }

  /** Prepares one image. */
  public Result prepare(ImageInput input) {
    byte[] bytes;
    long start = System.nanoTime();
    try {
      bytes = input.bytes().read();
    } catch (IOException | RuntimeException e) {
      return skipped(input, ImageOutcome.Stage.READ, "cannot be read", e);
    } catch (ImageException e) {
      return skipped(input, ImageOutcome.Stage.READ, reason(e), e);
    } finally {
      clock.since(Phase.READ, start);
    }
    start = System.nanoTime();
    String hash = Sha256.of(bytes);
    try {
      RgbImage image = input.bytes().picture(bytes, decoder);
      PixelMapping mapping = preprocessing.mapping(image.width(), image.height());
      Pixels pixels = suitsDevice(mapping) ? new Pixels.Picture(image) : transformed(image);
      PictureTraits traits = PictureTraits.of(image, bytes);
      return marked(input, new DecodedImage(hash, mapping, traits), pixels);
    } catch (ImageException e) {
      return skipped(input, ImageOutcome.Stage.DECODE, reason(e), e);
    } catch (IllegalArgumentException e) {
      return skipped(input, ImageOutcome.Stage.DECODE, "cannot be transformed", e);
    } finally {
      clock.since(Phase.DECODE, start);
    }
  }

  private Result marked(ImageInput input, DecodedImage decoded, Pixels pixels) {
    try {
      float[] marked =
          marks.isDense()
              ? input.marked().of(decoded.mapping(), marks.height(), marks.width())
              : null;
      PreparedImage image = new PreparedImage(input.image(), decoded, pixels, marked);
      return marked == null || isAnyMarked(marked)
          ? image
          : image.skipped(
              ImageOutcome.Stage.TARGET,
              "no pixels marked",
              "the score is to be the mean over marked pixels, and the image has none that the"
                  + " network sees");
    } catch (IOException | RuntimeException e) {
      return skipped(input, ImageOutcome.Stage.TARGET, "marked pixels cannot be read", e);
    }
  }

  private static boolean isAnyMarked(float[] marked) {
    for (float share : marked) {
      if (share > 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the device may resize pictures of this size. Those that are very long, or become much
   * smaller, would take large matrices, and sums that floats do not hold.
   */
  private boolean suitsDevice(PixelMapping mapping) {
    return 3L * mapping.width() * mapping.height() <= mostBytes
        && Math.max(mapping.width(), mapping.height()) <= LONGEST_SIDE
        && mapping.width() <= MOST_SHRUNK * mapping.resizedWidth()
        && mapping.height() <= MOST_SHRUNK * mapping.resizedHeight();
  }

  private Pixels.Input transformed(RgbImage image) {
    float[] values = free.poll();
    if (values == null) {
      values = new float[length];
    }
    preprocessing.apply(image, values, 0);
    return new Pixels.Input(values);
  }

  private static String reason(ImageException e) {
    return e.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Result skipped(
      ImageInput input, ImageOutcome.Stage stage, String reason, Exception cause) {
    return new ImageOutcome.Skipped(
        input.image(), stage, reason, String.valueOf(cause.getMessage()));
  }
}
