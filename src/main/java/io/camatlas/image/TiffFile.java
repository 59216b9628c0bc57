package io.camatlas.image;

import java.util.Arrays;
import java.util.Optional;

/**
 * The first page of a TIFF or BigTIFF.
 *
 * @param bytes the file
 * @param directory the first page's tags
 * @param header from that page's tags
 */
record TiffFile(Bytes bytes, Directory directory, ImageHeader header) implements ImageFile {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS_PER_SAMPLE = 258;
  private static final int PHOTOMETRIC = 262;
  private static final int SAMPLES_OF_PIXEL = 277;
  private static final int PLANES = 284;
  private static final int STRIP_OFFSETS = 273;
  private static final int ORIENTATION = 274;
  private static final int STRIP_LENGTHS = 279;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_LENGTHS = 325;
  private static final int EXTRA_SAMPLES = 338;
  private static final int SAMPLE_FORMAT = 339;
  private static final int XMP = 700;

  /** Values of {@link #EXTRA_SAMPLES}. */
  private static final int MULTIPLIED_BY_ALPHA = 1;

  private static final int BESIDE_ALPHA = 2;

  /** The usual value of {@link #SAMPLE_FORMAT}. */
  private static final int WHOLE_NUMBERS = 1;

  /** Values of {@link #PHOTOMETRIC}. */
  private static final int BLACK_IS_ZERO = 1;

  private static final int RGB = 2;

  /** The usual value of {@link #PLANES}: the samples of a pixel lie together. */
  private static final int TOGETHER = 1;

  static TiffFile open(Bytes bytes) throws ImageException {
    boolean little = bytes.u8(0) == 'I';
    boolean big = (little ? bytes.u8(2) : bytes.u8(3)) == 43;
    Directory directory = Directory.read(new Numbers(bytes, little), big);
    long width = directory.tag(WIDTH).first(0);
    long height = directory.tag(HEIGHT).first(0);
    return new TiffFile(bytes, directory, ImageHeader.of(ImageFormat.TIFF, width, height));
  }

  /** A tile may be larger than its picture. */
  @Override
  public long workingPixels() throws ImageException {
    long width = directory.tag(TILE_WIDTH).first(0);
    long height = directory.tag(TILE_HEIGHT).first(0);
    boolean huge = Math.min(width, height) < 0 || Math.max(width, height) > Integer.MAX_VALUE;
    return huge ? Long.MAX_VALUE : Math.max(header.pixels(), width * height);
  }

  /** Checks that every strip or tile of the first page lies within the file. */
  @Override
  public void requireComplete() throws ImageException {
    requireWithin(STRIP_OFFSETS, STRIP_LENGTHS);
    requireWithin(TILE_OFFSETS, TILE_LENGTHS);
    requireKnownSamples();
  }

  /** Rejects what OpenCV would misread without an error. */
  private void requireKnownSamples() throws ImageException {
    long bits = directory.tag(BITS_PER_SAMPLE).first(1);
    long form = directory.tag(SAMPLE_FORMAT).first(WHOLE_NUMBERS);
    long meaning = directory.tag(PHOTOMETRIC).first(BLACK_IS_ZERO);
    if (form != WHOLE_NUMBERS || bits < 1 || bits > 16 || Long.bitCount(bits) != 1) {
      throw ImageException.undecodable(
          ImageFormat.TIFF,
          "its samples have %d bits of format %d; only integers of 1, 2, 4, 8 or 16 bits are supported"
              .formatted(bits, form));
    }
    if (bits == 16
        && directory.tag(PLANES).first(TOGETHER) != TOGETHER
        && directory.tag(SAMPLES_OF_PIXEL).first(1) > 1) {
      throw ImageException.undecodable(
          ImageFormat.TIFF,
          "its samples have 16 bits and lie apart, one colour after the other; with 16 bits only"
              + " colours that lie together are supported");
    }
    if (bits == 16 && meaning != BLACK_IS_ZERO && meaning != RGB) {
      throw ImageException.undecodable(
          ImageFormat.TIFF,
          "its photometric interpretation is %d; with 16 bits only grey (1) and RGB (2) are supported"
              .formatted(meaning));
    }
  }

  /** OpenCV itself applies the orientation of the tag, but not XMP's. */
  @Override
  public RgbImage decode() throws ImageException {
    return orientationInXmp().apply(turnedByTag());
  }

  private Orientation orientationInXmp() throws ImageException {
    Values packet = directory.tag(XMP);
    boolean hasTag = directory.tag(ORIENTATION).count() > 0;
    if (hasTag || packet.count() == 0 || packet.width() != 1) {
      return Orientation.UPRIGHT;
    }
    long end = packet.start() + packet.count();
    boolean whole = packet.start() >= 0 && end >= packet.start() && end <= bytes.size();
    return Orientation.of(
        Optional.empty(),
        whole
            ? Orientation.fromXmp(bytes.array(), (int) packet.start(), (int) end)
            : Optional.empty());
  }

  private RgbImage turnedByTag() throws ImageException {
    long extra = directory.tag(EXTRA_SAMPLES).first(0);
    if (extra == MULTIPLIED_BY_ALPHA) {
      return OpenCv.highBytesDividedByAlpha(ImageFormat.TIFF, bytes.array());
    }
    if (directory.tag(BITS_PER_SAMPLE).first(1) > 8) {
      return OpenCv.highBytes(ImageFormat.TIFF, bytes.array());
    }
    if (extra == BESIDE_ALPHA) {
      // libtiff multiplies 8-bit colours by this alpha, but not by one of unspecified meaning.
      byte[] patched = bytes.array().clone();
      directory.tag(EXTRA_SAMPLES).clear(patched);
      return OpenCv.rgb(ImageFormat.TIFF, patched);
    }
    return OpenCv.rgb(ImageFormat.TIFF, bytes.array());
  }

  private void requireWithin(int offsets, int lengths) throws ImageException {
    Values starts = directory.tag(offsets);
    Values sizes = directory.tag(lengths);
    // Each value is read from the file, so a false count fails at the end of the file.
    for (long i = 0; i < Math.min(starts.count(), sizes.count()); i++) {
      bytes.requireUpTo(starts.at(i) + sizes.at(i));
    }
  }

  /** Reads numbers in the file's byte order. */
  private record Numbers(Bytes bytes, boolean isLittleEndian) {
    int u16(long at) throws ImageException {
      return isLittleEndian ? bytes.u16le(at) : bytes.u16be(at);
    }

    long u32(long at) throws ImageException {
      return isLittleEndian ? bytes.u32le(at) : bytes.u32be(at);
    }

    long u64(long at) throws ImageException {
      return isLittleEndian ? u32(at) | u32(at + 4) << 32 : u32(at) << 32 | u32(at + 4);
    }
  }

  /** The entries of one page; values are looked up on demand. */
  private record Directory(Numbers numbers, boolean isBig, long firstEntry, long entries) {
    static Directory read(Numbers numbers, boolean big) throws ImageException {
      long at = big ? numbers.u64(8) : numbers.u32(4);
      long entries = big ? numbers.u64(at) : numbers.u16(at);
      long first = at + (big ? 8 : 2);
      if (entries < 1 || entries > 0xffff) {
        throw ImageException.undecodable(
            ImageFormat.TIFF, "its first page has %d tags".formatted(entries));
      }
      numbers.bytes().requireUpTo(first + entries * (big ? 20 : 12));
      return new Directory(numbers, big, first, entries);
    }

    /** The tag's values; none if it is absent. */
    Values tag(int tag) throws ImageException {
      for (long i = 0; i < entries; i++) {
        long entry = firstEntry + i * (isBig ? 20 : 12);
        if (numbers.u16(entry) == tag) {
          return values(entry);
        }
      }
      return new Values(numbers, 0, 1, 0);
    }

    private Values values(long entry) throws ImageException {
      int width =
          switch (numbers.u16(entry + 2)) {
            case 1, 2, 6, 7 -> 1;
            case 3, 8 -> 2;
            case 4, 9, 11, 13 -> 4;
            default -> 8;
          };
      long count = isBig ? numbers.u64(entry + 4) : numbers.u32(entry + 4);
      long field = entry + (isBig ? 12 : 8);
      boolean fits = count <= (isBig ? 8 : 4) / width;
      return new Values(
          numbers, count, width, fits ? field : isBig ? numbers.u64(field) : numbers.u32(field));
    }
  }

  /** The values of one tag; {@code count} is what the file claims, unchecked. */
  private record Values(Numbers numbers, long count, int width, long start) {
    long first(long otherwise) throws ImageException {
      return count > 0 ? at(0) : otherwise;
    }

    long at(long index) throws ImageException {
      long at = start + index * width;
      return switch (width) {
        case 1 -> numbers.bytes().u8(at);
        case 2 -> numbers.u16(at);
        case 4 -> numbers.u32(at);
        default -> numbers.u64(at);
      };
    }

    /** Writes zero over the first value. */
    void clear(byte[] file) throws ImageException {
      numbers.bytes().requireUpTo(start + width);
      Arrays.fill(file, Math.toIntExact(start), Math.toIntExact(start + width), (byte) 0);
    }
  }
}
