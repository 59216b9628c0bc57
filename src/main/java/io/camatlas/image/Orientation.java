package io.camatlas.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How stored rows and columns become an upright picture: EXIF's tag 274, whose values 1 to 8 are in
 * this order.
 */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRRORED(false, true, false),
  UPSIDE_DOWN(false, true, true),
  FLIPPED(false, false, true),
  TRANSPOSED(true, false, false),
  TURN_CLOCKWISE(true, false, true),
  TRANSVERSED(true, true, true),
  TURN_COUNTERCLOCKWISE(true, true, false);

  private static final int TAG = 274;

  /** The highest number of a type that TIFF 6.0 and its supplements know. */
  private static final int LAST_TYPE = 13;

  private static final Pattern XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

  private final boolean swapsSides;
  private final boolean fromRight;
  private final boolean fromBottom;

  Orientation(boolean swapsSides, boolean fromRight, boolean fromBottom) {
    this.swapsSides = swapsSides;
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
  }

  /** The orientation with this number; upright for any number but 1 to 8. */
  static Orientation of(long tag) {
    return tag >= 1 && tag <= 8 ? values()[(int) tag - 1] : UPRIGHT;
  }

  /**
   * How a picture lies. As for Pillow, XMP counts wherever EXIF does not say it, be it that there
   * is no EXIF, that it lacks this tag, or that it is damaged.
   */
  static Orientation of(Optional<Orientation> exif, Optional<Orientation> xmp) {
    return exif.or(() -> xmp).orElse(UPRIGHT);
  }

  /**
   * Reads an EXIF block, which is a TIFF file of its own.
   *
   * @return empty if it does not have the tag, or is damaged before it
   */
  static Optional<Orientation> fromExif(byte[] bytes, int from, int to) {
    try {
      // Some WebP and PNG writers keep the prefix that only JPEG needs.
      int start = new Bytes(ImageFormat.TIFF, bytes).has(from, "Exif\0\0") ? from + 6 : from;
      Bytes exif =
          new Bytes(ImageFormat.TIFF, Arrays.copyOfRange(bytes, start, Math.max(start, to)));
      boolean little = exif.has(0, "II");
      if (!little && !exif.has(0, "MM")) {
        return Optional.empty();
      }
      long directory = little ? exif.u32le(4) : exif.u32be(4);
      int entries = little ? exif.u16le(directory) : exif.u16be(directory);
      for (int i = 0; i < entries; i++) {
        long at = directory + 2 + 12L * i;
        if ((little ? exif.u16le(at) : exif.u16be(at)) != TAG) {
          continue;
        }
        int type = little ? exif.u16le(at + 2) : exif.u16be(at + 2);
        return switch (type) {
          case 1 -> Optional.of(of(exif.u8(at + 8)));
          case 3 -> Optional.of(of(little ? exif.u16le(at + 8) : exif.u16be(at + 8)));
          case 4 -> Optional.of(of(little ? exif.u32le(at + 8) : exif.u32be(at + 8)));
          default -> type >= 1 && type <= LAST_TYPE ? Optional.of(UPRIGHT) : Optional.empty();
        };
      }
      return Optional.empty();
    } catch (ImageException damaged) {
      return Optional.empty();
    }
  }

  /**
   * Reads an XMP packet the way Pillow does.
   *
   * @return empty if it does not say it
   */
  static Optional<Orientation> fromXmp(byte[] bytes, int from, int to) {
    Matcher found = XMP.matcher(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
    return found.find() ? Optional.of(of(Integer.parseInt(found.group(1)))) : Optional.empty();
  }

  RgbImage apply(RgbImage stored) {
    if (this == UPRIGHT) {
      return stored;
    }
    int width = swapsSides ? stored.height() : stored.width();
    int height = swapsSides ? stored.width() : stored.height();
    byte[] from = stored.rgb();
    byte[] to = new byte[from.length];
    int right = stored.width() - 1;
    int bottom = stored.height() - 1;
    int out = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int column = swapsSides ? y : x;
        int row = swapsSides ? x : y;
        column = fromRight ? right - column : column;
        row = fromBottom ? bottom - row : row;
        int in = 3 * (row * stored.width() + column);
        to[out++] = from[in];
        to[out++] = from[in + 1];
        to[out++] = from[in + 2];
      }
    }
    return new RgbImage(width, height, to);
  }
}
