package io.camatlas.image;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * PNG, read chunk by chunk. The high byte of 16-bit samples is kept, including grey ones, which
 * Pillow clips.
 *
 * @param bytes the file
 * @param header from IHDR
 */
record PngFile(Bytes bytes, ImageHeader header) implements ImageFile {
  private static final int SIGNATURE = 8;
  private static final Set<String> PIXEL_CHUNKS = Set.of("IHDR", "PLTE", "IDAT", "IEND");
  private static final Set<String> TEXT_CHUNKS = Set.of("tEXt", "zTXt", "iTXt");

  /** Texts that may say how the picture lies. */
  private static final Set<String> ORIENTED = Set.of(PngText.EXIF, PngText.XMP);

  private static final long LONGEST_CHUNK = Integer.MAX_VALUE;

  static PngFile open(Bytes bytes) throws ImageException {
    bytes.requireUpTo(SIGNATURE + 25);
    if (bytes.u32be(SIGNATURE) != 13 || !bytes.has(SIGNATURE + 4, "IHDR")) {
      throw ImageException.undecodable(ImageFormat.PNG, "it does not start with an IHDR chunk");
    }
    ImageHeader header =
        ImageHeader.of(ImageFormat.PNG, bytes.u32be(SIGNATURE + 8), bytes.u32be(SIGNATURE + 12));
    return new PngFile(bytes, header);
  }

  /** Checks every chunk's length and checksum up to IEND. */
  @Override
  public void requireComplete() throws ImageException {
    boolean pixels = false;
    CRC32 crc = new CRC32();
    for (long at = SIGNATURE; ; ) {
      long length = bytes.u32be(at);
      String kind = bytes.latin1(at + 4, 4);
      long end = at + 12 + length;
      if (length > LONGEST_CHUNK) {
        throw ImageException.undecodable(
            ImageFormat.PNG, "the chunk at byte %d says it has %d bytes".formatted(at, length));
      }
      bytes.requireUpTo(end);
      crc.reset();
      crc.update(bytes.array(), (int) at + 4, (int) length + 4);
      if (crc.getValue() != bytes.u32be(end - 4)) {
        throw ImageException.undecodable(
            ImageFormat.PNG, "the checksum of the chunk at byte %d is wrong".formatted(at));
      }
      pixels |= kind.equals("IDAT");
      if (kind.equals("IEND")) {
        if (!pixels) {
          throw ImageException.undecodable(ImageFormat.PNG, "it has no pixels (no IDAT chunk)");
        }
        return;
      }
      at = end;
    }
  }

  @Override
  public RgbImage decode() throws ImageException {
    return orientation().apply(OpenCv.rgb(ImageFormat.PNG, stillPicture()));
  }

  /**
   * The file without its ancillary chunks. None of them changes the colours read here, but text
   * chunks may unpack to gigabytes, and damaged animation chunks make OpenCV 4.13 write outside its
   * memory, which crashes the JVM.
   */
  private byte[] stillPicture() throws ImageException {
    byte[] from = bytes.array();
    byte[] to = new byte[from.length];
    System.arraycopy(from, 0, to, 0, SIGNATURE);
    int filled = SIGNATURE;
    for (long at = SIGNATURE; ; ) {
      int length = 12 + (int) bytes.u32be(at);
      String kind = bytes.latin1(at + 4, 4);
      if (PIXEL_CHUNKS.contains(kind)) {
        System.arraycopy(from, (int) at, to, filled, length);
        filled += length;
      }
      if (kind.equals("IEND")) {
        return Arrays.copyOf(to, filled);
      }
      at += length;
    }
  }

  private Orientation orientation() throws ImageException {
    byte[] file = bytes.array();
    Optional<byte[]> exif = Optional.empty();
    // A file may have thousands of texts, so that only the last of each kind is unpacked.
    Map<String, PngText> texts = new HashMap<>();
    for (long at = SIGNATURE; !bytes.has(at + 4, "IEND"); at += 12 + bytes.u32be(at)) {
      int from = (int) at + 8;
      int to = (int) (from + bytes.u32be(at));
      String kind = bytes.latin1(at + 4, 4);
      if (kind.equals("eXIf")) {
        exif = Optional.of(Arrays.copyOfRange(file, from, to));
      } else if (TEXT_CHUNKS.contains(kind)) {
        PngText.of(kind, Arrays.copyOfRange(file, from, to))
            .filter(text -> ORIENTED.contains(text.keyword()))
            .ifPresent(text -> texts.put(text.keyword(), text));
      }
    }
    return Orientation.of(
        exif.or(() -> Optional.ofNullable(texts.get(PngText.EXIF)).flatMap(PngText::profile))
            .flatMap(block -> Orientation.fromExif(block, 0, block.length)),
        Optional.ofNullable(texts.get(PngText.XMP))
            .flatMap(PngText::text)
            .flatMap(packet -> Orientation.fromXmp(packet, 0, packet.length)));
  }
}
